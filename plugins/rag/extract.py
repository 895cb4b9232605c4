"""The embedded default: answers with the sentences that answer a question best, verbatim.

Two learned decisions: how well each piece of the passages answers, and how probable it is that
there is an answer in them at all.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assistant.plugin import Embedder
from assistant.schema import Citation, Passage
from assistant.settings import RagSettings
from ingest.retrieval.glossary import load_glossary
from ingest.retrieval.question import read_question
from plugins.rag.features import OF_EVIDENCE, OF_PIECE, Numbers, of_evidence, of_pieces, stems
from plugins.rag.learned import scores
from plugins.rag.pieces import Piece, behind, pieces_of, whole_list
from plugins.rag.row_names import naming

FURTHER = math.log(0.5)
"""A further piece must be at least half as probable as the best one."""

NEW_WORDS = 0.5
"""So many of a further piece's words must be new: else it only says the same again."""

ROW = 8.0
"""What it counts that the row of a table is named as the question names the amount it asks for.

Set by hand on the development half of FinanceBench, as is `NAMED`.
"""

NAMED = 0.75
"""How probable it is that a row is the answer that is named just as the question names it."""

NEAREST = 3
"""So many passages are shown as what comes closest to a question without an answer."""

STANDS_FOR = re.compile(r"(?:he|she|it|they)\b", re.IGNORECASE)
SEVERAL = re.compile(
    r"\b(?:list|name|steps|(?:what|which)(?: \w+){0,2} (?:are|were|\w+s (?:do|did|can|must))|"
    r"(?:what|which) (?:\w+ )?\w+[^s\W]s)\b",
    re.IGNORECASE,
)
"""What asks for more than one thing."""


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What the passages have.

    Attributes:
        pieces: All of them, at least one.
        scores: How well each answers.
        measured: The features of each.
        naming: How well the row is named that is named best.
    """

    pieces: Sequence[Piece]
    scores: Numbers
    measured: Numbers
    naming: float

    @property
    def best_first(self) -> list[int]:
        """Positions of the pieces."""
        order: list[int] = np.argsort(-self.scores, kind="stable").tolist()
        return order

    @property
    def likelihood(self) -> float:
        """How probable it is that the passages hold the answer."""
        together = of_evidence(self.measured, self.scores)
        (log_odds,) = scores("answered", OF_EVIDENCE, together[None])
        return max(self.naming * NAMED, 1 / (1 + math.exp(-float(log_odds))))


class Extractor:
    """Picks what to quote of passages."""

    def __init__(self, embedder: Embedder, settings: RagSettings) -> None:
        self._embedder = embedder
        self._settings = settings
        self._glossary = load_glossary(settings.glossary)

    def likelihood(self, question: str, passages: Sequence[Passage]) -> float:
        """How probable it is that the passages hold the answer, in [0, 1]."""
        evidence = self._weighed(question, passages)
        return evidence.likelihood if evidence else 0.0

    def answer(self, question: str, passages: Sequence[Passage]) -> list[Citation]:
        """What answers a question: sentences, rows behind their header, whole lists.

        The best passage comes first, its quotes as they stand; empty where it is less probable
        than the setting that the passages hold the answer.
        """
        evidence = self._weighed(question, passages)
        if evidence is None or evidence.likelihood < self._settings.min_answer_score:
            return []
        chosen = _chosen(evidence, self._settings.max_sentences)
        is_several = SEVERAL.search(question) is not None
        quotes = [
            quote
            for piece in _in_reading_order(chosen)
            for quote in _quotes(piece, evidence.pieces, passages, is_several)
        ]
        return _each_once(quotes)

    def nearest(self, question: str, passages: Sequence[Passage]) -> list[Citation]:
        """What comes closest to a question that is not answered: of each passage its best piece."""
        evidence = self._weighed(question, passages)
        if evidence is None:
            return []
        by_passage: dict[int, Citation] = {}
        for at in evidence.best_first:
            piece = evidence.pieces[at]
            by_passage.setdefault(piece.n, piece.citation)
        return list(by_passage.values())[:NEAREST]

    def support(self, statement: str, n: int, passage: Passage) -> Citation:
        """The sentence of passage `n` that backs a statement best; all of it where none does.

        By the words that the two share, as their F1 measure: the end of the answer waits for it,
        and embeddings would take tens of milliseconds.
        """
        said = frozenset(stems(statement))
        whole = Citation(n, passage.source, passage.page, passage.text, passage.start, passage.end)
        quotes = [piece.citation for piece in pieces_of([passage])]
        scored = [(_f1(said, frozenset(stems(one.quote))), replace(one, n=n)) for one in quotes]
        best, citation = max(scored, key=lambda one: one[0], default=(0.0, whole))
        return citation if best > 0 else whole

    def _weighed(self, question: str, passages: Sequence[Passage]) -> _Evidence | None:
        """How well each piece answers; `None` where the passages have none."""
        pieces = pieces_of(passages)
        if not pieces:
            return None
        asked = read_question(question, self._glossary)
        measured = of_pieces(asked, passages, pieces, self._embedder)
        named = [naming(asked, one, passages[one.n - 1].text) for one in pieces]
        scored = scores("sentence", OF_PIECE, measured) + ROW * np.array(named, np.float32)
        return _Evidence(pieces, scored, measured, max(named))


def _chosen(evidence: _Evidence, most: int) -> list[Piece]:
    """The best piece, and further ones that are nearly as good and say something else."""
    order = evidence.best_first
    least = evidence.scores[order[0]] + FURTHER
    chosen: list[Piece] = []
    said: set[str] = set()
    for at in order:
        words = set(stems(evidence.pieces[at].text))
        is_new = len(words - said) >= NEW_WORDS * len(words)
        if not chosen or (evidence.scores[at] >= least and is_new and len(chosen) < most):
            chosen.append(evidence.pieces[at])
            said |= words
    return chosen


def _quotes(
    piece: Piece, pieces: Sequence[Piece], passages: Sequence[Passage], is_several: bool
) -> Iterator[Citation]:
    """A piece with what it cannot be understood without."""
    if piece.text.endswith(":") or (piece.is_item and is_several):
        piece = whole_list(piece, pieces, passages) or piece
    elif STANDS_FOR.match(piece.text):
        piece = behind(piece, pieces, passages)
    if piece.header:
        yield piece.header
    yield piece.citation


def _each_once(quotes: Sequence[Citation]) -> list[Citation]:
    """Quotes without those that lie in another one."""
    kept: list[Citation] = []
    for one in quotes:
        if not any(_holds(other, one) for other in kept):
            kept = [other for other in kept if not _holds(one, other)] + [one]
    return kept


def _holds(outer: Citation, inner: Citation) -> bool:
    return outer.n == inner.n and outer.start <= inner.start and inner.end <= outer.end


def _in_reading_order(pieces: Sequence[Piece]) -> list[Piece]:
    """The passages as their best pieces rank, and within each its pieces as they stand."""
    rank: dict[int, int] = {}
    for piece in pieces:
        rank.setdefault(piece.n, len(rank))
    return sorted(pieces, key=lambda piece: (rank[piece.n], piece.citation.start))


def _f1(left: frozenset[str], right: frozenset[str]) -> float:
    """Harmonic mean of the shares that two sets have in common."""
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0
