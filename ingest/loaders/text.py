"""Reads plain text in whatever encoding it has; what all loaders share is here too."""

import os
import re
from pathlib import Path

from charset_normalizer import from_bytes

from assistant.errors import DocumentError
from ingest.documents import Document, Page, Section

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff]")


def load_text(path: Path) -> Document:
    """Reads plain text in whatever encoding it has."""
    text = clean(decode(path.read_bytes(), path))
    pages = (one_section(None, text, ""),) if text.strip() else ()
    return Document(name_in_words(path), pages, 1)


def name_in_words(path: Path) -> str:
    """A file's name as a title: `3M_2018-10K.pdf` becomes `3M 2018 10K`."""
    stem = os.fsencode(path.stem).decode("utf-8", "replace")
    return " ".join(re.split(r"[\s_\-]+", stem)).strip()


def one_section(number: int | None, text: str, heading: str) -> Page:
    """A page that is all one section."""
    return Page(number, text, (Section(0, len(text), heading),))


def decode(data: bytes, path: Path) -> str:
    """Text of a file in UTF-8, or in the encoding that its bytes suggest."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = from_bytes(data).best()
    if best is not None and best.encoding.startswith(("utf", "gb", "big5", "euc", "iso2022")):
        return str(best)
    try:  # of single bytes, by far the commonest; statistics on a short text would guess worse
        return data.decode("cp1252")
    except UnicodeDecodeError:
        if best is None:
            raise DocumentError("It is not text in any known encoding.", path) from None
        return str(best)


def clean(text: str) -> str:
    """Plain line ends, no control characters, no white space at the ends of lines."""
    text = UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(r"[ \t]+\n", "\n", text)
