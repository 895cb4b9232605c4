"""Reads files in worker processes, each file under a limit of time and of memory.

A file that crashes its worker, hangs it or eats its memory costs only itself. Reading goes on
ahead of whoever takes the results, a bounded number of files.
"""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import Full, Queue

import psutil

from assistant.errors import AssistantError, DocumentError
from ingest.reader import ReadFile

READ_AHEAD = 2
"""Files per worker that are read before they are asked for."""

WATCH_SECONDS = 0.1
START_SECONDS = 120
"""How long a process may take to start, on a busy machine."""

UNWATCHED_SECONDS = 10
"""How much longer than its limit a file is read where nobody is left to end it."""

Read = Callable[[Path], ReadFile]
Outcome = tuple[Path, ReadFile | AssistantError]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost."""

    seconds: int
    memory_mb: int


@contextmanager
def reading(
    paths: Iterable[Path], read: Read, n_workers: int, limits: Limits
) -> Iterator[Iterator[Outcome]]:
    """Reads files in worker processes, which end with the context.

    Args:
        paths: The files.
        read: Reads one; it is sent to the workers, so a function of a module, or a partial of one.
        n_workers: How many processes.
        limits: What each file may cost.

    Yields:
        The outcomes, as they come: each file as read, or why it could not be.
    """
    crew = _Crew(paths, read, n_workers, limits)
    crew.start()
    try:
        yield crew.outcomes()
    finally:
        crew.stop()


class _Worker:
    """A process that reads one file at a time."""

    def __init__(self, read: Read) -> None:
        # Spawned rather than forked: a fork of a process with threads may inherit a held lock.
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(
            target=_work, args=(theirs, read), daemon=True, name="assistant-reader"
        )
        self.process.start()
        theirs.close()
        self.path: Path | None = None
        self._seconds = 0
        self._deadline = 0.0
        self._is_ready = False
        self._verdict: DocumentError | None = None
        self._has_hung_up = False

    def give(self, path: Path, seconds: int) -> None:
        self.path = path
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds + (0 if self._is_ready else START_SECONDS)
        with suppress(OSError):  # it has died: the next look at its connection says so
            self.connection.send((path, seconds))

    def has_outcome(self) -> bool:
        """Whether it has sent something, or has died."""
        if not self._is_ready and self.connection.poll():
            with suppress(EOFError, OSError):
                self.connection.recv()  # that it is ready: the file's time begins
                self._is_ready = True
                self._deadline = time.monotonic() + self._seconds
        return self.connection.poll()

    def outcome(self) -> ReadFile | AssistantError:
        """What it has sent, or that it has died."""
        assert self.path is not None
        try:
            outcome: ReadFile | AssistantError = self.connection.recv()
        except (EOFError, OSError):
            self._has_hung_up = True
            reason = (
                "It crashed its reader: the file is damaged."
                if self._is_ready
                else "The process that was to read it could not be started: try again."
            )
            return self._verdict or DocumentError(reason, self.path)
        return outcome

    def is_spent(self, limits: Limits) -> bool:
        """Whether it has ended, is about to, or holds so much that the next file would pay."""
        if self._has_hung_up or self._verdict or not self.process.is_alive():
            return True
        return _resident_mb(self.process.pid) > limits.memory_mb / 2

    def watch(self, limits: Limits) -> None:
        """Ends the process where its file uses too much."""
        if self.path is None or self._verdict or self.has_outcome():
            return
        self._verdict = self._excess(self.path, limits)
        if self._verdict:
            self.process.kill()

    def _excess(self, path: Path, limits: Limits) -> DocumentError | None:
        if time.monotonic() > self._deadline:
            return DocumentError(
                f"It took longer than {limits.seconds} s to read: the file is damaged or very "
                "large. Split it, or raise ASSISTANT_INGEST__FILE_SECONDS.",
                path,
            )
        if _resident_mb(self.process.pid) > limits.memory_mb:
            return DocumentError(
                f"It needed more than {limits.memory_mb} MB of memory to read: the file is damaged "
                "or very large. Split it, or raise ASSISTANT_INGEST__FILE_MEMORY_MB.",
                path,
            )
        return None

    def kill(self) -> None:
        self.process.kill()
        self.process.join()
        self.connection.close()


class _Crew:
    """The workers, and the thread that feeds and watches them."""

    def __init__(self, paths: Iterable[Path], read: Read, n_workers: int, limits: Limits) -> None:
        self._paths = iter(paths)
        self._read = read
        self._n_workers = n_workers
        self._limits = limits
        self._workers: list[_Worker] = []
        self._done: Queue[Outcome | BaseException | None] = Queue(n_workers * READ_AHEAD)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="readers", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def outcomes(self) -> Iterator[Outcome]:
        while (outcome := self._done.get()) is not None:
            if isinstance(outcome, BaseException):
                raise outcome
            yield outcome

    def _run(self) -> None:
        if hasattr(signal, "pthread_sigmask"):
            # Ctrl+C is for whoever takes the outcomes: workers inherit that they do not hear it.
            resource_tracker.ensure_running()  # its start would undo the next line
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._feed_and_watch()
            self._hand_over(None)
        except Exception as error:  # noqa: BLE001 - raised again where the outcomes are taken
            self._hand_over(error)
        finally:
            for worker in self._workers:
                worker.kill()

    def _feed_and_watch(self) -> None:
        """Gives each idle worker a file and takes what is read, until there are no more."""
        next_path = next(self._paths, None)
        while not self._stopped.is_set():
            busy = [worker for worker in self._workers if worker.path is not None]
            if next_path is None and not busy:
                return
            if next_path is not None and len(busy) < self._n_workers:
                self._idle_worker().give(next_path, self._limits.seconds)
                next_path = next(self._paths, None)
                continue
            wait([worker.connection for worker in busy], WATCH_SECONDS)
            for worker in busy:
                self._look_at(worker)

    def _idle_worker(self) -> _Worker:
        for worker in [worker for worker in self._workers if worker.path is None]:
            if worker.process.is_alive():
                return worker
            worker.kill()
            self._workers.remove(worker)
        self._workers.append(_Worker(self._read))
        return self._workers[-1]

    def _look_at(self, worker: _Worker) -> None:
        """Takes a worker's outcome, if there is one."""
        worker.watch(self._limits)
        if not worker.has_outcome():
            return
        assert worker.path is not None
        path, outcome = worker.path, worker.outcome()
        worker.path = None
        if worker.is_spent(self._limits):
            worker.kill()
            self._workers.remove(worker)
        self._hand_over((path, outcome))

    def _hand_over(self, outcome: Outcome | BaseException | None) -> None:
        """Waits until there is room for an outcome; the busy workers are watched meanwhile."""
        while not self._stopped.is_set():
            try:
                self._done.put(outcome, timeout=WATCH_SECONDS)
            except Full:
                for worker in self._workers:
                    worker.watch(self._limits)
            else:
                return


