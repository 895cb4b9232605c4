import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.conversation import OffTopic
from assistant.errors import PluginError
from assistant.plugin import Plugin, Registry, Services
from assistant.router import Router
from assistant.routing.classifier import Classifier
from assistant.routing.features import core, ends
from assistant.runtime import Runtime
from assistant.schema import Message, Passage, Pick, Route, Turn
from ingest.embedder import MiniLMEmbedder
from tests.assistant.talkers import Gatherer, Talker
from tests.turns import ask


class Weather(Plugin):
    name = "weather"
    description = "Tells the weather."
    examples = ("Will it rain tomorrow?", "How warm is it in Paris?")
    command = "weather"

    def gather(self, turn: Turn) -> list[Passage]:
        return []


class Cooking(Plugin):
    name = "cooking"
    description = "Tells recipes."
    examples = ("How long do I boil an egg?", "Give me a recipe for bread")
    respond = Talker.respond


class Silent(Plugin):
    name = "silent"
    description = "Has no examples."


class Eager(Silent):
    name = "eager"
    respond = Talker.respond

    def affinity(self, turn: Turn) -> Pick | None:
        return Pick(self.name, 0.95, "it wants them all") if "mine" in turn.text else None


class SmallTalk(Plugin):
    name = "small talk"
    examples = ("Nice weather today, isn't it?", "Hello")


@pytest.fixture
def router(services: Services) -> Router:
    registry = Registry()
    for kind in (Weather, Cooking, Silent, Eager):
        registry.register(kind(services))
    return Router(registry, SmallTalk(services), services.embedder, OffTopic(services))


def names(route: Route) -> list[str]:
    return [pick.name for pick in route.plugins]


@pytest.mark.parametrize(
    ("text", "picked"),
    [
        ("Is it going to rain on Friday?", ["weather"]),
        ("How do I bake bread?", ["cooking"]),
        ("What is the capital of Mongolia?", []),
    ],
)
def test_a_message_goes_to_the_plugin_whose_examples_it_resembles(
    router: Router, text: str, picked: list[str]
) -> None:
    assert names(router.route(Turn(text))) == picked


def test_the_reason_quotes_the_example_that_is_nearest(router: Router) -> None:
    (pick,) = router.route(Turn("Will it rain tomorrow?")).plugins
    assert pick.score > 0.8
    assert "“Will it rain tomorrow?”" in pick.reason


def test_small_talk_that_is_resembled_more_keeps_a_plugin_out(router: Router) -> None:
    assert names(router.route(Turn("Nice weather today, isn't it?"))) == []


def test_a_plugin_s_own_evidence_counts_where_it_is_the_stronger(router: Router) -> None:
    (pick,) = router.route(Turn("This Mongolian question is mine")).plugins
    assert (pick.name, pick.score, pick.reason) == ("eager", 0.95, "it wants them all")


def test_plugins_come_best_first(router: Router) -> None:
    route = router.route(Turn("Will it rain tomorrow? This question is mine"))
    assert set(names(route)) == {"eager", "weather"}
    assert route.plugins[0].score >= route.plugins[1].score


def test_a_plugin_that_is_named_takes_the_turn_alone(router: Router) -> None:
    route = router.route(Turn("Will it rain tomorrow?", plugin="cooking"))
    assert route == Route((Pick("cooking", 1.0, "you asked for it by name"),))


@pytest.mark.parametrize(
    "text", ["/weather How do I bake bread?", "/Weather", "  /weather\nHow do I bake bread?"]
)
def test_a_plugin_is_picked_by_its_command_whatever_the_text(router: Router, text: str) -> None:
    route = router.route(Turn(text))
    assert route == Route((Pick("weather", 1.0, "you asked for it with /weather"),))


@pytest.mark.parametrize("text", ["/bake How do I bake bread?", "/weather/report", "a /weather"])
def test_an_unknown_command_is_text(router: Router, text: str) -> None:
    assert all("asked for" not in pick.reason for pick in router.route(Turn(text)).plugins)


class Reader(Talker):
    """Gathers nothing."""

    name = "reader"
    gather = Plugin.gather


