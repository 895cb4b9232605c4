"""The benchmark of the router: its messages, its figures, and a run from end to end."""

import json
from collections import Counter
from pathlib import Path

import pytest

from assistant.errors import InputError
from assistant.schema import Message, Turn
from evals.benchmarks.routing import (
    DATA,
    Labelled,
    Routing,
    calibration_error,
    figures,
    read_messages,
)
from tests.evals.measuring import measured

LABELS = {"documents", "spam", "instruct", "memory", "smalltalk", "none"}
VISIBLE = DATA.with_name("routing_visible.jsonl")


def routed(right: str, given: str, score: float = 0.8, hard: bool = False) -> Routing:
    message = Labelled(f"{right}/x", Turn("Hello"), right, (), hard)
    return Routing(message, given, score, "a reason", 5.0, None)


@pytest.mark.parametrize("file", [DATA, VISIBLE], ids=lambda file: file.name)
def test_the_messages_are_balanced_and_many_are_hard(file: Path) -> None:
    messages = read_messages(file)
    n_by_label = Counter(one.label for one in messages)
    assert set(n_by_label) == LABELS
    assert min(n_by_label.values()) == max(n_by_label.values()) >= 50
    assert sum(one.is_hard for one in messages) > 100


def test_hardly_a_message_to_test_on_can_be_seen_before() -> None:
    seen = {(one.turn.text.lower(), one.turn.history) for one in read_messages(VISIBLE)}
    messages = [one.turn for one in read_messages(DATA)]
    both = [one for one in messages if (one.text.lower(), one.history) in seen]
    assert len(both) <= 0.03 * len(messages)


def test_a_line_is_read_with_its_history_its_file_and_who_contributes(tmp_path: Path) -> None:
    line = {
        "id": "a", "text": "and that?", "route": "documents", "attached": True, "also": ["memory"],
        "history": [{"role": "user", "text": "What is it?"}],
    }  # fmt: skip
    file = tmp_path / "data.jsonl"
    file.write_text(json.dumps(line), "utf-8")
    (message,) = read_messages(file)
    assert message.turn.history == (Message("user", "What is it?"),)
    assert message.turn.attached == ("attachment",)
    assert (message.label, message.also, message.is_hard) == ("documents", ("memory",), False)


@pytest.mark.parametrize(("text", "said"), [("", "no message"), ('{"id": "a"}', "Line 1")])
def test_data_that_cannot_be_read_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "data.jsonl"
    file.write_text(text, "utf-8")
    with pytest.raises(InputError, match=said):
        read_messages(file)


def test_the_figures_are_those_counted_by_hand() -> None:
    found = figures(
        [routed("spam", "spam"), routed("spam", "none", hard=True), routed("none", "none")]
    )
    assert found["accuracy"]["mean"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["by_label"]["spam"]["mean"] == 0.5
    assert found["hard"] | {"low": 0, "high": 0} == {"mean": 0.0, "low": 0, "high": 0, "n": 1}
    assert found["confusion"] == {"none": {"none": 1}, "spam": {"none": 1, "spam": 1}}
    assert found["ms_p95"] == 5.0
    (failure,) = found["failures"]
    assert failure.startswith("spam/x went to none (0.80: a reason) and belongs to spam")


@pytest.mark.parametrize(
    ("scores", "n_right", "error"), [([0.8] * 10, 8, 0.0), ([0.95] * 10, 5, 0.45), ([], 0, None)]
)
def test_the_calibration_error_is_the_gap_between_scores_and_hits(
    scores: list[float], n_right: int, error: float | None
) -> None:
    given = [
        routed("spam", "spam" if at < n_right else "none", score) for at, score in enumerate(scores)
    ]
    assert calibration_error(given) == (None if error is None else pytest.approx(error, abs=1e-4))


def test_a_run_from_end_to_end(tmp_path: Path) -> None:
    lines = [
        {"id": "1", "text": 'Is this a scam? "You won a prize"', "route": "spam"},
        {"id": "2", "text": "good morning", "route": "smalltalk"},
        {"id": "3", "text": "Which file formats can I ingest?", "route": "documents"},
    ]
    file = tmp_path / "data.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    found = measured("routing", 3, file)
    assert found["accuracy"]["mean"] == 1.0
    assert found["failures"] == []
