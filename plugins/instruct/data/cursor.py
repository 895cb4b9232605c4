"""Moves forward through a file of JSON, holding one piece of it at a time."""

import json
import re
from typing import TextIO

from assistant.errors import InputError
from plugins.instruct.data.fields import SHOWN_CHARS, shown

MAX_FILE_CHARS = 2_000_000_000
"""Of its text when unpacked: a small packed file can hold more than any memory."""
MAX_RECORD_CHARS = 8_000_000
"""Room for the longest example with all its characters escaped, and for fields that go unread."""
TOO_LONG = f"a record must have at most {MAX_RECORD_CHARS:,} characters, and has more: shorten it."
PIECE_CHARS = 1_000_000

DECODER = json.JSONDecoder()
BLANKS = re.compile(r"[ \t\r\n]*")
UNDECODED = re.compile("[\udc80-\udcff]")
"""How bytes that are not UTF-8 are read; JSON spells a lone surrogate in ASCII, so it is none."""


class Cursor:
    """A place in a file's text.

    Attributes:
        line: The line that it is on, from 1.
    """

    def __init__(self, stream: TextIO, name: str) -> None:
        self._stream = stream
        self._name = name
        self._held = ""
        self._at = 0
        self._n_read = 0
        self.line = 1

    def next_sign(self) -> str:
        """Moves to the next character that is no blank; empty at the end of the file."""
        while True:
            blanks = BLANKS.match(self._held, self._at)
            self._move(blanks.end() if blanks else self._at)
            if self._at < len(self._held):
                return self._held[self._at]
            if not self._grow():
                return ""

    def ahead(self) -> str:
        """What comes next, enough of it to be shown in short."""
        return self._held[self._at : self._at + 2 * SHOWN_CHARS]

    def take_sign(self) -> None:
        """Moves behind one character."""
        self._move(self._at + 1)

    def take_line(self) -> str:
        """Moves behind the line; of one that is too long only the beginning is returned."""
        end = self._line_end()
        line = self._held[self._at : end]
        self._move(end)
        if len(line) > MAX_RECORD_CHARS:
            while self._held[end : end + 1] != "\n" and self._grow():
                end = self._line_end()
                self._move(end)
        return line

    def take_value(self) -> tuple[object, str]:
        """Moves behind a JSON value, and says why it is none to use; nothing where it is.

        Raises:
            InputError: There is none.
        """
        try:
            value, end = self.value()
        except (ValueError, RecursionError) as error:
            raise self._broken(error) from None
        is_long = end - self._at > MAX_RECORD_CHARS
        defect = TOO_LONG if is_long else encoding_defect(self._held, self._at, end)
        self._move(end)
        return value, defect

    def value(self) -> tuple[object, int]:
        """The JSON value that begins here, and where it ends.

        Raises:
            ValueError: There is none, or it is too long.
            RecursionError: It is nested too deeply.
        """
        while True:
            try:
                value, end = DECODER.raw_decode(self._held, self._at)
            except json.JSONDecodeError:
                if len(self._held) - self._at > MAX_RECORD_CHARS or not self._grow():
                    raise
            else:
                if end < len(self._held) or not self._grow():
                    return value, end

    def has_line_break(self, end: int) -> bool:
        """Whether there is one before this place."""
        return "\n" in self._held[self._at : end]

    def error(self, rule: str, n_lines: int = 0) -> InputError:
        """That the text is not as it must be, so many lines from here."""
        return InputError(f"{self._name}, line {self.line + n_lines}: {rule}")

    def _broken(self, error: ValueError | RecursionError) -> InputError:
        if not isinstance(error, json.JSONDecodeError):
            return self.error(json_defect(error))
        is_cut = error.msg.startswith("Unterminated") or error.pos > len(self._held) - SHOWN_CHARS
        if is_cut and len(self._held) - self._at > MAX_RECORD_CHARS:
            return self.error(TOO_LONG)
        return self.error(json_defect(error), self._held.count("\n", self._at, error.pos))

    def _line_end(self) -> int:
        """Where the line ends, or where what is held of it ends if that is already too long."""
        while (end := self._held.find("\n", self._at)) < 0:
            if len(self._held) - self._at > MAX_RECORD_CHARS or not self._grow():
                return len(self._held)
        return end

    def _move(self, end: int) -> None:
        self.line += self._held.count("\n", self._at, end)
        self._at = end

    def _grow(self) -> bool:
        """Holds at least twice as much of what comes; says whether there is more than was held."""
        piece = self._stream.read(max(PIECE_CHARS, len(self._held) - self._at))
        self._n_read += len(piece)
        if self._n_read > MAX_FILE_CHARS:
            raise InputError(
                f"{self._name} must have at most {MAX_FILE_CHARS:,} characters when unpacked, and "
                "has more: split it into several files."
            )
        if piece:
            self._held = self._held[self._at :] + piece
            self._at = 0
        return bool(piece)


def json_defect(error: ValueError | RecursionError) -> str:
    """What is wrong with a text that could not be read as JSON."""
    if isinstance(error, RecursionError):
        return "a record must not be nested deeply, got hundreds of lists or objects: flatten it."
    if not isinstance(error, json.JSONDecodeError):
        return "a number must have at most 4,300 digits, and one has more: shorten it."
    start = max(0, error.pos - SHOWN_CHARS // 2)
    around = shown(error.doc[start : error.pos + SHOWN_CHARS // 2])
    return f"the JSON is broken at {around} ({error.msg.removesuffix(' at')}): mend it."


def encoding_defect(text: str, start: int, end: int) -> str:
    """What is wrong with the bytes of a stretch of text; empty where nothing is."""
    found = UNDECODED.search(text, start, end)
    if found is None:
        return ""
    byte = ord(found[0]) - 0xDC00
    around = shown(text[max(start, found.start() - SHOWN_CHARS // 2) : end])
    return f"the text must be UTF-8, got the byte {byte:#x} at {around}: save the file as UTF-8."
