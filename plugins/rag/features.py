"""What can be measured of a piece of text against a question, as numbers for learned decisions."""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from assistant.plugin import Embedder
from assistant.schema import Passage
from ingest.retrieval.question import Question
from ingest.words import content_words
from plugins.rag.kinds import ASKED, holds, kinds_asked
from plugins.rag.pieces import Piece

PRONOUN = re.compile(
    r"(?:he|she|it|they|his|her|its|their|this|these|that|those|such|the (?:former|latter))\b",
    re.IGNORECASE,
)
CAPITALISED = re.compile(r"(?<!^)\b[A-Z][\w'-]*")
MOST_NEW_WORDS = 10
FEW_WORDS = 5

Numbers = NDArray[np.float32]

OF_PIECE = (
    "cosine",
    "best cosine of its passage",
    "share of words",
    "share of words, with what is around",
    "share of words, in its passage",
    "share of names",
    "share of numbers",
    "share of pairs",
    "no word",
    "new words",
    "reciprocal rank of its passage",
    "first of its passage",
    "opens with a pronoun",
    "is short",
    *(f"{kind}, {given}" for kind, _, _ in ASKED for given in ("given", "not given")),
)
"""What `of_pieces` measures, in this order.

Shares are of the question's words, each weighed by how rare it is in the pieces: those of the piece
itself, with its lead, the piece before it and its document's name, or of its passage. Of names
and numbers, a half where the question has none.
"""

OF_BEST = (
    "cosine",
    "share of words",
    "share of words, with what is around",
    "share of words, in its passage",
    "share of names",
    "share of numbers",
    "share of pairs",
    "new words",
    "reciprocal rank of its passage",
)
OF_EVIDENCE = ("score", "best cosine", "mean of the five best cosines", *OF_BEST)
"""What `of_evidence` measures, in this order: the last of them of the piece that scores best."""


def of_pieces(
    question: Question, passages: Sequence[Passage], pieces: Sequence[Piece], embedder: Embedder
) -> Numbers:
    """`(n_pieces, len(OF_PIECE))`: each piece against the question."""
    cosines = _cosines(question, pieces, embedder)
    rank = _ranks(passages)
    asked = list(dict.fromkeys(map(stem, question.words)))
    words = [stems(one.text) for one in pieces]
    whole = [frozenset(stems(passage.text)) for passage in passages]
    share = _Share(asked, words)
    names = set(stems(" ".join(CAPITALISED.findall(question.asked))))
    names_asked = [word for word in asked if word in names]
    numbers_asked = [word for word in asked if any(map(str.isdigit, word))]
    kinds = kinds_asked(question.asked)
    rows = []
    for piece, own, cosine in zip(pieces, words, cosines, strict=True):
        passage = passages[piece.n - 1]
        own_set = frozenset(own)
        around = own_set.union(
            stems(f"{PurePath(passage.source).stem} {piece.in_context} {piece.before}")
        )
        values = {
            "cosine": cosine,
            "best cosine of its passage": max(
                one for one, other in zip(cosines, pieces, strict=True) if other.n == piece.n
            ),
            "share of words": share(asked, own_set),
            "share of words, with what is around": share(asked, around),
            "share of words, in its passage": share(asked, whole[piece.n - 1]),
            "share of names": share(names_asked, around) if names_asked else 0.5,
            "share of numbers": share(numbers_asked, around) if numbers_asked else 0.5,
            "share of pairs": _share_of_pairs(asked, own),
            "no word": float(own_set.isdisjoint(asked)),
            "new words": min(1.0, len(own_set.difference(asked)) / MOST_NEW_WORDS),
            "reciprocal rank of its passage": 1 / rank[piece.n],
            "first of its passage": float(piece.position == 0),
            "opens with a pronoun": float(PRONOUN.match(piece.text) is not None),
            "is short": float(len(piece.text.split()) < FEW_WORDS),
        }
        for kind in kinds:
            given = "given" if holds(kind, piece.text, question.asked) else "not given"
            values[f"{kind}, {given}"] = 1.0
        rows.append([values.get(name, 0.0) for name in OF_PIECE])
    return np.array(rows, dtype=np.float32)


def of_evidence(measured: Numbers, scores: Numbers) -> Numbers:
    """`(len(OF_EVIDENCE),)`: what the pieces together say of an answer.

    Args:
        measured: What `of_pieces` gives, for at least one piece.
        scores: The score of each piece.
    """
    best = int(np.argmax(scores))
    cosines = np.sort(measured[:, OF_PIECE.index("cosine")])[::-1]
    of_best = [measured[best, OF_PIECE.index(name)] for name in OF_BEST]
    together = [scores[best], cosines[0], cosines[:5].mean(), *of_best]
    return np.array(together, dtype=np.float32)


def stems(text: str) -> list[str]:
    """The words of a text that carry meaning, without their commonest English endings."""
    return [stem(word) for word in content_words(text.replace("_", " ").replace("/", " "))]


def stem(word: str) -> str:
    """A word without its commonest English ending: enough to match singular and plural."""
    for ending in ("ies", "ing", "ed", "es", "s", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


def _cosines(question: Question, pieces: Sequence[Piece], embedder: Embedder) -> list[float]:
    """Of each piece behind its lead, with the question or the glossary's words for it."""
    vectors = embedder.encode([one.in_context for one in pieces])
    best: list[float] = (vectors @ embedder.encode(question.texts).T).max(axis=1).tolist()
    return best


def _ranks(passages: Sequence[Passage]) -> dict[int, int]:
    """Of each passage's number its rank by score, from 1: the context has an order of its own."""
    numbers = sorted(range(1, len(passages) + 1), key=lambda n: -passages[n - 1].score)
    return {n: rank for rank, n in enumerate(numbers, 1)}


class _Share:
    """Shares of words, each weighed by BM25's inverse document frequency among the pieces."""

    def __init__(self, asked: Sequence[str], pieces: Sequence[Collection[str]]) -> None:
        self._weights: Mapping[str, float] = {
            word: _rarity(sum(word in piece for piece in pieces), len(pieces)) for word in asked
        }

    def __call__(self, asked: Sequence[str], own: frozenset[str]) -> float:
        total = sum(self._weights[word] for word in asked)
        return sum(self._weights[word] for word in asked if word in own) / total if total else 0.0


def _rarity(n_with: int, n_all: int) -> float:
    return math.log(1 + (n_all - n_with + 0.5) / (n_with + 0.5))


def _share_of_pairs(asked: Sequence[str], own: Sequence[str]) -> float:
    pairs = set(pairwise(asked))
    return len(pairs.intersection(pairwise(own))) / len(pairs) if pairs else 0.0
