"""The base that comes along: it answers from the text of a request, offline and from few bytes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.runtime import Runtime
from assistant.schema import Message, Turn
from assistant.settings import InstructSettings, Settings
from plugins.instruct.base_names import SHIPPED
from plugins.instruct.doubt import DOUBT
from plugins.instruct.examples import Request
from plugins.instruct.metrics import loops
from plugins.instruct.model import InstructModel
from plugins.instruct.packing import PACKED
from plugins.instruct.written import Written
from tests.openai_server import OpenAIServer, Says
from tests.turns import ask

PASSAGE = (
    "The lighthouse was built in 1874 by the engineer Marta Lindqvist, after three ships had been "
    "lost on the rocks below the village of Holm."
)


@pytest.fixture(scope="module")
def model() -> InstructModel:
    return InstructModel(InstructSettings())


def said(model: InstructModel, instruction: str, text: str = "") -> str:
    pieces = model.stream(Request(instruction, text), model.sampling, None, Written())
    return "".join(pieces)


def test_it_takes_little_room() -> None:
    assert (SHIPPED / PACKED).stat().st_size < 25e6


def test_it_finds_an_answer_in_a_passage(model: InstructModel) -> None:
    assert "1874" in said(model, f"{PASSAGE}\n\nQuestion: When was the lighthouse built?\nAnswer:")


@pytest.mark.parametrize("text", ["", "?", "word " * 300, "äöü 漢字 🙂 " * 20])
def test_whatever_it_is_asked_it_neither_fails_nor_loops(model: InstructModel, text: str) -> None:
    assert not loops(said(model, "Summarize this text.", text))


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    runtime = Runtime(Settings(home=tmp_path))
    yield runtime
    runtime.close()


TASK = "Is this review positive or negative?\nI loved every minute of it, a great film."


def test_it_takes_a_task_that_brings_its_text(runtime: Runtime) -> None:
    answer = ask(runtime.engine, Turn(TASK)).answer
    assert (answer.plugin, answer.model) == ("instruct", "local/instruct")


def test_where_a_model_is_configured_that_one_follows_what_was_not_asked_of_it(
    model_server: OpenAIServer, tmp_path: Path
) -> None:
    model_server.will(Says(("Positive.",)))
    settings = Settings(home=tmp_path, model="openai/test", api_base=model_server.api_base)
    runtime = Runtime(settings)
    answer = ask(runtime.engine, Turn(TASK)).answer
    runtime.close()
    assert (answer.plugin, answer.text, answer.model) == ("instruct", "Positive.", "openai/test")


def test_what_was_said_before_does_not_mix_in(runtime: Runtime) -> None:
    before = (Message("user", "When was the lighthouse built?"), Message("assistant", "1874"))
    question = "/instruct What is the name of the engineer?\nThe engineer of the dam was Ida Ray."
    alone, later = (
        ask(runtime.engine, Turn(question, history=said)).answer.text for said in ((), before)
    )
    assert later == alone


def test_what_it_was_not_sure_of_says_so(runtime: Runtime) -> None:
    turn = Turn("/instruct Who wrote the opera Fidelio, and when?")
    assert DOUBT in ask(runtime.engine, turn).answer.text
