"""Reads conversations as chat messages and ShareGPT spell them."""

from dataclasses import dataclass, field
from typing import Literal

from assistant.errors import InputError
from assistant.schema import Message
from plugins.instruct.data.fields import Fields, empty, filled, shown, text_of
from plugins.instruct.examples import Request

MAX_MESSAGES = 1_000
"""Of one conversation: each response of it repeats in memory what was said before."""

Role = Literal["user", "assistant", "system"]
ROLES: dict[str, Role] = {
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "gpt": "assistant",
    "system": "system",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a record.

    Attributes:
        name: What a person finds it by; not compared.
    """

    role: Role
    text: str
    name: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Conversation:
    """User and assistant take turns, the user first; the system stands beside them."""

    system: str
    turns: tuple[Message, ...]

    def request(self, at: int) -> Request:
        """What the turn at this place, from 0, responds to."""
        return Request(self.turns[at - 1].text, history=self.turns[: at - 1], system=self.system)


def conversation(said: list[Said]) -> Conversation:
    """Puts messages, at least one, together.

    Raises:
        InputError: They are too many, or not in turn.
    """
    if len(said) > MAX_MESSAGES:
        raise InputError(
            f"a conversation must have at most {MAX_MESSAGES:,} messages, got {len(said):,}: "
            "split it."
        )
    n_system = int(said[0].role == "system")
    turns: list[Message] = []
    for one in said[n_system:]:
        expected: Literal["user", "assistant"] = "assistant" if len(turns) % 2 else "user"
        if one.role != expected:
            raise InputError(
                "user and assistant must take turns, the user first, after at most one system "
                f"message, but {one.name} is by the {one.role} instead of the {expected}: mend "
                "the order, or join messages."
            )
        turns.append(Message(expected, one.text))
    return Conversation(said[0].text if n_system else "", tuple(turns))


def said_in(record: Fields, name: str, role: Role | None = None) -> list[Said]:
    """The messages of a field.

    Args:
        record: The record.
        name: Of the field.
        role: Who says it where it is a text instead of messages; `None` where it must not be.

    Raises:
        InputError: It is no such list, or one of the messages has a defect.
    """
    value = record[name]
    if role and isinstance(value, str):
        return [Said(role, filled(record, name), f'"{name}"')]
    if not isinstance(value, list) or not value:
        got = "none" if value == [] else shown(value)
        kinds = "text or a list of messages" if role else "a list of messages"
        raise InputError(f'"{name}" must be {kinds}, got {got}: mend it.')
    return [_one_said(each, f'message {at} of "{name}"') for at, each in enumerate(value, 1)]


def _one_said(value: object, name: str) -> Said:
    if not isinstance(value, dict):
        raise InputError(
            f"{name} must be an object with a role and a text, got {shown(value)}: mend it."
        )
    role_name, text_name = ("role", "content") if "role" in value else ("from", "value")
    written = value.get(role_name)
    role = ROLES.get(written) if isinstance(written, str) else None
    if role is None:
        raise InputError(
            f'"{role_name}" of {name} must be one of {", ".join(ROLES)}, got {shown(written)}: '
            "rename it, or delete the conversation."
        )
    text = text_of(value.get(text_name), f'"{text_name}" of {name}')
    if not text and role != "system":
        raise InputError(empty(f'"{text_name}" of {name}'))
    return Said(role, text, name)
