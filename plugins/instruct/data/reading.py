"""Reads files of instructions or preferences, and names what is wrong with them beforehand."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from assistant.errors import InputError
from plugins.instruct.data.formats import examples_of, preference_of
from plugins.instruct.data.records import Record, read_records
from plugins.instruct.examples import Example, Preference

MAX_ITEMS = 5_000_000
"""They are held in memory all at once."""

Item = TypeVar("Item")


def read_examples(path: Path, on_defect: Callable[[str], None] | None = None) -> list[Example]:
    """Reads the examples of a file in order: a JSON array or JSON lines, packed by gzip or plain.

    A record is Alpaca's (`instruction`, `input`, `output`), a `prompt` with its `completion`, or a
    conversation (`messages`, or ShareGPT's `conversations`), of which each response becomes an
    example. A file may hold records of several kinds; the same one twice is kept twice.

    Args:
        path: The file, whatever its ending.
        on_defect: Told of each record that has a defect, with its line, and the record is left
            out. Without it nothing is ever left out.

    Raises:
        InputError: There is no such file, it is none of these, has no records, or one that has a
            defect. The message names the first and says how many more there are. An array cannot
            be read beyond a place where its JSON breaks, so that is raised in any case.
    """
    return _read(path, examples_of, on_defect)


def read_preferences(
    path: Path, on_defect: Callable[[str], None] | None = None
) -> list[Preference]:
    """Reads the preferences of a file in order, in the same manner as `read_examples`.

    A record has `chosen` and `rejected`, and either `instruction` with perhaps an `input`, or a
    `prompt`. Prompt and sides may be lists of messages; then the sides may also hold the prompt.

    Args:
        path: The file, whatever its ending.
        on_defect: Told of each record that has a defect, which is then left out.

    Raises:
        InputError: As `read_examples`.
    """
    return _read(path, lambda value, where: (preference_of(value, where),), on_defect)


def _read(
    path: Path,
    parse: Callable[[object, str], Sequence[Item]],
    on_defect: Callable[[str], None] | None,
) -> list[Item]:
    items: list[Item] = []
    defects = _Defects()
    for n_records, record in enumerate(read_records(path), 1):
        try:
            items.extend(_parsed(record, parse))
        except InputError as error:
            defect = f"{path.name}, line {record.line}: {error}"
            defects.add(record.line, defect)
            if on_defect:
                on_defect(defect)
        if max(n_records, len(items)) > MAX_ITEMS:
            raise InputError(
                f"{path.name} must hold at most {MAX_ITEMS:,} examples, and holds more: split it."
            )
    if defects.first and (not items or on_defect is None):
        raise InputError(defects.report())
    if not items:
        raise InputError(f"{path.name} must have at least one record, and has none: add some.")
    return items


def _parsed(record: Record, parse: Callable[[object, str], Sequence[Item]]) -> Sequence[Item]:
    if record.defect:
        raise InputError(record.defect)
    return parse(record.value, f"line {record.line}")


class _Defects:
    """What is wrong with the records of a file."""

    def __init__(self) -> None:
        self.first = ""
        self._n_more = 0
        self._next_line = 0

    def add(self, line: int, defect: str) -> None:
        """Adds the defect of one more record."""
        if not self.first:
            self.first = defect
            return
        self._n_more += 1
        self._next_line = self._next_line or line

    def report(self) -> str:
        """The first in full, and how many more there are."""
        if not self._n_more:
            return self.first
        records = "record has a defect" if self._n_more == 1 else "records have defects"
        where = "on" if self._n_more == 1 else "the next on"
        return f"{self.first} {self._n_more:,} more {records}, {where} line {self._next_line}."
