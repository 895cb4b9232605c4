"""The conversation that the page is serving: whose it is, what was said and chosen, its files."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar, cast

import chainlit as cl

from assistant.chats.records import Conversation, Exchange, history_of
from assistant.schema import (
    LOCAL_USER,
    Answer,
    Message,
    Route,
    Summary,
    Timings,
    Turn,
    Usage,
)
from assistant.uploads import collection_of

STATE = "conversation"
KEPT_FOR_CLICKS = 20
"""Answers of a chat that can be rated as they were given, and offers that still stand."""

Value = TypeVar("Value")
Paths = Callable[[tuple[str, ...]], tuple[str, ...]]
"""Finds the files with these ids that are still there."""


@dataclass
class PageChat:
    """What the server holds of a chat beside what is on the page.

    Attributes:
        history: What was said so far, in full.
        summary: A model's notes on the beginning.
        files: Paths of the files that the person has attached, oldest first.
        options: What was chosen in the settings panel, as the database has it.
        answers: Turns with their answers, by the turn's id, oldest first.
        offers: What buttons offer, by the word that the browser knows.
    """

    history: tuple[Message, ...] = ()
    summary: Summary | None = None
    files: tuple[str, ...] = ()
    options: dict[str, str] = field(default_factory=dict)
    answers: dict[str, tuple[Turn, Answer]] = field(default_factory=dict)
    offers: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    def remember(self, turn: Turn, answer: Answer, asked: str) -> None:
        """Keeps what was said for the next turn, and for a thumb."""
        said = (Message("user", asked), Message("assistant", answer.text))
        self.history = (*self.history, *said)
        keep(self.answers, turn.id, (turn, answer))


def begin() -> None:
    """Starts a conversation without a past."""
    cl.user_session.set(STATE, PageChat())


def resume(conversation: Conversation, files: tuple[str, ...]) -> None:
    """Takes a conversation up again where it was left."""
    state = PageChat(
        history=conversation.history,
        summary=conversation.summary,
        files=files,
        options=dict(conversation.options),
    )
    cl.user_session.set(STATE, state)


def current() -> PageChat:
    """The conversation that is being served."""
    return cast("PageChat", cl.user_session.get(STATE))


def user() -> str:
    """The name of the user who is logged in."""
    known = cl.user_session.get("user")
    return LOCAL_USER if known is None else str(known.identifier)


def chat_id() -> str:
    """The conversation's id; the browser may have chosen it."""
    return str(cl.context.session.thread_id)


def collection() -> str:
    """The collection and the folder of what is dropped into the conversation."""
    return collection_of(user(), chat_id())


def keep(kept: dict[str, Value], key: str, value: Value) -> None:
    """Keeps what a click may ask for here, of which the browser learns only the key."""
    kept[key] = value
    while len(kept) > KEPT_FOR_CLICKS:
        del kept[next(iter(kept))]


def answered_before(
    conversation: Conversation, turn: Turn, paths: Paths
) -> tuple[Turn, Answer] | None:
    """A turn of an earlier visit with its answer, as far as they are on record.

    Args:
        conversation: As the database has it.
        turn: One with the id, the user and the collections.
        paths: Finds files.
    """
    ids = [exchange.turn for exchange in conversation.exchanges]
    if turn.id not in ids:
        return None
    position = ids.index(turn.id)
    exchange = conversation.exchanges[position]
    if exchange.answer is None:
        return None
    before = conversation.exchanges[:position]
    files = tuple(file for one in (*before, exchange) for file in one.files)
    asked = replace(
        turn,
        text=exchange.asked,
        command=exchange.command,
        history=history_of(before),
        attached=paths(exchange.files),
        uploads=paths(files),
    )
    return asked, _answer(exchange)


def _answer(exchange: Exchange) -> Answer:
    return Answer(
        id=exchange.turn,
        text=exchange.answer or "",
        route=Route(()),
        model=exchange.model,
        passages=(),
        citations=(),
        usage=Usage(),
        timings=Timings(0.0, 0.0, 0.0, 0.0),
        plugin=exchange.plugin,
    )
