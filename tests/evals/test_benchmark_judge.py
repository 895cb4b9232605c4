"""A judge compares models: real servers on loopback that speak as OpenAI's does."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from evals.benchmarks.judge import figures
from tests.command import Command
from tests.openai_server import OpenAIServer, Says

ROWS = [{"instruction": f"Name colour {n}.", "input": "", "output": "red"} for n in range(12)]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    file = tmp_path / "rows.json"
    file.write_text(json.dumps(ROWS), "utf-8")
    return file


def test_the_better_model_gets_the_better_scores(
    command: Command, model_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    def reply(call: dict[str, Any]) -> Says:
        if call["model"] == "judge":
            said = re.search("<response>\n(.*)\n</response>", call["messages"][-1]["content"])
            assert said is not None
            return Says(("90" if said[1] == "red" else "30",))
        return Says(("red" if call["model"] == "good" else "loud",))

    monkeypatch.setenv("ASSISTANT_API_BASE", model_server.api_base)
    monkeypatch.setenv("ASSISTANT_MODEL", "openai/judge")
    model_server.replies = reply
    models = ("--models", "openai/good", "openai/bad")
    result = command("eval", "judge", "--data", data, *models, "--limit", "8").line
    metrics = result["metrics"]
    assert (result["n"], metrics["judge"]) == (8, "openai/judge")
    assert metrics["models"]["openai/good"] == {
        "mean": 90.0, "low": 90.0, "high": 90.0, "graded": 8,
    }  # fmt: skip
    assert metrics["differences"]["openai/good - openai/bad"]["low"] == 60.0


def test_differences_are_over_what_both_were_graded_on() -> None:
    made = figures({"a": [80, None, 60], "b": [70, 10, None]})
    assert made["models"]["a"]["mean"] == 70.0
    assert made["differences"]["a - b"] == {"mean": 10.0, "low": 10.0, "high": 10.0}


@pytest.mark.parametrize(
    ("models", "said"),
    [(("openai/a", "openai/a"), "must name different models"), (("openai/a",), "--judge must")],
)
def test_what_cannot_be_compared_is_refused(
    command: Command,
    model_server: OpenAIServer,
    monkeypatch: pytest.MonkeyPatch,
    data: Path,
    models: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.setenv("ASSISTANT_API_BASE", model_server.api_base)
    model_server.replies = lambda call: Says(("red",))
    ran = command("eval", "judge", "--data", data, "--models", *models, "--limit", "1")
    assert (ran.exit_code, said in ran.stderr) == (1, True), ran.stderr
