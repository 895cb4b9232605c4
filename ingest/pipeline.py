"""Brings the index to the state of files and folders: what is new or changed goes in, once."""

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.errors import AssistantError
from assistant.schema import SHARED
from assistant.settings import IngestSettings
from ingest.embedder import MiniLMEmbedder, model_dir
from ingest.loaders import LOADERS
from ingest.reader import ReadFile, read_files
from ingest.store import NewDocument, PassageStore, StoredDocument

BATCH_PASSAGES = 512
"""Passages that are embedded together: enough to fill batches of equal length."""

FORMAT_VERSION = 1
"""Counted up when loading or splitting changes, so that documents are read again."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A file and what is the matter with it."""

    path: str
    reason: str


@dataclass(slots=True)
class IngestReport:
    """What an ingest did.

    Attributes:
        failed: Files that could not be read.
        skipped: Files in folders that no loader is made for, and links that lead outside.
        warnings: Files that were read in part.
        pages: Pages of the documents that were added or updated.
        passages: Their passages.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    failed: list[Problem] = field(default_factory=list)
    skipped: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    pages: int = 0
    passages: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest has come."""

    n_done: int
    n_files: int
    pages: int
    passages: int


@dataclass(frozen=True, slots=True)
class _File:
    """A file to bring in."""

    source: str
    path: Path
    sha256: str
    is_known: bool


@dataclass(frozen=True, slots=True)
class _Plan:
    todo: dict[Path, _File]
    gone: list[StoredDocument]


