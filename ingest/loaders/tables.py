"""Reads tables: each row a line, each cell behind the name of its column."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ingest.documents import Document
from ingest.loaders.pages import in_parts
from ingest.loaders.text import name_in_words, read_text

SNIFFED_CHARS = 10_000
LONGEST_CELL_CHARS = 10_000_000


def load_csv(path: Path) -> Document:
    """Reads a table, each row with the names of its columns."""
    source = read_text(path)
    csv.field_size_limit(LONGEST_CELL_CHARS)
    # A quoted cell may hold line breaks.
    reader = csv.reader(io.StringIO(source, newline=""), dialect_of(source, path))
    rows = ([" ".join(cell.split()) for cell in row] for row in reader)
    pages = in_parts(named_rows(row for row in rows if any(row)))
    return Document(name_in_words(path), pages, len(pages) or 1)


def dialect_of(source: str, path: Path) -> Any:
    """The dialect of a table: a class or instance that `csv.reader` takes."""
    if path.suffix.lower() == ".tsv":
        return csv.excel_tab
    try:
        return csv.Sniffer().sniff(source[:SNIFFED_CHARS], delimiters=",;\t|")
    except csv.Error:  # one column
        return csv.excel


def named_rows(rows: Iterable[list[str]]) -> Iterator[str]:
    """One line a row, each cell behind the name that the first row gives its column."""
    remaining = iter(rows)
    header = next(remaining, [])
    row = next(remaining, None)
    if row is None:
        yield " | ".join(header)
    while row is not None:
        yield named_row(header, row)
        row = next(remaining, None)


def named_row(names: list[str], cells: list[str]) -> str:
    """The cells that are filled, each behind its column's name."""
    return "; ".join(
        f"{name}: {cell}" if name else cell
        for name, cell in zip_longest(names, cells, fillvalue="")
        if cell
    )
