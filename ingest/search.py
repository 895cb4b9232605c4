"""Finds passages: nearest vectors and matching words, fused into one ranking."""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.plugin import Embedder
from assistant.schema import Passage
from ingest.store import PassageStore

N_CANDIDATES = 50
"""How many passages each of the two searches contributes."""

LEXICAL_WEIGHT = 0.1
"""Share of the words in a passage's score; the rest is the cosine."""

STOP_WORDS = frozenset(
    "a about after all also am an and any are as at be because been before being between both but "
    "by can could did do does during each for from get give had has have he her him his how i if "
    "in into is it its itself just me more most much must my no nor not of on once only or other "
    "our out over own please same shall she should so some such tell than that the their them "
    "then there these they this those through to too under until up upon very was we were what "
    "when where which while who whom whose why will with would you your".split()
)
WORD = re.compile(r"\w+(?:[.\-&']\w+)*")


class Searcher:
    """Hybrid search over a passage store.

    A passage's score is a convex combination of its cosine with the query and of its BM25 score
    divided by the best one (Bruch, Gai and Ingber 2023, "An Analysis of Fusion Functions for
    Hybrid Retrieval", section 3): `(1 - w) * cosine + w * bm25 / max_bm25`.
    """

    def __init__(self, store: PassageStore, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder

    def __call__(self, query: str, top_k: int, collections: Sequence[str]) -> list[Passage]:
        """The passages that fit a query best, best first."""
        vector = self._embedder.encode([query])[0]
        n_candidates = max(N_CANDIDATES, top_k)
        cosines = dict(self._store.search_dense(vector, n_candidates, collections))
        words = dict(self._store.search_lexical(content_words(query), n_candidates, collections))
        cosines |= self._store.cosines(vector, [key for key in words if key not in cosines])
        best_words = max(words.values(), default=1.0) or 1.0
        scores = {
            key: (1 - LEXICAL_WEIGHT) * max(0.0, cosine)
            + LEXICAL_WEIGHT * words.get(key, 0.0) / best_words
            for key, cosine in cosines.items()
        }
        ranked = sorted(scores, key=lambda key: -scores[key])[:top_k]
        found = self._store.passages(ranked)
        return [
            replace(found[key], score=round(min(1.0, scores[key]), 4))
            for key in ranked
            if key in found
        ]

    def nearest(self, query: str, collections: Sequence[str]) -> tuple[float, Passage] | None:
        """The nearest passage and its cosine; `None` when the collections are empty."""
        vector = self._embedder.encode([query])[0]
        hits = self._store.search_dense(vector, 1, collections)
        found = self._store.passages([key for key, _ in hits])
        return next(((cosine, found[key]) for key, cosine in hits if key in found), None)


def content_words(text: str) -> list[str]:
    """The words of a text that carry meaning, in lower case, each once."""
    words = (word.lower().removesuffix("'s") for word in WORD.findall(text.replace("’", "'")))
    return list(dict.fromkeys(word for word in words if word not in STOP_WORDS))
