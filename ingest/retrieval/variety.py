"""The order in which passages are shown: the best first, but not the same twice."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.schema import Passage

RELEVANCE_SHARE = 0.8
"""How much the score counts against likeness to what stands before."""


def pages_first(passages: Iterable[Passage]) -> tuple[list[Passage], list[Passage]]:
    """The best passage of each page, and the others; without pages each counts as one."""
    seen: set[tuple[str, str, int]] = set()
    firsts: list[Passage] = []
    others: list[Passage] = []
    for passage in passages:
        page = passage.page and (passage.collection, passage.source, passage.page)
        (others if page in seen else firsts).append(passage)
        if page:
            seen.add(page)
    return firsts, others


def varied(scores: Sequence[float], vectors: NDArray[np.float32], top_k: int) -> list[int]:
    """The order by maximal marginal relevance: score, less likeness to what stands before.

    Carbonell and Goldstein 1998, "The Use of MMR, Diversity-Based Reranking":
    `argmax(l * score - (1 - l) * max cosine with those before)`.

    Args:
        scores: Of the passages, from 0 to 1.
        vectors: `(n_passages, 384)` float32, L2-normalised.
        top_k: How many are put in order.

    Returns:
        The positions of the first `top_k`.
    """
    likeness = np.zeros(len(scores), dtype=np.float32)
    left = np.ones(len(scores), dtype=np.bool_)
    order: list[int] = []
    for _ in range(min(top_k, len(scores))):
        worth = RELEVANCE_SHARE * np.asarray(scores) - (1 - RELEVANCE_SHARE) * likeness
        best = int(np.where(left, worth, -np.inf).argmax())
        order.append(best)
        left[best] = False
        likeness = np.maximum(likeness, vectors @ vectors[best])
    return order
