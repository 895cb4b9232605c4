"""Splits pages into passages: by heading, then whole sentences up to a number of tokens.

Written here rather than taken from a library because a citation must be an exact span: each
passage is a pair of offsets, and its text is never rebuilt from pieces.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from ingest.documents import Document, Page, Section
from ingest.sentences import sentence_spans

LONGEST_TOKEN_CHARS = 24


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage in the making: offsets into its page's text.

    Attributes:
        page: Position of the page among the document's pages, from 0.
        context: What it belongs to, embedded and indexed in front of its text: title, heading.
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
            Chunk(index, start, end, section.heading, _context(document.title, section.heading))
            for index, page in enumerate(document.pages)
            for section, start, end in self._page_spans(page)
        ]

    def _page_spans(self, page: Page) -> Iterator[tuple[Section, int, int]]:
        encoding = self._tokenizer.encode(page.text, add_special_tokens=False)
        tokens = _Tokens(encoding.offsets)
        for section in page.sections:
            sentences = [
                (section.start + start, section.start + end)
                for start, end in sentence_spans(page.text[section.start : section.end])
            ]
            for start, end in self._pack(sentences, tokens):
                yield section, start, end

    def _pack(
        self, sentences: list[tuple[int, int]], tokens: "_Tokens"
    ) -> Iterator[tuple[int, int]]:
        """Fills passages with whole sentences, each beginning with the last ones before it."""
        pieces = [piece for span in sentences for piece in tokens.cut(*span, self._chunk_tokens)]
        first = 0
        for last in range(len(pieces)):
            is_final = last + 1 == len(pieces)
            if is_final or tokens.count(pieces[first][0], pieces[last + 1][1]) > self._chunk_tokens:
                yield pieces[first][0], pieces[last][1]
                if not is_final:
                    first = self._overlap_start(pieces, first, last, tokens)

    def _overlap_start(
        self, pieces: list[tuple[int, int]], first: int, last: int, tokens: "_Tokens"
    ) -> int:
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


def _context(title: str, heading: str) -> str:
    """Title and heading path, without saying the same twice."""
    parts = [title, *heading.split(" > ")] if heading else [title]
    return " > ".join(dict.fromkeys(part for part in parts if part))