class Alone(Reader):
    name = "alone"
    uses_context = False


def variant(kind: type[Plugin], score: float, name: str = "") -> type[Plugin]:
    return type("Variant", (kind,), {"score": score, "name": name or kind.name})


@pytest.mark.parametrize(
    ("kinds", "picked"),
    [
        ((Gatherer, Talker), ["gatherer", "talker"]),
        ((Talker, variant(Reader, 0.8)), ["talker"]),
        ((variant(Reader, 0.99), Talker), ["reader", "talker"]),
        ((Reader, variant(Reader, 0.8, "worse")), ["reader"]),
        ((Gatherer, variant(Reader, 0.8)), ["gatherer", "reader"]),
        ((variant(Alone, 0.99), Gatherer, Talker), ["alone"]),
        ((variant(Alone, 0.5), Gatherer, Talker), ["gatherer", "talker"]),
    ],
)
def test_only_plugins_with_something_to_do_stay_in_the_route(
    services: Services, kinds: tuple[type[Plugin], ...], picked: list[str]
) -> None:
    registry = Registry()
    for kind in kinds:
        registry.register(kind(services))
    route = Router(registry, SmallTalk(services), services.embedder).route(Turn("Anything"))
    assert names(route) == picked


def test_a_plugin_that_does_not_exist_cannot_be_named(router: Router) -> None:
    with pytest.raises(PluginError, match="no plugin 'cookng': installed are weather, cooking"):
        router.route(Turn("Will it rain?", plugin="cookng"))


@pytest.mark.parametrize("text", ["", "?", "x" * 20_000, "🙂", "\x00"])
def test_no_message_is_too_odd_to_be_routed(router: Router, text: str) -> None:
    assert all(0 <= pick.score <= 1 for pick in router.route(Turn(text)).plugins)


@pytest.mark.parametrize(
    "text",
    [
        "Which file formats can I ingest?",
        "How long does the assistant wait for a language model?",
        "What does groundedness mean?",
    ],
)
def test_a_question_about_the_documents_goes_to_rag(runtime: Runtime, text: str) -> None:
    route = runtime.router.route(Turn(text))
    assert names(route) == ["rag"]
    assert "documents match" in route.plugins[0].reason


@pytest.mark.parametrize("text", ["Hello", "Thanks a lot!", "Tell me a joke", "How are you today?"])
def test_small_talk_goes_to_no_plugin(runtime: Runtime, text: str) -> None:
    assert names(runtime.router.route(Turn(text))) == []


def test_a_message_with_a_file_goes_to_rag_whatever_it_says(runtime: Runtime) -> None:
    (pick,) = runtime.router.route(Turn("Hello", attached=("upload.pdf",))).plugins
    assert (pick.name, pick.reason) == ("rag", "a file came with the message")
    assert pick.score > 0.5


def before(*texts: str) -> tuple[Message, ...]:
    return tuple(Message("assistant" if at % 2 else "user", one) for at, one in enumerate(texts))


@pytest.mark.parametrize(
    ("asked", "text", "picked"),
    [
        ("What was revenue in 2019 in the annual report?", "and in 2020?", "rag"),
        ('Is this spam? "You won a prize"', "and this one?", "spam"),
        ("make this politer: send me the file now", "shorter", "instruct"),
    ],
)
def test_what_goes_on_stays_with_the_plugin_of_the_message_before(
    runtime: Runtime, asked: str, text: str, picked: str
) -> None:
    history = before(asked, "An answer.", "thanks", "You're welcome.")
    (pick, *_) = runtime.router.route(Turn(text, history=history)).plugins
    assert pick.name == picked


@pytest.mark.parametrize(
    ("text", "kind"), [("Good morning", "conversation"), ("book me a taxi", "off-topic")]
)
def test_what_no_plugin_takes_is_said_to_be_small_talk_or_off_topic(
    runtime: Runtime, text: str, kind: str
) -> None:
    route = runtime.router.route(Turn(text))
    assert route.plugins == ()
    assert route.outside is not None
    assert (route.outside.name, route.outside.score > 0.5) == (kind, True)


