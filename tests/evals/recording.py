"""Answers to record, and what a database holds of them."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assistant.events import Scored
from assistant.schema import (
    Answer,
    Citation,
    Context,
    Passage,
    Pick,
    Route,
    Scores,
    Timings,
    Turn,
    Usage,
)
from evals.tracker import TruLensTracker

SKY = "The sky is blue."
Track = Callable[..., TruLensTracker]


class Fixed:
    """Gives every answer the same scores, or the same failure."""

    name = "fixed"

    def __init__(self, outcome: Scores | Exception, seconds: float = 0.0) -> None:
        self._outcome = outcome
        self._seconds = seconds

    def score(self, question: str, contexts: Sequence[str], answer: str) -> Scores:
        time.sleep(self._seconds)
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome


def said(
    text: str = f"{SKY} [1]", contexts: Sequence[str] = (SKY,)
) -> tuple[Turn, Context, Answer]:
    """A turn that took 100 ms: 10 to route, 30 to gather, 60 to generate."""
    turn = Turn("What colour is the sky?", user="anna", session="monday")
    passages = tuple(
        Passage(str(n), "a.txt", None, 0, len(one), "", one, 0.9) for n, one in enumerate(contexts)
    )
    answer = Answer(
        id=turn.id,
        text=text,
        route=Route((Pick("rag", 0.9, "a test"),)),
        model="a model",
        passages=passages,
        citations=tuple(Citation(n, "a.txt", None, SKY, 0, 16) for n in (1, 2)),
        usage=Usage(11, 7, 0.25),
        timings=Timings(route=10.0, gather=30.0, generate=60.0, total=100.0),
    )
    return turn, Context(passages), answer


def record(tracker: TruLensTracker, turn: Turn, context: Context, answer: Answer) -> Scored:
    return asyncio.run(tracker.record(turn, context, answer))


def spans(database: Path, record_id: str) -> list[dict[str, Any]]:
    """What was written about one answer; TruLens's prefix taken off."""
    with sqlite3.connect(database) as connection:
        rows = connection.execute(
            "SELECT record_attributes, record, start_timestamp, timestamp FROM trulens_events"
        ).fetchall()
    found = []
    for attributes, about, start, end in rows:
        named = {
            name.removeprefix("ai.observability."): value
            for name, value in json.loads(attributes).items()
        }
        if named["record_id"] == record_id:
            found.append({**named, "name": json.loads(about)["name"], "from": start, "to": end})
    return found


def of_kind(kind: str, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [span for span in found if span["span_type"] == kind]


def stored_scores(database: Path, record_id: str) -> dict[str, float]:
    evals = of_kind("eval_root", spans(database, record_id))
    scores = {one["eval_root.metric_name"]: one["eval_root.score"] for one in evals}
    assert len(scores) == len(evals), "each metric once"
    return scores
