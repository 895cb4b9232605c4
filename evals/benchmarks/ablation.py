"""What is each stage of the search worth?

Measures what `retrieval` measures, on the same data, again and again: all stages that are kept,
each of them left out, each of the others added, and beside them plain dense search, plain BM25,
and reciprocal rank fusion in place of the convex combination. The rows also go to stderr as a
table for people. An item of the limit is a question.
"""

import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import get_args

from assistant.plugin import Search
from assistant.settings import Stage
from evals.benchmarks.harness import Figures
from evals.benchmarks.metrics import Metric
from evals.benchmarks.protocols import MakeRuntime, Runtime
from evals.benchmarks.retrieval import prepared
from ingest.reranking import load_reranker
from ingest.retrieval.fusion import reciprocal_ranks
from ingest.retrieval.glossary import load_glossary
from ingest.search import STAGES, Searcher


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Measures the search with and without each of its stages.

    Raises:
        InputError: The data is missing or malformed.
    """
    with prepared(make_runtime, data, limit) as ready:
        rows = {name: ready.score(search, name) for name, search in variants(ready.runtime)}
        sizes = ready.sizes
    sys.stderr.write(table(rows))
    return Figures({"rows": rows, **sizes}, ready.n)


def variants(runtime: Runtime) -> Iterator[tuple[str, Search]]:
    """The searches that are compared, by what is different about them."""
    make = partial(
        Searcher,
        runtime.store,
        runtime.embedder,
        glossary=load_glossary(runtime.settings.rag.glossary),
        reranker=load_reranker(runtime.settings.rag.reranker),
    )
    yield "all that are kept", make(stages=STAGES)
    for stage in STAGES:
        yield f"without {stage}", make(stages=[one for one in STAGES if one != stage])
    for stage in sorted(set(get_args(Stage)) - set(STAGES)):
        yield f"with {stage}", make(stages=[*STAGES, stage])
    yield "reciprocal rank fusion", make(stages=STAGES, fuse=reciprocal_ranks)
    yield "dense alone", make(stages=["dense"])
    yield "BM25 alone", make(stages=["lexical"])


def table(rows: Mapping[str, Mapping[str, Metric]]) -> str:
    """The rows in Markdown, each under the name of its search."""
    columns = list(next(iter(rows.values())))
    lines = [["", *columns], ["---"] * (len(columns) + 1)]
    lines += [[name, *(f"{row[column]:.3f}" for column in columns)] for name, row in rows.items()]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
