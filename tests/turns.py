"""Runs a turn through an engine to its end."""

import asyncio
from collections.abc import Sequence
from typing import TypeVar

from assistant.engine import ContextEngine
from assistant.events import Event, Scored
from assistant.schema import Turn

Kind = TypeVar("Kind")


def events_of(engine: ContextEngine, turn: Turn) -> list[Event]:
    """Every event of a turn."""

    async def collect() -> list[Event]:
        return [event async for event in engine.stream(turn)]

    return asyncio.run(collect())


def ask(engine: ContextEngine, turn: Turn | str) -> Scored:
    """The scored answer of a turn."""
    return only(Scored, events_of(engine, Turn(turn) if isinstance(turn, str) else turn))


def only(kind: type[Kind], events: Sequence[Event]) -> Kind:
    """The one event of a kind."""
    (event,) = (event for event in events if isinstance(event, kind))
    return event
