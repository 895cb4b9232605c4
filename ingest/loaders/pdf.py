"""Reads PDF files by pypdfium2."""

from pathlib import Path

import pypdfium2 as pdfium

from assistant.errors import DocumentError
from ingest.documents import Document, Page
from ingest.loaders.text import clean, name_in_words, one_section


def load_pdf(path: Path) -> Document:
    """Reads the text layer page by page; headings come from the outline (bookmarks)."""
    try:
        pdf = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        raise DocumentError(f"It is damaged or locked by a password ({error}).", path) from error
    pages: list[Page] = []
    scanned: list[int] = []
    try:
        n_pages = len(pdf)
        headings = _outline(pdf)
        for index in range(n_pages):
            text = clean(pdf[index].get_textpage().get_text_bounded())
            if text.strip():
                pages.append(one_section(index + 1, text, headings[index]))
            elif any(True for _ in pdf[index].get_objects([pdfium.raw.FPDF_PAGEOBJ_IMAGE])):
                scanned.append(index + 1)
    finally:
        pdf.close()
    warnings = (_scanned_warning(scanned, n_pages),) if scanned else ()
    return Document(name_in_words(path), tuple(pages), n_pages, warnings)


def _outline(pdf: pdfium.PdfDocument) -> list[str]:
    """Heading path at the top of each page: the last bookmarks at or before it."""
    paths: list[tuple[int, str]] = []
    path: list[str] = []
    for bookmark in pdf.get_toc():
        destination = bookmark.get_dest()
        index = destination.get_index() if destination else None
        path = [*path[: bookmark.level], " ".join(bookmark.get_title().split())]
        if index is not None:
            paths.append((index, " > ".join(path)))
    headings = [""] * len(pdf)
    current = ""
    for index in range(len(pdf)):
        here = [heading for at, heading in paths if at == index]
        headings[index] = here[0] if here else current
        current = here[-1] if here else current
    return headings


def _scanned_warning(pages: list[int], n_pages: int) -> str:
    shown = ", ".join(map(str, pages[:10])) + (" and more" if len(pages) > 10 else "")
    return (
        f"{len(pages)} of {n_pages} pages are scanned images without a text layer "
        f"(page {shown}): run the file through OCR and ingest it again."
    )
