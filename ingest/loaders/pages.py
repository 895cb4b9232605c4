"""Grows pages: text block by block, with a section at each heading."""

from collections.abc import Iterable, Iterator

from ingest.documents import Page, Section
from ingest.loaders.text import clean, one_section

PART_CHARS = 200_000
"""A text without pages that is longer is read as numbered parts: each is split by itself, and the
tokens of a whole log file at once would not fit into memory."""


class PageBuilder:
    """Grows a page's text block by block; a heading opens a section."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._path: list[tuple[int, str]] = []
        self._starts: list[tuple[int, str]] = [(0, "")]
        self.first_heading = ""

    def heading(self, title: str, level: int) -> None:
        """Opens a section below the last heading of a lower level, and writes its heading."""
        title = " ".join(clean(title).split())
        if title:
            self.section(title, level)
            self._append(title)

    def section(self, title: str, level: int) -> None:
        """Opens a section whose heading is not part of the text."""
        self.first_heading = self.first_heading or title
        self._path = [*((depth, name) for depth, name in self._path if depth < level)]
        self._path.append((level, title))
        self._separate("\n\n")
        self._starts.append((self._length, " > ".join(name for _, name in self._path)))

    def add(self, text: str, tight: bool = False) -> None:
        """Adds a block, or where it is tight, a line right below the block before."""
        text = clean(text)
        if text.strip():
            self._separate("\n" if tight else "\n\n")
            self._append(text.rstrip())

    def build(self, number: int | None) -> Page:
        """The page as grown so far."""
        ends = [*(start for start, _ in self._starts[1:]), self._length]
        sections = tuple(
            Section(start, end, heading)
            for (start, heading), end in zip(self._starts, ends, strict=True)
            if end > start
        )
        return Page(number, "".join(self._pieces), sections)

    def _separate(self, gap: str) -> None:
        # A section that has just been opened begins with its text.
        if self._length and self._length != self._starts[-1][0]:
            self._append(gap)

    def _append(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)


def in_parts(lines: Iterable[str]) -> tuple[Page, ...]:
    """Lines as one page without a number, or where they are very many, as numbered parts."""
    parts = [part for part in map(clean, _parts(lines)) if part.strip()]
    if len(parts) == 1:
        return (one_section(None, parts[0], ""),)
    return tuple(one_section(number, part, "") for number, part in enumerate(parts, 1))


def _parts(lines: Iterable[str]) -> Iterator[str]:
    part: list[str] = []
    n_chars = 0
    for line in lines:
        for start in range(0, max(len(line), 1), PART_CHARS):
            piece = line[start : start + PART_CHARS]
            if n_chars + len(piece) > PART_CHARS and part:
                yield "\n".join(part)
                part, n_chars = [], 0
            part.append(piece)
            n_chars += len(piece) + 1
    yield "\n".join(part)