class Ingest:
    """Reads, splits, embeds and stores documents.

    Args:
        store: Where they go.
        embedder: The embedding model.
        settings: How they are split and read.
    """

    def __init__(
        self, store: PassageStore, embedder: MiniLMEmbedder, settings: IngestSettings
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._settings = settings
        self._recipe = (
            f"{FORMAT_VERSION} {embedder.name} {settings.chunk_tokens} {settings.overlap_tokens}"
        )

    def run(
        self,
        paths: Sequence[str | Path],
        *,
        collection: str = SHARED,
        prune: bool = False,
        dry_run: bool = False,
        on_progress: Callable[[Progress], None] = lambda progress: None,
    ) -> IngestReport:
        """Ingests files and folders.

        Args:
            paths: Files and folders; folders are walked.
            collection: The collection that they go into.
            prune: Also remove documents that are gone from the folders named.
            dry_run: Report what would be done and touch nothing; pages and passages stay 0.
            on_progress: Called after each batch and each document.
        """
        started = time.perf_counter()
        report = IngestReport()
        plan = self._plan(paths, collection, prune, report)
        if dry_run:
            for file in plan.todo.values():
                _count(report, file)
            report.deleted = len(plan.gone)
        else:
            report.deleted = self._store.remove(plan.gone)
            self._bring_in(plan.todo, collection, report, on_progress)
        report.seconds = round(time.perf_counter() - started, 3)
        return report

    def _plan(
        self, paths: Sequence[str | Path], collection: str, prune: bool, report: IngestReport
    ) -> _Plan:
        """What has to be read and what is gone; counts the unchanged and reports the rest."""
        known = {document.path: document for document in self._store.documents(collection)}
        todo: dict[Path, _File] = {}
        seen: set[Path] = set()
        for source in _walk(paths, report):
            path = Path(source).resolve()
            if path in seen:
                continue
            seen.add(path)
            try:
                sha256 = _sha256(path)
            except OSError as error:
                reason = f"It cannot be opened: {error.strerror}."
                report.failed.append(Problem(_printable(source), reason))
                continue
            document = known.get(path)
            if document and (document.sha256, document.recipe) == (sha256, self._recipe):
                report.unchanged += 1
            else:
                todo[path] = _File(_printable(source), path, sha256, document is not None)
        folders = [Path(path).resolve() for path in paths if Path(path).is_dir()] if prune else []
        gone = [
            document
            for path, document in known.items()
            if path not in seen
            and not path.exists()
            and any(path.is_relative_to(folder) for folder in folders)
        ]
        return _Plan(todo, gone)

    def _bring_in(
        self,
        todo: dict[Path, _File],
        collection: str,
        report: IngestReport,
        on_progress: Callable[[Progress], None],
    ) -> None:
        """Reads, embeds and stores files, a batch of passages at a time."""
        if not todo:
            return
        n_done = n_embedded = 0

        def show(n_new: int = 0) -> None:
            nonlocal n_embedded
            n_embedded += n_new
            on_progress(Progress(n_done, len(todo), report.pages, n_embedded))

        show()
        for batch in _batches(self._read(todo, report)):
            texts = [_embedded_text(file, position) for file in batch for position in _all(file)]
            vectors = self._embedder.encode_many(texts, show)
            offset = 0
            for read in batch:
                file = todo[read.path]
                n_chunks = len(read.chunks)
                self._store.put(
                    NewDocument(
                        source=file.source,
                        path=file.path,
                        sha256=file.sha256,
                        recipe=self._recipe,
                        title=read.document.title,
                        n_pages=read.document.n_pages,
                        pages=read.document.pages,
                        chunks=read.chunks,
                        vectors=vectors[offset : offset + n_chunks],
                    ),
                    collection,
                )
                offset += n_chunks
                _count(report, file)
                report.pages += read.document.n_pages
                report.passages += n_chunks
                n_done = report.added + report.updated + len(report.failed)
                show()

    def _read(self, todo: dict[Path, _File], report: IngestReport) -> Iterator[ReadFile]:
        """The files that could be read; reports those that could not."""
        tokenizer_file = model_dir() / "tokenizer.json"
        for path, outcome in read_files(todo, tokenizer_file, self._settings):
            source = todo[path].source
            if isinstance(outcome, AssistantError):
                report.failed.append(Problem(source, str(outcome)))
                continue
            for warning in outcome.document.warnings:
                report.warnings.append(Problem(source, warning))
            yield outcome


def _batches(files: Iterable[ReadFile]) -> Iterator[list[ReadFile]]:
    """Groups files until their passages fill a batch."""
    batch: list[ReadFile] = []
    for file in files:
        batch.append(file)
        if sum(len(one.chunks) for one in batch) >= BATCH_PASSAGES:
            yield batch
            batch = []
    if batch:
        yield batch


def _all(file: ReadFile) -> range:
    return range(len(file.chunks))


def _embedded_text(file: ReadFile, position: int) -> str:
    """A passage with what it belongs to in front, so that alone it says what it is about."""
    chunk = file.chunks[position]
    return f"{chunk.context}\n{file.document.pages[chunk.page].text[chunk.start : chunk.end]}"


def _count(report: IngestReport, file: _File) -> None:
    if file.is_known:
        report.updated += 1
    else:
        report.added += 1


def _walk(paths: Sequence[str | Path], report: IngestReport) -> Iterator[str]:
    """Every file that may be read, as a path below the one that was named."""
    for root in paths:
        if os.path.isdir(root):
            yield from _walk_folder(os.fspath(root), report)
        elif os.path.isfile(root):
            yield os.fspath(root)
        else:
            reason = "There is no such file or folder: check the path."
            report.failed.append(Problem(_printable(os.fspath(root)), reason))


def _walk_folder(root: str, report: IngestReport) -> Iterator[str]:
    inside = Path(root).resolve()

    def unreadable(error: OSError) -> None:
        reason = f"It cannot be opened: {error.strerror}."
        report.failed.append(Problem(_printable(os.fspath(error.filename)), reason))

    for folder, subfolders, names in os.walk(root, onerror=unreadable):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in sorted(names):
            source = os.path.join(folder, name)
            path = Path(source)
            if name.startswith("."):
                continue
            if path.is_symlink() and not path.resolve().is_relative_to(inside):
                reason = "It is a link that leads out of the folder."
            elif path.suffix.lower() not in LOADERS:
                reason = f"Files named *{path.suffix} are not read."
            elif not path.is_file():
                reason = "It is not a regular file."
            else:
                yield source
                continue
            report.skipped.append(Problem(_printable(source), reason))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _printable(path: str) -> str:
    """A path that can be stored and printed even where its name is not UTF-8."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
