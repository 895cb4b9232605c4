import asyncio
import threading
import time

import pytest

from assistant.errors import InputError
from assistant.events import Finished, Gathered, Packed, Routed, Scored, Token
from assistant.schema import Answer, Citation, Context, Passage, Response, Turn, Usage
from tests.assistant.talkers import QUOTE, Build, Gatherer, Talker, answer_of, raising, said_by
from tests.turns import ask, events_of, only


def test_events_come_in_the_order_of_the_walk(build: Build) -> None:
    events = events_of(build(Talker), Turn("What colour is the sky?"))
    assert [type(event) for event in events] == [
        Routed, Gathered, Packed, Token, Token, Finished, Scored,
    ]  # fmt: skip


def test_the_answer_carries_all_that_was_said_and_used(build: Build) -> None:
    turn = Turn("What colour is the sky?")
    events = events_of(build(Talker), turn)
    answer = only(Finished, events).answer
    assert (answer.id, answer.text, answer.model) == (turn.id, "The sky is blue. [1]", "a model")
    assert answer.usage == Usage(5, 3, 0.01)
    assert answer.citations == (Citation(1, "a.txt", None, QUOTE, 0, 16),)
    assert answer.passages == only(Packed, events).context.passages
    assert answer.route == only(Routed, events).route
    assert answer.warnings == ()


def test_each_stage_s_time_is_its_own(build: Build) -> None:
    class Slow(Talker):
        def gather(self, turn: Turn) -> list[Passage]:
            time.sleep(0.2)
            return []

        async def respond(self, turn: Turn, context: Context) -> Response:
            await asyncio.sleep(0.1)
            yield "Done."

    timings = answer_of(build(Slow)).timings
    assert 200 <= timings.gather < 300
    assert 100 <= timings.generate < 200
    stages = timings.route + timings.gather + timings.generate
    assert stages <= timings.total + 0.01 < stages + 100
    assert timings.score > 0


@pytest.mark.parametrize("text", ["", "  \n\t"])
def test_an_empty_message_is_refused(build: Build, text: str) -> None:
    with pytest.raises(InputError, match="empty"):
        answer_of(build(Talker), text)


def test_a_message_longer_than_the_limit_is_refused_with_the_way_out(build: Build) -> None:
    engine = build(Talker, max_message_chars=1200)
    assert answer_of(engine, "x" * 1200).text
    with pytest.raises(InputError, match=r"1,200 characters, this one has 1,201: attach"):
        answer_of(engine, "x" * 1201)


def test_plugins_gather_at_the_same_time(build: Build) -> None:
    both = threading.Barrier(2)

    class Waiting(Talker):
        def gather(self, turn: Turn) -> list[Passage]:
            both.wait(2)
            return []

    class Another(Waiting):
        name = "another"

    assert answer_of(build(Waiting, Another)).warnings == ()


def test_the_best_plugin_that_answers_answers_and_the_others_contribute(build: Build) -> None:
    class Lower(Talker):
        name = "lower"
        score = 0.5
        respond = raising(AssertionError("not its turn"))

    answer = answer_of(build(Lower, Talker, Gatherer))
    assert [pick.name for pick in answer.route.plugins] == ["gatherer", "talker", "lower"]
    assert answer.text == "The sky is blue. [1]"
    assert {one.text for one in answer.passages} == {
        said_by(name) for name in ("gatherer", "talker", "lower")
    }


def test_the_fallback_answers_what_no_plugin_takes(build: Build) -> None:
    answer = answer_of(build())
    assert (answer.text, answer.model) == ("The fallback speaks.", "fallback model")
    assert (answer.route.plugins, answer.passages) == ((), ())


def test_the_picked_plugins_observe_the_scored_answer(build: Build) -> None:
    seen: list[tuple[str, Turn, Answer]] = []

    class Watching(Talker):
        def observe(self, turn: Turn, answer: Answer) -> None:
            seen.append((self.name, turn, answer))

    class Unpicked(Watching):
        name = "unpicked"
        score = 0.0

    turn = Turn("What colour is the sky?")
    scored = ask(build(Watching, Unpicked), turn)
    assert seen == [("talker", turn, scored.answer)]
    assert scored.answer.timings.score is not None


def test_a_citation_gets_the_groundedness_of_its_sentence(build: Build) -> None:
    (citation,) = answer_of(build(Talker)).citations
    assert citation.groundedness == pytest.approx(1.0, abs=0.01)


def test_a_reader_who_stops_listening_stops_the_plugin(build: Build) -> None:
    closed: list[bool] = []

    class Endless(Talker):
        async def respond(self, turn: Turn, context: Context) -> Response:
            try:
                while True:
                    yield "on and "
                    await asyncio.sleep(0.001)
            finally:
                closed.append(True)

    async def stop_early() -> None:
        stream = build(Endless).stream(Turn("What colour is the sky?"))
        async for event in stream:
            if isinstance(event, Token):
                break
        await stream.aclose()
        await asyncio.sleep(0.1)

    asyncio.run(stop_early())
    assert closed == [True]


def test_what_chats_have_chosen_comes_with_their_turns_and_does_not_mix(build: Build) -> None:
    seen: list[tuple[str, str]] = []

    class Choosing(Talker):
        def gather(self, turn: Turn) -> list[Passage]:
            seen.append((turn.session, turn.options["talker.voice"]))
            return []

        async def respond(self, turn: Turn, context: Context) -> Response:
            for _ in range(3):
                await asyncio.sleep(0.002)
                yield turn.options["talker.voice"]

    engine = build(Choosing)
    voices = {"one": "loud", "two": "soft", "three": "loud"}

    async def say(session: str) -> str:
        turn = Turn("Hello?", session=session, options={"talker.voice": voices[session]})
        return only(Scored, [event async for event in engine.stream(turn)]).answer.text

    async def all_at_once() -> list[str]:
        return await asyncio.gather(*map(say, voices))

    assert asyncio.run(all_at_once()) == [voice * 3 for voice in voices.values()]
    assert sorted(seen) == sorted(voices.items())


def test_concurrent_turns_do_not_mix(build: Build) -> None:
    class Echo(Talker):
        async def respond(self, turn: Turn, context: Context) -> Response:
            for word in turn.text.split():
                await asyncio.sleep(0.002)
                yield f"{word} "

    engine = build(Echo)
    texts = [f"question {n} of many" for n in range(5)]

    async def say(text: str) -> str:
        events = [event async for event in engine.stream(Turn(text))]
        return only(Scored, events).answer.text

    async def all_at_once() -> list[str]:
        return await asyncio.gather(*map(say, texts))

    assert asyncio.run(all_at_once()) == [f"{text} " for text in texts]
