"""Reads and splits files in worker processes.

A file that crashes its reader costs only itself, and reading goes on while others are embedded.
"""

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from assistant.errors import AssistantError, DocumentError
from assistant.settings import IngestSettings
from ingest.documents import Document
from ingest.loaders import load
from ingest.splitter import Chunk, Splitter

READ_AHEAD = 4
"""Files per worker that are read before they are asked for."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file as read and split."""

    path: Path
    document: Document
    chunks: tuple[Chunk, ...]


def read_file(path: Path, tokenizer_file: Path, settings: IngestSettings) -> ReadFile:
    """Reads and splits one file.

    Raises:
        DocumentError: It is too large, damaged, of an unknown format or without text.
    """
    size_mb = path.stat().st_size / 1e6
    if size_mb > settings.max_file_mb:
        raise DocumentError(
            f"A file may have {settings.max_file_mb} MB, this one has {size_mb:.0f} MB: "
            "split it, or raise ASSISTANT_INGEST__MAX_FILE_MB.",
            path,
        )
    document = load(path)
    splitter = Splitter(tokenizer_file, settings.chunk_tokens, settings.overlap_tokens)
    return ReadFile(path, document, tuple(splitter.split(document)))


def read_files(
    paths: Iterable[Path], tokenizer_file: Path, settings: IngestSettings
) -> Iterator[tuple[Path, ReadFile | AssistantError]]:
    """Reads files ahead of the caller; yields each, or why it could not be read, in order."""
    read = partial(read_file, tokenizer_file=tokenizer_file, settings=settings)
    waiting: deque[tuple[Path, Future[ReadFile]]] = deque()
    remaining = iter(paths)
    pool = _pool(settings.workers)
    try:
        while True:
            while len(waiting) < settings.workers * READ_AHEAD:
                path = next(remaining, None)
                if path is None:
                    break
                waiting.append((path, _submit(pool, read, path)))
            if not waiting:
                return
            path, future = waiting.popleft()
            try:
                yield path, _result(path, future)
            except BrokenProcessPool:
                # The crash may be any waiting file's doing: this one gets a process of its own.
                yield path, _read_alone(path, read)
                pool = _pool(settings.workers)
                waiting = deque((other, _submit(pool, read, other)) for other, _ in waiting)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _submit(pool: ProcessPoolExecutor, read: "partial[ReadFile]", path: Path) -> "Future[ReadFile]":
    """Submits a file; that the pool is broken shows when the result is asked for."""
    try:
        return pool.submit(read, path)
    except BrokenProcessPool as error:
        future: Future[ReadFile] = Future()
        future.set_exception(error)
        return future


def _result(path: Path, future: Future[ReadFile]) -> ReadFile | AssistantError:
    try:
        return future.result()
    except BrokenProcessPool:
        raise
    except AssistantError as error:
        return error
    except OSError as error:
        return DocumentError(f"It cannot be opened: {error.strerror}.", path)
    except Exception as error:  # noqa: BLE001 - a parser may raise anything on a damaged file
        return DocumentError(f"It cannot be read: {error!r}", path)


def _read_alone(path: Path, read: "partial[ReadFile]") -> ReadFile | AssistantError:
    with _pool(1) as pool:
        try:
            return _result(path, pool.submit(read, path))
        except BrokenProcessPool:
            return DocumentError("It crashed its reader: the file is damaged.", path)


def _pool(workers: int) -> ProcessPoolExecutor:
    # Spawned rather than forked: a fork of a process with threads may inherit a held lock.
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
