"""Reads files: PDF by pypdfium2, plain text as it is, the other formats by unstructured.

Unstructured finds the elements of a document (titles, paragraphs, list items, tables); here
they become one text, with headings as sections and tables as rows that name their columns.
"""

import csv
import importlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from email import message_from_bytes
from itertools import groupby, zip_longest
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
from charset_normalizer import from_bytes
from lxml import html

from assistant.errors import AssistantError, DocumentError
from ingest import nltk_stand_ins
from ingest.documents import Document, Page, Section

SNIFFED_CHARS = 10_000
BOILERPLATE = ("script", "style", "noscript", "template", "nav", "footer", "form", "aside")
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff]")


def load(path: Path) -> Document:
    """Reads one file.

    Raises:
        DocumentError: The format is not known, the file is damaged or it has no text.
    """
    loader = LOADERS.get(path.suffix.lower())
    if loader is None:
        raise DocumentError(
            f"Files named *{path.suffix} are not read: known are {', '.join(sorted(LOADERS))}.",
            path,
        )
    try:
        document = loader(path)
    except AssistantError:
        raise
    except Exception as error:
        raise DocumentError(f"It cannot be read as {path.suffix}: {error}", path) from error
    if not document.pages:
        reason = " ".join(document.warnings) or "It has no text."
        raise DocumentError(reason, path)
    return document


def name_in_words(path: Path) -> str:
    """A file's name as a title: `3M_2018-10K.pdf` becomes `3M 2018 10K`."""
    stem = os.fsencode(path.stem).decode("utf-8", "replace")
    return " ".join(re.split(r"[\s_\-]+", stem)).strip()


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
            text = _clean(pdf[index].get_textpage().get_text_bounded())
            if text.strip():
                pages.append(_one_section(index + 1, text, headings[index]))
            elif any(True for _ in pdf[index].get_objects([pdfium.raw.FPDF_PAGEOBJ_IMAGE])):
                scanned.append(index + 1)
    finally:
        pdf.close()
    warnings = (_scanned_warning(scanned, n_pages),) if scanned else ()
    return Document(name_in_words(path), tuple(pages), n_pages, warnings)


def load_text(path: Path) -> Document:
    """Reads plain text in whatever encoding it has."""
    text = _clean(_decode(path.read_bytes(), path))
    pages = (_one_section(None, text, ""),) if text.strip() else ()
    return Document(name_in_words(path), pages, 1)


def load_html(path: Path) -> Document:
    """Reads a web page without its navigation, footer and scripts."""
    source = _decode(path.read_bytes(), path)
    if not source.strip():
        return Document(name_in_words(path), (), 1)
    root = html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", source))
    title = " ".join((root.findtext(".//title") or "").split())
    for element in root.xpath("|".join(f"//{tag}" for tag in BOILERPLATE)):
        element.drop_tree()
    elements = _partition("html", text=html.tostring(root, encoding="unicode"))
    return _from_elements(path, elements, title)


def load_markdown(path: Path) -> Document:
    """Reads Markdown as the text that a reader sees, without its marks."""
    source = _decode(path.read_bytes(), path)
    return _from_elements(path, _partition("md", text=source) if source.strip() else [])


def load_docx(path: Path) -> Document:
    """Reads a Word document; its pages are not kept, for the file does not know them."""
    return _from_elements(path, _partition("docx", filename=str(path)))


def load_pptx(path: Path) -> Document:
    """Reads a presentation, a slide a page."""
    return _from_elements(path, _partition("pptx", filename=str(path)), paged=True)


def load_csv(path: Path) -> Document:
    """Reads a table, each row with the names of its columns."""
    source = _clean(_decode(path.read_bytes(), path))
    try:
        dialect: Any = csv.Sniffer().sniff(source[:SNIFFED_CHARS], delimiters=",;\t|")
    except csv.Error:  # one column
        dialect = csv.excel
    lines = source.splitlines(keepends=True)  # a quoted cell may hold line breaks
    rows = [[" ".join(cell.split()) for cell in row] for row in csv.reader(lines, dialect)]
    text = "\n".join(_named_rows([row for row in rows if any(row)]))
    pages = (_one_section(None, text, ""),) if text else ()
    return Document(name_in_words(path), pages, 1)


