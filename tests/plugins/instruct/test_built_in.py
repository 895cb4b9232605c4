"""The base that comes along: it answers from the text of a request, offline and from few bytes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.runtime import Runtime
from assistant.schema import Message, Routed, Turn
from assistant.settings import InstructSettings, Settings
from plugins.instruct.base_names import SHIPPED
from plugins.instruct.doubt import DOUBT
from plugins.instruct.examples import Request
from plugins.instruct.metrics import loops
from plugins.instruct.model import InstructModel
from plugins.instruct.packing import PACKED
from plugins.instruct.written import Written
from tests.turns import ask, events_of, only

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


def test_it_answers_only_who_asks_for_it(runtime: Runtime) -> None:
    turn = Turn("Is this review positive or negative?\nI loved every minute of it, a great film.")
    route = only(Routed, events_of(runtime.engine, turn)).route
    assert "instruct" not in [pick.name for pick in route.plugins]


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
