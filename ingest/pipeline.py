"""Brings the index to the state of files and folders: what is new or changed goes in, once.

Three things happen at a time, with bounded queues between them: worker processes read and split
files, the embedder embeds their passages, and one thread writes documents, each in a transaction.
"""

import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from queue import Queue
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from assistant.errors import AssistantError, DocumentError
from assistant.schema import SHARED
from assistant.settings import IngestSettings
from ingest.contextualize import Contextualizer
from ingest.embedder import MiniLMEmbedder, model_dir
from ingest.reader import ReadFile, read_file
from ingest.records import NewDocument
from ingest.report import IngestReport, Problem, Progress
from ingest.store import PassageStore
from ingest.sync import FileToRead, FoundFile, Plan, find_files, make_plan
from ingest.web.fetcher import WebFetcher
from ingest.web.files import Fetched
from ingest.workers import Limits, reading

BATCH_PASSAGES = 1024
"""Passages that are embedded together: enough to fill batches of equal length."""

WAITING_DOCUMENTS = 16
"""Documents that wait to be written, at most."""

FORMAT_VERSION = 3
"""Counted up when loading or splitting changes, so that documents are read again."""

WEB_ADDRESS = re.compile("https?://", re.IGNORECASE)

Paths = Sequence[str | Path]
OnProgress = Callable[[Progress], None]


