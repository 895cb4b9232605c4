"""Every command of the contract that scripts rely on, from its entry point."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.command import Command
from tests.distributions import install_showing

QUESTION = "Which file formats can I ingest?"
PASSAGE = {"id", "source", "page", "start", "end", "heading", "text", "score"}
PICK = {"name", "score", "reason"}
TRIAD = {"context_relevance", "groundedness", "answer_relevance"}
SKY = {
    "question": "What colour is the sky?",
    "contexts": ["The sky is blue."],
    "answer": "The sky is blue.",
}


def test_ask_answers_as_json_with_every_field_of_the_contract(command: Command) -> None:
    ran = command("ask", QUESTION, "--json")
    answer = ran.line
    assert ran.exit_code == 0
    assert set(answer) >= {
        "id", "text", "route", "model", "passages", "citations", "scores", "usage",
        "timings_ms", "warnings", "context",
    }  # fmt: skip
    assert set(answer["route"]["plugins"][0]) >= PICK
    assert set(answer["passages"][0]) >= PASSAGE
    assert set(answer["citations"][0]) >= {
        "n", "source", "page", "quote", "start", "end", "groundedness",
    }  # fmt: skip
    assert set(answer["scores"]) >= TRIAD
    assert set(answer["usage"]) >= {"prompt_tokens", "completion_tokens", "cost_usd"}
    assert set(answer["timings_ms"]) >= {"route", "gather", "generate", "total", "score"}


def test_an_answer_s_figures_are_scores_and_milliseconds(command: Command) -> None:
    answer = command("ask", QUESTION, "--json").line
    scores = [answer["scores"][name] for name in TRIAD]
    scores += [passage["score"] for passage in answer["passages"]]
    scores += [citation["groundedness"] for citation in answer["citations"]]
    scores += [pick["score"] for pick in answer["route"]["plugins"]]
    assert all(isinstance(score, float) and 0 <= score <= 1 for score in scores)
    assert all(milliseconds >= 0 for milliseconds in answer["timings_ms"].values())


def test_the_budget_adds_up_to_what_the_model_sees(command: Command) -> None:
    answer = command("ask", QUESTION, "--json").line
    context = answer["context"]
    assert context["n_tokens"] == sum(share["n_tokens"] for share in context["shares"])
    assert len(answer["passages"]) == sum(share["n_kept"] for share in context["shares"])
    assert all(drop["reason"] and drop["passage"]["source"] for drop in context["dropped"])
    assert f"{context['n_tokens']} of 3,000 tokens" in command("ask", QUESTION).stdout


def test_ask_shows_the_answer_its_sources_and_its_scores(command: Command) -> None:
    ran = command("ask", QUESTION)
    assert "The assistant ingests these file formats: PDF, HTML, Markdown" in ran.stdout
    assert "source code. [1]" in ran.stdout
    assert "[1] examples/docs/ingest-guide.pdf, page 1" in ran.stdout
    assert "context relevance 0." in ran.stdout
    assert "groundedness 1.00" in ran.stdout


def test_a_score_that_is_missing_is_null_and_said_in_words(command: Command) -> None:
    assert command("ask", "Hello", "--json").line["scores"]["groundedness"] is None
    assert "groundedness not scored" in command("ask", "Hello").stdout


def test_search_gives_passages_as_the_contract_says(command: Command) -> None:
    found = command("search", QUESTION, "-k", "6", "--json").line
    assert found["query"] == QUESTION
    assert len(found["passages"]) == 6
    assert all(set(passage) >= PASSAGE for passage in found["passages"])
    by_source = {passage["source"]: passage["page"] for passage in found["passages"]}
    assert by_source["examples/docs/ingest-guide.pdf"] >= 1
    assert by_source["examples/docs/getting-started.md"] is None


@pytest.mark.parametrize(("text", "picked"), [(QUESTION, ["rag"]), ("Good morning", [])])
def test_route_says_who_would_be_picked(command: Command, text: str, picked: list[str]) -> None:
    route = command("route", text, "--json").line
    assert route["text"] == text
    assert [pick["name"] for pick in route["plugins"]] == picked
    assert all(set(pick) >= PICK for pick in route["plugins"])


def test_score_judges_what_it_is_given(command: Command) -> None:
    options = [f"--question={SKY['question']}", f"--context={SKY['contexts'][0]}"]
    scores = command("score", *options, f"--answer={SKY['answer']}", "--json").line
    assert set(scores) >= TRIAD | {"sentences"}
    assert scores["groundedness"] > 0.99
    [sentence] = scores["sentences"]
    assert (sentence["text"], sentence["start"], sentence["end"]) == ("The sky is blue.", 0, 16)
    assert (sentence["context"], sentence["evidence"]) == (0, "The sky is blue.")
    assert sentence["reasons"] == []


def test_plugins_are_listed_with_where_they_come_from(command: Command) -> None:
    by_name = {line["name"]: line for line in command("plugins", "--json").lines}
    assert set(by_name["rag"]) >= {"name", "description", "version", "from", "status"}
    assert (by_name["rag"]["from"], by_name["rag"]["status"]) == ("assistant", "ready")
    assert "rag" in command("plugins").stdout


def test_documents_are_listed_one_a_line(command: Command) -> None:
    lines = command("docs", "list", "--json").lines
    assert [line["source"] for line in lines] == sorted(
        f"examples/docs/{path.name}" for path in Path("examples/docs").iterdir()
    )
    assert all(
        set(line) >= {"source", "pages", "passages", "sha256", "ingested_at"} for line in lines
    )
    assert all(len(line["sha256"]) == 64 and line["passages"] > 0 for line in lines)


@pytest.fixture
def private(command: Command, monkeypatch: pytest.MonkeyPatch, copied_home: Path) -> Command:
    """The command with a state folder that the test may change."""
    monkeypatch.setenv("ASSISTANT_HOME", str(copied_home))
    return command


def test_removed_documents_are_counted_and_unknown_ones_reported(private: Command) -> None:
    ran = private("docs", "remove", "examples/docs/ingest-guide.pdf", "nothing.pdf", "--json")
    assert (ran.exit_code, ran.line) == (1, {"removed": 1})
    assert "There is no document nothing.pdf" in ran.stderr
    left = [line["source"] for line in private("docs", "list", "--json").lines]
    assert len(left) == 7
    assert "examples/docs/ingest-guide.pdf" not in left
    again = private("docs", "remove", "examples/docs/troubleshooting.txt", "--json")
    assert (again.exit_code, again.line) == (0, {"removed": 1})


def test_ingest_reports_as_the_contract_says_and_goes_on_behind_a_bad_file(
    private: Command, tmp_path: Path
) -> None:
    (tmp_path / "fox.txt").write_text("The fox is red.")
    (tmp_path / "bad.pdf").write_text("no PDF at all")
    ran = private("ingest", tmp_path / "fox.txt", tmp_path / "bad.pdf", "--json")
    report = ran.line
    assert ran.exit_code == 1
    assert set(report) >= {
        "added", "updated", "unchanged", "deleted", "failed", "pages", "passages", "seconds",
    }  # fmt: skip
    assert [report[name] for name in ("added", "updated", "unchanged", "deleted")] == [1, 0, 0, 0]
    assert [failed["path"] for failed in report["failed"]] == [str(tmp_path / "bad.pdf")]
    assert report["failed"][0]["reason"]
    assert str(tmp_path / "bad.pdf") in ran.stderr


def test_a_dry_run_and_pruning_are_told_in_words(private: Command, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "fox.txt").write_text("The fox is red.")
    ran = private("ingest", tmp_path / "new", "examples/docs", "--dry-run", "--prune")
    assert ran.exit_code == 0
    assert "1 would be added" in ran.stdout
    assert "8 unchanged" in ran.stdout
    assert len(private("docs", "list", "--json").lines) == 8


def test_an_empty_home_says_how_to_add_documents(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "new" / "home"))
    assert command("docs", "list", "--json").lines == []
    assert command("search", QUESTION, "--json").line["passages"] == []
    answer = command("ask", QUESTION, "--json").line
    assert "assistant ingest" in answer["text"]
    assert answer["passages"] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask"],
        ["search"],
        ["route"],
        ["score", "--question", "x"],
        ["ingest"],
        ["docs", "remove"],
        ["search", "fox", "-k", "0"],
        ["ingest", ".", "--workers", "0"],
        ["ask", "Hello", "--colour"],
        ["dance"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(command: Command, arguments: list[str]) -> None:
    ran = command(*arguments)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr


@pytest.mark.parametrize(
    ("variable", "value", "arguments", "sentence"),
    [
        ("ASSISTANT_PROT", "1", ["ask", "Hello"], "did you mean ASSISTANT_PORT?"),
        ("ASSISTANT_RAG__TOP_K", "x", ["search", "fox"], "ASSISTANT_RAG__TOP_K cannot be 'x'"),
        ("ASSISTANT_HOME", __file__, ["search", "fox"], __file__),
        ("ASSISTANT_HOST", "0.0.0.0", ["chat"], "ASSISTANT_HOST must be a loopback address"),
        ("ASSISTANT_PORT", "8000", ["ask", ""], "The message is empty"),
        ("ASSISTANT_PORT", "8000", ["ask", "Hello", "--plugin", "x"], "There is no plugin 'x'"),
        ("ASSISTANT_PORT", "8000", ["ingest", "/no/such"], "There is no such file or folder"),
    ],
    ids=["misspelt", "no number", "home is a file", "open to all", "empty", "plugin", "path"],
)
def test_what_fails_is_a_sentence_on_stderr_and_exit_1(
    command: Command, monkeypatch: pytest.MonkeyPatch,
    variable: str, value: str, arguments: list[str], sentence: str,
) -> None:  # fmt: skip
    monkeypatch.setenv(variable, value)
    ran = command(*arguments)
    assert ran.exit_code == 1
    assert sentence in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("name", ["ask", "search", "route"])
def test_a_text_that_is_not_utf_8_is_no_obstacle(command: Command, name: str) -> None:
    """`assistant ask caf\\xe9`, as a terminal with another encoding hands it over."""
    ran = command(name, os.fsdecode(b"Where is the caf\xe9?"), "--json")
    assert (ran.exit_code, len(ran.lines)) == (0, 1)


def run_program(home: Path, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("assistant"), *arguments],
        env={**os.environ, "ASSISTANT_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
        **options,
    )


def test_a_command_in_the_text_names_the_plugin(command: Command) -> None:
    (pick,) = command("route", "/docs Hello", "--json").line["plugins"]
    assert (pick["name"], pick["reason"]) == ("rag", "you asked for it with /docs")
    answer = command("ask", f"/docs {QUESTION}", "--json").line
    assert answer["route"]["plugins"] == [pick]
    assert "PDF" in answer["text"]
    assert command("route", "/nothing Hello", "--json").line["plugins"] == []


@pytest.fixture
def showing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_showing(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])


@pytest.mark.usefixtures("showing")
def test_the_parts_of_an_answer_are_drawn_in_the_terminal(command: Command) -> None:
    ran = command("ask", "/show it")
    assert ran.exit_code == 0
    shown = [
        "Attached: nothing.", "How sure I am: ham ██", "prize <img src=x", "FREE +0.90",
        "probability", "the 50 highest of 4,000", "0.90–1.00 ██", "rows.csv, 20 bytes",
    ]  # fmt: skip
    places = [ran.stdout.index(text) for text in shown]
    assert places == sorted(places)
    assert "Working" not in ran.stdout


@pytest.mark.usefixtures("showing")
def test_parts_are_not_printed_as_json(command: Command) -> None:
    answer = command("ask", "/show it", "--json").line
    assert answer["text"] == "Attached: nothing. Kept: nothing."
    assert answer["plugin"] == "showing"


def test_the_installed_program_prints_nothing_but_json_on_stdout(copied_home: Path) -> None:
    lines = "\n".join(json.dumps({"text": text}) for text in (QUESTION, "", "Hello"))
    ran = run_program(copied_home, "ask", "--batch", "-", input=lines)
    assert ran.returncode == 1
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [set(answer) == {"text", "error"} for answer in answers] == [False, True, False]
    assert answers[0]["citations"]
    assert (copied_home / "evals.db").exists()
    assert "Traceback" not in ran.stderr


def test_the_help_comes_without_loading_what_answering_needs() -> None:
    code = (
        "import sys; sys.argv = ['assistant', '--help']\nfrom assistant.cli import main\n"
        "try: main()\nfinally: print([m for m in ('torch', 'litellm', 'trulens', "
        "'faiss', 'chainlit') if m in sys.modules], file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "[]\n")
    assert "ingest" in ran.stdout
