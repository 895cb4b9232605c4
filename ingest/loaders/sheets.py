"""Reads spreadsheets: each sheet a page, each row a line, each cell behind its column's name."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl

from ingest.documents import Document, Page
from ingest.loaders.archives import check_office_archive
from ingest.loaders.pages import PageBuilder
from ingest.loaders.tables import named_row
from ingest.loaders.text import name_in_words

MAX_CELLS = 500_000
"""Filled cells that are read of one workbook: what a page's splitting can hold in memory."""
MAX_COLUMNS = 500


def load_xlsx(path: Path) -> Document:
    """Reads a workbook row by row, so that a large one takes little memory."""
    check_office_archive(path)
    with path.open("rb") as file:
        workbook = openpyxl.load_workbook(file, read_only=True, data_only=True)
        reader = _Reader()
        pages = [
            reader.page(workbook.sheetnames.index(sheet.title) + 1, sheet)
            for sheet in workbook.worksheets
        ]
        n_sheets = len(workbook.sheetnames)
    filled = tuple(page for page in pages if page.text.strip())
    return Document(name_in_words(path), filled, n_sheets, tuple(reader.warnings))


class _Reader:
    """Reads sheets until the workbook's share of cells is used up."""

    def __init__(self) -> None:
        self.warnings: list[str] = []
        self._n_left = MAX_CELLS

    def page(self, number: int, sheet: Any) -> Page:
        builder = PageBuilder()
        builder.section(sheet.title, 1)
        builder.add("\n".join(_named(self._rows(sheet))))
        return builder.build(number)

    def _rows(self, sheet: Any) -> Iterator[list[str]]:
        if self._n_left < 0:
            return
        sheet.reset_dimensions()  # what the file says of its size is often wrong
        n_cut = 0
        for at, row in enumerate(sheet.iter_rows(), 1):
            cells = [_shown(cell.value, cell.number_format) for cell in row[:MAX_COLUMNS]]
            n_cut += any(cell.value is not None for cell in row[MAX_COLUMNS:])
            self._n_left -= sum(map(bool, cells))
            if self._n_left < 0:
                self.warnings.append(
                    f"A workbook may have {MAX_CELLS:,} filled cells: sheet {sheet.title!r} was "
                    f"read up to row {at - 1:,}, later sheets not at all. Split the workbook, or "
                    "save its sheets as CSV."
                )
                return
            if any(cells):
                yield cells
        if n_cut:
            self.warnings.append(
                f"A sheet may have {MAX_COLUMNS} columns: {n_cut:,} rows of sheet "
                f"{sheet.title!r} have more, which were not read."
            )


def _named(rows: Iterator[list[str]]) -> Iterator[str]:
    """Lines above the table as they are, then each row with the names from the table's first."""
    names: list[str] | None = None
    n_named = 0
    for cells in rows:
        if names is None and sum(map(bool, cells)) < 2:
            yield "".join(cells)
        elif names is None:
            names = cells
        else:
            n_named += 1
            yield named_row(names, cells)
    if names and not n_named:
        yield " | ".join(filter(None, names))


def _shown(value: Any, number_format: str | None) -> str:
    """A cell as a person writes it."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case float() | int() if number_format and "%" in number_format:
            return f"{value * 100:.12g}%"
        case float():
            return f"{value:.15g}"
        case datetime():
            is_day = value.time() == time() and "h" not in (number_format or "").lower()
            return value.date().isoformat() if is_day else value.isoformat(" ", "minutes")
        case date() | time() | timedelta():
            return str(value)
        case _:
            return " ".join(str(value).split())
