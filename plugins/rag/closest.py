"""What stands below a refusal: the passages that come closest, a line each."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath

from assistant.schema import Citation
from ingest.sentences import disarm_marks

LINE_CHARS = 160


def closest(quotes: Sequence[Citation]) -> Iterator[str | Citation]:
    """A line for each quote, where it stands in front, and the quote behind it."""
    if quotes:
        yield "\n\nWhat comes closest:\n"
    for quote in map(_cut, quotes):
        yield f"\n- {_place(quote)}: “{flat(quote)}” [{quote.n}]"
        yield quote


def flat(quote: Citation) -> str:
    """A quote as an answer shows it: on one line, its own reference marks in parentheses."""
    return disarm_marks(" ".join(quote.quote.split()))


def _cut(quote: Citation) -> Citation:
    """A quote that fits a line: its first words."""
    if len(quote.quote) <= LINE_CHARS:
        return quote
    words, _, _ = quote.quote[:LINE_CHARS].rpartition(" ")
    words = words or quote.quote[:LINE_CHARS]
    return replace(quote, quote=words, end=quote.start + len(words))


def _place(quote: Citation) -> str:
    name = PurePath(quote.source).name
    return f"{name}, page {quote.page}" if quote.page else name
