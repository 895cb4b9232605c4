"""`assistant eval golden` keeps, asks and compares questions; `assistant eval gate` holds them."""

import json
from pathlib import Path

import pytest

from tests.command import Command
from tests.paths import EXAMPLES

FORMATS = "Which file formats can I ingest?"
PRICE = "Which monthly price does the assistant have?"


@pytest.fixture
def private(command: Command, monkeypatch: pytest.MonkeyPatch, copied_home: Path) -> Command:
    """The command with a state folder that the test may change."""
    monkeypatch.setenv("ASSISTANT_HOME", str(copied_home))
    return command


def test_questions_are_added_listed_and_removed(private: Command) -> None:
    options = ("--fact", "PDF", "--fact", "EPUB", "--source", "ingest-guide.pdf, page 1")
    added = private("eval", "golden", "add", FORMATS, *options, "--json").line
    assert added["added"] is True
    assert private("eval", "golden", "add", FORMATS, *options, "--json").line["added"] is False
    [listed] = private("eval", "golden", "list", "--json").lines
    assert listed == {
        "id": added["id"],
        "question": FORMATS,
        "facts": ["PDF", "EPUB"],
        "sources": ["ingest-guide.pdf, page 1"],
    }
    assert "“EPUB”" in private("eval", "golden", "list").stdout
    assert private("eval", "golden", "list", "--user", "bo", "--json").stdout == ""
    assert private("eval", "golden", "remove", added["id"], "--json").line == {"removed": 1}
    ran = private("eval", "golden", "remove", added["id"])
    assert (ran.exit_code, "There is no golden question" in ran.stderr) == (1, True)


def test_a_batch_is_kept_line_by_line_and_bad_lines_are_answered_in_place(private: Command) -> None:
    lines = ['{"question": "A?", "refusal": true}', "{", '{"question": "B?"}', "[]"]
    ran = private("eval", "golden", "add", "--batch", "-", stdin="\n".join(lines))
    assert ran.exit_code == 1
    assert ["error" in line for line in ran.lines] == [False, True, True, True]
    assert [line["question"] for line in private("eval", "golden", "list", "--json").lines] == [
        "A?"
    ]


def test_runs_are_kept_compared_and_held_to_a_baseline(private: Command, tmp_path: Path) -> None:
    private("eval", "golden", "add", FORMATS, "--fact", "EPUB")
    private("eval", "golden", "add", PRICE, "--refusal")
    run = private("eval", "golden", "run", "--save-baseline", "main", "--json").line
    assert run["metrics"]["right"] == 1.0
    assert {one["question"] for one in run["outcomes"]} == {FORMATS, PRICE}
    held = private("eval", "gate", "--baseline", "main", "--times", "2")
    assert (held.exit_code, "2 times out of 2" in held.stderr) == (0, True)
    private("eval", "golden", "run")
    first, second = private("eval", "golden", "report", "--json").lines
    assert (first["baseline"], second["baseline"]) == ("main", "")
    assert {one["high"] for one in second["differences"]} == {0.0}
    assert "main" in private("eval", "golden", "report").stdout
    assert private("eval", "gate", "--baseline", "other").exit_code == 1


def test_the_gate_fails_where_answers_are_worse(
    private: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here the documents are others, so that every answer is worse."""
    questions = tmp_path / "questions.jsonl"
    wanted = [{"question": f"{FORMATS} {n}", "facts": ["EPUB"]} for n in range(6)]
    questions.write_text("\n".join(map(json.dumps, wanted)), "utf-8")
    baseline = tmp_path / "baseline.json"
    asked = ("--data", questions, "--docs", EXAMPLES / "ingest-guide.pdf")
    assert private("eval", "golden", "run", *asked, "--save-baseline", baseline).exit_code == 0
    assert private("eval", "gate", "--baseline", baseline, *asked).exit_code == 0
    worse = ("--data", questions, "--docs", EXAMPLES / "limits-and-settings.csv")
    ran = private("eval", "gate", "--baseline", baseline, *worse, "--json")
    assert ran.exit_code == 1
    assert {"right", "facts"} <= set(ran.line["regressions"])
    assert "documents" in ran.line["changes"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [("", "no golden questions"), ('{"question": "A?"}', "Line 1"), ("{", "not JSON")],
)
def test_questions_that_cannot_be_asked_are_refused(
    private: Command, tmp_path: Path, lines: str, said: str
) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(lines, "utf-8")
    ran = private("eval", "golden", "run", "--data", file)
    assert (ran.exit_code, said in ran.stderr) == (1, True)


def test_a_benchmark_runs_by_its_name_with_options_on_either_side(command: Command) -> None:
    for arguments in (("nothing", "--limit", "1"), ("--limit", "1", "nothing")):
        ran = command("eval", *arguments)
        assert (ran.exit_code, "There is no benchmark 'nothing'" in ran.stderr) == (1, True)
