"""The order in which a page is read: rows of tables, heads of tables, columns.

Pdfium gives text as the file draws it, which for most pages is the order in which it is read.
That order is left wherever nothing speaks clearly against it.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from ingest.loaders.pdf_columns import part_columns
from ingest.loaders.pdf_lines import SAME_ROW, Line, Segment, line_of

NEAR_ROW = 0.3
"""So much of their height is enough where pdfium takes both for one line."""
CELL_CHARS = 30
"""Longer pieces are not taken for a line of a table's head."""
HEAD_LINES = 8
"""A cell of a table's head has at most this many lines."""
FIGURE = re.compile(r"[$€£¥(\-–—+]*\s*\d[\d,.]*\s*[%)x]*|[$€£¥—–\-]+|N/?A|\*+")
COLUMN_LINES = 3
"""A column of a table has at least this many rows."""
FIGURES_SHARE = 0.6
"""A stack with this share of figures is a column of a table."""


def in_reading_order(segments: list[Segment]) -> list[Line]:
    """The lines of a page from its segments in the order in which the file draws them."""
    lines = _rows(_join_heads(segments))
    if any(below.bottom > above.top for above, below in pairwise(lines)):
        lines = _join_drawn_columns(lines)
    return part_columns(lines)


def is_figure(text: str) -> bool:
    """Whether a cell holds a figure, or what stands for one."""
    return FIGURE.fullmatch(text) is not None


def _rows(segments: list[Segment]) -> list[Line]:
    """Puts neighbouring segments on one baseline into one line."""
    rows: list[list[Segment]] = []
    line = 0
    for segment in segments:
        # Of rows that stand close together pdfium may make one line.
        first = max(len(rows) - 1, 0) if segment.breaks else line
        fits = ((_fit(rows[at], segment), at) for at in range(first, len(rows)))
        fit, row = max(fits, default=(0.0, 0))
        if fit > (SAME_ROW if segment.breaks else NEAR_ROW):
            rows[row].append(segment)
        else:
            rows.append([segment])
        line = len(rows) - 1 if segment.breaks else line
    return [line_of(row) for row in rows]


def _fit(row: list[Segment], segment: Segment) -> float:
    """What a segment beside the last of a row shares of its height."""
    last = row[-1]
    slack = 0.5 * min(last.size, segment.size)
    if row[0].left + slack < segment.right and segment.left < last.right - slack:
        return 0.0
    return _shared_height(last, segment)


def _shared_height(one: Segment | Line, other: Segment | Line) -> float:
    """The overlap of two heights, as a share of the lower one."""
    overlap = min(one.top, other.top) - max(one.bottom, other.bottom)
    return overlap / min(one.top - one.bottom, other.top - other.bottom)


def _join_heads(segments: list[Segment]) -> list[Segment]:
    """Joins each cell of a table's head that has several lines, where they are drawn cell by cell.

    What tells a head is that the file goes back up behind a cell, to end at the same height:
    `United / States`, then beside it `Asia / Pacific`.
    """
    stacks = list(_stacks(segments))
    if len(stacks) == len(segments):
        return segments
    joined: list[Segment] = []
    start = 0
    while start < len(stacks):
        end = start + 1
        while end < len(stacks) and _goes_on_beside(stacks[end - 1], stacks[end]):
            end += 1
        joined.extend(_joined(stacks[start:end]))
        start = end
    return joined


def _stacks(segments: list[Segment]) -> Iterator[list[Segment]]:
    """Runs of short segments of which each stands right below the one before."""
    stack: list[Segment] = []
    for segment in segments:
        if stack and not _is_below(stack[-1], segment):
            yield stack
            stack = []
        stack.append(segment)
    if stack:
        yield stack


def _is_below(above: Segment, below: Segment) -> bool:
    if len(above.text) > CELL_CHARS or len(below.text) > CELL_CHARS:
        return False
    distance = above.bottom - below.top
    if not -SAME_ROW * above.size < distance < SAME_ROW * above.size:
        return False
    shared = min(above.right, below.right) - max(above.left, below.left)
    return shared > 0.5 * min(above.right - above.left, below.right - below.left)


def _goes_on_beside(stack: list[Segment], following: list[Segment]) -> bool:
    last, end = stack[-1], following[-1]
    return (
        abs(last.bottom - end.bottom) < 0.3 * last.size
        and min(segment.left for segment in following) > last.right - 0.5 * last.size
    )


def _joined(stacks: list[list[Segment]]) -> Iterator[Segment]:
    """The cells of one row: whole stacks if it is a head, else the segments as they came."""
    if not any(_is_head(stack) for stack in stacks[1:]):
        for stack in stacks:
            yield from stack
        return
    top = max(stack[0].top for stack in stacks[1:])
    first = [segment for segment in stacks[0] if segment.top <= top + 0.3 * segment.size]
    yield from stacks[0][: len(stacks[0]) - len(first)]
    for stack in (first, *stacks[1:]):
        yield _one_cell(stack)


def _is_head(stack: list[Segment]) -> bool:
    if not 1 < len(stack) <= HEAD_LINES:
        return False
    n_figures = sum(is_figure(segment.text) for segment in stack)
    return n_figures < FIGURES_SHARE * len(stack)


def _one_cell(stack: list[Segment]) -> Segment:
    if len(stack) == 1:
        return stack[0]
    return Segment(
        " ".join(segment.text for segment in stack),
        stack[0].start,
        stack[-1].end,
        min(segment.left for segment in stack),
        stack[-1].bottom,
        max(segment.right for segment in stack),
        # As high as its last line, which is the one that it shares with the row.
        stack[-1].top,
        stack[-1].size,
        stack[0].breaks,
    )


def _join_drawn_columns(lines: list[Line]) -> list[Line]:
    """Puts a table that is drawn column by column together row by row."""
    page: list[Line] = []
    for run in _runs(lines):
        beside = _rows_beside(page, run)
        if not _is_column([page[at] for at in beside], run[: len(beside)]):
            beside = []
        for at, line in zip(beside, run, strict=False):
            page[at] = line_of([*page[at].segments, *line.segments])
        page.extend(run[len(beside) :])
    return page


def _runs(lines: list[Line]) -> Iterator[list[Line]]:
    """Stretches of lines that go down the page."""
    run: list[Line] = []
    for line in lines:
        if run and line.bottom > run[-1].bottom:
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def _rows_beside(page: list[Line], run: list[Line]) -> list[int]:
    """Positions of the rows to the left of the first lines of a run, as far as they have one."""
    rows: list[int] = []
    for line in run:
        beside = (
            at
            for at, row in enumerate(page)
            if row.right < line.left and at not in rows and _shared_height(row, line) > SAME_ROW
        )
        row = next(beside, None)
        if row is None:
            break
        rows.append(row)
    return rows


def _is_column(rows: list[Line], column: list[Line]) -> bool:
    """Whether lines that stand beside rows are one more column of their table."""
    if len(column) < COLUMN_LINES:
        return False
    cells = [segment.text for line in column for segment in line.segments]
    if sum(map(is_figure, cells)) >= FIGURES_SHARE * len(cells):
        return True
    words = [*cells, *(segment.text for row in rows for segment in row.segments)]
    n_going_on = sum(word[:1].islower() for word in words)
    return max(map(len, words)) <= CELL_CHARS and n_going_on < 0.2 * len(words)
