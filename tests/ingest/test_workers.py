"""Reading in worker processes: what one bad file may cost, and that nothing is left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
import pytest

from assistant.errors import DocumentError
from ingest.reader import ReadFile
from ingest.workers import READ_AHEAD, Limits, Outcome, reading
from tests.ingest.crashing import read
from tests.paths import REPOSITORY

AMPLE = Limits(seconds=60, memory_mb=2048)


def files(folder: Path, *names: str) -> list[Path]:
    """Text files of these names."""
    paths = [folder / f"{name}.txt" for name in names]
    for path in paths:
        path.write_text("text")
    return paths


def outcomes(paths: Sequence[Path], n_workers: int = 1, limits: Limits = AMPLE) -> list[Outcome]:
    with reading(paths, read, n_workers, limits) as found:
        return list(found)


def failures(found: Sequence[Outcome]) -> dict[str, str]:
    """Names of the files that were not read, with the reason."""
    return {path.stem: str(error) for path, error in found if isinstance(error, DocumentError)}


def until(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Waits for a condition; returns whether it came true."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def readers() -> list[psutil.Process]:
    """The worker processes of this process."""
    return [
        child
        for child in psutil.Process().children(recursive=True)
        if "spawn_main" in " ".join(child.cmdline())
    ]


@pytest.mark.parametrize("n_workers", [1, 3])
def test_every_file_comes_back_once(tmp_path: Path, n_workers: int) -> None:
    paths = files(tmp_path, *"abcdefgh")
    found = outcomes(paths, n_workers)
    assert sorted(path for path, _ in found) == paths
    assert all(isinstance(outcome, ReadFile) for _, outcome in found)


def test_no_files_need_no_process(tmp_path: Path) -> None:
    with reading([], read, 2, AMPLE) as found:
        assert (list(found), readers()) == ([], [])


def test_a_file_that_has_gone_is_an_error_of_its_own(tmp_path: Path) -> None:
    paths = [*files(tmp_path, "a"), tmp_path / "gone.txt", *files(tmp_path, "c")]
    assert failures(outcomes(paths)) == {"gone": "It cannot be opened: No such file or directory."}


@pytest.mark.parametrize("n_workers", [1, 2])
def test_files_that_kill_their_reader_cost_only_themselves(tmp_path: Path, n_workers: int) -> None:
    """The one behind a crash in particular: its reader must not be the one that has just died."""
    names = [f"{n:02}-crash" if n % 3 == 0 else f"{n:02}" for n in range(10)]
    found = failures(outcomes(files(tmp_path, *names), n_workers))
    assert set(found) == {"00-crash", "03-crash", "06-crash", "09-crash"}
    assert set(found.values()) == {"It crashed its reader: the file is damaged."}


def test_whatever_a_parser_raises_is_one_sentence(tmp_path: Path) -> None:
    found = failures(outcomes(files(tmp_path, "raise", "input", "good")))
    assert found == {
        "raise": "It cannot be read (ValueError('no sense')).",
        "input": "It is not for reading.",
    }


def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    found = failures(outcomes(files(tmp_path, "a", "hang", "z"), 1, Limits(2, 2048)))
    assert list(found) == ["hang"]
    assert "longer than 2 s" in found["hang"]
    assert "ASSISTANT_INGEST__FILE_SECONDS" in found["hang"]


def test_a_file_that_takes_too_much_memory_is_given_up(tmp_path: Path) -> None:
    found = failures(outcomes(files(tmp_path, "a", "bomb", "z"), 1, Limits(60, 400)))
    assert list(found) == ["bomb"]
    assert "more than 400 MB" in found["bomb"]
    assert "ASSISTANT_INGEST__FILE_MEMORY_MB" in found["bomb"]


def test_memory_that_earlier_files_left_behind_is_not_laid_to_a_later_one(tmp_path: Path) -> None:
    names = ("leak-a", "leak-b", "leak-c", "small")
    assert failures(outcomes(files(tmp_path, *names), 1, Limits(60, 550))) == {}


def test_a_file_that_hangs_is_given_up_while_nobody_takes_results(tmp_path: Path) -> None:
    names = [*"abcdef", "hang", "z"]
    with reading(files(tmp_path, *names), read, 2, Limits(1, 2048)) as found:
        first = next(found)
        hanging = tmp_path / "hang.pid"
        taken = [next(found) for _ in range(3)]  # until there is room for the file that hangs
        assert until(hanging.exists)
        pid = int(hanging.read_text())
        assert until(lambda: not psutil.pid_exists(pid) or is_dead(pid), 5)
        assert list(failures([first, *taken, *found])) == ["hang"]


def is_dead(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_files_are_read_ahead_no_further_than_agreed(tmp_path: Path) -> None:
    n_workers = 2
    names = [f"{n:02}" for n in range(30)]
    with reading(files(tmp_path, *names), read, n_workers, AMPLE) as found:
        next(found)
        assert until(lambda: len(list(tmp_path.glob("*.pid"))) > n_workers * READ_AHEAD)
        time.sleep(0.5)
        # Taken, waiting to be taken, one in hand, and one that each worker has read or reads.
        most = 1 + n_workers * READ_AHEAD + 1 + n_workers
        assert len(list(tmp_path.glob("*.pid"))) <= most
        assert len(list(found)) == 29


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_no_reader_outlives_whoever_gives_up(tmp_path: Path, error: type[BaseException]) -> None:
    def give_up() -> None:
        with reading(files(tmp_path, "a", "hang-b", "hang-c"), read, 2, AMPLE) as found:
            next(found)
            assert readers()
            raise error

    with pytest.raises(error):
        give_up()
    assert readers() == []


def test_no_reader_outlives_a_walk_to_the_end(tmp_path: Path) -> None:
    outcomes(files(tmp_path, *"abcd"), 2)
    assert readers() == []


CHILD = """
import sys
from pathlib import Path
from ingest.workers import Limits, reading
from tests.ingest.crashing import read
if __name__ == "__main__":
    paths = [Path(path) for path in sys.argv[2:]]
    with reading(paths, read, 2, Limits(int(sys.argv[1]), 2048)) as found:
        for path, _ in found:
            print(path, flush=True)
