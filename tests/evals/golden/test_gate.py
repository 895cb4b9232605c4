"""The gate over the sample documents holds while nothing changes, and stops what makes it worse."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import assistant.runtime
from assistant.runtime import Runtime
from assistant.schema import Passage, Scores
from assistant.settings import Settings
from evals.benchmarks.harness import read_json_lines
from evals.golden.comparing import compare
from evals.golden.configuration import configuration
from evals.golden.questions import question_of
from evals.golden.runs import Run, ask_all
from ingest.embedder import MiniLMEmbedder
from ingest.search import Searcher
from plugins.rag import generate
from tests.command import Command
from tests.openai_server import OpenAIServer, Says
from tests.paths import REPOSITORY

GOLDEN = REPOSITORY / "evals" / "golden"
QUESTIONS = GOLDEN / "examples.jsonl"
MODEL = "openai/test"

pytestmark = pytest.mark.slow


class NoJudge:
    """Scores nothing: what these tests break shows in facts and sources."""

    name = "none"

    def score(self, question: str, contexts: object, answer: str) -> Scores:
        return Scores()


Ask = Callable[..., Run]


@pytest.fixture(scope="module")
def golden(home: Path) -> Ask:
    """Runs the golden questions over the sample documents, with settings of its own."""
    return partial(asked, home)


def asked(home: Path, every: int = 1, **settings: Any) -> Run:
    runtime = Runtime(Settings(home=home, gather_timeout_seconds=120, **settings))
    configured = configuration(runtime.settings, [generate.SYSTEM], [])
    questions = [question_of(fields) for _, fields in read_json_lines(QUESTIONS)][::every]
    run = ask_all(questions, runtime.engine, NoJudge(), configured, "x", "local")
    runtime.close()
    return run


@pytest.fixture(scope="module")
def before(golden: Ask) -> Run:
    return golden()


def regressions(after: Run, before: Run) -> list[str]:
    return [one.metric for one in compare(after, before).regressions()]


def test_the_sample_documents_hold_their_baseline(command: Command) -> None:
    ran = command(
        "eval", "gate", "--baseline", GOLDEN / "examples_baseline.json", "--data", QUESTIONS
    )
    assert ran.exit_code == 0, ran.stdout + ran.stderr


def test_an_unchanged_system_passes(golden: Ask, before: Run) -> None:
    after = golden()
    assert after.outcomes == before.outcomes
    assert regressions(after, before) == []


def test_a_single_passage_is_caught(golden: Ask, before: Run) -> None:
    assert "facts" in regressions(golden(rag={"top_k": 1}), before)


@pytest.mark.parametrize("query", ["", "the"], ids=["finds nothing", "finds anything"])
def test_a_broken_retriever_is_caught(
    golden: Ask, before: Run, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    search = Searcher.__call__

    def broken(self: Searcher, asked: str, *rest: Any) -> list[Passage]:
        return search(self, query, *rest) if query else []

    monkeypatch.setattr(Searcher, "__call__", broken)
    assert {"right", "facts", "sources"} <= set(regressions(golden(), before))


def test_embeddings_of_another_model_are_caught(
    golden: Ask, before: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Other(MiniLMEmbedder):
        """As good as the one that the index was made with, and not that one."""

        def encode(self, texts: Any) -> Any:
            return np.ascontiguousarray(super().encode(texts)[:, ::-1])

    monkeypatch.setattr(assistant.runtime, "MiniLMEmbedder", Other)
    assert "facts" in regressions(golden(), before)


@pytest.fixture
def obedient(model_server: OpenAIServer) -> OpenAIServer:
    """A model that repeats the first passages, and marks them if it is told to."""

    def reply(call: dict[str, Any]) -> Says:
        system, *_, prompt = (message["content"] for message in call["messages"])
        passages = re.findall(r"<passage number=(\d+)[^>]*>\n(.*?)\n</passage>", prompt, re.DOTALL)
        marks = "number of the passage" in system
        said = [f"{text} [{n}]" if marks else text for n, text in passages[:4]]
        return Says(("\n\n".join(said) or "That is not in your documents.",))

    model_server.replies = reply
    return model_server


def test_a_prompt_without_its_citation_rule_is_caught(
    golden: Ask, obedient: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = partial(golden, every=2, model=MODEL, api_base=obedient.api_base)
    before = ask()
    rules = generate.SYSTEM.splitlines()
    without = "\n".join(rule for rule in rules if "number of the passage" not in rule)
    assert without != generate.SYSTEM
    monkeypatch.setattr(generate, "SYSTEM", without)
    after = ask()
    assert "sources" in regressions(after, before)
    assert "prompt" in compare(after, before).changes


def test_the_questions_are_some_forty_or_more_with_refusals_among_them() -> None:
    questions = [question_of(fields) for _, fields in read_json_lines(QUESTIONS)]
    assert len({one.id for one in questions}) == len(questions) >= 40
    assert sum(one.refusal for one in questions) >= 8
