"""Shows a cited page as it looks, and where on it a quotation stands."""

import ctypes
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
from pypdfium2 import raw

from assistant.errors import DocumentError
from ingest.loaders.pdf_lines import SAME_ROW, PageLines
from ingest.loaders.pdf_page import bare, read_lines
from ingest.loaders.pdf_running import without_edges
from ingest.loaders.pdf_words import Floats, page_text, turned

LOCK = threading.Lock()
"""Pdfium is not made for threads: one page at a time."""
MOST_PIXELS = 4_000
"""Widest picture."""
LONGEST = 5
"""The highest picture is so many times as high as the widest is wide."""
COMPRESSION = 3
"""Of zlib: higher ones take several times as long for a tenth less."""
STEPS = 1_000_000
"""Into so many steps pdfium divides the page's width and height, for it counts in whole ones."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in fractions of its width and height, from its top left corner."""

    left: float
    top: float
    width: float
    height: float


def render_page(path: Path, page: int, width_pixels: int) -> bytes:
    """A page, counted from 1, as a PNG picture of that width, turned as it is read.

    Raises:
        DocumentError: The file cannot be read or does not have the page, or the width is absurd.
    """
    if not 1 <= width_pixels <= MOST_PIXELS:
        raise DocumentError(
            f"width_pixels must be from 1 to {MOST_PIXELS}, got {width_pixels}: "
            "ask for a width between them.",
            path,
        )
    with _opened(path, page) as opened:
        width, height = opened.get_size()
        if height / width * width_pixels > LONGEST * MOST_PIXELS:
            raise DocumentError(
                f"Page {page} is {height / width:.0f} times as high as wide, which is too long to "
                "be drawn: open the file in a PDF program.",
                path,
            )
        # Pdfium rounds up.
        bitmap = opened.render(scale=(width_pixels - 0.01) / width, rev_byteorder=True)
        return _png(bitmap.to_numpy())


def locate(path: Path, page: int, text: str, start: int, end: int) -> tuple[Box, ...]:
    """Where on a page a stretch of its text stands: a box for each line, in reading order.

    Args:
        path: A PDF file.
        page: Page number from 1.
        text: The page's text, as the ingest has stored it.
        start: Offset of the stretch's first character in that text.
        end: Offset behind its last.

    Returns:
        Nothing where that is not certain: the page is scanned, or the file has changed.
    """
    if not 0 <= start < end <= len(text):
        return ()
    first = len(bare(text[:start]))
    behind = first + len(bare(text[start:end]))
    try:
        with _opened(path, page) as opened:
            lines = read_lines(opened)
            textpage = opened.get_textpage()
            chars = _characters(lines, page_text(textpage), bare(text))[first:behind]
            if not chars:
                return ()
            places = np.array(
                [textpage.get_charbox(char, loose=True) for char in chars], np.float32
            )
            return tuple(_box(opened, row) for row in _rows(places, lines.turns))
    except DocumentError:
        return ()


@contextmanager
def _opened(path: Path, page: int) -> Iterator[pdfium.PdfPage]:
    with LOCK:
        try:
            pdf = pdfium.PdfDocument(path)
        except (pdfium.PdfiumError, OSError) as error:
            raise DocumentError(
                f"Its pages cannot be shown ({error}): only PDF files that are neither damaged "
                "nor locked have pages to show.",
                path,
            ) from error
        try:
            yield _page(pdf, path, page)
        finally:
            pdf.close()


def _page(pdf: pdfium.PdfDocument, path: Path, page: int) -> pdfium.PdfPage:
    if not 1 <= page <= len(pdf):
        raise DocumentError(
            f"It has {len(pdf)} pages, page {page} is none of them: ask for one that it has.", path
        )
    try:
        return pdf[page - 1]
    except pdfium.PdfiumError as error:
        raise DocumentError(
            f"Page {page} is damaged: save the file anew with a PDF program.", path
        ) from error


def _png(pixels: npt.NDArray[np.uint8]) -> bytes:
    """A picture (height, width, 3) uint8 as a PNG file (RFC 2083)."""
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # each row begins with its filter: none
    rows[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(rows.tobytes(), COMPRESSION)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    )


def _characters(lines: PageLines, drawn: str, stored: str) -> list[int]:
    """For each character of the stored bare text, the index of pdfium's character; or nothing.

    Which lines ran along on every page is not known from one page alone, but there are few that
    may have: the text fits with some of them left out, or it is another text.
    """
    for kept in without_edges(lines):
        indices = [
            index
            for line in kept
            for segment in line.segments
            for index in range(segment.start, segment.end)
            for _ in bare(drawn[index])
        ]
        if bare("".join(drawn[index] for index in dict.fromkeys(indices))) == stored:
            return indices
    return []


def _rows(chars: Floats, turns: int) -> Iterator[Floats]:
    """Divides the places of characters, on a page turned by quarters, into those of one row."""
    upright = turned(chars, turns)
    bottom, top = upright[:, 1], upright[:, 3]
    overlap = np.minimum(top[1:], top[:-1]) - np.maximum(bottom[1:], bottom[:-1])
    height = np.minimum(top[1:] - bottom[1:], top[:-1] - bottom[:-1])
    yield from np.split(chars, np.flatnonzero(overlap < SAME_ROW * height) + 1)


def _box(page: pdfium.PdfPage, chars: Floats) -> Box:
    """The box around characters (left, bottom, right, top, in points of the page's own)."""
    low, high = chars[:, :2].min(axis=0), chars[:, 2:].max(axis=0)
    (x0, y0), (x1, y1) = _on_view(page, *low), _on_view(page, *high)
    return Box(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0))


def _on_view(page: pdfium.PdfPage, x: float, y: float) -> tuple[float, float]:
    """A point of the page's own, in points, as fractions of the page as it is shown."""
    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page, 0, 0, STEPS, STEPS, 0, x, y, across, down)
    return across.value / STEPS, down.value / STEPS
