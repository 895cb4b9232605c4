"""Splits pages into passages: by heading, then whole sentences up to a number of tokens.

Written here rather than taken from a library because a citation must be an exact span: each
passage is a pair of offsets, and its text is never rebuilt from pieces.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from ingest.documents import Document, Section
from ingest.sentences import sentence_spans

LONGEST_TOKEN_CHARS = 24
STRETCH_CHARS = 100_000
"""Text that is split at a time: its tokens are all in memory."""

SHORT_SECTION_CHARS = 240
"""A section below this length joins the first of its own parts: alone it would say little."""

PARAGRAPH = re.compile(r"\n[ \t]*\n")
OPENING = re.compile(r"[?:][\"'”’)]*$")
"""The end of a question or an introduction: what follows belongs to it."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage in the making: offsets into its page's text.

    Attributes:
        page: Position of the page among the document's pages, from 0.
        context: What it belongs to, embedded and indexed in front of its text: title, subject,
            heading path.
    """

    page: int
    start: int
    end: int
    heading: str
    context: str


class Splitter:
    """Splits documents.

    Args:
        tokenizer_file: The embedding model's `tokenizer.json`.
        chunk_tokens: Longest passage.
        overlap_tokens: Most tokens of whole sentences that a passage repeats of the one before.
    """

    def __init__(self, tokenizer_file: Path, chunk_tokens: int, overlap_tokens: int) -> None:
        self._tokenizer = Tokenizer.from_file(str(tokenizer_file))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._chunk_tokens = chunk_tokens
        self._overlap_tokens = overlap_tokens

    def split(self, document: Document) -> list[Chunk]:
        """The passages of a document, in reading order."""
        return [
            Chunk(index, start, end, section.heading, _context(document, section.heading))
            for index, page in enumerate(document.pages)
            for section in _joined(page.sections)
            for stretch in _stretches(page.text, section.start, section.end)
            for start, end in self._passages(page.text, *stretch)
        ]

    def _passages(self, text: str, start: int, end: int) -> Iterator[Span]:
        """The passages of a stretch of a page."""
        stretch = text[start:end]
        encoding = self._tokenizer.encode(stretch, add_special_tokens=False)
        tokens = _Tokens(encoding.offsets)
        pieces = [
            piece
            for span in sentence_spans(stretch)
            for piece in tokens.cut(*span, self._chunk_tokens)
        ]
        for first, last in self._pack(stretch, pieces, tokens):
            yield start + pieces[first][0], start + pieces[last][1]

    def _pack(self, text: str, pieces: list[Span], tokens: "_Tokens") -> Iterator[tuple[int, int]]:
        """Fills passages with whole sentences; yields the first and the last of each.

        A passage ends with a paragraph where one ends in its second half. Where it does not, the
        next one begins with the last sentences before it.
        """
        first = 0
        while first < len(pieces):
            last = first
            while (
                last + 1 < len(pieces)
                and tokens.count(pieces[first][0], pieces[last + 1][1]) <= self._chunk_tokens
            ):
                last += 1
            if last + 1 == len(pieces):
                yield first, last
                return
            paragraph = self._paragraph_end(text, pieces, first, last, tokens)
            yield first, last if paragraph is None else paragraph
            first = (
                self._overlap_start(pieces, first, last, tokens)
                if paragraph is None
                else paragraph + 1
            )

    def _paragraph_end(
        self, text: str, pieces: list[Span], first: int, last: int, tokens: "_Tokens"
    ) -> int | None:
        """The last sentence that ends a paragraph, if the passage is half full there."""
        for index in range(last, first - 1, -1):
            if tokens.count(pieces[first][0], pieces[index][1]) * 2 < self._chunk_tokens:
                return None
            is_end = PARAGRAPH.search(text, pieces[index][1], pieces[index + 1][0])
            if is_end and not OPENING.search(text, *pieces[index]):
                return index
        return None

    def _overlap_start(self, pieces: list[Span], first: int, last: int, tokens: "_Tokens") -> int:
        """The first sentence of the next passage: as many repeated as the overlap admits."""
        following = pieces[last + 1]
        start = last + 1
        while (
            start - 1 > first
            and tokens.count(pieces[start - 1][0], pieces[last][1]) <= self._overlap_tokens
            and tokens.count(pieces[start - 1][0], following[1]) <= self._chunk_tokens
        ):
            start -= 1
        return start


class _Tokens:
    """Where the tokens of a page lie, to count them in any span without encoding it again."""

    def __init__(self, offsets: list[tuple[int, int]]) -> None:
        pieces = [piece for offset in offsets for piece in _short_pieces(*offset)]
        self._starts = [start for start, _ in pieces]
        self._ends = [end for _, end in pieces]

    def count(self, start: int, end: int) -> int:
        return bisect_left(self._starts, end) - bisect_left(self._starts, start)

    def cut(self, start: int, end: int, limit: int) -> Iterator[tuple[int, int]]:
        """The span itself, or where it has too many tokens, stretches of `limit` tokens."""
        while self.count(start, end) > limit:
            first = bisect_left(self._starts, start)
            stop = self._ends[first + limit - 1]
            following = bisect_right(self._starts, stop - 1)
            # One character may have several tokens: the last one is never left without its rest.
            if following == len(self._starts) or self._starts[following] >= end:
                break
            yield start, stop
            start = self._starts[following]
        yield start, end


def _short_pieces(start: int, end: int) -> Iterator[tuple[int, int]]:
    """A token's offsets, in pieces: the tokenizer gives one token to any run of 100 characters."""
    for begin in range(start, max(end, start + 1), LONGEST_TOKEN_CHARS):
        yield begin, min(begin + LONGEST_TOKEN_CHARS, end)


def _joined(sections: Sequence[Section]) -> Iterator[Section]:
    """Sections, the short ones joined to the part of theirs that follows: a chapter's title, say.

    A passage never spans two parts that stand beside each other: its heading would be wrong.
    """
    waiting: Section | None = None
    for section in sections:
        if waiting is not None and section.heading.startswith(f"{waiting.heading} > "):
            joined = Section(waiting.start, section.end, section.heading)
        else:
            if waiting is not None:
                yield waiting
            joined = section
        waiting = joined if joined.end - joined.start < SHORT_SECTION_CHARS else None
        if waiting is None:
            yield joined
    if waiting is not None:
        yield waiting


def _stretches(text: str, start: int, end: int) -> Iterator[Span]:
    """A section, in parts of bounded length that end where a line does."""
    while end - start > STRETCH_CHARS:
        stop = text.rfind("\n", start, start + STRETCH_CHARS) + 1
        stop = stop if stop > start + STRETCH_CHARS // 2 else start + STRETCH_CHARS
        yield start, stop
        start = stop
    yield start, end


def _context(document: Document, heading: str) -> str:
    """What a passage belongs to, without saying the same twice.

    Of the heading path only the last part: each word more makes the passages of a document more
    alike, and takes time to embed.
    """
    parts = [document.title, document.subject, heading.split(" > ")[-1]]
    return " > ".join(dict.fromkeys(part for part in parts if part))
