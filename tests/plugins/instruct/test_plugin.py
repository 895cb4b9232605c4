"""The instruct plugin in the engine."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from assistant.errors import ModelError, SettingsError
from assistant.events import Event, Finished, Routed, Token
from assistant.runtime import Runtime
from assistant.schema import Completion, Message, Turn, Usage
from assistant.settings import InstructSettings, Settings
from plugins.instruct.training.data import Data
from plugins.instruct.training.options import TrainingOptions
from plugins.instruct.training.train import train
from tests.plugins.instruct.tiny_models import examples, tiny_llama
from tests.turns import events_of, only


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that sorts words."""
    untrained = tiny_llama(tmp_path_factory.mktemp("llama"))
    folder = tmp_path_factory.mktemp("base")
    options = TrainingOptions(
        base=str(untrained), method="full", epochs=4, batch_tokens=1024, learning_rate=5e-3
    )
    train(Data("sort", (tuple(examples(300, "sort")),)), options, folder)
    return folder


@pytest.fixture(scope="module")
def runtime(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    home = tmp_path_factory.mktemp("home")
    runtime = Runtime(Settings(home=home, instruct=InstructSettings(base=str(base))))
    yield runtime
    runtime.close()


def finished(events: Sequence[Event]) -> Finished:
    return next(event for event in events if isinstance(event, Finished))


def test_the_command_asks_the_model_that_runs_here(runtime: Runtime) -> None:
    events = events_of(runtime.engine, Turn("/instruct sort ban fet col"))
    answer = finished(events).answer
    assert (answer.text, answer.plugin, answer.model) == ("low", "instruct", "local/instruct")
    assert answer.usage.completion_tokens == 1
    assert answer.usage.prompt_tokens > 3
    assert any(isinstance(event, Token) for event in events)


def test_what_is_asked_of_a_document_is_left_to_others(runtime: Runtime) -> None:
    events = events_of(runtime.engine, Turn("Summarise what the contract says on penalties"))
    assert "instruct" not in [pick.name for pick in only(Routed, events).route.plugins]


def test_a_request_that_is_too_long_is_answered_with_a_sentence(runtime: Runtime) -> None:
    with pytest.raises(ModelError, match="shorter than the 128 tokens that the model reads"):
        events_of(runtime.engine, Turn("/instruct " + "ban " * 200))


def test_it_answers_for_every_other_part_as_a_model(base: Path, tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path, model="local/instruct", instruct=InstructSettings(base=str(base))
    )
    runtime = Runtime(settings)
    assert runtime.llm is not None

    async def chat(text: str) -> list[object]:
        return [piece async for piece in runtime.llm.chat([Message("user", text)], "")]  # type: ignore[union-attr]

    *pieces, completion = asyncio.run(chat("sort ban fet col"))
    assert "".join(map(str, pieces)) == "low"
    assert completion == Completion("local/instruct", Usage(8, 1, 0.0))
    with pytest.raises(ModelError, match="shorter than the 128 tokens that the model reads"):
        asyncio.run(chat("ban " * 200))
    runtime.close()


def test_a_model_that_no_plugin_runs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="known are local/instruct"):
        Runtime(Settings(home=tmp_path, model="local/nobody"))


def test_a_message_that_brings_its_text_is_answered_without_a_command(runtime: Runtime) -> None:
    turn = Turn("Is this review positive or negative?\nI loved every minute of it, a great film.")
    (pick, *_) = only(Routed, events_of(runtime.engine, turn)).route.plugins
    assert pick.name == "instruct"
    assert "brings a text along" in pick.reason


def test_what_lists_plugins_does_not_wait_for_transformers() -> None:
    code = (
        "import plugins.instruct.plugin, sys;"
        "print({'torch', 'transformers', 'peft'} & {*sys.modules})"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
