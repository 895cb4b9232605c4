"""Searches a large index in a process of its own, as a chat that has just been started does.

    python -m evals.benchmarks.scale_search INDEX_FOLDER VECTORS.npy TEXTS.json

prints `{"cold_ms", "dense_ms", "lexical_ms", "embed_ms", "hybrid_ms", "cosines"}`. `cold_ms` is
opening the index and the first search by vectors. `hybrid_ms` is all that a search takes, embedding
the query included; the vector that the model gives for made-up words is then replaced by the one
that was drawn. `cosines` are those of the passages that were found by vectors.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.schema import SHARED
from evals.benchmarks.harness import elapsed_ms
from evals.benchmarks.metrics import Metric, spread
from ingest.embedder import MiniLMEmbedder
from ingest.search import Searcher
from ingest.store import PassageStore
from ingest.words import content_words

TOP_K = 10
IN_SHARED = (SHARED,)

Vectors = NDArray[np.float32]


class TimedEmbedder:
    """Embeds each query, for the time that it takes, and gives the vector that was drawn for it."""

    def __init__(self, texts: Sequence[str], vectors: Vectors) -> None:
        self._real = MiniLMEmbedder()
        self._real.warm_up()
        self._vectors = dict(zip(texts, vectors, strict=True))
        self.taken_ms: list[float] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The vectors that were drawn for these queries: `(n_texts, 384)`."""
        self.taken_ms.append(elapsed_ms(lambda: self._real.encode(texts)))
        return np.stack([self._vectors[text] for text in texts])

    def count_tokens(self, text: str) -> int:
        """How many tokens a text has."""
        return self._real.count_tokens(text)


def main(index: str, vectors_file: str, texts_file: str) -> None:
    """Measures each kind of search over all queries and prints the figures."""
    vectors: Vectors = np.load(vectors_file)
    texts: list[str] = json.loads(Path(texts_file).read_text("utf-8"))
    json.dump(figures(Path(index), vectors, texts), sys.stdout)


def figures(index: Path, vectors: Vectors, texts: Sequence[str]) -> dict[str, object]:
    """Searches for every query by vector, by words, and by both."""
    started = time.perf_counter()
    store = PassageStore(index)
    store.search_dense(vectors[0], TOP_K, IN_SHARED)
    cold_ms = (time.perf_counter() - started) * 1000
    found = [store.search_dense(vector, TOP_K, IN_SHARED) for vector in vectors]
    embedder = TimedEmbedder(texts, vectors)
    search = Searcher(store, embedder)
    words = map(content_words, texts)
    return {
        "cold_ms": round(cold_ms, 1),
        "dense_ms": _spread(lambda one: store.search_dense(one, TOP_K, IN_SHARED), vectors),
        "lexical_ms": _spread(lambda one: store.search_lexical(one, TOP_K, IN_SHARED), words),
        "hybrid_ms": _spread(lambda one: search(one, TOP_K, IN_SHARED), texts),
        "embed_ms": spread(embedder.taken_ms),
        "cosines": [[cosine for _, cosine in hits] for hits in found],
    }


def _spread(search: Callable[[Any], object], queries: Iterable[Any]) -> dict[str, Metric]:
    return spread([elapsed_ms(partial(search, query)) for query in queries])


if __name__ == "__main__":
    main(*sys.argv[1:])
