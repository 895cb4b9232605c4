"""Reads Word documents and presentations."""

from pathlib import Path

from ingest.documents import Document
from ingest.loaders.elements import from_elements, partition


def load_docx(path: Path) -> Document:
    """Reads a Word document; its pages are not kept, for the file does not know them."""
    return from_elements(path, partition("docx", filename=str(path)))


def load_pptx(path: Path) -> Document:
    """Reads a presentation, a slide a page."""
    return from_elements(path, partition("pptx", filename=str(path)), paged=True)
