"""Completes passages that begin or end in the middle: a sentence, a table, a list without its lead.

What comes out is one exact span of the page, longer than the passage that was found.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from assistant.schema import Passage
from ingest.sentences import LINE, LIST_ITEM, is_row_of_figures, sentence_spans

LONGEST_CHARS = 2400
"""A passage grows no longer: a page of figures, about four passages as they are split."""
ROWS_APART = 4
"""Rows of a table follow each other within so many lines, subtitles between them."""
HEAD_LINES = 4
"""Lines above the first row that name a table and its columns."""

LONGEST_LIST = 20
"""Lines above an item in which the line that introduces its list is looked for."""

CLOSED = re.compile(r"[.!?…:;|][\"'”’)\]]*\s*$")
LEAD = re.compile(r":\s*$")

Span = tuple[int, int]


def complete(
    passages: Iterable[Passage], page_text: Callable[[Passage], str | None]
) -> Iterator[Passage]:
    """Passages with what they need of their pages, without those that a better one now holds.

    Args:
        passages: As they were found, best first.
        page_text: Gives the text of a passage's page.
    """
    shown: dict[tuple[str, str, int | None], list[Span]] = {}
    for passage in passages:
        spans = shown.setdefault((passage.collection, passage.source, passage.page), [])
        if any(start <= passage.start and passage.end <= end for start, end in spans):
            continue
        text = page_text(passage) or ""
        start, end = completed(text, (passage.start, passage.end))
        spans.append((start, end))
        if (start, end) != (passage.start, passage.end):
            passage = replace(passage, start=start, end=end, text=text[start:end])
        yield passage


def completed(text: str, span: Span) -> Span:
    """A span of a page's text, grown by what it needs to be understood."""
    lines = [match.span() for match in LINE.finditer(text)]
    within = [at for at, (start, end) in enumerate(lines) if start < span[1] and span[0] < end]
    if not within:
        return span
    rows = [is_row_of_figures(text[start:end]) for start, end in lines]
    first, last = within[0], within[-1]
    if any(rows[first : last + 1 + ROWS_APART]):
        first, last = _table_begin(rows, first), _table_end(rows, last)
    elif LIST_ITEM.match(text, span[0]):
        first = _lead([text[start:end] for start, end in lines], first)
    start = min(span[0], lines[first][0]) if first < within[0] else _sentence_begin(text, span[0])
    end = max(span[1], lines[last][1]) if last > within[-1] else _sentence_end(text, span[1])
    return _limited(lines, span, (start, end))


def _table_begin(rows: list[bool], first: int) -> int:
    """The line that a table begins with which holds this line: what names its columns included."""
    top = first
    while any(rows[max(0, top - ROWS_APART) : top]):
        top = next(at for at in range(max(0, top - ROWS_APART), top) if rows[at])
    is_inside = top < first or rows[first]
    return max(0, top - HEAD_LINES) if is_inside else first


def _table_end(rows: list[bool], last: int) -> int:
    """The last row of the table that holds this line, or the line itself."""
    while any(rows[last + 1 : last + 1 + ROWS_APART]):
        last = max(at for at in range(last + 1, min(len(rows), last + 1 + ROWS_APART)) if rows[at])
    return last


def _lead(lines: list[str], first: int) -> int:
    """The line that introduces a list which has this item, or the item's own."""
    above = range(first - 1, max(-1, first - 1 - LONGEST_LIST), -1)
    return next((at for at in above if LEAD.search(lines[at])), first)


def _sentence_begin(text: str, start: int) -> int:
    """Where the sentence begins that goes on here, or here."""
    if not text[start : start + 1].islower():
        return start
    begun = (begin for begin, end in sentence_spans(text) if begin < start <= end + 1)
    return next(begun, start)


def _sentence_end(text: str, end: int) -> int:
    """Where the sentence ends that is broken off here, or here."""
    if CLOSED.search(text, max(0, end - 3), end):
        return end
    return next((stop for begin, stop in sentence_spans(text) if begin < end < stop), end)


def _limited(lines: list[Span], found: Span, grown: Span) -> Span:
    """What was found, grown no longer than `LONGEST_CHARS`: what follows is left off first."""
    start, end = grown
    ends = [found[1], *(stop for _, stop in lines if found[1] < stop <= end)]
    starts = [*(begin for begin, _ in lines if start <= begin < found[0]), found[0]]
    if start not in starts or end not in ends:  # a sentence, from or to the middle of a line
        return grown if end - start <= LONGEST_CHARS else found
    start = next((one for one in starts if found[1] - one <= LONGEST_CHARS), found[0])
    return start, max((one for one in ends if one - start <= LONGEST_CHARS), default=found[1])
