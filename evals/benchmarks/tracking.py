"""Is every answer recorded and scored exactly once, under load and when the process is killed?

Data: a folder of documents, by default the sample documents in `examples/docs` (Apache 2.0), asked
about as in `overhead.py`. No language model: the embedded default answers.

- load: questions arrive at 20 a second, whether or not those before are done. Every other hundred
  is asked with a tracker that does nothing; added_ms is the difference of the medians of the time
  from a question's start until `Finished`. Then the database is read: every answer must have one
  record, whole, and each score that was shown exactly once.
- killed: `assistant ask --batch` is killed (SIGKILL) five times after some of its answers. What it
  had printed must be in the database with its scores; what is there must be whole.

An item of the limit (1,000) is an answer with tracking on.
"""

import asyncio
import json
import os
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from assistant.errors import InputError
from assistant.events import Finished, Gathered, Scored
from assistant.schema import Answer, Context, Scores, Turn
from evals.benchmarks.command import assistant, environment
from evals.benchmarks.harness import (
    Figures,
    counted,
    ingest_files,
    opened,
    temporary_home,
    tracked,
)
from evals.benchmarks.metrics import spread
from evals.benchmarks.overhead import EXAMPLES
from evals.benchmarks.protocols import Engine, MakeRuntime
from evals.benchmarks.questions import questions_about
from evals.records import TABLE_PREFIX, TRIAD

N_ANSWERS = 1000
N_BLOCK = 100
PER_SECOND = 20
N_WARM_UP = 10
N_KILLS = 5
PARTS = ("record_root", "retrieval", "generation", "eval_decision")
"""Spans that every record has once."""
NAME = "ai.observability."


class NoTracker:
    """Records nothing."""

    async def record(
        self, turn: Turn, context: Context, answer: Answer, gathered: Sequence[Gathered] = ()
    ) -> Scored:
        """The answer as it is, without scores."""
        del turn, context, gathered
        return Scored(answer, Scores())


@dataclass(slots=True)
class Stored:
    """What the database holds of one answer: its spans by kind, and its scores by metric."""

    kinds: Counter[str] = field(default_factory=Counter)
    scores: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    @property
    def is_whole(self) -> bool:
        """Whether each part is there once, and no metric twice."""
        return all(self.kinds[part] == 1 for part in PARTS) and all(
            len(scores) == 1 for scores in self.scores.values()
        )