def load_eml(path: Path) -> Document:
    """Reads an e-mail: sender, receivers, subject and date, then the body."""
    elements = _partition("email", filename=str(path))
    if not elements:
        return Document(name_in_words(path), (), 1)
    metadata = elements[0].metadata
    fields = {
        "From": metadata.sent_from,
        "To": metadata.sent_to,
        "Subject": [metadata.subject] if metadata.subject else None,
        # Unstructured makes up a missing date from the file's own.
        "Date": message_from_bytes(path.read_bytes()).get_all("Date"),
    }
    head = [f"{name}: {', '.join(values)}" for name, values in fields.items() if values]
    return _from_elements(path, elements, metadata.subject or "", preamble="\n".join(head))


LOADERS: dict[str, Callable[[Path], Document]] = {
    ".csv": load_csv,
    ".docx": load_docx,
    ".eml": load_eml,
    ".htm": load_html,
    ".html": load_html,
    ".markdown": load_markdown,
    ".md": load_markdown,
    ".pdf": load_pdf,
    ".pptx": load_pptx,
    ".txt": load_text,
}


def _partition(kind: str, **source: str) -> list[Any]:
    """The elements of a document. Unstructured is imported here: PDFs need not wait for it."""
    nltk_stand_ins.install()
    module = importlib.import_module(f"unstructured.partition.{kind}")
    elements: list[Any] = getattr(module, f"partition_{kind}")(languages=["eng"], **source)
    return elements


def _from_elements(
    path: Path,
    elements: Iterable[Any],
    title: str = "",
    preamble: str = "",
    paged: bool = False,
) -> Document:
    """Joins unstructured's elements into pages with sections."""
    pages: list[Page] = []
    first_title = ""
    n_pages = 1
    number = _page_number if paged else _no_number
    for page_number, group in groupby(elements, key=number):
        builder = _PageBuilder(preamble if not pages else "")
        for element in group:
            builder.add(element)
        first_title = first_title or builder.first_title
        n_pages = page_number or 1
        page = builder.build(page_number)
        if page.text.strip():
            pages.append(page)
    return Document(title or first_title or name_in_words(path), tuple(pages), n_pages)


def _page_number(element: Any) -> int | None:
    return element.metadata.page_number or 1


def _no_number(element: Any) -> None:  # noqa: ARG001 - stands in for _page_number
    return None


class _PageBuilder:
    """Grows a page's text element by element, and opens a section at each title."""

    def __init__(self, preamble: str) -> None:
        self._text = preamble
        self._path: list[str] = []
        self._starts: list[tuple[int, str]] = [(0, "")]
        self.first_title = ""

    def add(self, element: Any) -> None:
        text = _clean("\n".join(_rows(element)))
        if not text.strip():
            return
        if self._text:
            self._text += "\n\n"
        if element.category == "Title":
            self._open_section(" ".join(text.split()), element.metadata.category_depth or 0)
        self._text += text

    def _open_section(self, title: str, depth: int) -> None:
        self.first_title = self.first_title or title
        self._path = [*self._path[:depth], title]
        self._starts.append((len(self._text), " > ".join(self._path)))

    def build(self, number: int | None) -> Page:
        ends = [*(start for start, _ in self._starts[1:]), len(self._text)]
        sections = tuple(
            Section(start, end, heading)
            for (start, heading), end in zip(self._starts, ends, strict=True)
            if end > start
        )
        return Page(number, self._text, sections)


def _rows(element: Any) -> Iterator[str]:
    """An element's text; a table's is one line a row, each cell behind its column's name."""
    source = element.metadata.text_as_html if element.category == "Table" else None
    if not source:
        yield element.text
        return
    rows = [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./td|./th")]
        for row in html.fromstring(source).xpath(".//tr")
    ]
    yield from _named_rows(rows)


def _named_rows(rows: list[list[str]]) -> Iterator[str]:
    """One line a row, each cell behind the name that the first row gives its column."""
    header, *body = rows or [[]]
    if not body:
        yield " | ".join(header)
    for row in body:
        yield "; ".join(
            f"{name}: {cell}" if name else cell
            for name, cell in zip_longest(header, row, fillvalue="")
            if cell
        )


def _one_section(number: int | None, text: str, heading: str) -> Page:
    return Page(number, text, (Section(0, len(text), heading),))


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


def _decode(data: bytes, path: Path) -> str:
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


def _clean(text: str) -> str:
    """Plain line ends, no control characters, no white space at the ends of lines."""
    text = UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(r"[ \t]+\n", "\n", text)