def test_what_no_plugin_serves_is_told_so_without_documents(runtime: Runtime) -> None:
    answer = ask(runtime.engine, Turn("What is the capital of Mongolia?")).answer
    assert (answer.plugin, answer.citations) == ("off-topic", ())
    assert "I answer questions from your documents" in answer.text


def test_a_new_plugin_gets_what_no_plugin_served_before(runtime: Runtime) -> None:
    registry = Registry()
    services = Services(runtime.settings, runtime.search, runtime.embedder, None)
    for plugin in (*runtime.registry, Weather(services)):
        registry.register(plugin)
    router = Router(registry, runtime.fallback, runtime.embedder, runtime.off_topic)
    text = "Is it going to rain tomorrow in Lyon?"
    assert "weather" in names(router.route(Turn(text)))
    assert names(runtime.router.route(Turn(text))) == []


def test_what_was_learned_is_kept_and_read_again(services: Services, tmp_path: Path) -> None:
    kept = tmp_path / "router.npz"
    examples = {"a": ("one apple", "two pears"), "b": ("a red car", "a fast train")}
    learned = Classifier(examples, services.embedder, kept).read(["an apple"])[0].logits
    modified = kept.stat().st_mtime_ns
    read = Classifier(examples, services.embedder, kept).read(["an apple"])[0].logits
    assert read == pytest.approx(learned, abs=1e-3)
    assert kept.stat().st_mtime_ns == modified
    kept.write_bytes(b"no archive")
    again = Classifier(examples, services.embedder, kept).read(["an apple"])[0].logits
    assert again == pytest.approx(learned, abs=1e-3)


def test_what_ships_was_learned_from_the_examples_as_they_are(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def learned(self: Classifier, key: str, kept: object) -> None:
        raise AssertionError("the examples have changed: run `make router`")

    monkeypatch.setattr(Classifier, "_learned", learned)
    router = Router(runtime.registry, runtime.fallback, runtime.embedder, runtime.off_topic)
    assert names(router.route(Turn("Which file formats can I ingest?"))) == ["rag"]


def test_of_a_new_plugin_only_its_own_examples_are_embedded(runtime: Runtime) -> None:
    embedded: list[str] = []

    class Counting(MiniLMEmbedder):
        def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            embedded.extend(texts)
            return runtime.embedder.encode(texts)

    Counting.__qualname__ = MiniLMEmbedder.__qualname__
    examples = {one.name: one.examples for one in (*runtime.registry, runtime.off_topic)}
    examples["weather"] = Weather.examples
    (reading,) = Classifier(examples, Counting()).read(["Will it rain on Friday?"])
    assert max(reading.logits, key=lambda kind: reading.logits[kind]) == "weather"
    assert set(embedded) == {*Weather.examples, "Will it rain on Friday?"}


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("Thank you kindly, that settles it. And now order me a taxi please.", 1),
        ("How many judges sit there? I have always wondered. Thanks!", 0),
        ("My name is Ada. I like short answers.", 1),
    ],
)
def test_the_core_of_a_message_is_the_sentence_that_asks(asked: str, sentence: int) -> None:
    assert core(asked) == re.split(r"(?<=[.?]) ", asked)[sentence]


def test_a_long_text_is_read_at_its_ends() -> None:
    assert ends("short") == "short"
    assert ends("a" * 1000 + "b" * 1000) == "a" * 160 + " … " + "b" * 100


@pytest.mark.parametrize(
    ("text", "picked"),
    [
        ("does the travel insurance policy cover my hobby?", ["rag", "memory"]),
        ("which of the holidays in the handbook are for my branch?", ["rag", "memory"]),
        ("how many of my files can I drop into the chat?", ["rag"]),
        ("Which file formats can I ingest?", ["rag"]),
    ],
)
def test_a_question_about_something_of_the_person_s_own_asks_the_memory_too(
    runtime: Runtime, text: str, picked: list[str]
) -> None:
    assert names(runtime.router.route(Turn(text))) == picked
