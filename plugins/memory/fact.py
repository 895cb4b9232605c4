"""A fact as it is kept."""

from dataclasses import dataclass
from datetime import UTC, datetime

KINDS = (
    "identity", "people", "work", "taste", "health", "hobby", "belonging", "detail", "plan",
    "project", "decision", "instruction", "history", "note",
)  # fmt: skip
"""What a fact may be about."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a person has told.

    Attributes:
        text: In the person's words.
        user: Whose it is; nobody else ever gets to see it.
        kind: One of `KINDS`.
        slot: What it answers, such as "dog/name"; empty where it stands beside all others.
        value: The answer.
        said_at: When it was said: ISO 8601, in UTC.
        session: The conversation in which it was said.
        source_text: The sentence that it comes from.
        importance: In [0, 1].
        last_used: When an answer rested on it last, as `said_at`; empty where none has.
        is_negative: Whether it says that something is not, or is no more.
        replaced_by: The id of the newer fact that took its place; empty while it holds.
    """

    id: str
    text: str
    user: str
    kind: str
    slot: str
    value: str
    said_at: str
    session: str
    source_text: str
    importance: float
    last_used: str = ""
    is_negative: bool = False
    replaced_by: str = ""


def now() -> str:
    """The time as facts keep it."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def day(said_at: str) -> str:
    """The day of a time, as a person reads it: "12 May 2026"."""
    at = datetime.fromisoformat(said_at)
    return f"{at.day} {at:%B %Y}"
