"""What an ingest did, and how far it has come."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """A file and what is the matter with it."""

    path: str
    reason: str


@dataclass(slots=True)
class IngestReport:
    """What an ingest did.

    Attributes:
        moved: Documents whose file was found under another path.
        deleted: Documents that were removed because their file is gone.
        failed: Files that could not be read.
        skipped: Files in folders that no loader is made for, and links that are not followed.
        warnings: Files that were read in part.
        pages: Pages of the documents that were read.
        passages: Their passages.
    """

    added: int = 0
    updated: int = 0
    moved: int = 0
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
    """How far an ingest has come.

    Attributes:
        step: What is being done, in a word or two.
        pages: Pages stored.
        passages: Passages embedded.
    """

    step: str
    n_done: int
    n_files: int
    pages: int = 0
    passages: int = 0


def printable(path: str) -> str:
    """A path that can be stored and printed even where its name is not UTF-8."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
