"""Reads PDF files: their text layer as a reader sees it, and scanned pages by OCR."""

import re
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pypdfium2 as pdfium

from assistant.errors import DocumentError
from ingest.documents import Document, Page, Section
from ingest.loaders.ocr import ScanReader
from ingest.loaders.pdf_headings import Headings, by_fonts, by_outline, outline
from ingest.loaders.pdf_hyphens import mend_hyphens
from ingest.loaders.pdf_lines import PageLines
from ingest.loaders.pdf_page import read_lines
from ingest.loaders.pdf_running import without_running
from ingest.loaders.text import clean, name_in_words, one_section

SHOWN_PAGES = 10
"""A warning names at most this many pages."""
SHORTEST_TITLE = 4
LOOSE_PARENTHESIS = re.compile(r"(?<=\() +(?=\d)|(?<=\d) +(?=\))")
LOOSE_CURRENCY = re.compile(r"(?<=[$€£¥]) {2,}(?=[\d(—–-])")
NO_TITLE = re.compile(
    r"untitled.*|document\s*\d*|(form\s+)?(10|8|6|20)-?[kqf](/a)?( - .*)?"
    r"|microsoft (word|powerpoint).*|[\d\W_]*"
    r"|.*\.(docx?|pdf|indd|tex|xlsx?|pptx?|html?|rtf|qxd|dvi)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Read:
    """What the pages of a file gave.

    Attributes:
        layer: Pages with a text layer, by their index.
        scans: Text of scanned pages, by their index.
    """

    layer: dict[int, PageLines] = field(default_factory=dict)
    scans: dict[int, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def load_pdf(path: Path) -> Document:
    """Reads a PDF page by page, in reading order, without running headers and footers.

    Headings come from the outline (bookmarks), or where there is none, from the fonts. Scanned
    pages are read by OCR where Tesseract is installed.

    Raises:
        DocumentError: The file is damaged or locked by a password.
    """
    try:
        pdf = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        raise DocumentError(f"It is damaged or locked by a password ({error}).", path) from error
    try:
        read = _read(pdf)
        pages = [*_layer_pages(pdf, read.layer), *_scanned_pages(read.scans)]
        pages.sort(key=lambda page: page.number or 0)
        return Document(_title(pdf, path), tuple(pages), len(pdf), tuple(read.warnings))
    finally:
        pdf.close()


def _read(pdf: pdfium.PdfDocument) -> _Read:
    read, scans = _Read(), ScanReader()
    damaged: list[int] = []
    for index in range(len(pdf)):
        try:
            page = pdf[index]
            lines = read_lines(page)
            if lines.lines:
                read.layer[index] = lines
            elif _has_image(page) and (text := clean(scans.read(page, index + 1))).strip():
                read.scans[index] = text
        except pdfium.PdfiumError:
            damaged.append(index + 1)
    if damaged:
        read.warnings.append(_damaged_warning(damaged, len(pdf)))
    read.warnings.extend(scans.warnings(len(pdf)))
    return read


def _has_image(page: pdfium.PdfPage) -> bool:
    return any(True for _ in page.get_objects([pdfium.raw.FPDF_PAGEOBJ_IMAGE]))


def _damaged_warning(pages: list[int], n_pages: int) -> str:
    shown = ", ".join(map(str, pages[:SHOWN_PAGES]))
    more = " and more" if len(pages) > SHOWN_PAGES else ""
    return (
        f"{len(pages)} of {n_pages} pages are damaged and were left out (page {shown}{more}): "
        "save the file anew with a PDF program and ingest it again."
    )


def _scanned_pages(scans: dict[int, str]) -> list[Page]:
    return [one_section(index + 1, text, "") for index, text in scans.items()]


def _layer_pages(pdf: pdfium.PdfDocument, layer: dict[int, PageLines]) -> list[Page]:
    """Pages with a text layer: running lines dropped, words mended, divided by headings."""
    lines = without_running(list(layer.values()))
    texts = mend_hyphens(lines)
    bookmarks = outline(pdf)
    found = (
        [by_outline(bookmarks[index], page) for index, page in zip(layer, texts, strict=True)]
        if bookmarks
        else by_fonts(lines)
    )
    path = Headings()
    return [
        _page(index + 1, page, path.sections(headings))
        for index, page, headings in zip(layer, texts, found, strict=True)
    ]


def _page(number: int, lines: list[str], starts: list[tuple[int, str]]) -> Page:
    """Joins lines to a page; `starts` are the lines at which its sections begin."""
    text = ""
    offsets: list[int] = []
    for line in lines:
        offsets.append(len(text))
        text += f"{_tidy(line)}\n" if line else ""
    text = text.rstrip("\n")
    edges = [*(min(offsets[at], len(text)) for at, _ in starts), len(text)]
    sections = tuple(
        Section(start, end, heading)
        for (start, end), (_, heading) in zip(pairwise(edges), starts, strict=True)
        if end > start
    )
    return Page(number, text, sections)


def _tidy(line: str) -> str:
    """A row whose figures have their signs and parentheses beside them."""
    if "  " not in line:
        return line
    return LOOSE_CURRENCY.sub(" ", LOOSE_PARENTHESIS.sub("", line))


def _title(pdf: pdfium.PdfDocument, path: Path) -> str:
    """The title in the file's metadata, unless it says less than the file's name."""
    title = " ".join(clean(pdf.get_metadata_value("Title")).split())
    if len(title) < SHORTEST_TITLE or NO_TITLE.fullmatch(title):
        return name_in_words(path)
    return title
