"""Finds the headings of a PDF: by its outline, or where it has none, by its fonts."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

import pypdfium2 as pdfium

from ingest.loaders.pdf_layout import is_figure
from ingest.loaders.pdf_lines import Line

HEADING_CHARS = 100
"""Longer heading paths lose their outer parts, then their end."""
LARGER = 1.15
"""A font this much higher than the body's makes a heading."""
BODY_SHARE = 0.15
"""The document's usual font is a page's body font if it has this share of the page."""
LONGEST_LINE = 90
SHORTEST_CAPS = 6
"""Shorter words in capitals are abbreviations."""
LETTERS_SHARE = 0.55
COVERED_PAGES = 10
"""The first page of a document of so many is its cover, and has no headings."""
LEAST_PAGES = 2
"""A style on fewer pages marks no headings."""
LEAST_SHARE = 0.02
"""Nor does a style on a smaller share of a document's pages."""
MOST_HEADINGS = 0.15
"""A larger share of lines in bold marks no headings, but something else."""
LABEL = re.compile(
    r"((?i:part|item|note|chapter|section|article|appendix)\s*)?"
    r"(\d[\d.]*[A-Z]?|[IVX]+|[A-Z])[.:)]?"
)
"""The number of a heading that stands apart from its words."""
NUMBERED = re.compile(r"(part|item|note|chapter|section|article|appendix)\b|\d", re.IGNORECASE)

Style = tuple[int, bool]
"""Size in tenths of the body's, negative to sort the larger first; whether it has small letters."""
BOLD = -10
"""The size in the style of headings that are bold and no larger than the body."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading in its place.

    Attributes:
        line: Position of its first line on the page.
        end: Position behind its last.
        level: Depth, outermost 0.
    """

    line: int
    end: int
    level: int
    title: str


class Headings:
    """The heading path along a document; goes on from page to page."""

    def __init__(self) -> None:
        self._path: list[tuple[int, str]] = []

    def sections(self, headings: list[Heading]) -> list[tuple[int, str]]:
        """For a page, the line at which each section begins, and its heading path."""
        starts = {0: self._joined()}
        start = end = -1
        for heading in headings:
            self._path = [part for part in self._path if part[0] < heading.level]
            self._path.append((heading.level, heading.title))
            # A heading right below another is under it, not behind a section of one line.
            start = start if heading.line == end else heading.line
            end = heading.end
            starts[start] = self._joined()
        return list(starts.items())

    def _joined(self) -> str:
        titles = [title for _, title in self._path]
        while len(titles) > 1 and len(" > ".join(titles)) > HEADING_CHARS:
            titles.pop(0)
        path = " > ".join(titles)
        return path if len(path) <= HEADING_CHARS else path[: HEADING_CHARS - 1].rstrip() + "…"


def outline(pdf: pdfium.PdfDocument) -> dict[int, list[tuple[int, str]]]:
    """For each page that bookmarks lead to, their levels and titles, in order."""
    bookmarks: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for bookmark in pdf.get_toc():
        destination = bookmark.get_dest()
        index = destination.get_index() if destination else None
        title = " ".join(bookmark.get_title().split())
        if index is not None and title:
            bookmarks[index].append((bookmark.level, title))
    return bookmarks


def by_outline(bookmarks: list[tuple[int, str]], texts: list[str]) -> list[Heading]:
    """Puts a page's bookmarks where their titles stand; else to where the one before does."""
    keys = [_key(text) for text in texts]
    headings: list[Heading] = []
    at = 0
    for level, title in bookmarks:
        key = _key(title)
        lines = range(at, len(keys))
        found = next((line for line in lines if keys[line] and key.startswith(keys[line])), None)
        at = at if found is None else found
        headings.append(Heading(at, at + 1, level, title))
    return headings


def _key(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def by_fonts(pages: list[list[Line]]) -> list[list[Heading]]:
    """Headings that stand out by their fonts: larger than the body, or bold and short.

    Levels follow the size; where that is the same, capitals stand above the rest.
    """
    usual = _usual_size(line for page in pages for line in page)
    styles = [_styles(page, usual) for page in pages]
    if len(pages) >= COVERED_PAGES:
        styles[0] = [None] * len(styles[0])
    n_lines = sum(map(len, pages))
    n_pages = Counter(style for page in styles for style in set(page) if style)
    n_bold = sum(style is not None and style[0] == BOLD for page in styles for style in page)
    least = min(len(pages), max(LEAST_PAGES, round(LEAST_SHARE * len(pages))))
    ranked = sorted(
        style
        for style, n in n_pages.items()
        if n >= least and (style[0] != BOLD or n_bold <= MOST_HEADINGS * n_lines)
    )
    levels = {style: level for level, style in enumerate(ranked)}
    return [list(_headings(*page, levels)) for page in zip(pages, styles, strict=True)]


def _usual_size(lines: Iterable[Line]) -> float:
    """Height of the font that most of the text is in, in points."""
    n_chars: Counter[float] = Counter()
    for line in lines:
        n_chars[round(line.size, 1)] += len(line.text)
    return n_chars.most_common(1)[0][0] if n_chars else 1.0


def _styles(page: list[Line], usual: float) -> list[Style | None]:
    """For each line that may be a heading, what it looks like."""
    n_chars = sum(len(line.text) for line in page)
    n_usual = sum(len(line.text) for line in page if abs(line.size - usual) < 0.1 * usual)
    # A page may be shrunk as a whole, and then has a usual size of its own.
    body = usual if n_usual >= BODY_SHARE * n_chars else _usual_size(page)
    following: list[Line | None] = [*page[1:], None]
    return [_style(*pair, body) for pair in zip(page, following, strict=True)]


def _style(line: Line, following: Line | None, body: float) -> Style | None:
    is_large = line.size > LARGER * body
    if not (is_large or line.is_bold) or not _reads_as_heading(line):
        return None
    if not is_large and following is not None and _is_row(following):
        return None
    is_caps = line.text.isupper() and len(line.text) >= SHORTEST_CAPS
    return (-round(10 * line.size / body) if is_large else BOLD, not is_caps)


def _reads_as_heading(line: Line) -> bool:
    text = line.text
    n_letters = sum(map(str.isalpha, text))
    if n_letters < 3 or len(text) > LONGEST_LINE or n_letters < LETTERS_SHARE * len(text):
        return False
    if text[0].islower() or text[-1] in ",;-" or len(line.segments) > 2:
        return False
    if text[-1] == "." and NUMBERED.match(text) is None:  # a sentence
        return False
    return len(line.segments) == 1 or LABEL.fullmatch(line.segments[0].text) is not None


def _is_row(line: Line) -> bool:
    """Whether a line is a row of a table."""
    return len(line.segments) > 2 or (len(line.segments) == 2 and is_figure(line.segments[1].text))


def _headings(
    page: list[Line], styles: list[Style | None], levels: dict[Style, int]
) -> Iterator[Heading]:
    """Joins neighbouring lines of one style to one heading."""
    at = 0
    for style, group in groupby(styles):
        n_lines = len(list(group))
        if style in levels:
            title = " ".join(" ".join(line.text.split()) for line in page[at : at + n_lines])
            yield Heading(at, at + n_lines, levels[style], title)
        at += n_lines
