"""Keeps what people said about wrong verdicts, for the next training to learn from."""

import json
import logging
import os
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from assistant.errors import InputError
from plugins.spam.messages import MAX_TEXT_CHARS, LabelledMessage, json_row
from plugins.spam.rows import label_of

log = logging.getLogger(__name__)


class Corrections:
    """A file of JSON Lines, which `read_labelled` reads too; several processes may write to it."""

    def __init__(self, file: Path) -> None:
        """Keeps the path; the file and its folder are made by the first correction."""
        self._file = file

    def add(self, text: str, is_spam: bool, user: str) -> None:
        """Appends a correction and hands it to the disk.

        Raises:
            InputError: The text is empty or too long to learn from, or the file cannot be written.
        """
        if not text.strip() or len(text) > MAX_TEXT_CHARS:
            raise InputError(
                f"A corrected message must have 1 to {MAX_TEXT_CHARS:,} characters, got "
                f"{len(text.strip()):,}: correct a part of it."
            )
        record = {
            "text": text,
            "label": "spam" if is_spam else "ham",
            "user": user,
            "corrected_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        try:
            self._append(json.dumps(record))
        except OSError as error:
            raise self._unusable(error) from error

    def read(self) -> list[LabelledMessage]:
        """Reads the corrections in order; of several of one text, the last.

        Raises:
            InputError: The file cannot be read.
        """
        try:
            lines = self._file.read_text("utf-8", errors="replace").split("\n")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._unusable(error) from error
        found: dict[str, LabelledMessage] = {}
        for number, line in enumerate(lines, 1):
            message = self._message(number, line) if line else None
            if message is not None:
                found.pop(message.text, None)
                found[message.text] = message
        return list(found.values())

    def _message(self, number: int, line: str) -> LabelledMessage | None:
        """The correction in a line; `None` for one that a crash cut off."""
        try:
            row = json_row(number, line, self._file)
        except InputError as error:
            log.warning("A correction is left out. %s", error)
            return None
        is_spam = label_of(row.label or "")
        if is_spam is None:
            log.warning("A correction without a label is left out: %s, line %d", self._file, number)
            return None
        return LabelledMessage(row.text, is_spam, number, str(self._file))

    def _append(self, line: str) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._file.with_suffix(".lock"), mode=0o600)
        with lock, open(self._file, "a+b", opener=_for_its_owner) as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(0, end - 1))
            is_cut_off = file.read(1) not in (b"", b"\n")
            file.write(b"\n" * is_cut_off + line.encode("ascii") + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _unusable(self, error: OSError) -> InputError:
        return InputError(
            f"The corrections must be in a file that can be read and written, got {self._file} "
            f"({error.strerror or error}): give its folder to the user who runs this."
        )


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)
