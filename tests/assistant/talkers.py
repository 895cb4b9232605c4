"""Plugins that do what a test wants."""

from collections.abc import Callable
from typing import Any

from assistant.engine import ContextEngine
from assistant.plugin import Plugin
from assistant.schema import (
    Answer,
    Citation,
    Completion,
    Context,
    Passage,
    Pick,
    Response,
    Turn,
    Usage,
)
from tests.turns import ask

QUOTE = "The sky is blue."


class Talker(Plugin):
    """Takes every turn, and says what it is told to."""

    name = "talker"
    score = 0.9

    def affinity(self, turn: Turn) -> Pick | None:
        return Pick(self.name, self.score, "a test")

    def gather(self, turn: Turn) -> list[Passage]:
        return [passage(said_by(self.name))]

    async def respond(self, turn: Turn, context: Context) -> Response:
        yield "The sky "
        yield "is blue. [1]"
        yield Citation(1, "a.txt", None, QUOTE, 0, 16)
        yield Completion("a model", Usage(5, 3, 0.01))


class Gatherer(Plugin):
    """Contributes, and does not answer."""

    name = "gatherer"
    score = 0.95
    affinity = Talker.affinity
    gather = Talker.gather


class Fallback(Plugin):
    name = "fallback"

    async def respond(self, turn: Turn, context: Context) -> Response:
        yield "The fallback speaks."
        yield Completion("fallback model")


def said_by(name: str) -> str:
    return f"{QUOTE} So says {name}."


def passage(text: str, score: float = 0.8) -> Passage:
    return Passage(text, "a.txt", None, 0, len(text), "", text, score)


def raising(error: Exception, *pieces: Any) -> Callable[..., Response]:
    """A `respond` that yields pieces, then fails."""

    async def respond(self: Plugin, turn: Turn, context: Context) -> Response:
        for piece in pieces:
            yield piece
        raise error

    return respond


Build = Callable[..., ContextEngine]
"""Makes an engine of plugins and, by name, its limits."""


def answer_of(engine: ContextEngine, text: str = "What colour is the sky?") -> Answer:
    return ask(engine, text).answer
