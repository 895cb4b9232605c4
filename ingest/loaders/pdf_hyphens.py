"""Mends words that a line's end has broken, in a whole document at once.

Whether a hyphen belongs to its word (`long-term`) or only to the line's end (`exam-ple`) the
line does not tell, but the rest of the document often does.
"""

import re
from collections.abc import Iterator

from ingest.loaders.pdf_lines import Line

BROKEN = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)*)-$")
CONTINUED = re.compile(r"([^\W\d_]+)[^\s]*")
LETTERS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
INDENT = 4.0
"""A line that begins further aside, in heights of the font, does not go on with the one before."""


def mend_hyphens(pages: list[list[Line]]) -> list[list[str]]:
    """The text of each line, with the rest of a broken word moved up to its beginning.

    The texts of a page are as many as its lines: a line that was but the rest of a word is empty.
    """
    texts = [[line.text for line in page] for page in pages]
    breaks = [list(_breaks(page, lines)) for page, lines in zip(pages, texts, strict=True)]
    if any(breaks):
        words = _Words(texts, breaks)
        for lines, broken in zip(texts, breaks, strict=True):
            for at in broken:
                _mend(lines, at, words)
    return texts


def _breaks(page: list[Line], texts: list[str]) -> Iterator[int]:
    """Positions of lines that end within a word."""
    for at in range(len(texts) - 1):
        if texts[at].endswith("-") and BROKEN.search(texts[at]):
            last, following = page[at].segments[-1], page[at + 1]
            is_below = abs(following.left - last.left) < INDENT * last.size
            if (is_below or len(page[at].segments) == 1) and texts[at + 1][:1].isalnum():
                yield at


def _mend(lines: list[str], at: int, words: "_Words") -> None:
    first, _, rest = lines[at + 1].partition(" ")
    broken, continued = BROKEN.search(lines[at]), CONTINUED.match(first)
    if broken and continued and not words.keep_hyphen(broken[1], continued[1]):
        lines[at] = lines[at][:-1]
    lines[at] += first
    lines[at + 1] = rest.strip()


class _Words:
    """The words of a document that no line's end has broken."""

    def __init__(self, texts: list[list[str]], breaks: list[list[int]]) -> None:
        tokens: set[str] = set()
        for lines, broken in zip(texts, breaks, strict=True):
            whole = list(lines)
            for at in broken:
                whole[at] = whole[at].rpartition(" ")[0]
                whole[at + 1] = whole[at + 1].partition(" ")[2]
            tokens.update("\n".join(whole).lower().split())
        self._whole = set(LETTERS.findall("\n".join(tokens)))
        self._parts = {part for word in self._whole for part in word.split("-")}
        self._hyphenates = self._breaks_words(texts, breaks)

    def keep_hyphen(self, broken: str, continued: str) -> bool:
        """Whether a word's hyphen is its own."""
        if not continued[0].islower() or broken.isupper():
            return True
        known = self._is_compound(broken.lower(), continued.lower())
        if known is not None:
            return known
        halves = (broken.lower().rpartition("-")[2], continued.lower())
        return not self._hyphenates and all(half in self._parts for half in halves)

    def _is_compound(self, broken: str, continued: str) -> bool | None:
        """What the document writes elsewhere; `None` where it does not have the word."""
        if f"{broken}-{continued}" in self._whole or "-" in broken:
            return True
        return False if broken + continued in self._whole else None

    def _breaks_words(self, texts: list[list[str]], breaks: list[list[int]]) -> bool:
        """Whether most of the broken words that are known have no hyphen elsewhere."""
        balance = 0
        for lines, broken in zip(texts, breaks, strict=True):
            for at in broken:
                word, rest = BROKEN.search(lines[at]), CONTINUED.match(lines[at + 1])
                if word and rest:
                    known = self._is_compound(word[1].lower(), rest[1].lower())
                    balance += {True: -1, False: 1, None: 0}[known]
        return balance > 0
