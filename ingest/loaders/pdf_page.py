"""Reads the text layer of one PDF page: its lines, and where on the page they stand."""

import ctypes
import re
from typing import Any

import numpy as np
import pypdfium2 as pdfium
from pypdfium2 import raw

from ingest.loaders.pdf_layout import in_reading_order
from ingest.loaders.pdf_lines import SAME_ROW, Line, PageLines, Segment
from ingest.loaders.pdf_words import HYPHEN, Bools, Floats, Words, find_words, page_text, turned

WIDE_GAP = 0.9
"""A gap of this share of the font's height parts two cells or columns."""
TRUSTED_SHARE = 0.8
"""Below this share of words that go on to the right, the script is not one that does."""
# Ligatures are not among them: pdfium takes them apart itself.
MENDED = {
    0xF0A7: "▪",  # of the fonts Symbol and Wingdings, which have no Unicode
    0xF0B7: "•",
    0xAD: "-",
    ord(HYPHEN): "-",
}
UNPRINTABLE = re.compile("[\x00-\x1f\x7f\u200b\ud800-\udfff\ufeff\uffff]")
BOLD = re.compile(rb"bold|black|heavy|demi", re.IGNORECASE)
FORCE_BOLD = 1 << 18
HEADING_CHARS = 100
"""Longer lines are not asked for their font: no heading is that long."""


def read_lines(page: pdfium.PdfPage) -> PageLines:
    """The lines of a page's text layer in reading order."""
    textpage = page.get_textpage()
    text = page_text(textpage)
    words = find_words(textpage, text)
    if words is None:
        return PageLines([], 0.0, 0.0, 0)
    edges = turned(np.array([page.get_bbox()], np.float32), words.turns)[0]
    lines = in_reading_order(_segments(text, words, edges))
    _ask_for_bold(textpage, lines)
    return PageLines(lines, float(edges[1]), float(edges[3]), words.turns)


def mended(text: str) -> str:
    """A stretch of one line with plain white space and without control characters."""
    text = " ".join(text.split())
    if text.isascii() and text.isprintable():
        return text
    return UNPRINTABLE.sub("", text.translate(MENDED))


def bare(text: str) -> str:
    """What is left of a text whatever its line breaks: no white space, no hyphens."""
    return "".join(mended(text).replace("-", "").split())


def _segments(text: str, words: Words, edges: Floats) -> list[Segment]:
    """Joins words to segments, in pdfium's order."""
    first = np.flatnonzero(_begins_segment(words))
    last = np.append(first[1:], len(words.starts)) - 1
    lengths = (words.ends - words.starts).astype(np.float32)
    low = np.minimum.reduceat(words.places[:, :2], first)
    high = np.maximum.reduceat(words.places[:, 2:], first)
    size = np.add.reduceat(words.sizes * lengths, first) / np.add.reduceat(lengths, first)
    middle = (low + high) / 2
    # What a crop box cuts off is on no page.
    kept = ((middle >= edges[:2]) & (middle <= edges[2:])).all(axis=1)
    rows = zip(
        words.starts[first][kept].tolist(),
        words.ends[last][kept].tolist(),
        np.column_stack((low, high, size))[kept].tolist(),
        words.breaks[first][kept].tolist(),
        strict=True,
    )
    return [
        Segment(mended(text[start:end]), start, end, left, bottom, right, top, size, breaks)
        for start, end, (left, bottom, right, top, size), breaks in rows
    ]


def _begins_segment(words: Words) -> Bools:
    """For each word, whether it begins a segment."""
    left, bottom, right, top = words.places.T
    begins = words.breaks.copy()
    size = np.minimum(words.sizes[1:], words.sizes[:-1])
    gap = left[1:] - right[:-1]
    goes_on = gap > -0.5 * size
    within = ~words.breaks[1:]
    if goes_on[within].sum() < TRUSTED_SHARE * within.sum():
        return begins
    overlap = np.minimum(top[1:], top[:-1]) - np.maximum(bottom[1:], bottom[:-1])
    is_apart = (gap > WIDE_GAP * size) | ~goes_on | (overlap < SAME_ROW * size)
    begins[1:] = np.where(within, is_apart, is_apart | (gap > 0.5 * size))
    return begins


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
