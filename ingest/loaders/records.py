"""Reads JSON and JSON Lines: a line for each value, behind the path of keys that leads to it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from assistant.errors import DocumentError
from ingest.documents import Document
from ingest.loaders.pages import in_parts
from ingest.loaders.text import name_in_words, read_text

SHOWN_LINES = 10


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands: its keys, and the number of the record that it belongs to."""

    path: str
    record: int


def load_json(path: Path) -> Document:
    """Reads JSON; the objects of an array are records, kept apart by blank lines.

    Raises:
        DocumentError: It is no valid JSON, or nested too deep for Python's own parser.
    """
    source = read_text(path)
    if not source.strip():
        return Document(name_in_words(path), (), 1)
    try:
        value = _parse(source)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and "\n" in source.strip():
            return _lines_document(source, path)
        raise DocumentError(
            f"It is no valid JSON: {error.msg} in line {error.lineno}, column {error.colno}. "
            "Mend it there and ingest it again.",
            path,
        ) from error
    except RecursionError as error:
        raise DocumentError(
            "Its JSON is nested deeper than a parser can follow, which is about a thousand "
            "levels: write it flatter.",
            path,
        ) from error
    return _document(path, _record_lines(value))


def load_jsonl(path: Path) -> Document:
    """Reads JSON Lines, a line a record; lines that are no JSON are reported.

    Raises:
        DocumentError: No line is JSON.
    """
    return _lines_document(read_text(path), path)


def _lines_document(source: str, path: Path) -> Document:
    bad: list[int] = []
    document = _document(path, _all_lines(source, bad))
    if not bad:
        return document
    shown = ", ".join(map(str, bad[:SHOWN_LINES])) + (" and more" if bad[SHOWN_LINES:] else "")
    warning = (
        f"There are {len(bad)} lines that are no valid JSON, left out (line {shown}): mend them."
    )
    return Document(document.title, document.pages, document.n_pages, (warning,))


def _all_lines(source: str, bad: list[int]) -> Iterator[str]:
    is_first = True
    # Not splitlines(), which breaks at characters that JSON allows within a text.
    for number, line in enumerate(source.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = _parse(line)
        except (json.JSONDecodeError, RecursionError):
            bad.append(number)
            continue
        if not is_first:
            yield ""
        yield from _record_lines(value)
        is_first = False


def _document(path: Path, lines: Iterator[str]) -> Document:
    pages = in_parts(lines)
    return Document(name_in_words(path), pages, len(pages) or 1)


def _parse(source: str) -> Any:
    """A value with its numbers as they are written: 1.10 stays 1.10."""
    return json.loads(source, parse_float=str, parse_int=str, parse_constant=str)


def _record_lines(value: Any) -> Iterator[str]:
    """A line for each leaf, with a blank line wherever another record begins."""
    is_first = True
    for _, leaves in groupby(_leaves(value), key=lambda leaf: leaf[0].record):
        if not is_first:
            yield ""
        is_first = False
        for place, text in leaves:
            yield f"{place.path}: {text}" if place.path else text


def _leaves(value: Any) -> Iterator[tuple[_Place, str]]:
    """The values that hold no others, in order; with a stack, for they may be nested deep."""
    n_records = 0
    waiting = [(_Place("", 0), value)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(
                (_Place(_joined(place.path, key), place.record), child)
                for key, child in reversed(value.items())
            )
        elif isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
            numbered = [(str(at), child) for at, child in enumerate(value, 1)]
            if place.record:
                inner = [
                    (_Place(_joined(place.path, at), place.record), child) for at, child in numbered
                ]
            else:
                inner = [(_Place(place.path, n_records + int(at)), child) for at, child in numbered]
                n_records += len(value)
            waiting.extend(reversed(inner))
        else:
            text = ", ".join(map(_shown, value)) if isinstance(value, list) else _shown(value)
            if text:
                yield place, text


def _joined(path: str, key: str) -> str:
    key = " ".join(key.split())
    return f"{path}.{key}" if path else key


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else " ".join(str(value).split())
