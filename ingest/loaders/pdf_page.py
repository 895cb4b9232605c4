"""Reads the text layer of one PDF page: its lines, and where on the page they stand.

Asking pdfium about every character would take longer than all the rest, so only the first and
the last character of each word are asked for their places.
"""

import ctypes
import math
import re
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
from pypdfium2 import raw

from ingest.loaders.pdf_layout import in_reading_order
from ingest.loaders.pdf_lines import SAME_ROW, Line, PageLines, Segment

HYPHEN = "\ufffe"
"""What pdfium gives for a hyphen that it takes to break a word at a line's end."""
WORD = re.compile(rf"[^\s\x00-\x1f{HYPHEN}]+{HYPHEN}?|{HYPHEN}")
LINE_BREAK = re.compile(f"[\r{HYPHEN}]")
WIDE_GAP = 0.9
"""A gap of this share of the font's height parts two cells or columns."""
TRUSTED_SHARE = 0.8
"""Below this share of words that go on to the right, the script is not one that does."""
MENDED = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "st",
    0xFB06: "st",
    0xF0A7: "▪",  # of the fonts Symbol and Wingdings, which have no Unicode
    0xF0B7: "•",
    0xAD: "-",
    ord(HYPHEN): "-",
}
UNPRINTABLE = re.compile("[\x00-\x1f\x7f\u200b\ufeff\uffff]")
BOLD = re.compile(rb"bold|black|heavy|demi", re.IGNORECASE)
FORCE_BOLD = 1 << 18
HEADING_CHARS = 100
"""Longer lines are not asked for their font: no heading is that long."""

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Spans = list[tuple[int, int]]


def read_lines(page: pdfium.PdfPage) -> PageLines:
    """The lines of a page's text layer in reading order."""
    textpage = page.get_textpage()
    text = page_text(textpage)
    spans = [match.span() for match in WORD.finditer(text)]
    if not spans:
        return PageLines([], 0.0, 0.0, 0)
    turns = _quarter_turns(textpage, spans)
    edges = turned(np.array([page.get_bbox()], np.float32), turns)[0]
    places, sizes = _places(textpage, spans, turns)
    segments = _segments(text, spans, places, sizes)
    lines = in_reading_order([segment for segment in segments if _is_inside(segment, edges)])
    _ask_for_bold(textpage, lines)
    return PageLines(lines, float(edges[1]), float(edges[3]), turns)


def page_text(textpage: pdfium.PdfTextPage) -> str:
    """The page's text, one character for each of pdfium's, so that the indices are the same."""
    n_chars = textpage.count_chars()
    if n_chars == 0:
        return ""
    buffer = (ctypes.c_ushort * (2 * n_chars + 1))()
    n_written = raw.FPDFText_GetText(textpage, 0, n_chars, buffer)
    text = bytes(memoryview(buffer)[: n_written - 1]).decode("utf-16-le", "replace")
    if len(text) == n_chars:
        return text
    # Characters without a meaning are left out of the text: there each is asked for alone.
    points = (raw.FPDFText_GetUnicode(textpage, index) for index in range(n_chars))
    return "".join(HYPHEN if point == 2 else chr(point) for point in points)


def mended(text: str) -> str:
    """A stretch of one line with its ligatures taken apart and its white space made plain."""
    text = " ".join(text.split())
    if text.isascii() and text.isprintable():
        return text
    return UNPRINTABLE.sub("", text.translate(MENDED))


def bare(text: str) -> str:
    """What is left of a text whatever its line breaks: no white space, no hyphens."""
    return "".join(mended(text).replace("-", "").split())