class Ingest:
    """Reads, splits, embeds and stores documents.

    Args:
        store: Where they go.
        embedder: The embedding model.
        settings: How they are split and read.
        web: Fetches web pages, where they may be.
        contextualizer: Writes a sentence of context for each passage, where one is wanted.
    """

    def __init__(
        self,
        store: PassageStore,
        embedder: MiniLMEmbedder,
        settings: IngestSettings,
        web: WebFetcher | None = None,
        contextualizer: Contextualizer | None = None,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._settings = settings
        self._web = web
        self._contextualizer = contextualizer
        self._recipe = (
            f"{FORMAT_VERSION} {embedder.name} {settings.chunk_tokens} {settings.overlap_tokens}"
        )
        if contextualizer is not None:
            self._recipe += f" + {contextualizer.name}"
        self._read = partial(
            read_file, tokenizer_file=model_dir() / "tokenizer.json", settings=settings
        )

    def run(
        self,
        paths: Paths,
        *,
        collection: str = SHARED,
        prune: bool = False,
        dry_run: bool = False,
        crawl: int = 0,
        on_progress: OnProgress = lambda progress: None,
    ) -> IngestReport:
        """Ingests files, folders and web addresses.

        Args:
            paths: Files, folders, which are walked, and web addresses.
            collection: The collection that they go into.
            prune: Also remove documents that are gone from the folders named.
            dry_run: Report what would be done and touch nothing; pages and passages stay 0.
            crawl: Fetch up to so many pages of each web address' site; 0 for the one page.
            on_progress: Called after each batch and each document, from several threads.
        """
        started = time.perf_counter()
        report = IngestReport()
        plan = self._plan(paths, collection, prune, dry_run, crawl, report, on_progress)
        if dry_run:
            for file in plan.todo.values():
                _count(report, file)
            report.moved += len(plan.moves)
            report.deleted = len(plan.gone)
        else:
            self._carry_out(plan, collection, report, on_progress)
        report.seconds = round(time.perf_counter() - started, 3)
        return report

    def read_only(self, paths: Paths) -> Iterator[ReadFile]:
        """The files that a run would bring in, read and split, for an estimate of its cost."""
        report = IngestReport()
        plan = self._plan(paths, SHARED, False, True, 0, report, lambda progress: None)
        with reading(plan.todo, self._read, self._settings.workers, self._limits()) as outcomes:
            for _, outcome in outcomes:
                if isinstance(outcome, ReadFile):
                    yield outcome

    def _plan(
        self,
        paths: Paths,
        collection: str,
        prune: bool,
        dry_run: bool,
        crawl: int,
        report: IngestReport,
        on_progress: OnProgress,
    ) -> Plan:
        addresses = [str(path) for path in paths if WEB_ADDRESS.match(str(path))]
        local = [path for path in paths if not WEB_ADDRESS.match(str(path))]
        found = list(find_files(local, report))
        if dry_run:
            reason = "Web pages are not fetched in a dry run."
            report.skipped.extend(Problem(address, reason) for address in addresses)
        else:
            found.extend(self._fetched(addresses, crawl, report, on_progress))
        return make_plan(
            found,
            self._store.documents(collection),
            self._recipe,
            self._settings.max_file_mb,
            local if prune else (),
            report,
        )

    def _fetched(
        self, addresses: Sequence[str], crawl: int, report: IngestReport, on_progress: OnProgress
    ) -> Iterator[FoundFile]:
        """The files that web pages were kept in; reports those that could not be fetched."""
        n_fetched = 0
        for address in addresses:
            for page in self._fetch(address, crawl):
                n_fetched += 1
                on_progress(Progress("fetching", n_fetched, max(crawl, 1) * len(addresses)))
                if isinstance(page, DocumentError):
                    report.failed.append(Problem(address, str(page)))
                else:
                    size = page.path.stat().st_size
                    yield FoundFile(page.url, page.path.resolve(), size, "")

    def _fetch(self, address: str, crawl: int) -> Iterator[Fetched | DocumentError]:
        if self._web is None:
            yield DocumentError("Web pages are not fetched here.", Path(address))
        elif crawl:
            yield from self._web.crawl(address, crawl)
        else:
            try:
                yield self._web.fetch(address)
            except DocumentError as error:
                yield error

    def _carry_out(
        self, plan: Plan, collection: str, report: IngestReport, on_progress: OnProgress
    ) -> None:
        if plan.stamps:
            self._store.restamp(plan.stamps)
        if plan.is_empty:
            return
        # A chat's uploads go with the chat: there is nothing to take back.
        # A run that changes nothing, because no file can be read, leaves the one before to undo.
        run = cache(self._store.begin_run) if collection == SHARED else lambda: None
        for move in plan.moves:
            self._store.move(move.document, move.source, move.path, move.stamp, run())
            report.moved += 1
        if plan.gone:
            report.deleted = self._store.remove(plan.gone, run())
        self._bring_in(plan.todo, collection, run, report, on_progress)
        self._store.settle(
            collection, lambda done, of: on_progress(Progress("building the index", done, of))
        )

    def _bring_in(
        self,
        todo: dict[Path, FileToRead],
        collection: str,
        run: Callable[[], int | None],
        report: IngestReport,
        on_progress: OnProgress,
    ) -> None:
        """Reads, embeds and stores files, a batch of passages at a time."""
        tally = _Tally(len(todo), report, on_progress)
        with (
            reading(todo, self._read, self._settings.workers, self._limits()) as outcomes,
            _Writer(self._store, collection, run, tally) as writer,
        ):
            for batch in _batches(self._contextualized(self._readable(outcomes, todo, tally))):
                texts = [text for file in batch for text in _embedded_texts(file)]
                vectors = self._embedder.encode_many(texts, tally.embedded)
                first = 0
                for read in batch:
                    last = first + len(read.chunks)
                    file = todo[read.path]
                    writer.put(file, _new_document(file, read, vectors[first:last], self._recipe))
                    first = last

    def _readable(
        self,
        outcomes: Iterable[tuple[Path, ReadFile | AssistantError]],
        todo: dict[Path, FileToRead],
        tally: "_Tally",
    ) -> Iterator[ReadFile]:
        """The files that could be read; reports those that could not."""
        for path, outcome in outcomes:
            if isinstance(outcome, AssistantError):
                tally.failed(Problem(todo[path].source, str(outcome)))
                continue
            tally.warned(Problem(todo[path].source, one) for one in outcome.document.warnings)
            yield outcome

    def _contextualized(self, files: Iterable[ReadFile]) -> Iterator[ReadFile]:
        contextualizer = self._contextualizer
        return map(contextualizer.contextualize, files) if contextualizer else iter(files)

    def _limits(self) -> Limits:
        return Limits(self._settings.file_seconds, self._settings.file_memory_mb)


class _Tally:
    """Counts what several threads have done, and shows it."""

    def __init__(self, n_files: int, report: IngestReport, on_progress: OnProgress) -> None:
        self._n_files = n_files
        self._report = report
        self._on_progress = on_progress
        self._n_done = self._n_embedded = 0
        self._lock = threading.Lock()
        self._show()

    def embedded(self, n_passages: int) -> None:
        with self._lock:
            self._n_embedded += n_passages
            self._show()

    def stored(self, file: FileToRead, document: NewDocument) -> None:
        with self._lock:
            _count(self._report, file)
            self._report.pages += document.n_pages
            self._report.passages += len(document.chunks)
            self._n_done += 1
            self._show()

    def failed(self, problem: Problem) -> None:
        with self._lock:
            self._report.failed.append(problem)
            self._n_done += 1
            self._show()

    def warned(self, problems: Iterable[Problem]) -> None:
        with self._lock:
            self._report.warnings.extend(problems)

    def _show(self) -> None:
        pages = self._report.pages
        self._on_progress(Progress("reading", self._n_done, self._n_files, pages, self._n_embedded))


class _Writer:
    """A thread that stores documents, so that embedding need not wait for the disk."""

    def __init__(
        self,
        store: PassageStore,
        collection: str,
        run: Callable[[], int | None],
        tally: _Tally,
    ) -> None:
        self._store = store
        self._collection = collection
        self._run = run
        self._tally = tally
        self._waiting: Queue[tuple[FileToRead, NewDocument] | None] = Queue(WAITING_DOCUMENTS)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._write, name="writer", daemon=True)

    def put(self, file: FileToRead, document: NewDocument) -> None:
        """Hands a document over; raises what went wrong with an earlier one."""
        if self._error:
            raise self._error
        self._waiting.put((file, document))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._waiting.put(None)
        self._thread.join()
        if self._error and error is None:
            raise self._error

    def _write(self) -> None:
        while (waiting := self._waiting.get()) is not None:
            if self._error:
                continue  # until the last: whoever hands over must not wait for room
            file, document = waiting
            try:
                self._store.put(document, self._collection, self._run(), file.earlier)
                self._tally.stored(file, document)
            except BaseException as failure:  # noqa: BLE001 - raised again by put or at the end
                self._error = failure


