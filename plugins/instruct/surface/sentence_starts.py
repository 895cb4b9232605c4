"""Tells which words begin a sentence."""

from enum import IntEnum

ENDS = frozenset(".!?")
QUOTES = frozenset("\"'“‘«”’»")
ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st vs jr sr gen sen gov rep sgt capt lt col dept".split()
)
"""Words whose full stop mostly ends no sentence; that of a single letter does not either."""
LABEL_WORDS = 2
"""A colon behind so many words of a line or fewer ends a label, and a sentence follows."""


class Start(IntEnum):
    """Whether a word begins a sentence."""

    NO = 0
    MAYBE = 1
    """It stands behind a colon or an opening quotation mark."""
    YES = 2


class SentenceStarts:
    """Goes through words and marks in order."""

    def __init__(self) -> None:
        self._latest = ""
        self._start = Start.YES
        self._n_words = 0

    def next(self, key: str, gap: str) -> Start:
        """Whether the next word begins a sentence; of a mark, whether the word behind it may.

        Args:
            key: The word or the mark, in lower case.
            gap: What stands before it.
        """
        if "\n" in gap:
            self._start, self._n_words = Start.YES, 0
        elif not gap and self._latest in ENDS and not self._stays(key):
            self._start = Start.NO
        start = self._start
        if any(map(str.isalnum, key)):
            self._start = Start.NO
            self._n_words += 1
        else:
            self._start = max(start, self._after_mark(key, gap))
        self._latest = key
        return start

    def _stays(self, key: str) -> bool:
        """Whether a sentence that has ended stays so: at further marks, but not at `Who?" he`."""
        return key in ENDS or key in ")]" or (key in QUOTES and self._latest == ".")

    def _after_mark(self, key: str, gap: str) -> Start:
        if key == ":":
            return Start.YES if self._n_words <= LABEL_WORDS else Start.MAYBE
        if key in QUOTES and gap:
            return Start.MAYBE
        is_abbreviation = self._latest in ABBREVIATIONS or (
            len(self._latest) == 1 and self._latest.isalpha()
        )
        return Start.YES if key in ENDS and not (key == "." and is_abbreviation) else Start.NO