def _quarter_turns(textpage: pdfium.PdfTextPage, spans: Spans) -> int:
    """By how many quarters the text is turned to the left: what most of a few words say."""
    step = max(1, len(spans) // 5)
    angles = [raw.FPDFText_GetCharAngle(textpage, start) for start, _ in spans[step // 2 :: step]]
    turns = sorted(round(-angle / (math.pi / 2)) % 4 for angle in angles)
    return turns[len(turns) // 2]


def _places(textpage: pdfium.PdfTextPage, spans: Spans, turns: int) -> tuple[Floats, Floats]:
    """Places of words (left, bottom, right, top) and heights of their fonts, in points."""
    rects = (raw.FS_RECTF * (2 * len(spans)))()
    ask, handle = raw.FPDFText_GetLooseCharBox, textpage.raw
    for at, (start, end) in enumerate(spans):
        ask(handle, start, rects[2 * at])
        ask(handle, end - 1, rects[2 * at + 1])
    chars = np.frombuffer(rects, np.float32).reshape(-1, 4)[:, [0, 3, 2, 1]]
    first, last = turned(chars[::2], turns), turned(chars[1::2], turns)
    low, high = np.minimum(first, last), np.maximum(first, last)
    places = np.column_stack((low[:, :2], high[:, 2:]))
    return places, np.maximum(first[:, 3] - first[:, 1], 0.1)


def turned(boxes: Floats, turns: int) -> Floats:
    """Boxes (left, bottom, right, top) as they stand when the page is turned back to the right."""
    left, bottom, right, top = boxes.T
    match turns:
        case 1:
            return np.column_stack((bottom, -right, top, -left))
        case 2:
            return np.column_stack((-right, -top, -left, -bottom))
        case 3:
            return np.column_stack((-top, left, -bottom, right))
    return boxes


def _segments(text: str, spans: Spans, places: Floats, sizes: Floats) -> list[Segment]:
    """Joins words to segments, in pdfium's order."""
    ends_line = [match.start() for match in LINE_BREAK.finditer(text)]
    line_numbers = np.searchsorted(ends_line, [start for start, _ in spans])
    breaks: Bools = np.diff(line_numbers, prepend=-1) > 0
    starts = np.flatnonzero(_begins_segment(breaks, places, sizes))
    lengths = np.array([end - start for start, end in spans], np.float32)
    table = np.column_stack(
        (
            np.minimum.reduceat(places[:, :2], starts),
            np.maximum.reduceat(places[:, 2:], starts),
            np.add.reduceat(sizes * lengths, starts) / np.add.reduceat(lengths, starts),
        )
    ).tolist()
    bounds = [*starts.tolist(), len(spans)]
    segments: list[Segment] = []
    for (first, behind), place, broken in zip(
        pairwise(bounds), table, breaks[starts].tolist(), strict=True
    ):
        start, end = spans[first][0], spans[behind - 1][1]
        segments.append(Segment(mended(text[start:end]), start, end, *place, broken))
    return segments


def _begins_segment(breaks: Bools, places: Floats, sizes: Floats) -> Bools:
    """For each word, whether it begins a segment; `breaks` are pdfium's lines."""
    left, bottom, right, top = places.T
    begins = breaks.copy()
    size = np.minimum(sizes[1:], sizes[:-1])
    gap = left[1:] - right[:-1]
    goes_on = gap > -0.5 * size
    within = ~breaks[1:]
    if goes_on[within].sum() < TRUSTED_SHARE * within.sum():
        return begins
    overlap = np.minimum(top[1:], top[:-1]) - np.maximum(bottom[1:], bottom[:-1])
    is_apart = (gap > WIDE_GAP * size) | ~goes_on | (overlap < SAME_ROW * size)
    begins[1:] = np.where(within, is_apart, is_apart | (gap > 0.5 * size))
    return begins


def _is_inside(segment: Segment, edges: Floats) -> bool:
    """Whether its middle is on the page; what a crop box cuts off is not."""
    x = (segment.left + segment.right) / 2
    y = (segment.bottom + segment.top) / 2
    return bool(edges[0] <= x <= edges[2] and edges[1] <= y <= edges[3])


def _ask_for_bold(textpage: pdfium.PdfTextPage, lines: list[Line]) -> None:
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    for line in lines:
        if len(line.segments) > 2 or len(line.text) > HEADING_CHARS:
            continue
        ends = (line.segments[0].start, line.segments[-1].end - 1)
        line.is_bold = all(_is_bold(textpage, index, name, flags) for index in ends)


def _is_bold(textpage: pdfium.PdfTextPage, index: int, name: Any, flags: Any) -> bool:
    raw.FPDFText_GetFontInfo(textpage, index, name, len(name), flags)
    return bool(flags.value & FORCE_BOLD or BOLD.search(name.value))
