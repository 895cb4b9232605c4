"""Reads plain text in whatever encoding it has; what all loaders share is here too."""

import os
import re
from pathlib import Path

from charset_normalizer import from_bytes

from assistant.errors import DocumentError
from ingest.documents import Document, Page, Section

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff\ufffe\uffff]")
TERMINAL_CODE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
"""Colours and cursor movements that programs write into their logs."""
PROBED_BYTES = 8_000
MOST_CONTROLS = 0.1
"""A text with a larger share of control characters is none."""


def name_in_words(path: Path) -> str:
    """A file's name as a title: `3M_2018-10K.pdf` becomes `3M 2018 10K`."""
    stem = os.fsencode(path.stem).decode("utf-8", "replace")
    return " ".join(re.split(r"[\s_\-]+", stem)).strip()


def one_section(number: int | None, text: str, heading: str) -> Page:
    """A page that is all one section."""
    return Page(number, text, (Section(0, len(text), heading),))


def empty(path: Path) -> Document:
    """A document that has nothing to read."""
    return Document(name_in_words(path), (), 1)


def read_text(path: Path) -> str:
    """A file's text with plain line ends and no control characters.

    Raises:
        DocumentError: It is not text, or in no known encoding.
    """
    return clean(TERMINAL_CODE.sub("", decode(path.read_bytes(), path)))


def decode(data: bytes, path: Path, declared: str = "") -> str:
    """Text of a file in UTF-8 or UTF-16, in the encoding that it declares or its bytes suggest.

    Raises:
        DocumentError: It is not text, or in no known encoding.
    """
    text = _decode(data, path, declared)
    probe = text[:PROBED_BYTES]
    n_controls = len(UNPRINTABLE.findall(TERMINAL_CODE.sub("", probe)))
    if "\x00" in probe or n_controls > MOST_CONTROLS * len(probe):
        raise DocumentError(
            f"It is not text: {n_controls} of its first {len(probe)} characters are control "
            f"characters. Give it the ending of what it is instead of *{path.suffix}.",
            path,
        )
    return text


def _decode(data: bytes, path: Path, declared: str) -> str:
    for encoding in filter(None, (_utf_16(data) or "utf-8-sig", declared)):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    best = from_bytes(data).best()
    if best is not None and best.encoding.startswith(("utf", "gb", "big5", "euc", "iso2022")):
        return str(best)
    try:  # of single bytes, by far the commonest; statistics on a short text would guess worse
        return data.decode("cp1252")
    except UnicodeDecodeError:
        if best is None:
            raise DocumentError("It is not text in any known encoding.", path) from None
        return str(best)


def _utf_16(data: bytes) -> str:
    """UTF-16 by its mark, or by zeros in every other byte: ASCII so written is valid UTF-8 too."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    probe = data[: min(PROBED_BYTES, len(data) // 2 * 2)]
    even, odd = probe[::2].count(0), probe[1::2].count(0)
    if max(even, odd) <= 0.4 * len(probe) // 2 or min(even, odd) > 0:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def clean(text: str) -> str:
    """Plain line ends, no control characters, no white space at the ends of lines."""
    text = UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    # The look behind keeps a long run of spaces from being tried from each of them.
    return re.sub(r"(?<![ \t])[ \t]+\n", "\n", text)