@dataclass(slots=True)
class Load:
    """What came of the load.

    Attributes:
        with_tracker: Milliseconds until `Finished`.
        without: The same, with nothing tracked.
        shown: The scores that came back, by answer.
        memory_mb: Resident memory after each hundred answers that were tracked.
    """

    with_tracker: list[float] = field(default_factory=list)
    without: list[float] = field(default_factory=list)
    shown: dict[str, Scores] = field(default_factory=dict)
    memory_mb: list[float] = field(default_factory=list)


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Loads the engine with tracking on, and kills processes that record.

    Raises:
        InputError: The documents are missing or too few to ask about.
    """
    n = limit or N_ANSWERS
    folder = data or EXAMPLES
    if not folder.exists():
        raise InputError(f"There are no documents in {folder}: give --data with a folder of some.")
    with temporary_home() as home:
        runtime = make_runtime(home=home, model="", database_url="")
        with opened(runtime):
            ingest_files(runtime, [folder])
            runtime.warm_up()
            asked = questions_about(runtime.store, 2 * n + N_WARM_UP)
            if len(asked) <= N_WARM_UP:
                raise InputError(f"The documents in {folder} have too few sentences to ask about.")
            load = asyncio.run(_load(runtime.engine, asked))
        figures = load_figures(load, _stored(home / "evals.db"))
        killed = _kill(home, asked[:n])
    return Figures({"load": figures, "killed": killed}, len(load.shown))


def load_figures(load: Load, stored: Mapping[str, Stored]) -> dict[str, object]:
    """What the load came to: all of `wrong` must be empty."""
    added = median(load.with_tracker) - median(load.without) if load.without else None
    wrong = [
        key
        for key, scores in load.shown.items()
        if key not in stored or not stored[key].is_whole or stored[key].scores != _scores(scores)
    ]
    judged = [one for one in load.shown.values() if one.passages or one.sentences]
    return {
        "answers": len(load.shown),
        "wrong": wrong,
        "stored": len(stored),
        "judged": len(judged),
        "finished_ms": spread(load.with_tracker),
        "finished_untracked_ms": spread(load.without),
        "added_ms": None if added is None else round(added, 3),
        "memory_mb": [round(one, 1) for one in load.memory_mb],
    }


async def _load(engine: Engine, asked: Sequence[str]) -> Load:
    load = Load()
    for question in asked[:N_WARM_UP]:
        async for event in engine.stream(Turn(question)):
            if isinstance(event, Scored):
                load.shown[event.answer.id] = event.scores
    questions = iter(asked[N_WARM_UP:])
    tracker = engine.tracker
    with counted("Asking at 20 a second", len(asked) - N_WARM_UP) as count:
        for n_block, block in enumerate(_blocks(questions)):
            is_tracked = n_block % 2 == 0
            engine.tracker = tracker if is_tracked else NoTracker()
            times = await _asked(engine, block, load.shown if is_tracked else {})
            (load.with_tracker if is_tracked else load.without).extend(times)
            if is_tracked:
                load.memory_mb.append(psutil.Process().memory_info().rss / 1e6)
            count(len(block))
    engine.tracker = tracker
    return load


def _blocks(questions: Iterator[str]) -> Iterator[list[str]]:
    while block := [question for _, question in zip(range(N_BLOCK), questions, strict=False)]:
        yield block


async def _asked(engine: Engine, questions: Sequence[str], shown: dict[str, Scores]) -> list[float]:
    """Asks at a steady pace; returns the milliseconds until each answer was finished."""

    async def ask(question: str) -> float:
        started, finished = time.perf_counter(), 0.0
        async for event in engine.stream(Turn(question)):
            if isinstance(event, Finished):
                finished = time.perf_counter()
            elif isinstance(event, Scored):
                shown[event.answer.id] = event.scores
        return (finished - started) * 1000

    began = time.perf_counter()
    asking = []
    for position, question in enumerate(questions):
        await asyncio.sleep(max(0.0, began + position / PER_SECOND - time.perf_counter()))
        asking.append(asyncio.create_task(ask(question)))
    return list(await asyncio.gather(*asking))


def _kill(home: Path, questions: Sequence[str]) -> dict[str, object]:
    """Kills the command in the middle of its answers, several times on one database."""
    before = set(_stored(home / "evals.db"))
    batch = home / "questions.jsonl"
    batch.write_text("".join(json.dumps({"text": one}) + "\n" for one in questions), "utf-8")
    printed: list[dict[str, Any]] = []
    for n_kill in tracked(range(N_KILLS), "Killing"):
        printed += _printed_until(home, batch, 3 + 2 * n_kill)
    stored = {key: one for key, one in _stored(home / "evals.db").items() if key not in before}
    return {
        "kills": N_KILLS,
        "printed": len(printed),
        "lost": [one["id"] for one in printed if one["id"] not in stored],
        "half_written": [key for key, one in stored.items() if not one.is_whole],
        "other_scores": [
            one["id"]
            for one in printed
            if one["id"] in stored and stored[one["id"]].scores != _printed_scores(one["scores"])
        ],
    }


def _printed_until(home: Path, batch: Path, n_lines: int) -> list[dict[str, Any]]:
    """What the command had printed when it was killed, after so many lines at least."""
    with subprocess.Popen(  # noqa: S603 - the benchmark's own command
        assistant("ask", "--batch", batch),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **environment(home)},
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = [line for _, line in zip(range(n_lines), process.stdout, strict=False)]
        process.kill()
        lines += [line for line in process.stdout if line.endswith("\n")]
    return [json.loads(line) for line in lines]


def _stored(file: Path) -> dict[str, Stored]:
    """What a database holds, by the answer's id."""
    from trulens.core.database.connector.default import DefaultDBConnector

    connector = DefaultDBConnector(database_url=f"sqlite:///{file}", database_prefix=TABLE_PREFIX)
    answers: defaultdict[str, Stored] = defaultdict(Stored)
    for attributes in connector.get_events()["record_attributes"]:
        one = answers[attributes[f"{NAME}record_id"]]
        kind = attributes[f"{NAME}span_type"]
        one.kinds[kind] += 1
        if kind == "eval_root":
            metric = attributes[f"{NAME}eval_root.metric_name"]
            one.scores[metric].append(attributes[f"{NAME}eval_root.score"])
    return dict(answers)


def _scores(scores: Scores) -> dict[str, list[float]]:
    """The scores that there are, as `Stored` has them."""
    return _printed_scores({name: getattr(scores, name) for name in TRIAD.values()})


def _printed_scores(scores: Mapping[str, Any]) -> dict[str, list[float]]:
    return {metric: [scores[name]] for metric, name in TRIAD.items() if scores[name] is not None}
