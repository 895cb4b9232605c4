"""Reads presentations."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pptx
from pptx.enum.shapes import MSO_SHAPE_TYPE, PP_PLACEHOLDER

from ingest.documents import Document, Page
from ingest.loaders.archives import check_office_archive
from ingest.loaders.pages import PageBuilder
from ingest.loaders.tables import named_rows
from ingest.loaders.text import clean, name_in_words

LEFT_OUT = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER)
LISTS = (PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT)


def load_pptx(path: Path) -> Document:
    """Reads a presentation, a slide a page: its title as heading, text, tables, charts, notes."""
    check_office_archive(path)
    slides = list(pptx.Presentation(str(path)).slides)
    pages = [_page(number, slide) for number, slide in enumerate(slides, 1)]
    with_text = tuple(page for page in pages if page.text.strip())
    titles = (section.heading for page in with_text[:1] for section in page.sections)
    title = next(filter(None, titles), "") or name_in_words(path)
    return Document(title, with_text, len(slides))


def _page(number: int, slide: Any) -> Page:
    builder = PageBuilder()
    title = slide.shapes.title
    if title is not None:
        builder.heading(title.text_frame.text, 1)
    for shape in sorted(_shapes(slide), key=lambda shape: (shape.top or 0, shape.left or 0)):
        if title is None or shape.shape_id != title.shape_id:
            _add_shape(shape, builder)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        notes = clean(slide.notes_slide.notes_text_frame.text).strip()
        builder.add(f"Notes: {notes}" if notes else "")
    return builder.build(number)


def _shapes(slide: Any) -> Iterator[Any]:
    """All shapes, those in groups included."""
    waiting = list(slide.shapes)
    while waiting:
        shape = waiting.pop()
        if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
            waiting.extend(shape.shapes)
        elif not (shape.is_placeholder and shape.placeholder_format.type in LEFT_OUT):
            yield shape


def _add_shape(shape: Any, builder: PageBuilder) -> None:
    if shape.has_text_frame:
        builder.add("\n".join(_lines(shape)))
    elif shape.has_table:
        rows = [[" ".join(cell.text.split()) for cell in row.cells] for row in shape.table.rows]
        builder.add("\n".join(named_rows(row for row in rows if any(row))))
    elif shape.has_chart:
        builder.add("\n".join(_chart_lines(shape.chart)))


def _lines(shape: Any) -> Iterator[str]:
    """A text frame's paragraphs; several in a slide's body are a list."""
    paragraphs = [one for one in shape.text_frame.paragraphs if one.text.strip()]
    is_list = shape.is_placeholder and shape.placeholder_format.type in LISTS
    for paragraph in paragraphs:
        mark = "- " if is_list and len(paragraphs) > 1 else ""
        # A vertical tab is a line break within the paragraph.
        yield "  " * paragraph.level + mark + " ".join(paragraph.text.split())


def _chart_lines(chart: Any) -> Iterator[str]:
    """A chart's title, then its figures, a category a line."""
    if chart.has_title and chart.chart_title.has_text_frame:
        yield chart.chart_title.text_frame.text
    for plot in chart.plots:
        series = list(plot.series)
        rows = zip(plot.categories, *(one.values for one in series), strict=False)
        header = ["", *(one.name for one in series)]
        yield from named_rows(
            [header, *([_shown(cell) for cell in row] for row in rows)] if series else []
        )


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:.12g}" if isinstance(value, float) else str(value)
