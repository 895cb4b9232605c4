"""Two searches made one: how near each passage is, and how well its words match."""

from collections.abc import Iterable, Mapping

LEXICAL_WEIGHT = 0.1
"""Share of the words in how well a passage fits; the rest is the cosine."""
RANK_OFFSET = 60
"""The constant of reciprocal rank fusion, as its paper has it."""

Scores = Mapping[int, float]


def convex(cosines: Scores, words: Scores, weight: float = LEXICAL_WEIGHT) -> dict[int, float]:
    """How well passages fit: `(1 - w) * cosine + w * bm25 / max_bm25`, from 0 to 1.

    Bruch, Gai and Ingber 2023, "An Analysis of Fusion Functions for Hybrid Retrieval", section 3.

    Args:
        cosines: Of passages with the question.
        words: BM25 scores of passages.
        weight: Share of the words: 0 for the cosine alone, 1 for the words alone.
    """
    best = max(words.values(), default=1.0) or 1.0
    return {
        key: (1 - weight) * max(0.0, cosines.get(key, 0.0)) + weight * words.get(key, 0.0) / best
        for key in {*cosines, *words}
    }


def reciprocal_ranks(cosines: Scores, words: Scores) -> dict[int, float]:
    """Reciprocal rank fusion: the sum of `1 / (60 + rank)`, as a share of the best possible.

    Cormack, Clarke and Buettcher 2009, "Reciprocal Rank Fusion Outperforms Condorcet and
    Individual Rank Learning Methods".

    Args:
        cosines: Of passages with the question.
        words: BM25 scores of passages.
    """
    ranks = [*_ranked(cosines), *_ranked(words)]
    best = 2 / (RANK_OFFSET + 1)
    scores: dict[int, float] = {}
    for rank, key in ranks:
        scores[key] = scores.get(key, 0.0) + 1 / (RANK_OFFSET + rank) / best
    return scores


def _ranked(scores: Scores) -> Iterable[tuple[int, int]]:
    return enumerate(sorted(scores, key=lambda key: -scores[key]), 1)
