"""What may not wait for what."""

import asyncio
import threading
import time
from collections.abc import Sequence

from assistant.events import Finished, Gathered, Packed, Scored, Token
from assistant.plugin import Plugin
from assistant.schema import Answer, Context, Passage, Turn
from tests.assistant.talkers import Build, Gatherer, Talker, passage
from tests.turns import events_of, only

TURN = Turn("What colour is the sky?")


class Stuck:
    """A tracker whose scores never come."""

    async def record(
        self, turn: Turn, context: Context, answer: Answer, gathered: Sequence[Gathered] = ()
    ) -> Scored:
        await asyncio.Event().wait()
        raise AssertionError("nobody sets the event")


def test_no_word_waits_for_the_scores_of_this_answer_or_the_one_before(build: Build) -> None:
    engine = build(Talker, tracker=Stuck())

    async def two_turns() -> list[str]:
        said, scoring = [], []
        for _ in range(2):
            events = engine.stream(TURN)
            said.append("")
            while not isinstance(event := await anext(events), Finished):
                said[-1] += event.text if isinstance(event, Token) else ""
            scoring.append(asyncio.ensure_future(anext(events)))
            await asyncio.sleep(0)  # the scores are being waited for
        assert not any(scores.done() for scores in scoring)
        for scores in scoring:
            scores.cancel()
        return said

    answers = asyncio.run(asyncio.wait_for(two_turns(), 10))
    assert answers == ["The sky is blue. [1]"] * 2


def meeting(name: str, meets: threading.Barrier) -> type[Plugin]:
    class Meeting(Gatherer):
        def gather(self, turn: Turn) -> list[Passage]:
            meets.wait(5)  # fails unless all gather at the same time
            return [passage(f"So says {name}.")]

    Meeting.name = name
    return Meeting


def test_plugins_gather_at_the_same_time(build: Build) -> None:
    meets = threading.Barrier(5)
    engine = build(*(meeting(f"meeting{n}", meets) for n in range(5)))
    events = events_of(engine, TURN)
    assert {event.warning for event in events if isinstance(event, Gathered)} == {""}
    assert len(only(Packed, events).context.passages) == 5


def test_all_that_are_late_cost_one_deadline_together(build: Build) -> None:
    class Late(Gatherer):
        def gather(self, turn: Turn) -> list[Passage]:
            time.sleep(3)
            return [passage("too late")]

    late = [type(f"Late{n}", (Late,), {"name": f"late{n}"}) for n in range(8)]
    started = time.perf_counter()
    events = events_of(build(Talker, *late, gather_timeout_seconds=1.0), TURN)
    packed = only(Packed, events)
    gathered = [event for event in events if isinstance(event, Gathered)]
    assert sum(bool(event.warning) for event in gathered) == 8
    assert [share.n_kept for share in packed.context.shares if share.plugin == "talker"] == [1]
    assert max(event.milliseconds for event in gathered) < 2500
    assert time.perf_counter() - started < 10


def test_a_face_that_is_slow_to_render_takes_no_plugin_its_time(build: Build) -> None:
    class Steady(Gatherer):
        name = "steady"

        def gather(self, turn: Turn) -> list[Passage]:
            time.sleep(0.2)
            return [passage("So says steady.")]

    async def render() -> list[Gathered]:
        gathered = []
        async for event in build(Talker, Steady, gather_timeout_seconds=1.0).stream(TURN):
            if isinstance(event, Gathered):
                gathered.append(event)
                await asyncio.sleep(1.2)
        return gathered

    assert [event.warning for event in asyncio.run(render())] == ["", ""]
