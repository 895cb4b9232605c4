import multiprocessing
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from assistant.errors import DocumentError
from assistant.settings import IngestSettings
from ingest.embedder import model_dir
from ingest.reader import ReadFile, read_files
from tests.ingest.crashing import CrashingPath


def files(folder: Path, n_files: int, *crashes: int) -> list[CrashingPath]:
    """Text files, some of which kill the process that reads them."""
    names = (f"{n:02}-crash.txt" if n in crashes else f"{n:02}.txt" for n in range(n_files))
    paths = [CrashingPath(folder / name) for name in names]
    for path in paths:
        path.write_text(f"The fox in {path.stem} is red.")
    return paths


def read(paths: Sequence[Path], workers: int = 1) -> Iterator[tuple[Path, object]]:
    return read_files(paths, model_dir() / "tokenizer.json", IngestSettings(workers=workers))


def is_read(outcome: object) -> bool:
    return isinstance(outcome, ReadFile)


@pytest.mark.parametrize("workers", [1, 3])
def test_files_come_back_in_order(tmp_path: Path, workers: int) -> None:
    paths = files(tmp_path, 8)
    assert [path for path, outcome in read(paths, workers) if is_read(outcome)] == paths


def test_a_file_that_has_gone_is_an_error_in_its_place(tmp_path: Path) -> None:
    paths = files(tmp_path, 3)
    paths[1].unlink()
    outcomes = [outcome for _, outcome in read(paths)]
    assert [is_read(outcome) for outcome in outcomes] == [True, False, True]
    assert isinstance(outcomes[1], DocumentError)
    assert (outcomes[1].path, str(outcomes[1])) == (
        paths[1],
        "It cannot be opened: No such file or directory.",
    )


@pytest.mark.parametrize(("workers", "crashes"), [(1, (0,)), (1, (4,)), (2, (2, 3))])
def test_a_file_that_kills_its_reader_costs_only_itself(
    tmp_path: Path, workers: int, crashes: tuple[int, ...]
) -> None:
    paths = files(tmp_path, 5, *crashes)
    outcomes = dict(read(paths, workers))
    assert list(outcomes) == paths
    assert [is_read(outcomes[path]) for path in paths] == [n not in crashes for n in range(5)]
    assert "crashed its reader" in str(outcomes[paths[crashes[0]]])


def test_a_reader_that_dies_while_its_caller_is_busy_costs_only_its_file(tmp_path: Path) -> None:
    """As in an ingest: the worker reads ahead while the caller embeds."""
    reading = read(files(tmp_path, 6, 1))
    assert is_read(next(reading)[1])
    deadline = time.monotonic() + 20
    while multiprocessing.active_children() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.2)  # until the pool has noticed, too
    assert [is_read(outcome) for _, outcome in reading] == [False, True, True, True, True]
