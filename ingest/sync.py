"""Compares files and folders with the index: what is new, changed, moved, gone or as it was."""

import hashlib
import os
import stat
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingest.loaders import LOADERS
from ingest.records import StoredDocument
from ingest.report import IngestReport, Problem, printable

UNSURE_SECONDS = 2.0
"""A file that changed so lately may change again without its times showing it."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that may be read.

    Attributes:
        source: Its path as it was asked for, or its web address.
        path: The file, absolute, without links.
    """

    source: str
    path: Path
    size: int
    stamp: str


@dataclass(frozen=True, slots=True)
class FileToRead:
    """A file to bring in, and the document that it takes the place of."""

    source: str
    path: Path
    stamp: str
    sha256: str
    earlier: StoredDocument | None


@dataclass(frozen=True, slots=True)
class Move:
    """A document whose file is under another path now; its content is as it was."""

    document: StoredDocument
    source: str
    path: Path
    stamp: str


@dataclass(slots=True)
class Plan:
    """What has to be done to bring the index to the state of the files.

    Attributes:
        stamps: Documents that are unchanged although their file's times are not, with the new ones.
    """

    todo: dict[Path, FileToRead] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    gone: list[StoredDocument] = field(default_factory=list)
    stamps: list[tuple[StoredDocument, str]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether the index is in that state already."""
        return not (self.todo or self.moves or self.gone)


def find_files(paths: Sequence[str | Path], report: IngestReport) -> Iterator[FoundFile]:
    """Every file that may be read, once; folders are walked. What cannot be read is reported."""
    seen: set[str] = set()
    for root in paths:
        for source, real in _walk(os.fspath(root), report):
            if real not in seen:
                seen.add(real)
                found = _look_at(source, real, report)
                if found is not None:
                    yield found


def make_plan(
    found: Iterable[FoundFile],
    known: Sequence[StoredDocument],
    recipe: str,
    max_file_mb: int,
    pruned: Sequence[str | Path],
    report: IngestReport,
) -> Plan:
    """Compares files with the documents of the index; counts the unchanged and reports the rest.

    Args:
        found: The files.
        known: The documents.
        recipe: How files are read now; a document of another recipe is read again.
        max_file_mb: Largest file that is read.
        pruned: Folders from which documents are removed whose files are gone.
        report: Takes the counts and the failures.
    """
    plan = Plan()
    by_path = {document.path: document for document in known}
    seen: set[Path] = set()
    for file in found:
        seen.add(file.path)
        _compare(file, by_path.get(file.path), recipe, max_file_mb, plan, report)
    lost = [document for path, document in by_path.items() if path not in seen and _is_gone(path)]
    _recognise_moved(plan, lost, recipe)
    taken = {move.document.id for move in plan.moves}
    taken |= {file.earlier.id for file in plan.todo.values() if file.earlier}
    # An empty path is no folder, though `Path` takes it for the working directory.
    folders = [Path(folder).resolve() for folder in pruned if os.path.isdir(folder)]
    plan.gone = [
        document
        for document in lost
        if document.id not in taken
        and any(document.path.is_relative_to(folder) for folder in folders)
    ]
    return plan


def is_current(document: StoredDocument, recipe: str) -> bool:
    """Whether a document was made by this recipe, or by it with a model's help on top."""
    return document.recipe == recipe or document.recipe.startswith(f"{recipe} + ")


def _compare(
    file: FoundFile,
    document: StoredDocument | None,
    recipe: str,
    max_file_mb: int,
    plan: Plan,
    report: IngestReport,
) -> None:
    same_recipe = document is not None and is_current(document, recipe)
    if document and same_recipe and file.stamp and file.stamp == document.stamp:
        report.unchanged += 1
        return
    if file.size > max_file_mb * 1e6:
        reason = (
            f"A file may have {max_file_mb} MB, this one has {file.size / 1e6:.0f} MB: split it, "
            "or raise ASSISTANT_INGEST__MAX_FILE_MB."
        )
        report.failed.append(Problem(file.source, reason))
        return
    try:
        sha256 = _sha256(file.path)
    except OSError as error:
        report.failed.append(Problem(file.source, f"It cannot be opened: {error.strerror}."))
        return
    if document and same_recipe and document.sha256 == sha256:
        report.unchanged += 1
        if file.stamp:
            plan.stamps.append((document, file.stamp))
    else:
        plan.todo[file.path] = FileToRead(file.source, file.path, file.stamp, sha256, document)


def _recognise_moved(plan: Plan, lost: Sequence[StoredDocument], recipe: str) -> None:
    """Turns new files whose content a lost document had into moves.

    Where the name has changed and the title may come from it, the file is read again, in the lost
    document's place.
    """
    by_content: dict[str, list[StoredDocument]] = {}
    for document in lost:
        if is_current(document, recipe):
            by_content.setdefault(document.sha256, []).append(document)
    new = [file for file in plan.todo.values() if file.earlier is None]
    for file in new:
        candidates = by_content.get(file.sha256, [])
        same_name = next((one for one in candidates if one.path.name == file.path.name), None)
        if same_name is not None:
            candidates.remove(same_name)
            del plan.todo[file.path]
            plan.moves.append(Move(same_name, file.source, file.path, file.stamp))
    for file in new:
        if file.path in plan.todo and by_content.get(file.sha256):
            plan.todo[file.path] = replace(file, earlier=by_content[file.sha256].pop())


def _walk(root: str, report: IngestReport) -> Iterator[tuple[str, str]]:
    """Files as they are named, with their real paths."""
    if os.path.isdir(root):
        yield from _walk_folder(root, report)
    elif os.path.exists(root):
        yield root, os.path.realpath(root)
    else:
        reason = "There is no such file or folder: check the path."
        report.failed.append(Problem(printable(root), reason))


def _walk_folder(root: str, report: IngestReport) -> Iterator[tuple[str, str]]:
    inside = os.path.realpath(root)

    def skip(source: str, reason: str) -> None:
        report.skipped.append(Problem(printable(source), reason))

    def unreadable(error: OSError) -> None:
        reason = f"It cannot be opened: {error.strerror}."
        report.failed.append(Problem(printable(os.fspath(error.filename)), reason))

    for folder, subfolders, names in os.walk(root, onerror=unreadable):
        real_folder = os.path.realpath(folder)
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in subfolders:
            if os.path.islink(os.path.join(folder, name)):
                skip(os.path.join(folder, name), "Links to folders are not followed: name it.")
        for name in sorted(name for name in names if not name.startswith(".")):
            source = os.path.join(folder, name)
            real = os.path.join(real_folder, name)
            if os.path.islink(source):
                real = os.path.realpath(source)
                if not Path(real).is_relative_to(inside):
                    skip(source, "It is a link that leads out of the folder.")
                    continue
            ending = os.path.splitext(name)[1]
            if ending.lower() not in LOADERS:
                skip(source, f"Files named *{printable(ending)} are not read.")
            else:
                yield source, real


def _look_at(source: str, real: str, report: IngestReport) -> FoundFile | None:
    try:
        status = os.stat(real)
    except OSError as error:
        reason = f"It cannot be opened: {error.strerror}."
        report.failed.append(Problem(printable(source), reason))
        return None
    if not stat.S_ISREG(status.st_mode):
        report.skipped.append(Problem(printable(source), "It is not a regular file."))
        return None
    return FoundFile(printable(source), Path(real), status.st_size, _stamp(status))


def _stamp(status: os.stat_result) -> str:
    now = time.time()
    if min(abs(now - status.st_mtime), abs(now - status.st_ctime)) < UNSURE_SECONDS:
        return ""
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"


def _is_gone(path: Path) -> bool:
    """Whether there is certainly no such file; one that cannot be looked at may be there."""
    try:
        return not stat.S_ISREG(path.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
