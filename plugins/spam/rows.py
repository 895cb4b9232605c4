"""Finds the messages and their labels in tables, however these name and quote their columns."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from assistant.errors import InputError
from ingest.loaders.tables import LONGEST_CELL_CHARS, dialect_of

TEXT_NAMES = ("text", "message", "msg", "sms", "body", "content", "mail", "email", "v2")
LABEL_NAMES = ("label", "category", "class", "type", "target", "spam", "is_spam", "v1")
LABELS = {
    **dict.fromkeys(("spam", "junk", "1", "true", "yes"), True),
    **dict.fromkeys(("ham", "not spam", "legit", "legitimate", "0", "false", "no"), False),
}
DELIMITERS = {".csv": ",;\t|"}
"""By ending; other tables have tabs."""

SAMPLED_ROWS = 50
LONGEST_NAME_CHARS = 40
LONGEST_HEADER_CHARS = 100_000


@dataclass(frozen=True, slots=True)
class Row:
    """One message as a table has it.

    Attributes:
        number: The line that it starts on, from 1.
        label: As it is written; `None` where the table has no labels.
    """

    number: int
    text: str
    label: str | None


@dataclass(frozen=True, slots=True)
class Table:
    """The messages of a table, in order.

    Attributes:
        columns: The names in its header; empty without one.
        has_labels: Whether one of its columns is known to hold labels.
    """

    columns: tuple[str, ...]
    has_labels: bool
    rows: Iterator[Row]


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which column is which."""

    names: list[str]
    text: int
    label: int | None


def label_of(written: str) -> bool | None:
    """What a label means: `True` for spam, `False` for ham, `None` where it is not known."""
    return LABELS.get(" ".join(written.casefold().split()))


def read_table(source: str, path: Path) -> Table:
    """Finds the columns of a table with or without a header, or else takes each line as a message.

    Args:
        source: Its text, with plain line ends.
        path: Where it comes from; the ending says how its cells are divided.

    Raises:
        InputError: No column holds messages, or while the rows are read, one is malformed.
    """
    csv.field_size_limit(LONGEST_CELL_CHARS)
    first = next((line[:LONGEST_HEADER_CHARS] for _, line in _lines(source)), "")
    delimiters = DELIMITERS.get(path.suffix.lower(), "\t")
    for delimiter in delimiters:
        if _is_header(next(csv.reader([first], delimiter=delimiter))):
            return _with_header(source, delimiter, path)
    for delimiter in delimiters:
        label, found, _ = first.partition(delimiter)
        is_sure = delimiter == "\t" or label.casefold() in ("spam", "ham")  # not "Yes, I do."
        if found and is_sure and label_of(label) is not None:
            return Table((), True, _labelled_lines(source, delimiter))
    delimiter = dialect_of(source, path).delimiter
    is_plain = path.suffix.lower() == ".txt"
    if not is_plain and _is_regular(source, delimiter):
        return _with_header(source, delimiter, path)
    whole = str if is_plain else _unquoted
    return Table((), False, (Row(at, whole(line), None) for at, line in _lines(source)))


def _is_header(cells: list[str]) -> bool:
    names = {_normal(cell) for cell in cells}
    # In front of a message, spam is its label.
    return not names.isdisjoint({*TEXT_NAMES, *LABEL_NAMES} - {"spam"})


def _is_regular(source: str, delimiter: str) -> bool:
    """Whether the first rows have as many cells as the first, which holds what could be names."""
    try:
        reader = csv.reader(io.StringIO(source, newline=""), delimiter=delimiter)
        rows = [row for row in islice(reader, SAMPLED_ROWS) if row]
    except csv.Error:
        return False
    names = rows[0] if rows else []
    return (
        len(rows) > 1
        and {len(row) for row in rows} == {len(names)}
        and len(set(names)) == len(names) > 1
        and all(re.match(r"\s*[^\W\d]", name) for name in names)
        and max(map(len, names)) <= LONGEST_NAME_CHARS
    )


def _with_header(source: str, delimiter: str, path: Path) -> Table:
    columns = _columns(source, delimiter, path)
    rows = _rows(source, delimiter, columns, path)
    return Table(tuple(columns.names), columns.label is not None, rows)


def _columns(source: str, delimiter: str, path: Path) -> _Columns:
    cells = _cells(source, delimiter, path)
    names = next(cells)[1]
    known = {_normal(name): at for at, name in reversed(list(enumerate(names)))}
    label = next((known[name] for name in LABEL_NAMES if name in known), None)
    text = next((known[name] for name in TEXT_NAMES if name in known), None)
    if text is None:
        others = [at for at in range(len(names)) if at != label]
        sample = [row for _, row in islice(cells, SAMPLED_ROWS)]
        text = max(others, key=lambda at: _n_letters(sample, at), default=None)
    if text is None:
        raise InputError(
            f"{path.name} must have a column of messages, its only one is {names[0]!r}: name one "
            f"{', '.join(TEXT_NAMES[:-1])}."
        )
    return _Columns(names, text, label)


def _n_letters(rows: Sequence[list[str]], at: int) -> int:
    return sum(sum(map(str.isalpha, row[at])) for row in rows if at < len(row))


def _rows(source: str, delimiter: str, columns: _Columns, path: Path) -> Iterator[Row]:
    n_columns, is_last = len(columns.names), columns.text == len(columns.names) - 1
    for number, cells in islice(_cells(source, delimiter, path), 1, None):
        while len(cells) > n_columns and not cells[-1].strip():
            cells.pop()
        if len(cells) > n_columns and is_last:
            cells[columns.text :] = [delimiter.join(cells[columns.text :])]
        if len(cells) > n_columns:
            raise InputError(
                f"{path.name}, line {number}: a row must have {n_columns} cells as the header has, "
                f"got {len(cells)}: put a message that holds {delimiter!r} in quotation marks."
            )
        cells += [""] * (n_columns - len(cells))
        label = None if columns.label is None else cells[columns.label]
        yield Row(number, cells[columns.text], label)


def _cells(source: str, delimiter: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """The cells of each row that is not empty, with the line that it starts on."""
    if delimiter == "\t" and _has_rows_of_one_line(source):
        for number, line in _lines(source):
            yield number, [_unquoted(cell) for cell in line.split("\t")]
        return
    reader = csv.reader(io.StringIO(source, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise InputError(
            f"{path.name}, line {start}: a cell that begins with a quotation mark must end with "
            f'one, and "" stands for one within it ({error}): mend the quotation marks there.'
        ) from error


def _has_rows_of_one_line(source: str) -> bool:
    """Whether each line has the same number of tabs: a quotation mark there is just a character."""
    return len({line.count("\t") for _, line in _lines(source)}) == 1


def _labelled_lines(source: str, delimiter: str) -> Iterator[Row]:
    for number, line in _lines(source):
        label, found, text = line.partition(delimiter)
        if delimiter != "\t":
            text = _unquoted(text.strip())
        yield Row(number, text, label) if found else Row(number, line, "")


def _lines(source: str) -> Iterator[tuple[int, str]]:
    # Not splitlines(), which breaks at characters that a message may hold.
    for number, line in enumerate(io.StringIO(source, newline="\n"), 1):
        if line.strip():
            yield number, line.rstrip("\n")


def _unquoted(cell: str) -> str:
    """A cell without the quotation marks around it, where they are quoting and no speech."""
    inner = cell[1:-1].replace('""', "")
    is_quoted = len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in inner
    return cell[1:-1].replace('""', '"') if is_quoted else cell


def _normal(name: str) -> str:
    return re.sub(r"[\s\-]+", "_", name.strip().casefold())
