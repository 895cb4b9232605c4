"""What every benchmark needs: a home of its own, its data, progress on stderr."""

import json
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from assistant.errors import InputError
from evals.benchmarks.protocols import Runtime
from evals.benchmarks.provenance import commit, machine
from ingest.report import IngestReport

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Figures:
    """What a benchmark found.

    Attributes:
        metrics: JSON-ready; `None` for what could not be computed.
        n: How many items it was measured on.
    """

    metrics: Mapping[str, object]
    n: int


def reported(name: str, measure: Callable[[], Figures]) -> dict[str, object]:
    """Takes figures, and says beside them what they were measured on and the seconds it took."""
    started = time.perf_counter()
    figures = measure()
    return {
        "benchmark": name,
        "metrics": figures.metrics,
        "n": figures.n,
        "commit": commit(),
        "machine": machine(),
        "seconds": round(time.perf_counter() - started, 1),
    }


@contextmanager
def temporary_home() -> Iterator[Path]:
    """An empty folder for an assistant's state, gone in the end."""
    with tempfile.TemporaryDirectory(prefix="assistant-eval-") as folder:
        yield Path(folder).resolve()


@contextmanager
def opened(runtime: Runtime) -> Iterator[Runtime]:
    """An assistant that is closed in the end."""
    try:
        yield runtime
    finally:
        runtime.close()


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Callable[[int, int | None], None]]:
    """A bar on stderr; yields a function of how many are done, and of how many in all."""
    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), refresh_per_second=2) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done, of: bar.update(task, completed=done, total=of)


@contextmanager
def counted(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on stderr; yields a function of how many more are done."""
    n_done = 0
    with progress(label, total) as show:

        def count(n_more: int) -> None:
            nonlocal n_done
            n_done += n_more
            show(n_done, total)

        yield count


def tracked(items: Sequence[Item], label: str) -> Iterator[Item]:
    """Passes items on and counts them on stderr."""
    with progress(label, len(items)) as show:
        for n_done, item in enumerate(items, 1):
            yield item
            show(n_done, len(items))


def elapsed_ms(work: Callable[[], object]) -> float:
    """How long something takes."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def ingest_files(runtime: Runtime, files: Iterable[Path]) -> IngestReport:
    """Ingests files with progress on stderr.

    Raises:
        InputError: One of them could not be read.
    """
    with progress("Ingesting") as show:
        report = runtime.ingest(
            [str(file) for file in files],
            on_progress=lambda state: show(state.n_done, state.n_files),
        )
    refuse_failures(report)
    return report


def refuse_failures(report: IngestReport) -> None:
    """Figures of half the documents would mislead.

    Raises:
        InputError: A document could not be read.
    """
    for problem in report.failed:
        raise InputError(f"The document {problem.path} could not be read: {problem.reason}")


def drawn(items: Sequence[Item], limit: int | None) -> list[Item]:
    """So many of the items at random, always the same ones; all without a limit."""
    order = np.random.default_rng(0).permutation(len(items))[:limit]
    return [items[at] for at in order]


def required(data: Path | None, what: str) -> Path:
    """The path that was given with --data.

    Raises:
        InputError: None was given, or there is nothing there.
    """
    if data is None:
        raise InputError(f"This benchmark needs data: give --data with {what}.")
    if not data.exists():
        raise InputError(f"There is no {data}: give --data with {what}.")
    return data


def read_json_lines(file: Path) -> Iterator[tuple[int, Any]]:
    """The values of a JSON lines file, each with the number of its line.

    Raises:
        InputError: The file cannot be read, or a line is not JSON.
    """
    for number, line in enumerate(read_text(file).split("\n"), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except json.JSONDecodeError as error:
                raise InputError(f"Line {number} of {file} is not JSON: {error}.") from error


def read_text(file: Path) -> str:
    """The text of a file.

    Raises:
        InputError: There is no such file, or it is not UTF-8.
    """
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The data {file} cannot be read: {error}.") from error
