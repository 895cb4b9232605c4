"""Reads Word documents."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import docx
from docx.oxml.ns import qn
from lxml import etree

from ingest.documents import Document
from ingest.loaders.archives import check_office_archive
from ingest.loaders.pages import PageBuilder
from ingest.loaders.tables import named_rows
from ingest.loaders.text import name_in_words
from ingest.loaders.word_styles import WordStyles

PARAGRAPH, TABLE, ROW, CELL = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
WRAPPERS = frozenset(qn(f"w:{name}") for name in ("sdt", "sdtContent", "customXml", "ins"))
CHARACTERS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
NOTES = ("/footnotes", "/endnotes")


def load_docx(path: Path) -> Document:
    """Reads a Word document; its pages are not kept, for the file does not know them.

    Headers and footers, which repeat on each page, and the table of contents are left out;
    footnotes follow at the end.
    """
    check_office_archive(path)
    word = docx.Document(str(path))
    body = word.element.body
    for fallback in list(body.iter(FALLBACK)):  # says again what stands in front of it
        fallback.getparent().remove(fallback)
    builder = PageBuilder()
    _add_blocks(body, WordStyles(word), builder)
    notes = list(_notes(word))
    if notes:
        builder.heading("Footnotes", 1)
        builder.add("\n".join(notes))
    page = builder.build(None)
    title = builder.first_heading if builder.first_heading != "Footnotes" else ""
    return Document(title or name_in_words(path), (page,) if page.text.strip() else (), 1)


def _add_blocks(body: Any, styles: WordStyles, builder: PageBuilder) -> None:
    was_item = False
    for block in _blocks(body):
        if block.tag == TABLE:
            builder.add("\n".join(named_rows(_rows(block))))
            was_item = False
            continue
        text = _text(block)
        kind = styles.kind_of(block)
        if kind.is_left_out or not text.strip():
            continue
        if kind.level is not None:
            builder.heading(text, kind.level)
        else:
            builder.add(kind.mark + text, tight=was_item and bool(kind.mark))
        was_item = bool(kind.mark)


def _blocks(body: Any) -> Iterator[Any]:
    """Paragraphs and tables in order, those in content controls and in boxes included."""
    waiting = list(reversed(body))
    while waiting:
        element = waiting.pop()
        if element.tag in WRAPPERS:
            waiting.extend(reversed(element))
        elif element.tag == TABLE and _is_box(element):
            for cell in reversed(list(element.iter(CELL))):
                waiting.extend(reversed(cell))
        elif element.tag in (PARAGRAPH, TABLE):
            yield element


def _is_box(table: Any) -> bool:
    """Whether a table is a frame around text rather than rows of data."""
    return table.find(f".//{TABLE}") is None and all(
        len(list(row.iter(CELL))) <= 1 for row in table.iter(ROW)
    )


def _rows(table: Any) -> Iterator[list[str]]:
    """The cells of each row; one that reaches over several rows is put into each of them."""
    above: list[str] = []
    for row in _children(table, ROW):
        cells: list[str] = []
        for cell in _children(row, CELL):
            text = " ".join(" ".join(map(_text, cell.iter(PARAGRAPH))).split())
            merge = cell.find(f"./{qn('w:tcPr')}/{qn('w:vMerge')}")
            if merge is not None and merge.get(qn("w:val")) != "restart":
                text = above[len(cells)] if len(cells) < len(above) else text
            span = cell.find(f"./{qn('w:tcPr')}/{qn('w:gridSpan')}")
            width = int(span.get(qn("w:val"), "1")) if span is not None else 1
            cells += [text, *[""] * min(width - 1, 100)]
        above = cells
        if any(cells):
            yield cells


def _children(element: Any, tag: str) -> Iterator[Any]:
    waiting = list(reversed(element))
    while waiting:
        child = waiting.pop()
        if child.tag == tag:
            yield child
        elif child.tag in WRAPPERS:
            waiting.extend(reversed(child))


def _text(paragraph: Any) -> str:
    """Words of a paragraph, tracked insertions and text boxes included, deletions not."""
    pieces: Iterable[str] = (
        element.text or ""
        if element.tag == qn("w:t")
        else "\n"
        if element.tag == PARAGRAPH and element is not paragraph
        else CHARACTERS.get(element.tag, "")
        for element in paragraph.iter()
    )
    return "".join(pieces).strip()


def _notes(word: Any) -> Iterator[str]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    for relation in word.part.rels.values():
        if not relation.is_external and relation.reltype.endswith(NOTES):
            for note in etree.fromstring(relation.target_part.blob, parser):
                text = " ".join(" ".join(map(_text, note.iter(PARAGRAPH))).split())
                if text and note.get(qn("w:type")) is None:
                    yield f"{note.get(qn('w:id'))}. {text}"
