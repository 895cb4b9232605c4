"""Reads files of messages: to classify them, or with their labels, to learn from them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import DocumentError, InputError
from ingest.loaders.mail import read_mails
from ingest.loaders.text import decode
from plugins.spam.rows import LABEL_NAMES, LABELS, Row, Table, label_of, read_table

MAX_TEXT_CHARS = 100_000
"""A longer text is no message to learn from, more likely a quotation mark that is never closed."""
MIN_PER_CLASS = 10
CLASSES = {"spam": True, "ham": False}
"""What the names in a folder begin with, and what that says of the messages within."""
SHOWN_CHARS = 40


@dataclass(frozen=True, slots=True)
class FileMessage:
    """One message of a file.

    Attributes:
        number: The line that it starts on, or the mail's place in its mailbox, from 1.
        label: `True` for spam, `False` for ham, `None` where the file does not say.
    """

    number: int
    text: str
    label: bool | None


@dataclass(frozen=True, slots=True)
class LabelledMessage:
    """One message to learn from.

    Attributes:
        number: Its line or place in its file, from 1.
        source: Path of the file.
    """

    text: str
    is_spam: bool
    number: int
    source: str


def read_messages(path: Path) -> Iterator[FileMessage]:
    """Reads the messages of a file in order, without empty ones.

    Tables (CSV, TSV) and JSON Lines say a message a row, plain text a message a line, e-mails and
    mailboxes a message a mail, its subject on the first line.

    Raises:
        InputError: While it is read: there is no such file, it cannot be read, or has no messages.
    """
    with _reading(path):
        for row in _filled(_table(path), path):
            yield FileMessage(row.number, row.text, label_of(row.label or ""))


def read_labelled(path: Path) -> list[LabelledMessage]:
    """Reads labelled messages from a file, or a folder with `spam…` and `ham…` files or folders.

    Raises:
        InputError: It has a defect, named with its file and line; nothing is left out silently.
    """
    messages = list(_labelled_folder(path) if path.is_dir() else _labelled_file(path))
    n_spam = sum(message.is_spam for message in messages)
    n_ham = len(messages) - n_spam
    if min(n_spam, n_ham) < MIN_PER_CLASS:
        raise InputError(
            f"{path.name} must have at least {MIN_PER_CLASS} messages of each class, got {n_spam} "
            f"of spam and {n_ham} of ham: add messages of the class that lacks."
        )
    return messages


def json_row(number: int, line: str, path: Path) -> Row:
    """The message of a line of JSON: an object with a `text` and perhaps a `label`.

    Raises:
        InputError: It is none.
    """
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise InputError(
            f"{path.name}, line {number}: each line must be a JSON object such as "
            f'{{"text": "Call me", "label": "ham"}}, got {_shown(line)}: mend it or delete it.'
        )
    return Row(number, record["text"], str(record["label"]) if "label" in record else None)


def _labelled_folder(folder: Path) -> Iterator[LabelledMessage]:
    named = [
        (entry, is_spam)
        for entry in sorted(folder.iterdir())
        for name, is_spam in CLASSES.items()
        if entry.name.casefold().startswith(name)
    ]
    if {is_spam for _, is_spam in named} != {True, False}:
        raise InputError(
            f"The folder {folder.name} must hold files or folders of both classes, named spam… and "
            f"ham…, got {', '.join(entry.name for entry, _ in named) or 'none'}."
        )
    for entry, is_spam in named:
        for path in sorted(entry.rglob("*")) if entry.is_dir() else (entry,):
            is_hidden = path.name.startswith(".")
            if path.is_file() and not is_hidden:
                yield from _all_of_class(path, is_spam)


def _all_of_class(path: Path, is_spam: bool) -> Iterator[LabelledMessage]:
    with _reading(path):
        for row in _filled(_table(path), path):
            if row.label is not None and label_of(row.label) is not is_spam:
                raise InputError(
                    f"{_place(path, row)}: by its file it is {'spam' if is_spam else 'ham'}, and "
                    f"its label is {_shown(row.label)}: name a file of both classes by itself."
                )
            yield _checked(path, row, is_spam)


def _labelled_file(path: Path) -> Iterator[LabelledMessage]:
    with _reading(path):
        table = _table(path)
        for row in _filled(table, path):
            if not table.has_labels:
                raise InputError(_no_labels(path, table))
            is_spam = None if row.label is None else label_of(row.label)
            if is_spam is None:
                raise InputError(
                    f"{_place(path, row)}: the label must be one of {', '.join(LABELS)}, "
                    f"got {'none' if row.label is None else _shown(row.label)}: mend it."
                )
            yield _checked(path, row, is_spam)


def _checked(path: Path, row: Row, is_spam: bool) -> LabelledMessage:
    if len(row.text) > MAX_TEXT_CHARS:
        raise InputError(
            f"{_place(path, row)}: a message must have at most {MAX_TEXT_CHARS:,} characters, got "
            f"{len(row.text):,}: shorten it, or close the quotation mark that it begins with."
        )
    return LabelledMessage(row.text, is_spam, row.number, str(path))


def _no_labels(path: Path, table: Table) -> str:
    if path.suffix.lower() in MAILS:
        return f"{path.name} has no labels: put it into a folder as spam{path.suffix} or ham…."
    columns = ", ".join(map(repr, table.columns))
    got = f"got the columns {columns}" if columns else "got a file without a header"
    return (
        f"{path.name} must have a column of labels, {got}: name it one of "
        f"{', '.join(LABEL_NAMES)}, or begin each line with its label and a tab."
    )


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Says of whatever is raised within what it means for this file."""
    try:
        yield
    except FileNotFoundError:
        raise InputError(f"There is no file {path}: check its name.") from None
    except (DocumentError, OSError) as error:
        raise InputError(f"{path.name} cannot be read. {error}") from error


def _table(path: Path) -> Table:
    read = READERS.get(path.suffix.lower())
    if read is None:
        raise InputError(
            f"Messages are read from files named *{', *'.join(READERS)}, got {path.name}: "
            "save it as one of these."
        )
    return read(path)


def _filled(table: Table, path: Path) -> Iterator[Row]:
    """The rows that hold a message."""
    is_empty = True
    for row in table.rows:
        if row.text.strip():
            is_empty = False
            yield row
    if is_empty:
        raise InputError(f"{path.name} must have at least one message, and has none.")


def _text_table(path: Path) -> Table:
    return read_table(_text(path), path)


def _json_table(path: Path) -> Table:
    lines = enumerate(_text(path).split("\n"), 1)
    rows = (json_row(number, line, path) for number, line in lines if line.strip())
    return Table((), True, rows)


def _text(path: Path) -> str:
    """A file's text as it stands, but for plain line ends."""
    text = decode(path.read_bytes(), path).replace("\x00", "")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _mail_table(path: Path) -> Table:
    mails = read_mails(path)
    texts = ((mail.number, "\n".join(filter(None, (mail.subject, mail.body)))) for mail in mails)
    return Table((), False, (Row(number, text, None) for number, text in texts))


MAILS = {".eml": _mail_table, ".mbox": _mail_table}
READERS: dict[str, Callable[[Path], Table]] = {
    **dict.fromkeys((".csv", ".tsv", ".txt"), _text_table),
    ".jsonl": _json_table,
    **MAILS,
}


def _place(path: Path, row: Row) -> str:
    return f"{path.name}, {'mail' if path.suffix.lower() in MAILS else 'line'} {row.number}"


def _shown(text: str) -> str:
    return repr(text if len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]}…")
