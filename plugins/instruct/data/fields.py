"""Looks into the fields of a record, and says what is wrong with one."""

import json
import re
from collections.abc import Mapping, Sequence

from assistant.errors import InputError

SHOWN_CHARS = 40
SHOWN_FIELDS = 8

LONE_SURROGATES = re.compile("[\ud800-\udfff]")

Fields = Mapping[str, object]
Format = tuple[str, ...]


def shown(value: object) -> str:
    """A value in short, as a message shows it."""
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "an object"
    if not isinstance(value, str):
        return json.dumps(value)[:SHOWN_CHARS]
    text = LONE_SURROGATES.sub("\ufffd", value[:SHOWN_CHARS])
    return repr(f"{text}…" if len(value) > SHOWN_CHARS else text)


def fields_of(value: object) -> Fields:
    """The fields of a record that say something: `null` says nothing.

    Raises:
        InputError: It has none.
    """
    if not isinstance(value, dict):
        raise InputError(f"a record must be an object, got {shown(value)}: mend it or delete it.")
    return {name: content for name, content in value.items() if content is not None}


def format_of(record: Fields, formats: Sequence[Format]) -> Format:
    """The first of the formats whose fields the record has.

    Raises:
        InputError: It has those of none.
    """
    found = next((names for names in formats if all(name in record for name in names)), None)
    if found:
        return found
    has = ", ".join(shown(name) for name in list(record)[:SHOWN_FIELDS]) or "none"
    begun = next((names for names in formats if names[0] in record), None)
    if begun:
        missing = next(name for name in begun if name not in record)
        raise InputError(f'"{missing}" is missing or null, the fields are {has}: add it.')
    known = ", or ".join(" and ".join(f'"{name}"' for name in names) for names in formats)
    raise InputError(
        f"a record must have {known}, got {has}: rename its "
        "fields, or if it holds an array of records, save that array alone."
    )


def filled(record: Fields, name: str) -> str:
    """The text of a field that must have one.

    Raises:
        InputError: It has none.
    """
    text = text_of(record[name], f'"{name}"')
    if not text:
        raise InputError(empty(f'"{name}"'))
    return text


def empty(name: str) -> str:
    """What is wrong where there is no text."""
    return f"{name} must not be empty, and is: fill it or delete the record."


def text_of(value: object, name: str) -> str:
    """A text that UTF-8 can spell, without white space around it.

    Raises:
        InputError: It is no text.
    """
    if not isinstance(value, str):
        raise InputError(f"{name} must be text, got {shown(value)}: mend it.")
    return LONE_SURROGATES.sub("\ufffd", value.strip())
