import asyncio
import json
import math
import sqlite3
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from trulens.core import TruSession

from assistant.events import Scored
from assistant.runtime import Runtime
from assistant.schema import (
    Answer,
    Citation,
    Context,
    Passage,
    Pick,
    Route,
    Scores,
    SentenceScore,
    Timings,
    Turn,
    Usage,
)
from evals.tracker import TRIAD, Judge, TruLensTracker, sqlite_url

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


@pytest.fixture
def database(runtime: Runtime) -> Path:
    return runtime.settings.evals_db


@pytest.fixture
def track(runtime: Runtime) -> Track:
    """A tracker with some judge, on the database that this process has open."""

    def tracker(judge: Judge | None = None, configuration: str = "a test") -> TruLensTracker:
        url = sqlite_url(runtime.settings.evals_db)
        return TruLensTracker(url, judge or runtime.judge, configuration)

    return tracker


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
            "SELECT record_attributes, start_timestamp, timestamp FROM trulens_events"
        ).fetchall()
    found = []
    for attributes, start, end in rows:
        named = {
            name.removeprefix("ai.observability."): value
            for name, value in json.loads(attributes).items()
        }
        if named["record_id"] == record_id:
            found.append({**named, "from": start, "to": end})
    return found


def of_kind(kind: str, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [span for span in found if span["span_type"] == kind]


def stored_scores(database: Path, record_id: str) -> dict[str, float]:
    evals = of_kind("eval_root", spans(database, record_id))
    scores = {one["eval_root.metric_name"]: one["eval_root.score"] for one in evals}
    assert len(scores) == len(evals), "each metric once"
    return scores


def test_an_answer_is_one_record_with_its_own_id(track: Track, database: Path) -> None:
    turn, context, answer = said()
    record(track(), turn, context, answer)
    (root,) = of_kind("record_root", spans(database, answer.id))
    assert (root["record_root.input"], root["record_root.output"]) == (turn.text, answer.text)
    assert (root["conversation_id"], root["assistant.user"]) == ("monday", "anna")
    assert root["assistant.route"] == ["rag"]
    assert root["app_name"] == "assistant"


def test_the_record_holds_what_was_retrieved_and_what_it_cost(track: Track, database: Path) -> None:
    turn, context, answer = said(contexts=(SKY, "Cats sleep."))
    record(track(), turn, context, answer)
    found = spans(database, answer.id)
    (retrieval,) = of_kind("retrieval", found)
    (generation,) = of_kind("generation", found)
    assert retrieval["retrieval.query_text"] == turn.text
    assert retrieval["retrieval.retrieved_contexts"] == [SKY, "Cats sleep."]
    assert generation["cost.model"] == "a model"
    assert generation["cost.num_prompt_tokens"] == 11
    assert generation["cost.num_completion_tokens"] == 7
    assert generation["cost.cost"] == 0.25


def test_the_record_s_times_are_those_of_the_turn(track: Track, database: Path) -> None:
    turn, context, answer = said()
    record(track(), turn, context, answer)
    found = spans(database, answer.id)
    lasted = {}
    for kind in ("record_root", "retrieval", "generation"):
        (span,) = of_kind(kind, found)
        start, end = (datetime.fromisoformat(span[name]) for name in ("from", "to"))
        lasted[kind] = (end - start).total_seconds()
    assert lasted == pytest.approx(
        {"record_root": 0.1, "retrieval": 0.03, "generation": 0.06}, abs=0.002
    )


def test_the_stored_scores_are_those_that_came_back(track: Track, database: Path) -> None:
    turn, context, answer = said()
    scores = record(track(), turn, context, answer).scores
    assert None not in (scores.context_relevance, scores.groundedness, scores.answer_relevance)
    assert stored_scores(database, answer.id) == {
        name: getattr(scores, field) for name, field in TRIAD.items()
    }


def test_trulens_itself_reads_the_scores_back(track: Track) -> None:
    turn, context, answer = said()
    scores = record(track(), turn, context, answer).scores
    rows, names = TruSession().get_records_and_feedback(app_name="assistant")
    (row,) = rows[rows["record_id"] == answer.id].to_dict("records")
    assert set(names) == set(TRIAD)
    assert [row[name] for name in TRIAD] == [getattr(scores, field) for field in TRIAD.values()]
    assert row["latency"] == pytest.approx(0.1, abs=0.005)


def test_a_score_that_is_missing_is_not_stored(track: Track, database: Path) -> None:
    turn, context, answer = said("That is not in your documents.")
    scores = record(track(), turn, context, answer).scores
    assert scores.groundedness is None
    assert stored_scores(database, answer.id) == {"Answer Relevance": scores.answer_relevance}


def test_a_judge_that_fails_costs_the_scores_and_says_why(track: Track) -> None:
    turn, context, answer = said()
    scored = record(track(Fixed(ValueError("no luck"))), turn, context, answer)
    assert [getattr(scored.scores, field) for field in TRIAD.values()] == [None] * 3
    assert "no luck" in scored.scores.reason
    assert scored.answer.text == answer.text


@pytest.mark.parametrize("wrong", [math.nan, math.inf, 1.5])
def test_a_number_that_is_no_score_is_neither_returned_nor_stored(
    track: Track, database: Path, wrong: float
) -> None:
    turn, context, answer = said()
    try:
        scores = record(track(Fixed(Scores(0.5, wrong, 0.5))), turn, context, answer).scores
        assert (scores.context_relevance, scores.groundedness) == (0.5, None)
        assert scores.reason
        stored = stored_scores(database, answer.id)
        assert stored == {"Context Relevance": 0.5, "Answer Relevance": 0.5}
    finally:
        forget(database, answer.id)


def test_a_score_that_is_no_number_does_not_spoil_the_answers_that_follow(
    track: Track, database: Path
) -> None:
    _, _, answer = first = said()
    try:
        record(track(Fixed(Scores(0.5, math.nan, 0.5))), *first)
        assert record(track(), *said()).scores.groundedness > 0.99
    finally:
        forget(database, answer.id)


def forget(database: Path, record_id: str) -> None:
    """NaN is no JSON: one row of it makes SQLite refuse every later look at the table."""
    with sqlite3.connect(database) as connection:
        connection.execute(
            "DELETE FROM trulens_events WHERE record_attributes LIKE ?", (f"%{record_id}%",)
        )


def test_an_answer_that_could_not_be_scored_is_recorded_all_the_same(
    track: Track, database: Path
) -> None:
    turn, context, answer = said()
    record(track(Fixed(ValueError("no luck"))), turn, context, answer)
    assert len(of_kind("record_root", spans(database, answer.id))) == 1
    assert stored_scores(database, answer.id) == {}


def test_concurrent_turns_are_records_of_their_own(track: Track, database: Path) -> None:
    tracker = track()
    turns = [said(f"{SKY} Answer {n}. [1]") for n in range(3)]

    async def all_at_once() -> list[Scored]:
        return await asyncio.gather(*(tracker.record(*one) for one in turns))

    scored = asyncio.run(all_at_once())
    assert [one.answer.id for one in scored] == [answer.id for _, _, answer in turns]
    for one, (_, _, answer) in zip(scored, turns, strict=True):
        (root,) = of_kind("record_root", spans(database, answer.id))
        assert root["record_root.output"] == answer.text
        assert stored_scores(database, answer.id)["Groundedness"] == one.scores.groundedness


def test_the_event_loop_goes_on_while_an_answer_is_judged(track: Track) -> None:
    tracker, ticks = track(Fixed(Scores(0.5, 0.5, 0.5), seconds=0.4)), 0

    async def tick_until_recorded() -> None:
        nonlocal ticks
        recording = asyncio.ensure_future(tracker.record(*said()))
        while not recording.done():
            await asyncio.sleep(0.01)
            ticks += 1

    asyncio.run(tick_until_recorded())
    assert ticks >= 15


def test_a_citation_carries_the_mean_groundedness_of_its_sentences(track: Track) -> None:
    text = "One. [1] Two. [1] Three. [3]"
    sentences = tuple(
        SentenceScore(text[start:end], start, end, score, 0)
        for start, end, score in ((0, 8, 0.8), (9, 17, 0.6), (18, 28, 0.1))
    )
    scores = Scores(0.5, 0.5, 0.5, sentences)
    scored = record(track(Fixed(scores)), *said(text))
    assert [one.groundedness for one in scored.answer.citations] == [0.7, None]


def test_the_time_that_scoring_took_comes_back(track: Track) -> None:
    tracker = track(Fixed(Scores(0.5, 0.5, 0.5), seconds=0.05))
    timings = record(tracker, *said()).answer.timings
    assert timings.score >= 50
    assert (timings.route, timings.total) == (10.0, 100.0)


def test_answers_of_another_configuration_are_another_version(track: Track, database: Path) -> None:
    versions = []
    for configuration in ("extractive", "openai/test"):
        turn, context, answer = said()
        record(track(configuration=configuration), turn, context, answer)
        (root,) = of_kind("record_root", spans(database, answer.id))
        versions.append(root["app_version"])
    assert [version.split()[-1] for version in versions] == ["extractive", "openai/test"]
