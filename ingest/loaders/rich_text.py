"""Reads Rich Text Format."""

from pathlib import Path

from striprtf.striprtf import rtf_to_text

from assistant.errors import DocumentError
from ingest.documents import Document
from ingest.loaders.pages import in_parts
from ingest.loaders.text import clean, name_in_words

SIGNATURE = b"{\\rtf"


def load_rtf(path: Path) -> Document:
    """Reads the text of an RTF file; the cells of a table's row are kept apart by `|`.

    Raises:
        DocumentError: It is not RTF.
    """
    data = path.read_bytes()
    if data and not data.lstrip().startswith(SIGNATURE):
        raise DocumentError(
            f"It is not RTF: that begins with {SIGNATURE.decode()}, this with "
            f"{data[:10]!r}. Give it the ending of what it is.",
            path,
        )
    # RTF is ASCII: other letters are written as codes, which name their encoding.
    text = clean(rtf_to_text(data.decode("latin-1"), errors="replace")) if data else ""
    pages = in_parts(text.strip("\n").split("\n")) if text.strip() else ()
    return Document(name_in_words(path), pages, len(pages) or 1)
