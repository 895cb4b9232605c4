"""Finds what runs along on every page of a PDF: headers, footers and page numbers."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from ingest.loaders.pdf_lines import Line, PageLines

EDGE_LINES = 3
"""Lines from each edge of the page that may be running ones."""
LEAST_PAGES = 3
"""A line on fewer pages does not run."""
NEIGHBOURS = (-2, -1, 1, 2)
"""Pages on one of which a running line stands as well: headers may differ on even and odd ones."""
HEIGHT_STEP = 6.0
"""Lines whose heights differ by less, in points, are at the same height."""
MOST_NUMBERS = 3
"""A line with more numbers than that is a row of figures."""
DIGITS = re.compile(r"\d{1,6}")


@dataclass(frozen=True, slots=True)
class _Edge:
    """A line near the top or the bottom of its page.

    Attributes:
        rank: How many lines are nearer to the edge.
        key: Which edge, and its text without regard to capitals.
        height: Of its lower edge over the page's lower edge, in points.
    """

    page: int
    line: Line
    rank: int
    key: tuple[bool, str]
    height: float


def without_running(pages: list[PageLines]) -> list[list[Line]]:
    """The lines of each page without its headers, footers and page number.

    A page that would have no line left keeps all of them.
    """
    edges = [_edges(at, page) for at, page in enumerate(pages)]
    flat = [edge for of_page in edges for edge in of_page]
    running = _repeated(flat) | _numbered(flat)
    kept: list[list[Line]] = []
    for page, of_page in zip(pages, edges, strict=True):
        dropped = _dropped(of_page, running)
        lines = [line for line in page.lines if id(line) not in dropped]
        kept.append(lines or page.lines)
    return kept


def without_edges(page: PageLines) -> Iterator[list[Line]]:
    """Whatever `without_running` may leave of a page, all of its lines first."""
    edges = _edges(0, page)
    for n_top, n_bottom in product(range(EDGE_LINES + 1), repeat=2):
        dropped = {
            id(edge.line) for edge in edges if edge.rank < (n_top if edge.key[0] else n_bottom)
        }
        yield [line for line in page.lines if id(line) not in dropped]


def _edges(at: int, page: PageLines) -> list[_Edge]:
    lines = sorted(page.lines, key=lambda line: -line.top)
    ends = ((True, lines[:EDGE_LINES]), (False, lines[: -EDGE_LINES - 1 : -1]))
    return [
        _Edge(at, line, rank, (is_top, line.text.casefold()), line.bottom - page.bottom)
        for is_top, nearest in ends
        for rank, line in enumerate(nearest)
    ]


def _dropped(edges: list[_Edge], running: set[int]) -> set[int]:
    """The running lines of a page: from each edge up to the first line that does not run."""
    dropped: set[int] = set()
    open_ranks = {True: 0, False: 0}
    for edge in edges:
        is_top = edge.key[0]
        if id(edge.line) in running and open_ranks[is_top] == edge.rank:
            dropped.add(id(edge.line))
            open_ranks[is_top] += 1
    return dropped


def _repeated(edges: list[_Edge]) -> set[int]:
    """Lines that stand on several neighbouring pages at about the same height."""
    groups: defaultdict[tuple[bool, str], list[_Edge]] = defaultdict(list)
    for edge in edges:
        if sum(map(str.isalpha, edge.key[1])) > 2:
            groups[edge.key].append(edge)
    running: set[int] = set()
    for group in groups.values():
        if len(group) >= LEAST_PAGES:
            running |= _at_one_height(group)
    return running


def _at_one_height(group: list[_Edge]) -> set[int]:
    pages: defaultdict[int, set[int]] = defaultdict(set)
    for edge in group:
        step = round(edge.height / HEIGHT_STEP)
        for near in (step - 1, step, step + 1):
            pages[near].add(edge.page)
    found: set[int] = set()
    for edge in group:
        there = pages[round(edge.height / HEIGHT_STEP)]
        has_neighbour = any(edge.page + step in there for step in NEIGHBOURS)
        if len(there) >= LEAST_PAGES and has_neighbour:
            found.add(id(edge.line))
    return found


def _numbered(edges: list[_Edge]) -> set[int]:
    """Outermost lines with a number that grows with the pages; their height may vary."""
    offsets: Counter[tuple[bool, str, int]] = Counter()
    counted: list[tuple[_Edge, tuple[bool, str, int]]] = []
    for edge in edges:
        if edge.rank == 0:
            is_top, text = edge.key
            rest = DIGITS.sub("0", text)
            numbers = {int(number) for number in DIGITS.findall(text)[:MOST_NUMBERS]}
            counted += [(edge, (is_top, rest, number - edge.page)) for number in numbers]
    offsets.update(offset for _, offset in counted)
    return {id(edge.line) for edge, offset in counted if offsets[offset] >= LEAST_PAGES}
