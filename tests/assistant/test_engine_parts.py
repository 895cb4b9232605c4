"""Parts, commands, files and ratings on their way through the engine."""

import asyncio
import time

import pytest

from assistant.engine import ContextEngine
from assistant.errors import InputError, PluginError
from assistant.events import Shown, Token
from assistant.schema import (
    Advance,
    Answer,
    Context,
    Download,
    Gauge,
    Histogram,
    Response,
    Table,
    Turn,
    WeighedText,
    WordWeight,
)
from tests.assistant.talkers import Build, Fallback, Talker, answer_of, raising
from tests.turns import ask, events_of

PARTS = (
    Advance("reading", 1, 2),
    Gauge("spam", 0.97, "ham", "spam"),
    WeighedText("free money", (WordWeight(0, 4, 0.8), WordWeight(5, 10, -0.1))),
    Table(("text", "probability"), (("free money", "0.97"),), "the 1 highest of 4,000"),
    Histogram("all of them", (3, 0, 1), "ham", "spam"),
    Download("rows.csv", "text/csv", b"a,b\n"),
)


class Shower(Talker):
    """Shows each part between two words, and takes what it is asked by command."""

    name = "shower"
    command = "show"

    async def respond(self, turn: Turn, context: Context) -> Response:
        yield f"Before {turn.text!r}."
        for part in PARTS:
            yield part
        yield " After."

    def rated(self, turn: Turn, answer: Answer, good: bool) -> str:
        return f"{answer.text} to {turn.text!r} was {'good' if good else 'bad'}."


def rate(engine: ContextEngine, turn: Turn, answer: Answer, good: bool = True) -> str:
    return asyncio.run(engine.rate(turn, answer, good))


def test_parts_are_events_in_order_with_the_text_and_no_part_of_it(build: Build) -> None:
    events = events_of(build(Shower), Turn("Go on"))
    shown = [event for event in events if isinstance(event, Token | Shown)]
    assert shown == [Token("Before 'Go on'."), *map(Shown, PARTS), Token(" After.")]
    assert events[-1].answer.text == "Before 'Go on'. After."


@pytest.mark.parametrize("value", [-0.01, 1.01, float("nan")])
def test_a_gauge_out_of_range_is_refused_where_it_is_made(value: float) -> None:
    with pytest.raises(ValueError, match=r"must lie in \[0, 1\]"):
        Gauge("spam", value)


@pytest.mark.parametrize("weight", [-1.01, 1.01, float("nan")])
def test_a_weight_out_of_range_is_refused_where_it_is_made(weight: float) -> None:
    with pytest.raises(ValueError, match=r"must lie in \[-1, 1\]"):
        WordWeight(0, 1, weight)


@pytest.mark.parametrize(
    ("part", "text"), [(Gauge("spam", 1.0), ""), (Advance("reading", 1, 2), "The fallback speaks.")]
)
def test_a_plugin_that_fails_behind_a_part_keeps_what_it_showed(
    build: Build, part: Gauge | Advance, text: str
) -> None:
    class Broken(Talker):
        respond = raising(ValueError("no luck"), part)

    answer = answer_of(build(Broken))
    assert answer.text == text
    assert "no luck" in answer.warnings[0]


def test_the_answer_says_which_plugin_gave_it(build: Build) -> None:
    class Broken(Talker):
        name = "broken"
        score = 0.95
        respond = raising(ValueError("no luck"))

    assert answer_of(build(Broken)).plugin == "fallback"
    assert answer_of(build(Talker)).plugin == "talker"


def test_a_command_goes_to_its_plugin_without_the_word(build: Build) -> None:
    answer = ask(build(Talker, Shower), "/show me").answer
    assert answer.text == "Before 'me'. After."
    (pick,) = answer.route.plugins
    assert (pick.name, pick.reason) == ("shower", "you asked for it with /show")


def test_an_unknown_command_stands_in_the_text(build: Build) -> None:
    class Echo(Talker):
        async def respond(self, turn: Turn, context: Context) -> Response:
            yield turn.text

    assert answer_of(build(Echo), "/tell me").text == "/tell me"


def test_a_file_and_a_command_need_no_word(build: Build) -> None:
    engine = build(Shower)
    turn = Turn("/show", attached=("mail.csv",), uploads=("old.csv", "mail.csv"))
    assert ask(engine, turn).answer.text == "Before ''. After."
    for text, attached in (("/show", ()), ("", ("mail.csv",))):
        with pytest.raises(InputError, match="empty"):
            ask(engine, Turn(text, attached=attached))


def test_a_thumb_reaches_the_plugin_that_answered(build: Build) -> None:
    engine, turn = build(Shower, Talker), Turn("Go on", plugin="shower")
    answer = ask(engine, turn).answer
    assert engine.takes_ratings(answer)
    assert rate(engine, turn, answer, True) == "Before 'Go on'. After. to 'Go on' was good."
    assert rate(engine, turn, answer, False).endswith("was bad.")


def test_a_plugin_that_does_not_learn_takes_no_ratings(build: Build) -> None:
    engine = build(Talker)
    answer = answer_of(engine)
    assert not engine.takes_ratings(answer)
    assert rate(engine, Turn("x"), answer) == ""


def test_the_fallback_takes_no_ratings(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Fallback, "rated", Shower.rated)
    engine = build()
    assert not engine.takes_ratings(answer_of(engine))


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ValueError("no luck"), "The plugin shower could not use your rating: it failed"),
        (PluginError("It is full.", "shower"), "It is full."),
    ],
)
def test_a_plugin_that_fails_with_a_rating_is_a_sentence(
    build: Build, monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    def fail(self: Shower, turn: Turn, answer: Answer, good: bool) -> str:
        raise error

    engine = build(Shower)
    answer = answer_of(engine)
    monkeypatch.setattr(Shower, "rated", fail)
    assert rate(engine, Turn("x"), answer).startswith(sentence)


def test_a_plugin_that_takes_too_long_with_a_rating_is_a_sentence(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = build(Shower, gather_timeout_seconds=0.1)
    answer = answer_of(engine)
    monkeypatch.setattr(Shower, "rated", lambda self, turn, answer, good: time.sleep(1))
    said = rate(engine, Turn("x"), answer)
    assert said == "The plugin shower took longer than 0.1 seconds with your rating."
