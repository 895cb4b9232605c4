"""Reads columns of prose one after the other where the file draws a line across all of them."""

from collections.abc import Iterator
from itertools import pairwise
from statistics import median

from ingest.loaders.pdf_lines import Line, Segment, line_of

COLUMN_LINES = 5
"""Fewer lines side by side are not taken for columns."""
LINE_CHARS = 15
"""Columns of prose have lines of at least this many characters, on average."""
FILLED = 0.7
"""Half of the lines of a column fill at least this share of its width."""
GOING_ON = 0.3
"""At least this share of a column's lines begins in the middle of a sentence."""
DIGITS = 0.15
"""A larger share of digits makes a table."""
GAP = 1.6
"""A gap between rows, in heights of a usual row, that parts the rows of a table."""


def part_columns(lines: list[Line]) -> list[Line]:
    """The lines of a page, with those that go across several columns taken apart."""
    gutter = _gutter(lines)
    if gutter is None:
        return lines
    parted: list[Line] = []
    for run, is_open in _runs_beside(lines, gutter):
        parted.extend(_columns(run, gutter) if is_open else run)
    return parted


def _gutter(lines: list[Line]) -> float | None:
    """Where the most lines have a gap, from the left edge of the page; `None` if few have."""
    borders: list[tuple[float, int]] = []
    for line in lines:
        for left, right in pairwise(line.segments):
            borders += [(left.right, 1), (right.left, -1)]
    if len(borders) < 2 * COLUMN_LINES:
        return None
    most = n_open = 0
    gutter = 0.0
    borders.sort()
    for (x, step), (following, _) in pairwise(borders):
        n_open += step
        if n_open > most:
            most, gutter = n_open, (x + following) / 2
    return gutter if most >= COLUMN_LINES else None


def _runs_beside(lines: list[Line], gutter: float) -> Iterator[tuple[list[Line], bool]]:
    """Stretches of lines that go down the page, and whether they leave the gutter open."""
    run: list[Line] = []
    was_open = False
    for line in lines:
        is_open = not any(segment.left < gutter < segment.right for segment in line.segments)
        if run and (is_open != was_open or (is_open and line.bottom > run[-1].top)):
            yield run, was_open
            run = []
        run.append(line)
        was_open = is_open
    if run:
        yield run, was_open


def _columns(run: list[Line], gutter: float) -> list[Line]:
    """The lines left of the gutter, then those to its right, if both sides are prose."""
    left = [segments for line in run if (segments := _side(line, gutter, 0))]
    right = [segments for line in run if (segments := _side(line, gutter, 1))]
    n_across = len(left) + len(right) - len(run)
    if n_across < COLUMN_LINES or _has_rows(run) or not (_is_prose(left) and _is_prose(right)):
        return run
    return [*part_columns(list(map(line_of, left))), *part_columns(list(map(line_of, right)))]


def _side(line: Line, gutter: float, side: int) -> list[Segment]:
    return [segment for segment in line.segments if (segment.left > gutter) == bool(side)]


def _has_rows(run: list[Line]) -> bool:
    """Whether gaps go through all columns time and again, as between the rows of a table."""
    steps = [above.bottom - below.bottom for above, below in pairwise(run)]
    usual = median(steps)
    n_gaps = sum(step > GAP * usual for step in steps)
    return n_gaps > max(1, 0.1 * len(run))


def _is_prose(lines: list[list[Segment]]) -> bool:
    """Whether lines read on from one to the next and fill their column."""
    texts = [" ".join(segment.text for segment in line) for line in lines]
    n_chars = sum(map(len, texts))
    if len(lines) < COLUMN_LINES or n_chars < LINE_CHARS * len(lines):
        return False
    if sum(text[0].islower() for text in texts) < GOING_ON * len(lines):
        return False
    if sum(char.isdigit() for text in texts for char in text) > DIGITS * n_chars:
        return False
    left, right = min(line[0].left for line in lines), max(line[-1].right for line in lines)
    return median(line[-1].right - line[0].left for line in lines) >= FILLED * (right - left)
