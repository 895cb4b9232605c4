"""`assistant ask` with a language model: a real server on loopback, the real command."""

import json
from pathlib import Path, PurePath

import pytest

from assistant.settings import IngestSettings
from ingest.embedder import MiniLMEmbedder
from ingest.pipeline import Ingest
from ingest.sentences import disarm_marks
from ingest.store import PassageStore
from tests.command import Command
from tests.openai_server import BreaksOff, FallsSilent, OpenAIServer, Refuses, Says

QUESTION = "Which file formats can I ingest?"


@pytest.fixture
def ask(command: Command, model_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("ASSISTANT_MODEL", "openai/test")
    monkeypatch.setenv("ASSISTANT_API_BASE", model_server.api_base)
    monkeypatch.setenv("ASSISTANT_MODEL_TIMEOUT_SECONDS", "1")
    return lambda *arguments, **options: command("ask", *arguments, **options)


def batch(*lines: dict[str, str]) -> str:
    return "\n".join(map(json.dumps, lines))


def test_the_model_answers_from_numbered_passages_and_its_marks_become_citations(
    ask: Command, model_server: OpenAIServer
) -> None:
    model_server.will(Says(("Many formats, such as PDF. [1] ", "An EML file is an e-mail. [1]")))
    answer = ask(QUESTION, "--json").line
    assert answer["text"] == "Many formats, such as PDF. [1] An EML file is an e-mail. [1]"
    assert answer["model"] == "openai/test"
    assert answer["usage"] == {"prompt_tokens": 11, "completion_tokens": 7, "cost_usd": None}
    first = answer["passages"][0]
    assert [citation["n"] for citation in answer["citations"]] == [1, 1]
    quotes = [" ".join(citation["quote"].split()) for citation in answer["citations"]]
    assert quotes[0].startswith("The assistant ingests these file formats: PDF")
    assert quotes[1] == "An EML file is an e-mail message saved as a file."
    for citation in answer["citations"]:
        offset = citation["start"] - first["start"]
        assert first["text"][offset : offset + len(citation["quote"])] == citation["quote"]


def test_the_prompt_holds_the_passages_numbered_and_the_question_last(
    ask: Command, model_server: OpenAIServer
) -> None:
    model_server.will(Says(("It is so. [1]",)))
    answer = ask(QUESTION, "--json").line
    prompt = model_server.calls[0]["messages"][-1]["content"]
    for n, passage in enumerate(answer["passages"], 1):
        block = prompt.split(f"<passage number={n} ")[1].split("</passage>")[0]
        assert disarm_marks(passage["text"]) in block
        assert PurePath(passage["source"]).name in block
    assert prompt.endswith(f"Question: {QUESTION}")
    assert prompt.count("<passage number=") == len(answer["passages"])


def test_a_mark_that_names_no_passage_gets_no_citation(
    ask: Command, model_server: OpenAIServer
) -> None:
    model_server.will(Says(("It is so. [99] And so. [0]",)))
    assert ask(QUESTION, "--json").line["citations"] == []


def test_a_conversation_goes_to_the_model_and_no_other_one_does(
    ask: Command, model_server: OpenAIServer
) -> None:
    model_server.will(Says(("One. [1]",)), Says(("Two. [1]",)), Says(("Three. [1]",)))
    ran = ask("--batch", "-", stdin=batch(
        {"text": "Which file formats can I ingest, by the guide?", "session": "anna"},
        {"text": "Where does the assistant keep its state?", "session": "bob"},
        {"text": "What does groundedness mean?", "session": "anna"},
    ))  # fmt: skip
    assert ran.exit_code == 0
    roles = [[message["role"] for message in call["messages"]] for call in model_server.calls]
    assert roles == [
        ["system", "user"],
        ["system", "user"],
        ["system", "user", "assistant", "user"],
    ]
    history = [message["content"] for message in model_server.calls[2]["messages"][1:3]]
    assert history == ["Which file formats can I ingest, by the guide?", "One. [1]"]
    assert "keep its state" not in model_server.prompt(2)


def test_a_failed_turn_leaves_no_trace_in_the_conversation(
    ask: Command, model_server: OpenAIServer
) -> None:
    model_server.will(Refuses(500), Says(("Fine. [1]",)))
    ran = ask("--batch", "-", stdin=batch(
        {"text": QUESTION, "session": "eve"}, {"text": "What is groundedness?", "session": "eve"}
    ))  # fmt: skip
    assert ran.exit_code == 1
    failed, answered = ran.lines
    assert failed["text"] == QUESTION
    assert "which failed" in failed["error"]
    assert answered["text"] == "Fine. [1]"
    assert [one["role"] for one in model_server.calls[1]["messages"]] == ["system", "user"]


def test_another_person_s_documents_never_reach_the_model(
    ask: Command, model_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch,
    copied_home: Path, tmp_path: Path, embedder: MiniLMEmbedder,
) -> None:  # fmt: skip
    secret = tmp_path / "secret.txt"
    secret.write_text("Which file formats can I ingest? Only those of Zanzibar can be ingested.")
    store = PassageStore(copied_home / "index")
    Ingest(store, embedder, IngestSettings()).run([secret], collection="chat-of-bob")
    store.close()
    monkeypatch.setenv("ASSISTANT_HOME", str(copied_home))
    model_server.will(Says(("It is so. [1]",)))
    answer = ask(QUESTION, "--json").line
    assert "Zanzibar" not in model_server.prompt()
    assert "secret.txt" not in json.dumps([model_server.calls, answer])


@pytest.mark.parametrize(
    ("failure", "sentence", "said"),
    [
        (Refuses(401), "The key was refused", ""),
        (Refuses(429), "Too many requests", ""),
        (BreaksOff(("Half an ans",)), "broke off", "Half an ans"),
        (BreaksOff(("Half an ans",), chunked=False), "broke off", "Half an ans"),
        (FallsSilent(("Half an ans",)), "no word", "Half an ans"),
    ],
    ids=["401", "429", "reset", "closed", "silent"],
)
def test_a_failing_model_is_one_sentence_on_stderr_and_exit_1(
    ask: Command, model_server: OpenAIServer, failure: Refuses, sentence: str, said: str
) -> None:
    model_server.will(failure)
    ran = ask(QUESTION)
    assert (ran.exit_code, ran.stdout) == (1, said)
    assert sentence in ran.stderr
    assert "Traceback" not in ran.stderr


def test_nothing_goes_to_stdout_as_json_when_the_model_fails(
    ask: Command, model_server: OpenAIServer
) -> None:
    model_server.will(BreaksOff(("Half an ans",)))
    ran = ask(QUESTION, "--json")
    assert (ran.exit_code, ran.stdout) == (1, "")


def test_a_model_given_by_option_wins_over_the_setting(
    ask: Command, model_server: OpenAIServer
) -> None:
    model_server.will(Says(("It is so. [1]",)))
    assert ask(QUESTION, "--model", "openai/other", "--json").line["model"] == "openai/other"
    assert model_server.calls[0]["model"] == "other"


def test_small_talk_goes_to_the_model_without_passages(
    ask: Command, model_server: OpenAIServer
) -> None:
    model_server.will(Says(("Hello to you.",)))
    answer = ask("Hello", "--json").line
    assert (answer["text"], answer["passages"]) == ("Hello to you.", [])
    assert "<passage" not in model_server.prompt()
