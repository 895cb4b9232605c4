"""What can be quoted of passages: sentences, rows of tables with their header, whole lists."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from assistant.schema import Citation, Passage
from ingest.sentences import LIST_ITEM, is_row_of_figures, sentence_spans
from plugins.rag.headers import header_above

LABEL_WORDS = 8
"""A piece of at most so many words, without a full stop or a figure, is taken for a heading."""

MOST_LIST_WORDS = 150
"""A longer list is not quoted whole."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a passage that states something.

    Attributes:
        n: The passage's number, from 1.
        position: How many pieces stand before it in its passage.
        citation: What stands there, and where.
        lead: The heading or the question that it stands under; may be empty.
        before: The piece before it; empty for the first one.
        is_item: Whether it is an item of a list.
        is_row: Whether it is a row of a table that was read as lines of text.
        header: What names the columns of that row.
    """

    n: int
    position: int
    citation: Citation
    lead: str
    before: str
    is_item: bool = False
    is_row: bool = False
    header: Citation | None = None

    @property
    def text(self) -> str:
        """What stands there."""
        return self.citation.quote

    @property
    def in_context(self) -> str:
        """The text behind its lead and its header."""
        header = self.header.quote if self.header else ""
        return "\n".join(filter(None, (self.lead, header, self.text)))


def pieces_of(passages: Sequence[Passage]) -> list[Piece]:
    """The pieces of numbered passages; what two passages share counts for the first of them."""
    pieces: dict[tuple[str, str, int | None, int, str], Piece] = {}
    for n, passage in enumerate(passages, 1):
        for piece in _pieces(n, passage):
            one = piece.citation
            key = (passage.collection, one.source, one.page, one.start, one.quote)
            pieces.setdefault(key, piece)
    return list(pieces.values())


def whole_list(piece: Piece, pieces: Sequence[Piece], passages: Sequence[Passage]) -> Piece | None:
    """The list that a piece introduces or belongs to, with what introduces it; `None` if in none.

    Args:
        piece: One of the pieces.
        pieces: All of them, in order.
        passages: What they are of.
    """
    first = pieces.index(piece)
    while first and pieces[first].is_item and pieces[first - 1].n == piece.n:
        first -= 1
    lead, following = pieces[first], pieces[first + 1 :]
    items = list(takewhile(lambda one: one.is_item and one.n == piece.n, following))
    if not items or not lead.text.endswith(":"):
        return None
    whole = _from_to(lead, items[-1], passages)
    return whole if len(whole.text.split()) <= MOST_LIST_WORDS else None


def behind(piece: Piece, pieces: Sequence[Piece], passages: Sequence[Passage]) -> Piece:
    """A piece with the one before it, which says what its pronoun stands for."""
    at = pieces.index(piece)
    before = pieces[at - 1]
    follows = piece.position > 0 and before.n == piece.n and before.lead == piece.lead
    return _from_to(before, piece, passages) if at and follows else piece


def _from_to(first: Piece, last: Piece, passages: Sequence[Passage]) -> Piece:
    passage = passages[first.n - 1]
    start, end = first.citation.start - passage.start, last.citation.end - passage.start
    return replace(first, citation=_cited(first.n, passage, start, end))


def _pieces(n: int, passage: Passage) -> Iterator[Piece]:
    """The pieces of a passage: no headings and no questions."""
    lead = passage.heading
    before = ""
    position = 0
    for start, end in sentence_spans(passage.text):
        text = passage.text[start:end]
        if text.endswith("?") or _is_label(text):
            lead = text
            continue
        is_item = LIST_ITEM.match(text) is not None
        is_row = is_row_of_figures(text.splitlines()[-1])
        columns = header_above(passage.text, start) if is_row else None
        header = _cited(n, passage, *columns) if columns else None
        yield Piece(
            n, position, _cited(n, passage, start, end), lead, before, is_item, is_row, header
        )
        before = text
        position += 1


def _cited(n: int, passage: Passage, start: int, end: int) -> Citation:
    quote = passage.text[start:end]
    offset = passage.start
    return Citation(n, passage.source, passage.page, quote, offset + start, offset + end)


def _is_label(text: str) -> bool:
    """Whether a piece of text is a heading or a caption rather than a statement or a figure."""
    is_short = len(text.split()) <= LABEL_WORDS
    return is_short and text[-1] not in ".!;:" and not any(map(str.isdigit, text))
