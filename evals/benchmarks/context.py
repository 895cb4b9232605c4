"""How long does it take from a question to the packed context, with a large index?

    assistant eval context --passages 1000000 --data FOLDER

Data: a folder where the made index is kept, for the next run to find; without one it is made in a
temporary folder. `synthetic.py` says how an index is made; an item of the limit is a passage. Each
question has words and a vector that were drawn like a passage's; the time of embedding it is that
of the real model. Questions are asked for the first time (`fresh`), and all once more (`repeated`).
What is timed is the engine's own walk up to the context, in milliseconds:

- `route`: reading the message and picking plugins;
- `gather`: what is asked, and the plugins' passages;
- `pack`: filtering and packing them;
- `total`: from the question to the packed context.

`documents` is the share of questions that the router gave to the documents.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.errors import InputError
from assistant.events import Packed, Routed
from assistant.schema import Turn
from evals.benchmarks.harness import Figures, opened, progress, temporary_home, tracked
from evals.benchmarks.metrics import mean, spread
from evals.benchmarks.protocols import Engine, MakeRuntime, Runtime
from evals.benchmarks.synthetic import Drawn, Queries, Vectors, fill, real_vectors
from ingest.embedder import MiniLMEmbedder
from ingest.store import PassageStore

N_PASSAGES = 15_000
IN_A_DOCUMENT = 100
N_QUESTIONS = 200
"""As many as there are passages where those are fewer."""
N_BEFORE = 10
"""Questions that warm up what a chat has warm, and do not count."""
PLUGIN = "rag"


@dataclass(frozen=True, slots=True)
class Walk:
    """How long the steps of one question took, in milliseconds."""

    route: float
    gather: float
    pack: float
    total: float
    is_for_documents: bool


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Times the way from questions to their contexts.

    Raises:
        InputError: The folder has an index of another size.
    """
    n_passages = limit or N_PASSAGES
    with _home(data) as home:
        with opened(make_runtime(home=home, model="")) as runtime:
            is_made = _is_made(runtime, n_passages)
            drawn = Drawn(real_vectors(runtime.embedder, None))
            queries = drawn.queries(N_BEFORE + min(N_QUESTIONS, n_passages))
            if not is_made:
                _make(runtime.store, drawn, n_passages)
        with opened(make_runtime(home=home, model="")) as runtime:
            runtime.warm_up()
            metrics = _ask_all(runtime, queries)
    return Figures(metrics, n_passages)


@contextmanager
def _home(data: Path | None) -> Iterator[Path]:
    if data is not None:
        yield data
        return
    with temporary_home() as home:
        yield home


def _is_made(runtime: Runtime, n_passages: int) -> bool:
    """Whether the index is there already."""
    n_there = runtime.store.count()
    if n_there not in (0, n_passages):
        raise InputError(
            f"The index in {runtime.settings.home} has {n_there:,} passages, and {n_passages:,} "
            "are to be measured: give --data with another folder, or --passages with that number."
        )
    return n_there > 0


def _make(store: PassageStore, drawn: Drawn, n_passages: int) -> None:
    for _ in fill(store, drawn, n_passages, IN_A_DOCUMENT):
        pass
    with progress("Building the index") as show:
        store.settle(on_progress=show)


def _ask_all(runtime: Runtime, queries: Queries) -> dict[str, object]:
    texts = [f"What is said about {text}?" for text in queries.texts]
    _give_vectors(runtime.embedder, dict(zip(texts, queries.vectors, strict=True)))
    asyncio.run(_walks(runtime.engine, texts[:N_BEFORE], "Warming up"))
    fresh = asyncio.run(_walks(runtime.engine, texts[N_BEFORE:], "Asking for the first time"))
    repeated = asyncio.run(_walks(runtime.engine, texts[N_BEFORE:], "Asking again"))
    return {
        "fresh": _spreads(fresh),
        "repeated": _spreads(repeated),
        "documents": mean(one.is_for_documents for one in fresh),
    }


def _give_vectors(embedder: MiniLMEmbedder, vectors: dict[str, Vectors]) -> None:
    """Has made-up words mean what was drawn for them, once the model has embedded them."""
    really = embedder.encode

    def encode(texts: Sequence[str]) -> Vectors:
        embedded = really(texts)
        return np.stack([vectors.get(text, one) for text, one in zip(texts, embedded, strict=True)])

    embedder.encode = encode  # type: ignore[method-assign]


async def _walks(engine: Engine, texts: Sequence[str], label: str) -> list[Walk]:
    return [await _walk(engine, text) for text in tracked(texts, label)]


async def _walk(engine: Engine, text: str) -> Walk:
    """One question up to its context; nothing is answered."""
    started = time.perf_counter()
    route, is_for_documents = 0.0, False
    async for event in engine.stream(Turn(text)):
        if isinstance(event, Routed):
            route = event.milliseconds
            is_for_documents = PLUGIN in [pick.name for pick in event.route.plugins]
        if isinstance(event, Packed):
            total = (time.perf_counter() - started) * 1000
            gather = total - route - event.milliseconds
            return Walk(route, gather, event.milliseconds, total, is_for_documents)
    raise InputError(f"The question {text!r} came to no context.")


def _spreads(walks: Sequence[Walk]) -> dict[str, object]:
    steps = ("route", "gather", "pack", "total")
    return {f"{step}_ms": spread([getattr(walk, step) for walk in walks]) for step in steps}
