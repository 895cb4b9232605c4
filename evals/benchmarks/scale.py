"""How do building, searching and removing go in a large index?

Data: a text corpus, a file or a folder, whose sentences' vectors are the ground of the made-up ones
(`synthetic.py`); `examples/docs` without one. An item of the limit is a passage; 1,000,000 without
one, in documents of 100, which takes about 5 GB of disk.

- `fill`: writing the documents, a transaction each, drawing them included;
- `build`: building the approximate index, where there are enough passages for one;
- `search`: in a process of its own (`scale_search.py`); the system may still hold the files in
  memory. Its peak memory has the pages of the mapped index that were touched, and the weights of
  the embedding model. `recall@10` is the share of the ten passages found by vectors that are as
  near as the tenth nearest of all, told by comparing all vectors (as in Aumüller, Bernhardsson and
  Faithfull 2020, "ANN-Benchmarks", section 2.3);
- `halve`: removing every other document, and settling the index then.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np

from evals.benchmarks.command import environment
from evals.benchmarks.harness import Figures, opened, progress, temporary_home
from evals.benchmarks.metrics import Metric, mean
from evals.benchmarks.protocols import MakeRuntime
from evals.benchmarks.synthetic import Drawn, Queries, Vectors, fill, real_vectors
from evals.benchmarks.watched import watch
from ingest.store import PassageStore

N_PASSAGES = 1_000_000
IN_A_DOCUMENT = 100
N_QUERIES = 500
TOP_K = 10
ROUNDING = 1e-5
"""Difference of two sums of the same products in another order, at most."""


class Nearest:
    """The cosines of the nearest passages of each query, told by comparing all."""

    def __init__(self, queries: Vectors, top_k: int) -> None:
        self._queries = queries
        self.cosines = np.full((len(queries), top_k), -1.0, dtype=np.float32)

    def add(self, vectors: Vectors) -> None:
        """Compares some more passages with each query."""
        cosines = np.concatenate([self.cosines, self._queries @ vectors.T], axis=1)
        top_k = self.cosines.shape[1]
        self.cosines = np.partition(cosines, -top_k, axis=1)[:, -top_k:]

    def recall(self, found: list[list[float]]) -> Metric:
        """Share of the true nearest ones among what was found, by cosine."""
        worst = self.cosines.min(axis=1) - ROUNDING
        shares = (
            sum(cosine >= bar for cosine in cosines) / self.cosines.shape[1]
            for cosines, bar in zip(found, worst, strict=True)
        )
        return mean(shares)


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Builds an index, searches it and removes half of it.

    Raises:
        InputError: There is nothing to read in the data.
    """
    n_passages = limit or N_PASSAGES
    with temporary_home() as home:
        with opened(make_runtime(home=home, model="")) as runtime:
            drawn = Drawn(real_vectors(runtime.embedder, data))
            queries = drawn.queries(N_QUERIES)
            nearest = Nearest(queries.vectors, min(TOP_K, n_passages))
            metrics: dict[str, object] = {
                "fill": _fill(runtime.store, drawn, nearest, n_passages),
                "build": _settle(runtime.store),
            }
            index = runtime.settings.index_dir
        metrics |= {"size_mb": _sizes_mb(index), "search": _search(home, index, queries, nearest)}
        with opened(make_runtime(home=home, model="")) as runtime:
            metrics["halve"] = _halve(runtime.store)
    return Figures(metrics, n_passages)


def _fill(store: PassageStore, drawn: Drawn, nearest: Nearest, n_passages: int) -> dict[str, float]:
    compared_seconds = 0.0
    started = time.perf_counter()
    for vectors in fill(store, drawn, n_passages, IN_A_DOCUMENT):
        comparing = time.perf_counter()
        nearest.add(vectors)
        compared_seconds += time.perf_counter() - comparing
    seconds = time.perf_counter() - started - compared_seconds
    return {"seconds": round(seconds, 1), "passages_per_second": round(n_passages / seconds, 1)}


def _settle(store: PassageStore) -> dict[str, float]:
    started = time.perf_counter()
    with progress("Building the index") as show:
        store.settle(on_progress=show)
    return {"seconds": round(time.perf_counter() - started, 1)}


def _sizes_mb(index: Path) -> dict[str, float]:
    return {
        "database": _size_mb(index, "passages.db*"),
        "approximate_index": _size_mb(index, "*.faiss"),
    }


def _size_mb(folder: Path, pattern: str) -> float:
    return round(sum(file.stat().st_size for file in folder.glob(pattern)) / 2**20, 1)


def _search(home: Path, index: Path, queries: Queries, nearest: Nearest) -> dict[str, object]:
    """Searches in a fresh process; see `scale_search.py` for what it measures."""
    vectors, texts = home / "queries.npy", home / "queries.json"
    np.save(vectors, queries.vectors)
    texts.write_text(json.dumps(queries.texts), "utf-8")
    script = [sys.executable, "-m", "evals.benchmarks.scale_search"]
    watched = watch([*script, *map(str, (index, vectors, texts))], environment(home))
    result = json.loads(watched.output)
    recall = nearest.recall(result.pop("cosines"))
    return {f"recall@{TOP_K}": recall, "peak_mb": watched.peak_mb, **result}


def _halve(store: PassageStore) -> dict[str, float]:
    documents = store.documents()[::2]
    n_before = store.count()
    started = time.perf_counter()
    with progress("Removing documents", len(documents)) as show:
        for first in range(0, len(documents), IN_A_DOCUMENT):
            store.remove(documents[first : first + IN_A_DOCUMENT])
            show(min(first + IN_A_DOCUMENT, len(documents)), len(documents))
    seconds = time.perf_counter() - started
    n_removed = n_before - store.count()
    return {
        "seconds": round(seconds, 1),
        "removed_passages": n_removed,
        "passages_per_second": round(n_removed / seconds, 1),
        "settle_seconds": _settle(store)["seconds"],
    }
