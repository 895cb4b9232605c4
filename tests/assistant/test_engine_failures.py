import asyncio
import subprocess
import sys
import time

import pytest

from assistant.errors import DocumentError, ModelError, PluginError
from assistant.events import Event, Finished, Scored, Token
from assistant.schema import Answer, Citation, Passage, Pick, Turn
from tests.assistant.talkers import (
    QUOTE,
    Build,
    Gatherer,
    Talker,
    answer_of,
    passage,
    raising,
    said_by,
)
from tests.turns import ask


def test_a_plugin_that_raises_in_gather_costs_its_own_passages_alone(build: Build) -> None:
    class Broken(Gatherer):
        name = "broken"

        def gather(self, turn: Turn) -> list[Passage]:
            raise ValueError("no luck")

    answer = answer_of(build(Talker, Broken))
    assert answer.text == "The sky is blue. [1]"
    assert [one.text for one in answer.passages] == [said_by("talker")]
    (warning,) = answer.warnings
    assert "broken was left out" in warning
    assert "no luck" in warning


def test_a_plugin_that_takes_too_long_is_left_out(build: Build) -> None:
    class Slow(Gatherer):
        name = "slow"

        def gather(self, turn: Turn) -> list[Passage]:
            time.sleep(2)
            return [passage("too late")]

    answer = answer_of(build(Talker, Slow, gather_timeout_seconds=0.2))
    assert [one.text for one in answer.passages] == [said_by("talker")]
    assert answer.warnings == ("The plugin slow was left out: it took longer than 0.2 seconds.",)
    assert answer.timings.gather < 1500


def test_a_plugin_whose_affinity_raises_costs_only_itself(build: Build) -> None:
    class Broken(Gatherer):
        name = "broken"

        def affinity(self, turn: Turn) -> Pick | None:
            raise ValueError("no luck")

    answer = answer_of(build(Talker, Broken))
    assert answer.text == "The sky is blue. [1]"
    assert [pick.name for pick in answer.route.plugins] == ["talker"]


@pytest.mark.parametrize(
    "error", [ValueError("no luck"), PluginError("no luck", "x"), DocumentError("no luck", "x")]
)
def test_a_plugin_that_fails_before_a_word_gives_way_with_a_warning(
    build: Build, error: Exception
) -> None:
    class Broken(Talker):
        name = "broken"
        respond = raising(error)

    answer = answer_of(build(Broken))
    assert (answer.text, answer.model) == ("The fallback speaks.", "fallback model")
    (warning,) = answer.warnings
    assert "broken failed to answer" in warning
    assert "no luck" in warning


def test_a_plugin_that_gives_way_leaves_no_citations_behind(build: Build) -> None:
    class Broken(Talker):
        respond = raising(ValueError("no luck"), Citation(1, "a.txt", None, QUOTE, 0, 16))

    answer = answer_of(build(Broken))
    assert (answer.text, answer.citations) == ("The fallback speaks.", ())


def test_a_plugin_that_fails_after_a_word_keeps_what_it_said(build: Build) -> None:
    class Broken(Talker):
        respond = raising(ValueError("no luck"), "Half an ans")

    answer = answer_of(build(Broken))
    assert answer.text == "Half an ans"
    assert "no luck" in answer.warnings[0]


@pytest.mark.parametrize("pieces", [(), ("Half an ans",)])
def test_a_model_that_does_not_answer_ends_the_turn(build: Build, pieces: tuple[str, ...]) -> None:
    class Unanswered(Talker):
        respond = raising(ModelError("the model is down", "m"), *pieces)

    events: list[Event] = []
    heard = events.append

    async def listen() -> None:
        async for event in build(Unanswered).stream(Turn("What colour is the sky?")):
            heard(event)

    with pytest.raises(ModelError, match="the model is down"):
        asyncio.run(listen())
    assert [event.text for event in events if isinstance(event, Token)] == list(pieces)
    assert not any(isinstance(event, Finished | Scored) for event in events)


def test_an_unknown_plugin_that_is_named_ends_the_turn(build: Build) -> None:
    with pytest.raises(PluginError, match="no plugin 'other'"):
        ask(build(Talker), Turn("What colour is the sky?", plugin="other"))


def test_a_plugin_that_fails_to_observe_costs_nothing(build: Build) -> None:
    class Broken(Talker):
        def observe(self, turn: Turn, answer: Answer) -> None:
            raise ValueError("no luck")

    assert answer_of(build(Broken)).text == "The sky is blue. [1]"


HANGING = """
import asyncio, threading
from assistant.context import ContextFilter
from assistant.engine import ContextEngine
from assistant.events import Scored
from assistant.history import ShortTermMemory
from assistant.plugin import Plugin, Registry
from assistant.router import Router
from assistant.schema import Completion, Scores, Turn

class Hanging(Plugin):
    name = "hanging"
    def gather(self, turn):
        threading.Event().wait()
    async def respond(self, turn, context):
        yield "The answer."
        yield Completion("m")

class Tracker:
    async def record(self, turn, context, answer, gathered=()):
        return Scored(answer, Scores())

async def main():
    registry = Registry()
    registry.register(Hanging(None))
    router, packer = Router(registry, None, None), ContextFilter(9, len)
    memory = ShortTermMemory(99, len)
    engine = ContextEngine(registry, router, packer, None, Tracker(), 0.2, 99, memory)
    async for event in engine.stream(Turn("x", plugin="hanging")):
        if isinstance(event, Scored):
            print(event.answer.text, flush=True)

asyncio.run(main())
"""


def test_a_plugin_that_hangs_for_good_does_not_keep_the_program_from_ending() -> None:
    program = subprocess.Popen([sys.executable, "-c", HANGING], stdout=subprocess.PIPE, text=True)
    try:
        out, _ = program.communicate(timeout=5)
        assert (out, program.returncode) == ("The answer.\n", 0)
    finally:
        program.kill()
