"""Finds passages: nearest vectors and matching words, fused into one ranking, documents first."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.plugin import Embedder
from assistant.schema import Passage
from ingest.store import PassageStore
from ingest.words import content_words

N_CANDIDATES = 50
"""How many passages each of the two searches contributes."""

LEXICAL_WEIGHT = 0.1
"""Share of the words in how well a passage fits; the rest is the cosine."""

NAMED_DOCUMENTS = 5
"""Of so many documents that the question names, all passages are candidates."""

NAMED_WEIGHT = 0.4
"""How far the score of a passage rises towards 1 where the question names its document."""


class Searcher:
    """Hybrid search over a passage store.

    How well a passage fits is a convex combination of its cosine with the query and of its BM25
    score divided by the best one (Bruch, Gai and Ingber 2023, "An Analysis of Fusion Functions for
    Hybrid Retrieval", section 3): `fit = (1 - w) * cosine + w * bm25 / max_bm25`. Where the
    question names its document its score is `fit + (1 - fit) * v * closeness`, else the fit.
    """

    def __init__(self, store: PassageStore, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder

    def __call__(self, query: str, top_k: int, collections: Sequence[str]) -> list[Passage]:
        """The passages that fit a query best, best first.

        Of each page the best one comes before the second ones of others: more pages are seen.
        """
        vector = self._embedder.encode([query])[0]
        asked = content_words(query)
        n_candidates = max(N_CANDIDATES, top_k)
        cosines = dict(self._store.search_dense(vector, n_candidates, collections))
        words = dict(self._store.search_lexical(asked, n_candidates, collections))
        closeness: dict[int, float] = {}
        for document in self._store.named_by(query, collections, NAMED_DOCUMENTS):
            closeness |= dict.fromkeys(document.passages, document.closeness)
            cosines |= self._store.cosines_in(vector, document.passages)
            words |= self._store.search_lexical_in(asked, document.passages)
        cosines |= self._store.cosines(vector, [key for key in words if key not in cosines])
        best_words = max(words.values(), default=1.0) or 1.0
        scores = {}
        for key, cosine in cosines.items():
            share = words.get(key, 0.0) / best_words
            fit = (1 - LEXICAL_WEIGHT) * max(0.0, cosine) + LEXICAL_WEIGHT * share
            scores[key] = fit + (1 - fit) * NAMED_WEIGHT * closeness.get(key, 0.0)
        ranked = sorted(scores, key=lambda key: -scores[key])[:n_candidates]
        found = self._store.passages(ranked)
        passages = [
            replace(found[key], score=round(min(1.0, scores[key]), 4))
            for key in ranked
            if key in found
        ]
        return _pages_first(passages)[:top_k]

    def nearest(self, query: str, collections: Sequence[str]) -> tuple[float, Passage] | None:
        """The nearest passage and its cosine; `None` when the collections are empty."""
        vector = self._embedder.encode([query])[0]
        hits = self._store.search_dense(vector, 1, collections)
        found = self._store.passages([key for key, _ in hits])
        return next(((cosine, found[key]) for key, cosine in hits if key in found), None)


def _pages_first(passages: Iterable[Passage]) -> list[Passage]:
    """The best passage of each page, then the others; without pages each counts as one."""
    seen: set[tuple[str, str, int]] = set()
    firsts: list[Passage] = []
    others: list[Passage] = []
    for passage in passages:
        page = passage.page and (passage.collection, passage.source, passage.page)
        (others if page in seen else firsts).append(passage)
        if page:
            seen.add(page)
    return firsts + others
