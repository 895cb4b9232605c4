"""A model makes golden questions of documents; what it makes up is dropped."""

import json
import re
from typing import Any

import pytest

from assistant.errors import InputError, SettingsError
from assistant.llm import LiteLLMModel
from assistant.runtime import Runtime
from evals.golden.generating import generate
from tests.openai_server import OpenAIServer, Says


@pytest.fixture
def model(model_server: OpenAIServer) -> LiteLLMModel:
    return LiteLLMModel("openai/test", model_server.api_base, 30, 200)


def test_questions_come_from_the_documents_with_their_page(
    model_server: OpenAIServer, model: LiteLLMModel, runtime: Runtime
) -> None:
    def copies(call: dict[str, Any]) -> Says:
        """Asks for the first words of the text; every third time for some that are not there."""
        n = len(model_server.calls)
        text = re.search(r"<text [^\n]*\n(.*)\n</text>", call["messages"][-1]["content"], re.DOTALL)
        assert text is not None
        fact = " ".join(text[1].split()[:4]) if n % 3 else "made up out of nothing"
        made = json.dumps({"question": f"What is said in place {n}?", "fact": fact})
        return Says((f"Sure!\n```json\n{made}\n```",))

    model_server.replies = copies
    made = generate(model, runtime.store, 6, "examples/docs/")
    assert len(made) == 6
    assert len(model_server.calls) > 6
    assert all("made up" not in one.facts[0] for one in made)
    assert all(one.sources for one in made)


@pytest.mark.parametrize("reply", ["no", "{}", "[1]", '{"question": "Why?", "fact": 3}', "{" * 99])
def test_replies_that_cannot_be_used_are_dropped(
    model_server: OpenAIServer, model: LiteLLMModel, runtime: Runtime, reply: str
) -> None:
    model_server.replies = lambda call: Says((reply,))
    with pytest.raises(InputError, match="made no question"):
        generate(model, runtime.store, 1, "")
    assert len(model_server.calls) == 3


def test_without_a_model_or_documents_it_is_said_what_to_do(
    model: LiteLLMModel, runtime: Runtime
) -> None:
    with pytest.raises(SettingsError, match="set ASSISTANT_MODEL"):
        generate(None, runtime.store, 1, "")
    with pytest.raises(InputError, match="no documents under"):
        generate(model, runtime.store, 1, "nowhere/")
