"""How long does recalling take a person of 10,000 facts, among 1,000 people in one database?

Data: a text corpus, a file or a folder, whose sentences' vectors are the ground of the made-up ones
(`synthetic.py`); `examples/docs` without one. An item of the limit is a fact of the one person;
10,000 without one. The 999 others have ten each.

- cold_ms: the first recall, which reads all facts of the person from the database;
- recall_ms: each further one, for a message of eight words; its parts are embed_ms, the message's
  vector, and search_ms, all else;
- of_others_ms: the first recall of each of the others, at most 200 of them.

Real vectors of real messages do not lie as made-up facts do, so that the vector which the model
gives for a message is replaced by one that was drawn like the facts'.
"""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.schema import new_id
from assistant.settings import Settings
from evals.benchmarks.harness import Figures, elapsed_ms, opened, temporary_home, tracked
from evals.benchmarks.metrics import spread
from evals.benchmarks.protocols import MakeRuntime
from evals.benchmarks.scale_search import TimedEmbedder
from evals.benchmarks.synthetic import Drawn, real_vectors
from plugins.memory.fact import Fact
from plugins.memory.memories import Memories
from plugins.memory.store import FactStore

N_FACTS = 10_000
N_USERS = 1_000
FACTS_OF_OTHERS = 10
N_QUERIES = 400
N_OTHERS_ASKED = 200
WORDS = 8
DAYS = 365
"""Over which the facts were said."""
OWNER = "owner"


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Fills a database with facts and recalls some.

    Raises:
        InputError: There is nothing to read in the data.
    """
    n_facts = limit or N_FACTS
    with temporary_home() as home:
        with opened(make_runtime(home=home, model="", database_url="")) as runtime:
            settings, drawn = runtime.settings, Drawn(real_vectors(runtime.embedder, data))
        others = [f"other{number:03}" for number in range(N_USERS - 1)]
        sizes = {OWNER: n_facts, **dict.fromkeys(others, FACTS_OF_OTHERS)}
        _fill(settings, drawn, sizes)
        metrics = _recall(settings, drawn, others[:N_OTHERS_ASKED])
    return Figures({**metrics, "users": len(sizes), "facts": sum(sizes.values())}, n_facts)


def _fill(settings: Settings, drawn: Drawn, sizes: dict[str, int]) -> None:
    store = FactStore(settings)
    for user, n_facts in tracked(list(sizes.items()), "Filling, a person a step"):
        vectors = drawn.vectors(n_facts)
        with store.writing(user) as writing:
            for text, vector in zip(drawn.texts(n_facts, WORDS), vectors, strict=True):
                writing.add(_fact(user, text, len(text)), vector)
    store.close()


def _fact(user: str, text: str, days_ago: int) -> Fact:
    said_at = datetime.now(UTC) - timedelta(days=days_ago % DAYS)
    return Fact(
        id=new_id(),
        text=text,
        user=user,
        kind="detail",
        slot="",
        value=text,
        said_at=said_at.isoformat(timespec="microseconds"),
        session="made",
        source_text=text,
        importance=0.5,
    )


def _recall(settings: Settings, drawn: Drawn, others: list[str]) -> dict[str, object]:
    queries = drawn.queries(N_QUERIES)
    embedder = TimedEmbedder(queries.texts, queries.vectors)
    memories = Memories(settings, embedder)
    try:
        cold_ms = elapsed_ms(partial(memories.recall, OWNER, queries.texts[0]))
        embedder.taken_ms.clear()
        taken_ms = [
            elapsed_ms(partial(memories.recall, OWNER, text))
            for text in tracked(queries.texts, "Recalling")
        ]
        embed_ms = list(embedder.taken_ms)
        of_others_ms = [
            elapsed_ms(partial(memories.recall, user, queries.texts[0])) for user in others
        ]
        found = memories.recall(OWNER, queries.texts[0])
    finally:
        memories.close()
    search_ms: NDArray[np.float64] = np.subtract(taken_ms, embed_ms)
    return {
        "cold_ms": round(cold_ms, 1),
        "recall_ms": spread(taken_ms),
        "embed_ms": spread(embed_ms),
        "search_ms": spread(search_ms.tolist()),
        "of_others_ms": spread(of_others_ms),
        "of_one_person": all(one.fact.user == OWNER for one in found),
    }
