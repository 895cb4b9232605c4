"""How long does it take to remove a document from an index?

Data: a text corpus, a file or a folder, whose sentences' vectors are the ground of the made-up ones
(`synthetic.py`); `examples/docs` without one. An item of the limit is a passage; 50,000 without
one, in documents of 20.

`remove_ms` is the removal of one document, for good and from the disk; `next_search_ms` the
search by vectors after it, which takes the document out of what is in memory. `wipe_ms` is what
`assistant docs remove` does in the end: the words of what was removed leave the full-text index.
"""

from functools import partial
from pathlib import Path
from random import Random
from statistics import median

from assistant.schema import SHARED
from evals.benchmarks.harness import Figures, elapsed_ms, opened, temporary_home, tracked
from evals.benchmarks.protocols import MakeRuntime
from evals.benchmarks.synthetic import SEED, Drawn, fill, real_vectors
from ingest.store import PassageStore

N_PASSAGES = 50_000
IN_A_DOCUMENT = 20
N_REMOVED = 20


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Removes some documents one by one.

    Raises:
        InputError: There is nothing to read in the data.
    """
    n_passages = limit or N_PASSAGES
    with temporary_home() as home, opened(make_runtime(home=home, model="")) as runtime:
        drawn = Drawn(real_vectors(runtime.embedder, data))
        for _ in fill(runtime.store, drawn, n_passages, IN_A_DOCUMENT):
            pass
        runtime.store.settle()
        metrics = _remove_some(runtime.store, drawn)
        metrics["problems"] = runtime.store.check()
    return Figures(metrics, n_passages)


def _remove_some(store: PassageStore, drawn: Drawn) -> dict[str, object]:
    query = drawn.queries(1).vectors[0]
    search = partial(store.search_dense, query, 10, (SHARED,))
    search()
    documents = store.documents()
    chosen = Random(SEED).sample(documents, min(N_REMOVED, len(documents)))  # noqa: S311 - not for secrets
    removals_ms: list[float] = []
    searches_ms: list[float] = []
    for document in tracked(chosen, "Removing documents"):
        removals_ms.append(elapsed_ms(partial(store.remove, [document])))
        searches_ms.append(elapsed_ms(search))
    return {
        "remove_ms": middle_and_most(removals_ms),
        "next_search_ms": middle_and_most(searches_ms),
        "wipe_ms": round(elapsed_ms(store.wipe), 1),
        "removed": len(chosen),
        "passages_left": store.count(),
    }


def middle_and_most(values: list[float]) -> dict[str, float]:
    """Median and largest value."""
    return {"median": round(median(values), 3), "max": round(max(values), 3)}
