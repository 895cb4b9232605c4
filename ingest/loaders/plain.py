"""Reads plain text and logs."""

from pathlib import Path

from ingest.documents import Document
from ingest.loaders.pages import in_parts
from ingest.loaders.text import name_in_words, read_text


def load_text(path: Path) -> Document:
    """Reads plain text in whatever encoding it has; a very long one in numbered parts."""
    text = read_text(path)
    pages = in_parts(text.split("\n")) if text.strip() else ()
    return Document(name_in_words(path), pages, len(pages) or 1)
