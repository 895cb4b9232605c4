"""Asks pdfium for a page's text, and for the places of its words.

Asking pdfium about every character would take longer than all the rest, so only the first and
the last character of each word are asked for their places.
"""

import ctypes
import math
import re
from collections import deque
from dataclasses import dataclass
from itertools import repeat

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
from pypdfium2 import raw

HYPHEN = "\ufffe"
"""What pdfium gives for a hyphen that it takes to break a word at a line's end."""
N_SAMPLES = 5
"""Words that are asked which way up the page is read."""

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]

PARTS_WORDS = np.zeros(0x10000, np.bool_)
PARTS_WORDS[[code for code in range(0x10000) if re.match(r"[\s\x00-\x1f]", chr(code))]] = True

# The same function as raw.FPDFText_GetLooseCharBox, taking addresses: half the time of a call.
_GET_PLACE = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(
    ctypes.cast(raw.FPDFText_GetLooseCharBox, ctypes.c_void_p).value or 0
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a page in pdfium's order.

    Attributes:
        starts: Index of each one's first character, (n_words,).
        ends: Index behind its last.
        breaks: Whether pdfium begins a line with it.
        places: (n_words, 4) float32: left, bottom, right, top in points, as the page is read.
        sizes: (n_words,) float32: height of its font in points.
        turns: By how many quarters the text is turned to the left on the page's own axes.
    """

    starts: Indices
    ends: Indices
    breaks: Bools
    places: Floats
    sizes: Floats
    turns: int


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


def find_words(textpage: pdfium.PdfTextPage, text: str) -> Words | None:
    """The words of a page that has this text; `None` if it has none."""
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)
    is_hyphen = codes == ord(HYPHEN)
    parts = PARTS_WORDS[np.minimum(codes, 0xFFFF)]
    within = ~parts
    starts = np.flatnonzero(within & np.concatenate(([True], (parts | is_hyphen)[:-1])))
    ends = np.flatnonzero(within & (is_hyphen | np.concatenate((parts[1:], [True])))) + 1
    if not len(starts):
        return None
    n_breaks = np.cumsum((codes == ord("\r")) | is_hyphen)
    line_numbers = n_breaks[starts] - is_hyphen[starts]
    breaks: Bools = np.diff(line_numbers, prepend=-1) > 0
    turns = _quarter_turns(textpage, starts)
    first = turned(_places(textpage, starts), turns)
    last = turned(_places(textpage, ends - 1), turns)
    low, high = np.minimum(first, last), np.maximum(first, last)
    places = np.column_stack((low[:, :2], high[:, 2:]))
    sizes = np.maximum(first[:, 3] - first[:, 1], 0.1)
    return Words(starts, ends, breaks, places, sizes, turns)


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


def _quarter_turns(textpage: pdfium.PdfTextPage, starts: Indices) -> int:
    """By how many quarters the text is turned to the left: what most of a few words say."""
    step = max(1, len(starts) // N_SAMPLES)
    angles = [
        raw.FPDFText_GetCharAngle(textpage, start) for start in starts[step // 2 :: step].tolist()
    ]
    turns: list[int] = sorted(round(-angle / (math.pi / 2)) % 4 for angle in angles)
    return turns[len(turns) // 2]


def _places(textpage: pdfium.PdfTextPage, indices: Indices) -> Floats:
    """Places of characters (left, bottom, right, top), in points on the page's own axes."""
    rects = np.zeros((len(indices), 4), np.float32)
    handle = ctypes.cast(textpage.raw, ctypes.c_void_p).value
    first = rects.ctypes.data
    addresses = range(first, first + rects.nbytes, rects.strides[0])
    deque(map(_GET_PLACE, repeat(handle), indices.tolist(), addresses), maxlen=0)
    return rects[:, [0, 3, 2, 1]]  # pdfium gives left, top, right, bottom
