"""What a plugin knows of the users, as each user may see and change it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class KnownFact:
    """One thing that a user has told.

    Attributes:
        id: Letters and digits.
        text: In the user's words.
        subject: What it is about, as a person reads it.
        said_at: When it was said: ISO 8601 in UTC.
        session: The conversation in which it was said; empty where it was in none.
        source_text: The sentence that it comes from.
        last_used: When an answer rested on it last, as `said_at`; empty where none has.
        older: The facts whose place it has taken, newest first, without their own.
    """

    id: str
    text: str
    subject: str
    said_at: str
    session: str
    source_text: str
    last_used: str
    older: tuple["KnownFact", ...] = ()


class UserFacts(Protocol):
    """The facts of all users. An id of another's is as one that does not exist."""

    def version(self, user: str) -> int:
        """A number that is another one whenever a user's facts have changed."""
        ...

    def known(self, user: str) -> list[KnownFact]:
        """A user's facts that hold, newest first."""
        ...

    def edit(self, user: str, fact_id: str, text: str) -> str:
        """Puts a fact right, which becomes the older one of a new fact.

        Returns:
            The new fact's id.

        Raises:
            InputError: The text cannot be kept, or the fact is gone.
        """
        ...

    def remove(self, user: str, ids: Sequence[str]) -> int:
        """Deletes facts for good, with those whose place they have taken; returns how many."""
        ...

    def export(self, user: str) -> str:
        """All that is kept of a user, as JSON."""
        ...
