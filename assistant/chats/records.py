"""Conversations as they leave the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant import wording
from assistant.schema import Answer, Message, Summary


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation in a list.

    Attributes:
        id: A UUID.
        user: Whose it is.
        created_at: ISO 8601 in UTC.
        updated_at: When it was last used.
        n_messages: How many the person has sent.
    """

    id: str
    user: str
    name: str
    created_at: str
    updated_at: str
    n_messages: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """One thing that was asked, and the answer.

    Attributes:
        turn: The id of the turn and of the answer's record; that of the run step.
        asked: The message, without its command.
        command: The word after the slash; empty without one.
        files: Ids of the files that came with the message.
        file_names: Their names.
        asked_at: ISO 8601 in UTC.
        answer: The answer's text; `None` where there was none.
        plugin: The one that gave it.
        model: What generated it.
        sources: The cited places, as a person reads them.
        good: The person's thumb, where there is one.
        comment: What the person wrote beside it.
    """

    turn: str
    asked: str
    command: str = ""
    files: tuple[str, ...] = ()
    file_names: tuple[str, ...] = ()
    asked_at: str = ""
    answer: str | None = None
    plugin: str = ""
    model: str = ""
    sources: tuple[str, ...] = ()
    good: bool | None = None
    comment: str = ""

    @property
    def request(self) -> str:
        """What was asked, in words also where the message was a command and files."""
        command = [f"/{self.command}"] if self.command else []
        return self.asked or " ".join([*command, *self.file_names])


@dataclass(frozen=True, slots=True)
class Conversation:
    """A whole conversation, oldest exchange first.

    Attributes:
        summary: A model's notes on its beginning.
        options: What was chosen for it, by plugin and option.
    """

    id: str
    user: str
    name: str
    created_at: str
    exchanges: tuple[Exchange, ...] = ()
    summary: Summary | None = None
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def history(self) -> tuple[Message, ...]:
        """What was said, as a turn has it: only what was answered."""
        return history_of(self.exchanges)

    @property
    def files(self) -> tuple[str, ...]:
        """Ids of the files that the person has attached, oldest first."""
        return tuple(file for one in self.exchanges for file in one.files)


def history_of(exchanges: tuple[Exchange, ...]) -> tuple[Message, ...]:
    """What was asked and answered, in order; what got no answer is left out."""
    return tuple(
        message
        for one in exchanges
        if one.answer is not None
        for message in (Message("user", one.request), Message("assistant", one.answer))
    )


def answer_metadata(answer: Answer) -> dict[str, Any]:
    """What is kept with the message that shows an answer, by which it is known for one."""
    return {
        "plugin": answer.plugin,
        "model": answer.model,
        "sources": [
            f"[{n}] {wording.place(passage)}"
            for n, passage in enumerate(answer.passages, 1)
            if any(citation.n == n for citation in answer.citations)
        ],
    }
