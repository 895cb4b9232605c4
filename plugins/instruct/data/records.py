"""Walks the records of a JSON array or of JSON lines."""

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from assistant.errors import InputError
from plugins.instruct.data.cursor import (
    MAX_RECORD_CHARS,
    TOO_LONG,
    Cursor,
    encoding_defect,
    json_defect,
)
from plugins.instruct.data.fields import shown

GZIP_MARK = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Record:
    """One value of a file.

    Attributes:
        line: The line that it begins on, from 1.
        value: As JSON has it; `None` where it cannot be read.
        defect: Why it cannot be read; empty where it can.
    """

    line: int
    value: object
    defect: str = ""


def read_records(path: Path) -> Iterator[Record]:
    """Reads the elements of a JSON array or the lines of JSON lines, packed by gzip or plain.

    A line that cannot be read is a record with a defect. An array cannot be read beyond one.

    Raises:
        InputError: While it is read: there is no such file, it is neither, or its array breaks.
    """
    with _opened(path) as stream:
        cursor = Cursor(stream, path.name)
        sign = cursor.next_sign()
        if not sign:
            return
        if sign not in "[{" or "\x00" in cursor.ahead():
            raise InputError(
                f"{path.name} must be a JSON array or JSON lines in UTF-8, got a file that begins "
                f"with {shown(cursor.ahead())}: save it as one of these."
            )
        yield from _elements(cursor) if sign == "[" else _lines(cursor)


def _elements(cursor: Cursor) -> Iterator[Record]:
    cursor.take_sign()
    if cursor.next_sign() == "]":
        cursor.take_sign()
    else:
        yield from _some_elements(cursor)
    if cursor.next_sign():
        raise cursor.error(f"nothing may follow the array, got {shown(cursor.ahead())}: delete it.")


def _some_elements(cursor: Cursor) -> Iterator[Record]:
    while True:
        cursor.next_sign()
        yield Record(cursor.line, *cursor.take_value())
        sign = cursor.next_sign()
        if sign not in (",", "]"):
            got = shown(cursor.ahead()) if sign else "the end of the file"
            raise cursor.error(f"a comma or ] must follow a record, got {got}: mend it.")
        cursor.take_sign()
        if sign == "]":
            return


def _lines(cursor: Cursor) -> Iterator[Record]:
    with suppress(ValueError, RecursionError):  # which is told of the line that has it
        _, end = cursor.value()
        if cursor.has_line_break(end):
            raise cursor.error(
                "an object that is a record by itself must stand on one line, got one over several "
                "lines: put all objects into an array, between [ and ] with commas; or if this one "
                "object holds an array of records, save that array alone."
            )
    while cursor.next_sign():
        line = cursor.line
        yield _line_record(line, cursor.take_line())


def _line_record(line: int, source: str) -> Record:
    if len(source) > MAX_RECORD_CHARS:
        return Record(line, None, TOO_LONG)
    try:
        value = json.loads(source)
    except (ValueError, RecursionError) as error:
        return Record(line, None, json_defect(error))
    return Record(line, value, encoding_defect(source, 0, len(source)))


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    """A file's text, unpacked; says of what is raised while it is read what it means for it."""
    try:
        with path.open("rb") as file:
            is_packed = file.peek(len(GZIP_MARK)).startswith(GZIP_MARK)
            data = gzip.GzipFile(fileobj=file) if is_packed else file
            with io.TextIOWrapper(data, "utf-8-sig", "surrogateescape", newline="\n") as text:
                yield text
    except FileNotFoundError:
        raise InputError(f"There is no file {path}: check its name.") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder: name one of the files in it.") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"{path.name} cannot be unpacked ({error}): fetch it again.") from error
    except OSError as error:
        raise InputError(f"{path.name} cannot be read ({error.strerror or error}).") from error
