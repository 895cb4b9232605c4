"""Multiple choice: by letter from a server, by likelihood from a model in this process."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import InputError
from evals.benchmarks.choice import figures, letter_of
from evals.benchmarks.choice_data import Choice, read_choices
from tests.command import Command
from tests.openai_server import OpenAIServer, Says
from tests.plugins.instruct.tiny_models import EARLY, LATE

PLANTS = {
    "question": "Which gas do plants take in?",
    "choices": ["Oxygen", "Carbon dioxide", "Helium"],
    "answer": "B",
}


@pytest.mark.parametrize(
    ("reply", "at"),
    [
        ("B", 1),
        ("b", 1),
        ("**B**", 1),
        ("B. Carbon dioxide", 1),
        ("The answer is (C).", 2),
        ("A plant takes in B", 1),
        ("<think>A or C?</think>\nC", 2),
        ("I think it is A", 0),
        ("D", None),
        ("B or C", None),
        ("Carbon dioxide", None),
        ("", None),
    ],
)
def test_a_letter_is_read_only_where_it_is_clear(reply: str, at: int | None) -> None:
    assert letter_of(reply, 3) == at


def test_mmlu_s_own_csv_and_json_lines_are_read_alike(tmp_path: Path) -> None:
    rows, lines = tmp_path / "dev.csv", tmp_path / "dev.jsonl"
    rows.write_text('"Which gas, you say?",Oxygen,"Carbon dioxide",Helium,B\n', "utf-8")
    fields = {**PLANTS, "question": "Which gas, you say?", "answer": 1}
    lines.write_text(json.dumps(fields) + "\n\n", "utf-8")
    assert read_choices(rows) == read_choices(lines)


@pytest.mark.parametrize(
    "change",
    [
        {"answer": "D"},
        {"answer": 3},
        {"answer": -1},
        {"answer": None},
        {"answer": "first"},
        {"choices": ["one"]},
        {"choices": "AB"},
        {"choices": None},
        {"question": ""},
    ],
)
def test_a_bad_question_is_refused_with_its_line(change: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(PLANTS) + "\n" + json.dumps(PLANTS | change), "utf-8")
    with pytest.raises(InputError, match="Line 2 of"):
        read_choices(file)


def test_figures_count_what_is_right_by_subject() -> None:
    asked = [Choice("a?", ("x", "y"), 0, "physics"), Choice("b?", ("x", "y", "z", "w"), 1)]
    counted = figures(asked, {"accuracy": [0, None]})
    assert counted["accuracy"]["mean"] == 0.5
    assert counted["chance"] == 0.375
    assert counted["without_choice"] == 1
    assert counted["by_subject"] == {"all": 0.0, "physics": 1.0}


def test_a_model_of_a_server_is_asked_for_the_letter(
    command: Command, model_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ASSISTANT_API_BASE", model_server.api_base)
    model_server.replies = lambda call: Says(("B",))
    file = tmp_path / "rows.jsonl"
    other = {**PLANTS, "question": "Which is the lightest?", "answer": "C"}
    file.write_text(json.dumps(PLANTS) + "\n" + json.dumps(other), "utf-8")
    result = command("eval", "choice", "--data", file, "--model", "openai/test").line
    assert (result["benchmark"], result["n"]) == ("choice", 2)
    assert result["metrics"]["accuracy"]["mean"] == 0.5
    assert "B. Carbon dioxide" in model_server.prompt()


def test_the_model_in_this_process_chooses_what_it_finds_likeliest(
    command: Command, imitating: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It answers as the examples in the question do, so that it can be known what is likeliest."""
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ASSISTANT_INSTRUCT__BASE", str(imitating))
    file = tmp_path / "rows.jsonl"
    rows = [
        {"question": f"side {' '.join(words[:3])}", "choices": ["left", "right"], "answer": at}
        for at, words in enumerate((EARLY, LATE))
    ]
    file.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    metrics = command("eval", "choice", "--data", file, "--model", "local/instruct").line["metrics"]
    assert set(metrics) >= {"accuracy", "accuracy_of_texts", "chance", "by_subject"}
    assert metrics["without_choice"] == 0
    assert command("eval", "choice", "--data", file, "--model", "local/other").exit_code == 1
