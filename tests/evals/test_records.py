"""The records of answers in TruLens's database."""

import asyncio
import random
import threading
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from trulens.core.database.connector.default import DefaultDBConnector

from assistant.database import database_address
from assistant.events import Gathered
from assistant.schema import (
    Scores,
)
from assistant.settings import Settings
from evals.records import TABLE_PREFIX, THUMB, TRIAD
from evals.tracker import TruLensTracker
from tests.evals.recording import SKY, Fixed, Track, of_kind, record, said, spans, stored_scores


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


def test_trulens_itself_reads_the_scores_back(track: Track, database: Path) -> None:
    turn, context, answer = said()
    scores = record(track(), turn, context, answer).scores
    connector = DefaultDBConnector(
        database_url=f"sqlite:///{database}", database_prefix=TABLE_PREFIX
    )
    rows, names = connector.get_records_and_feedback(app_name="assistant")
    (row,) = rows[rows["record_id"] == answer.id].to_dict("records")
    assert set(names) == set(TRIAD)
    assert [row[name] for name in TRIAD] == [getattr(scores, field) for field in TRIAD.values()]
    assert row["latency"] == pytest.approx(0.1, abs=0.005)


def test_a_score_that_is_missing_is_not_stored(track: Track, database: Path) -> None:
    turn, context, answer = said("That is not in your documents.")
    scores = record(track(), turn, context, answer).scores
    assert scores.groundedness is None
    assert stored_scores(database, answer.id) == {"Answer Relevance": scores.answer_relevance}


def test_answers_of_another_configuration_are_another_version(track: Track, database: Path) -> None:
    versions = []
    for model in ("extractive", "openai/test"):
        turn, context, answer = said()
        record(track(model=model), turn, context, answer)
        (root,) = of_kind("record_root", spans(database, answer.id))
        versions.append(root["app_version"])
    assert [version.split()[-2] for version in versions] == ["extractive", "openai/test"]
    assert len({version.split()[-1] for version in versions}) == 2


def test_the_steps_of_the_turn_are_spans(track: Track, database: Path) -> None:
    turn, context, answer = said()
    gathered = [
        Gathered("rag", answer.passages, 20.0),
        Gathered("memory", (), 30.0, "The plugin memory was left out: it failed."),
    ]
    asyncio.run(track().record(turn, context, answer, gathered))
    steps = {span["name"]: span for span in of_kind("workflow_step", spans(database, answer.id))}
    assert list(steps) == ["routing", "gather rag", "gather memory"]
    assert steps["routing"]["assistant.picked"] == ["rag 0.90: a test"]
    assert steps["gather rag"]["assistant.passages"] == 1
    assert "left out" in steps["gather memory"]["assistant.warning"]


def test_what_a_score_was_made_of_stands_under_it(track: Track, database: Path) -> None:
    turn, context, answer = said(f"{SKY} [1] Cats bark. [1]", contexts=(SKY, "Cats sleep."))
    scores = record(track(), turn, context, answer).scores
    evidence = {
        one["eval.metric_name"]: one["eval.explanation"].split("\n")
        for one in of_kind("eval", spans(database, answer.id))
    }
    assert evidence["Groundedness"] == [
        " ".join((f"{one.groundedness} “{one.text}”", *one.reasons)) for one in scores.sentences
    ]
    assert evidence["Context Relevance"] == [
        f"{score} “{text}”"
        for score, text in zip(scores.passages, (SKY, "Cats sleep."), strict=True)
    ]


def test_the_record_says_who_judged_and_what_is_missing(track: Track, database: Path) -> None:
    turn, context, answer = said("That is not in your documents.")
    scores = record(track(), turn, context, answer).scores
    found = spans(database, answer.id)
    (root,) = of_kind("record_root", found)
    (decision,) = of_kind("eval_decision", found)
    assert (root["assistant.judge"], root["assistant.not_scored"]) == (scores.judge, scores.reason)
    assert decision["eval_decision.eval_decision_reason"] == "evaluated"


def test_a_thumb_is_a_score_of_its_record_and_only_the_last_one_counts(
    track: Track, database: Path
) -> None:
    turn, context, answer = said()
    tracker = track()
    record(tracker, turn, context, answer)
    for good, kept in ((True, 1.0), (False, 0.0), (None, None)):
        tracker.rate(answer.id, good)
        tracker.rate("no such answer", good)
        record(tracker, *said())  # the worker takes one thing after the other
        assert stored_scores(database, answer.id).get(THUMB) == kept


def test_a_seed_that_is_set_again_repeats_no_id(track: Track) -> None:
    tracker = track()
    record(tracker, *said())  # opens the database
    for _ in range(2):
        random.seed(0)
        for _ in range(5):  # each try of a write would draw the numbers of another one
            assert record(tracker, *said()).scores.reason == ""


def test_a_collector_gets_the_spans_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    got: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
    judge = Fixed(Scores(0.5, 0.5, 0.5))
    tracker = TruLensTracker(f"sqlite:///{tmp_path}/evals.db", judge, lambda: {"model": "a test"})
    _, _, answer = one = said()
    record(tracker, *one)
    tracker.close()
    server.shutdown()
    assert answer.id.encode() in b"".join(got)
    assert b"eval_root" in b"".join(got)


def test_it_keeps_its_records_in_postgresql(state_settings: Settings) -> None:
    judge = Fixed(Scores(0.5, 0.5, 0.5))
    address = database_address(state_settings, "evals")
    tracker = TruLensTracker(address, judge, lambda: {"model": "a test"})
    _, _, answer = one = said()
    assert record(tracker, *one).scores.reason == ""
    tracker.close()
    connector = DefaultDBConnector(database_url=address, database_prefix=TABLE_PREFIX)
    rows, _ = connector.get_records_and_feedback(app_name="assistant")
    (row,) = rows.to_dict("records")
    assert (row["record_id"], row["Groundedness"]) == (answer.id, 0.5)
    connector.db.engine.dispose()