def _batches(files: Iterable[ReadFile]) -> Iterator[list[ReadFile]]:
    """Groups files until their passages fill a batch."""
    batch: list[ReadFile] = []
    try:
        for file in files:
            batch.append(file)
            if sum(len(one.chunks) for one in batch) >= BATCH_PASSAGES:
                yield batch
                batch = []
    except AssistantError:  # of a model that contextualizes: what is ready goes in all the same
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _embedded_texts(file: ReadFile) -> Iterator[str]:
    """Each passage with what it belongs to in front, so that alone it says what it is about."""
    for chunk in file.chunks:
        text = file.document.pages[chunk.page].text[chunk.start : chunk.end]
        yield f"{chunk.context}\n{text}"


def _new_document(
    file: FileToRead, read: ReadFile, vectors: NDArray[np.float32], recipe: str
) -> NewDocument:
    return NewDocument(
        source=file.source,
        path=file.path,
        stamp=file.stamp,
        sha256=file.sha256,
        recipe=recipe,
        title=read.document.title,
        n_pages=read.document.n_pages,
        pages=read.document.pages,
        chunks=read.chunks,
        vectors=vectors,
    )


def _count(report: IngestReport, file: FileToRead) -> None:
    if file.earlier is None:
        report.added += 1
    elif file.earlier.path == file.path:
        report.updated += 1
    else:
        report.moved += 1
