"""The worker that scores and records answers."""

import asyncio
import math
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.events import Scored
from assistant.schema import (
    Scores,
    SentenceScore,
)
from evals.records import TRIAD, Record, Records
from evals.tracker import N_BEHIND
from tests.evals.recording import SKY, Fixed, Track, of_kind, record, said, spans, stored_scores


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


def test_of_too_many_answers_a_sample_is_judged_and_all_are_recorded(
    track: Track, database: Path
) -> None:
    tracker = track(Fixed(Scores(0.5, 0.5, 0.5), seconds=0.005))
    turns = [said(f"Answer {n}.") for n in range(3 * N_BEHIND)]

    async def all_at_once() -> list[Scored]:
        return await asyncio.gather(*(tracker.record(*one) for one in turns))

    scored = asyncio.run(all_at_once())
    left_out = [one for one in scored if one.scores.groundedness is None]
    assert 0 < len(left_out) < len(scored)
    assert all("others wait for the judge" in one.scores.reason for one in left_out)
    found = spans(database, left_out[0].answer.id)
    (decision,) = of_kind("eval_decision", found)
    assert decision["eval_decision.eval_decision_reason"] == "throttled"
    assert of_kind("record_root", found)
    assert not of_kind("eval_root", found)
    roots = [len(of_kind("record_root", spans(database, turn.id))) for turn, _, _ in turns[::20]]
    assert roots == [1] * len(roots)


def test_a_write_that_fails_once_is_tried_again(
    track: Track, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, failures = Records.write, [OSError("the disk is busy")]

    def now_and_then(self: Records, records: Sequence[Record]) -> None:
        if failures:
            raise failures.pop()
        write(self, records)

    monkeypatch.setattr(Records, "write", now_and_then)
    turn, context, answer = said()
    assert record(track(), turn, context, answer).scores.groundedness == pytest.approx(
        1.0, abs=0.01
    )
    assert len(of_kind("record_root", spans(database, answer.id))) == 1


def test_an_answer_that_cannot_be_stored_costs_no_other(
    track: Track, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, turns = Records.write, [said(f"Answer {n}.") for n in range(3)]
    bad = turns[1][0].id

    def refuse_one(self: Records, records: Sequence[Record]) -> None:
        if any(one.answer.id == bad for one in records):
            raise ValueError("no such answer")
        write(self, records)

    monkeypatch.setattr(Records, "write", refuse_one)
    monkeypatch.setattr("evals.tracker.RETRY_SECONDS", 0.0)
    tracker = track(Fixed(Scores(0.5, 0.5, 0.5), seconds=0.05))

    async def all_at_once() -> list[Scored]:
        return await asyncio.gather(*(tracker.record(*one) for one in turns))

    scored = asyncio.run(all_at_once())
    assert [one.scores.groundedness for one in scored] == [0.5, None, 0.5]
    assert "was not recorded" in scored[1].scores.reason
    assert [len(spans(database, turn.id)) > 0 for turn, _, _ in turns] == [True, False, True]
