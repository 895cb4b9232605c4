"""Follow-ups become questions that stand alone, and several questions come one by one."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

import pytest

from assistant.asking.asker import Asker, by_rules
from assistant.asking.follow_up import standalone
from assistant.asking.several import several
from assistant.engine import ContextEngine
from assistant.errors import ModelError
from assistant.events import Asked
from assistant.schema import Message, Passage, Turn
from plugins.rag.plugin import interleaved
from tests.assistant.talkers import Build, Talker
from tests.turns import ask, events_of, only

CAPEX = "What were 3M's capital expenditures in 2018?"
WARRANTY = "What is the warranty on the X200?"
LEASE = "When does the lease on Harbour Street end?"


@pytest.mark.parametrize(
    ("before", "text", "whole"),
    [
        (CAPEX, "and in 2019?", "What were 3M's capital expenditures in 2019?"),
        (CAPEX, "and the year after?", "What were 3M's capital expenditures in 2019?"),
        (CAPEX, "and for Boeing?", "What were Boeing's capital expenditures in 2018?"),
        (CAPEX, "What about revenue?", "What were 3M's revenue in 2018?"),
        (WARRANTY, "the X300?", "What is the warranty on the X300?"),
        (WARRANTY, "does it cover rust?", "Does the warranty on the X200 cover rust?"),
        (LEASE, "who signed it?", "Who signed the lease on Harbour Street?"),
        (LEASE, "ok thanks, and the one on Mill Lane?", "When does the lease on Mill Lane end?"),
        (LEASE, "are you sure?", LEASE),
        (LEASE, "why?", f"{LEASE} Why?"),
        ("How do I start the server?", "and stop it?", "How do I stop the server?"),
        ("What can I do when it rains?", "and when it snows?", "What can I do when it snows?"),
        ("Wie hoch war der Umsatz 2021?", "und 2022?", "Wie hoch war der Umsatz 2022?"),
    ],
)
def test_a_follow_up_becomes_the_whole_question(before: str, text: str, whole: str) -> None:
    assert standalone(text, before) == whole


@pytest.mark.parametrize(
    "text",
    [
        "What does that clause mean?",
        "How many files can I drop into one chat?",
        "If a file is damaged, what happens to it?",
        "How long does it take to ingest a folder?",
        "Remember that I live in Berlin",
        "¿?", "?", "and", "", "你好",
    ],
)  # fmt: skip
def test_what_stands_alone_stays_as_it_is(text: str) -> None:
    assert standalone(text, WARRANTY) == text


def test_a_person_asked_for_is_found_in_the_answer() -> None:
    answer = "Jane Holloway has led Acme since 2019. [1]"
    assert standalone("When did she join?", "Who leads Acme?", answer) == (
        "When did Jane Holloway join?"
    )


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "What is the notice period and who pays for repairs?",
            ("What is the notice period?", "Who pays for repairs?"),
        ),
        ("compare revenue in 2018 and 2019", ("revenue in 2018", "revenue in 2019")),
        (
            "What is the difference between a sick day and a personal day?",
            ("a sick day", "a personal day"),
        ),
        ("When was it signed? Who signed it?", ("When was it signed?", "Who signed it?")),
        ("Who pays for heating and water?", ("Who pays for heating and water?",)),
        (
            "What happened between 2018 and 2020?",
            ("What happened between 2018 and 2020?",),
        ),
        ("a? b? c? d? e?", ("a? b? c? d? e?",)),
    ],
)
def test_a_question_is_taken_apart_where_it_asks_for_several_things(
    text: str, parts: tuple[str, ...]
) -> None:
    assert several(text) == parts


def said(*texts: str) -> tuple[Message, ...]:
    return tuple(
        Message("assistant" if position % 2 else "user", text)
        for position, text in enumerate(texts)
    )


def test_each_part_stands_alone() -> None:
    assert by_rules(Turn("When does the lease end and who signed it?")) == (
        "When does the lease end?",
        "Who signed the lease?",
    )


def test_a_follow_up_of_a_follow_up_keeps_what_both_said() -> None:
    history = said(
        CAPEX, "$1,577 million.", "and for Boeing?", "$1,722 million.", "thanks", "Sure."
    )
    assert by_rules(Turn("and in 2019?", history=history)) == (
        "What were Boeing's capital expenditures in 2019?",
    )


@pytest.mark.parametrize(
    "text", ["What is the rent?", "?" * 20_000, "and so on " * 2000, 'Is this spam: "and in 2019?"']
)
def test_nothing_is_said_of_what_is_its_own_question_or_brings_its_text(text: str) -> None:
    assert by_rules(Turn(text, history=said(CAPEX, "$1,577 million."))) == ()


class Model:
    """A language model that says what it is told to."""

    name = "a/model"

    def __init__(self, reply: str | ModelError, wait_seconds: float = 0.0) -> None:
        self.reply, self.wait_seconds = reply, wait_seconds
        self.seen: list[str] = []

    async def chat(
        self, messages: Sequence[Message], system: str, options: Mapping[str, str] | None = None
    ) -> AsyncIterator[str]:
        self.seen.append(messages[-1].text)
        await asyncio.sleep(self.wait_seconds)
        if isinstance(self.reply, ModelError):
            raise self.reply
        yield self.reply


def asked(model: Model, text: str = "and in 2019?", *before: str) -> tuple[str, ...]:
    turn = Turn(text, history=said(*(before or (CAPEX, "$1,577 million."))))
    return asyncio.run(Asker(model).asked(turn))


def test_the_model_rewrites_a_follow_up_and_sees_the_recent_turns() -> None:
    model = Model(
        "- 3M capital expenditures in 2019\n- 3M capital expenditures per share in 2019\n"
    )
    assert asked(model) == (
        "3M capital expenditures in 2019",
        "3M capital expenditures per share in 2019",
    )
    assert CAPEX in model.seen[0]
    assert model.seen[0].endswith("Person: and in 2019?")


@pytest.mark.parametrize(
    "reply",
    [
        "", "I am afraid that no information concerning this matter is available.",
        "capital expenditures " * 100, "\n".join(["capital expenditures in 2019", *"abcde"]),
        ModelError("The model is down.", "a/model"),
    ],
)  # fmt: skip
def test_a_reply_that_cannot_be_used_leaves_it_to_the_rules(reply: str | ModelError) -> None:
    assert asked(Model(reply)) == ("What were 3M's capital expenditures in 2019?",)


def test_a_model_that_is_late_leaves_it_to_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.asking.asker.DEADLINE_SECONDS", 0.05)
    assert asked(Model("too late", 5.0)) == ("What were 3M's capital expenditures in 2019?",)


def test_the_model_is_not_asked_about_what_stands_alone() -> None:
    model = Model("never")
    assert asyncio.run(Asker(model).asked(Turn("What is the rent?"))) == ()
    assert asked(model, "How many files can somebody drop into the chat page at once?") == ()
    assert model.seen == []


def test_the_engine_tells_plugins_and_faces_what_is_looked_for(build: Build) -> None:
    seen: list[tuple[str, ...]] = []

    class Looking(Talker):
        def gather(self, turn: Turn) -> list[Passage]:
            seen.append(turn.questions)
            return []

    engine: ContextEngine = build(Looking)
    turn = Turn("and in 2019?", history=said(CAPEX, "$1,577 million."))
    whole = ("What were 3M's capital expenditures in 2019?",)
    assert only(Asked, events_of(engine, turn)).questions == whole
    assert ask(engine, turn).answer.asked == whole
    assert ask(engine, "What is the rent?").answer.asked == ()
    assert seen == [whole, whole, ("What is the rent?",)]


def test_rankings_are_interleaved_by_rank_and_no_passage_comes_twice() -> None:
    one, two, three = (Passage(name, "a.txt", None, 0, 1, "", "x", 0.5) for name in "123")
    assert interleaved([[one, two], [one, three], []]) == [one, two, three]
    assert interleaved([]) == []
