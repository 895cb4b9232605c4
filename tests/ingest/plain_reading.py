"""Reads files without worker processes, whose start takes most of a second each time."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.errors import AssistantError
from ingest.workers import Limits, Outcome, Read


@contextmanager
def reading_here(
    paths: Iterable[Path], read: Read, n_workers: int, limits: Limits
) -> Iterator[Iterator[Outcome]]:
    """As `ingest.workers.reading`, for tests of what stands behind it."""
    yield ((path, _outcome(path, read)) for path in paths)


def _outcome(path: Path, read: Read) -> object:
    try:
        return read(path)
    except AssistantError as error:
        return error
