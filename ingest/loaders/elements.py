"""Joins the elements that unstructured finds into one text.

Titles become headings of sections, tables become rows that name their columns.
"""

import importlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from lxml import html

from ingest import nltk_stand_ins
from ingest.documents import Document, Page, Section
from ingest.loaders.tables import named_rows
from ingest.loaders.text import clean, name_in_words


def partition(kind: str, **source: str) -> list[Any]:
    """The elements of a document. Unstructured is imported here: PDFs need not wait for it."""
    nltk_stand_ins.install()
    module = importlib.import_module(f"unstructured.partition.{kind}")
    elements: list[Any] = getattr(module, f"partition_{kind}")(languages=["eng"], **source)
    return elements


def from_elements(
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
        text = clean("\n".join(_rows(element)))
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
    yield from named_rows(rows)