def _work(connection: Connection, read: Read) -> None:
    """Reads the files that come over a connection until it is closed."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    connection.send(None)
    while True:
        try:
            path, seconds = connection.recv()
        except EOFError:
            return
        _end_after(seconds + UNWATCHED_SECONDS)
        outcome = _outcome(path, read)
        _end_after(0)
        connection.send(outcome)


def _outcome(path: Path, read: Read) -> ReadFile | AssistantError:
    try:
        return read(path)
    except DocumentError as error:
        return error
    except AssistantError as error:  # others do not travel between processes
        return DocumentError(str(error), path)
    except MemoryError:
        return DocumentError("There was not enough memory to read it: split it.", path)
    except OSError as error:
        return DocumentError(f"It cannot be opened: {error.strerror or error}.", path)
    except Exception as error:  # noqa: BLE001 - a parser may raise anything on a damaged file
        return DocumentError(f"It cannot be read ({error!r}).", path)


def _end_after(seconds: int) -> None:
    """Ends this process after a time, 0 for never; its parent may be gone by then.

    A thread would not do: what hangs may hold the lock of the interpreter.
    """
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


def _end_with_parent() -> None:
    """Ends this process with the one that started it, even in the middle of a file."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _resident_mb(pid: int | None) -> float:
    try:
        return float(psutil.Process(pid).memory_info().rss / 2**20)
    except psutil.NoSuchProcess:
        return 0.0