"""


def start(folder: Path, seconds: int, *names: str) -> subprocess.Popen[str]:
    """A process of its own that reads files."""
    script = folder / "child.py"
    script.write_text(CHILD)
    return subprocess.Popen(
        [sys.executable, script, str(seconds), *files(folder, *names)],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_readers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    parent = start(tmp_path, 60, "hang")
    pid_file = tmp_path / "hang.pid"
    assert until(lambda: pid_file.exists() and pid_file.read_text() != "")
    pid = int(pid_file.read_text())
    parent.kill()
    parent.communicate()
    assert until(lambda: is_dead(pid), 5)


@pytest.mark.slow
def test_a_reader_that_lets_nothing_run_ends_some_time_after_its_killed_parent(
    tmp_path: Path,
) -> None:
    parent = start(tmp_path, 1, "grip")
    pid_file = tmp_path / "grip.pid"
    assert until(lambda: pid_file.exists() and pid_file.read_text() != "")
    pid = int(pid_file.read_text())
    parent.kill()
    parent.communicate()
    assert until(lambda: is_dead(pid), 15)


def test_ctrl_c_is_not_heard_by_the_readers(tmp_path: Path) -> None:
    """It goes to the whole group of processes: each reader would print a traceback."""
    parent = start(tmp_path, 60, "a", "slow-b", "slow-c", "hang")
    assert until((tmp_path / "hang.pid").exists)
    os.killpg(parent.pid, signal.SIGINT)
    _, errors = parent.communicate(timeout=20)
    assert errors.count("Traceback") == 1  # of the script, which catches nothing
    assert "assistant-reader" not in errors
