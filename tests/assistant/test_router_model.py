"""The language model as the router."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.runtime import Runtime
from assistant.schema import Turn
from assistant.settings import Settings
from tests.openai_server import Behaviour, CallsTools, OpenAIServer, Refuses

SPAM = 'Is this spam? "You have won a prize, click here"'


@pytest.fixture
def runtime(model_server: OpenAIServer, tmp_path: Path) -> Iterator[Runtime]:
    """One whose model is known to call tools."""
    runtime = chosen_by("openai/gpt-4o-mini", model_server, tmp_path)
    yield runtime
    runtime.close()


def chosen_by(model: str, server: OpenAIServer, home: Path) -> Runtime:
    return Runtime(Settings(home=home, model=model, api_base=server.api_base, router="model"))


def picked(runtime: Runtime, text: str) -> list[str]:
    return [pick.name for pick in runtime.router.route(Turn(text)).plugins]


def test_the_model_chooses_among_the_plugins_as_tools(
    runtime: Runtime, model_server: OpenAIServer
) -> None:
    model_server.will(CallsTools(("memory",)))
    (pick,) = runtime.router.route(Turn(SPAM)).plugins
    assert (pick.name, pick.reason) == ("memory", "the model openai/gpt-4o-mini chose it")
    (call,) = model_server.calls
    tools = {one["function"]["name"]: one["function"]["description"] for one in call["tools"]}
    assert tools == {plugin.name: plugin.description for plugin in runtime.registry}
    assert call["messages"][-1]["content"] == SPAM


def test_a_model_that_calls_no_tool_leaves_the_message_to_the_conversation(
    runtime: Runtime, model_server: OpenAIServer
) -> None:
    model_server.will(CallsTools(()))
    assert picked(runtime, SPAM) == []


@pytest.mark.parametrize("behaviour", [Refuses(500), CallsTools(("spam", "oracle"))])
def test_what_the_model_gives_that_is_unusable_leaves_it_to_the_local_router(
    runtime: Runtime,
    model_server: OpenAIServer,
    behaviour: Behaviour,
    caplog: pytest.LogCaptureFixture,
) -> None:
    model_server.will(behaviour)
    assert picked(runtime, SPAM) == ["spam"]
    assert "the local router picks" in caplog.text


def test_a_model_that_calls_no_tools_is_not_asked(
    model_server: OpenAIServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    runtime = chosen_by("openai/unknown", model_server, tmp_path)
    assert picked(runtime, SPAM) == ["spam"]
    assert model_server.calls == []
    assert "calls no tools" in caplog.text
    runtime.close()


def test_a_command_wins_without_asking_the_model(
    runtime: Runtime, model_server: OpenAIServer
) -> None:
    assert picked(runtime, "/docs hello") == ["rag"]
    assert model_server.calls == []
