"""Reads tables: each row a line, each cell behind the name of its column."""

import csv
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ingest.documents import Document
from ingest.loaders.text import clean, decode, name_in_words, one_section

SNIFFED_CHARS = 10_000


def load_csv(path: Path) -> Document:
    """Reads a table, each row with the names of its columns."""
    source = clean(decode(path.read_bytes(), path))
    try:
        dialect: Any = csv.Sniffer().sniff(source[:SNIFFED_CHARS], delimiters=",;\t|")
    except csv.Error:  # one column
        dialect = csv.excel
    lines = source.splitlines(keepends=True)  # a quoted cell may hold line breaks
    rows = [[" ".join(cell.split()) for cell in row] for row in csv.reader(lines, dialect)]
    text = "\n".join(named_rows([row for row in rows if any(row)]))
    pages = (one_section(None, text, ""),) if text else ()
    return Document(name_in_words(path), pages, 1)


def named_rows(rows: list[list[str]]) -> Iterator[str]:
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
