"""Plugins that take part in every turn, and budgets of their own."""

from assistant.context import ContextFilter, Contribution
from assistant.events import Gathered, Packed
from assistant.plugin import Plugin
from assistant.schema import Answer, Passage, Turn
from tests.assistant.talkers import Build, Gatherer, Talker, passage
from tests.turns import events_of, only


class Everywhere(Plugin):
    name = "everywhere"
    in_every_turn = True
    context_tokens = 40
    seen: list[str] = []  # noqa: RUF012 - emptied by each test

    def gather(self, turn: Turn) -> list[Passage]:
        return [passage("A fact about you.", 0.1)] if "sky" in turn.text else []

    def observe(self, turn: Turn, answer: Answer) -> None:
        self.seen.append(answer.text)


def test_it_gathers_and_observes_though_another_was_picked(build: Build) -> None:
    Everywhere.seen.clear()
    events = events_of(build(Talker, Everywhere), Turn("What colour is the sky?"))
    gathered = {event.plugin for event in events if isinstance(event, Gathered)}
    assert gathered == {"talker", "everywhere"}
    assert Everywhere.seen == ["The sky is blue. [1]"]


def test_it_is_not_mentioned_where_it_has_nothing(build: Build) -> None:
    events = events_of(build(Talker, Everywhere), Turn("Hello there"))
    assert [event.plugin for event in events if isinstance(event, Gathered)] == ["talker"]


def test_it_stays_out_where_the_person_has_named_another(build: Build) -> None:
    Everywhere.seen.clear()
    events = events_of(build(Talker, Everywhere), Turn("What is the sky?", plugin="talker"))
    assert [event.plugin for event in events if isinstance(event, Gathered)] == ["talker"]
    assert Everywhere.seen == []


def test_its_passages_stand_behind_the_others_however_little_they_score(build: Build) -> None:
    events = events_of(build(Gatherer, Everywhere), Turn("What colour is the sky?"))
    context = only(Packed, events).context
    assert [one.text for one in context.passages][1:] == ["A fact about you."]
    assert context.dropped == ()


def test_what_is_packed_apart_has_a_budget_of_its_own_and_takes_none() -> None:
    packer = ContextFilter(4, lambda text: len(text.split()))
    own = [passage("a b c", 0.3), passage("d e", 0.2)]
    shared = Contribution("rag", [passage("one two three four", 0.9)])
    context = packer.pack("What is it?", [shared, Contribution("everywhere", own, 4)])
    assert [one.text for one in context.passages] == ["one two three four", "a b c"]
    assert [drop.reason for drop in context.dropped] == ["it has 2 tokens and 1 are left"]
    assert context.n_tokens == 7
