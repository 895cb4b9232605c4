"""Tells tables of data from tables that lay a page out, and reads the former row by row."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from ingest.loaders.tables import named_row, named_rows

MAX_COLUMNS = 200
MAX_ROWS_SPANNED = 1_000
LONGEST_CELL_CHARS = 2_000
"""A cell with more is a part of the page."""
BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol "
    "option p pre section summary table tbody td tfoot th thead tr ul".split()
)


@dataclass(frozen=True, slots=True)
class _Row:
    cells: list[str]
    is_header: bool
    is_label: bool  # a single cell across the whole table
    is_pair: bool  # a name, then what it names


def flat_text(element: Any) -> str:
    """The words in an element, those of different blocks kept apart."""
    pieces: list[str] = []
    for event, child in etree.iterwalk(element, events=("start", "end")):
        if child.tag in BLOCKS:
            pieces.append(" ")
        if event == "start":
            pieces.append(child.text or "")
        elif child is not element:
            pieces.append(child.tail or "")
    return " ".join("".join(pieces).split())


def is_layout(table: Any) -> bool:
    """Whether a table only arranges what the page consists of."""
    if table.get("role") in ("presentation", "none"):
        return True
    if table.find(".//table") is not None or table.xpath(".//h1|.//h2|.//h3|.//h4|.//pre"):
        return True
    cells = [row.xpath("./td|./th") for row in _rows(table)]
    if max(map(len, cells), default=0) <= 1:
        return True
    return any(len(flat_text(cell)) > LONGEST_CELL_CHARS for row in cells for cell in row)


def table_lines(table: Any) -> Iterator[str]:
    """A table's caption, then one line a row, each cell behind its column's name."""
    caption = table.find("./caption")
    if caption is not None:
        yield flat_text(caption)
    rows = list(_grid(table))
    n_header = next((at for at, row in enumerate(rows) if not row.is_header), len(rows))
    header, body = rows[:n_header], rows[n_header:]
    labels = [row for row in header if row.is_label]
    yield from (row.cells[0] for row in labels)
    names = _names([row.cells for row in header if not row.is_label])
    if not names and body and not all(row.is_pair or row.is_label for row in body):
        yield from named_rows([row.cells for row in body])
        return
    if not body:
        yield " | ".join(names)
    for row in body:
        yield row.cells[0] if row.is_label else _line(names, row)


def _line(names: list[str], row: _Row) -> str:
    if not names:
        return f"{row.cells[0]}: {'; '.join(filter(None, row.cells[1:]))}"
    return named_row(names, row.cells)


def _rows(table: Any) -> list[Any]:
    rows: list[Any] = table.xpath("./tr|./thead/tr|./tbody/tr|./tfoot/tr")
    return rows


def _names(header: list[list[str]]) -> list[str]:
    """The columns' names; where they stand in several rows, joined from top to bottom."""
    n_columns = max(map(len, header), default=0)
    columns = [[row[at] for row in header if at < len(row)] for at in range(n_columns)]
    return [" ".join(dict.fromkeys(filter(None, column))) for column in columns]


def _grid(table: Any) -> Iterator[_Row]:
    """The rows with text, cells that span several rows or columns put into each."""
    rows = _rows(table)
    n_columns = max(sum(_span(cell, "colspan", MAX_COLUMNS) for cell in row) for row in rows)
    hanging: dict[int, tuple[int, str]] = {}
    for row in rows:
        elements = row.xpath("./td|./th")
        cells = _cells(elements, hanging)
        tags = [cell.tag for cell in elements]
        is_header = row.getparent().tag == "thead" or _all_marked(elements)
        is_pair = tags[:1] == ["th"] and set(tags[1:]) == {"td"}
        if any(cells):
            yield _Row(
                cells,
                is_header,
                len(tags) == 1 and n_columns > 1 and any(cells[:1]),
                is_pair or len(cells) == n_columns == 2,
            )


def _cells(elements: list[Any], hanging: dict[int, tuple[int, str]]) -> list[str]:
    """One row's cells; `hanging` holds for each column how far a cell above reaches down."""
    cells: list[str] = []

    def fill() -> None:
        while len(cells) in hanging:
            n_left, text = hanging.pop(len(cells))
            if n_left > 1:
                hanging[len(cells)] = (n_left - 1, text)
            cells.append(text)

    for element in elements:
        fill()
        text = flat_text(element)
        n_rows = _span(element, "rowspan", MAX_ROWS_SPANNED)
        for offset in range(_span(element, "colspan", MAX_COLUMNS)):
            shown = text if offset == 0 or element.tag == "th" else ""
            if n_rows > 1:
                hanging[len(cells)] = (n_rows - 1, shown)
            cells.append(shown)
        if len(cells) > MAX_COLUMNS:
            break
    fill()
    return cells


def _all_marked(cells: list[Any]) -> bool:
    """Whether every cell with text is marked as a heading, or set in bold."""
    filled = [cell for cell in cells if flat_text(cell)]
    return bool(filled) and all(cell.tag == "th" or _is_bold(cell) for cell in filled)


def _is_bold(cell: Any) -> bool:
    bold = cell.xpath(".//b|.//strong")
    return len(bold) == 1 and flat_text(bold[0]) == flat_text(cell)


def _span(cell: Any, name: str, most: int) -> int:
    value = cell.get(name, "1").strip()
    return min(int(value), most) if value.isdecimal() and int(value[:6]) > 0 else 1
