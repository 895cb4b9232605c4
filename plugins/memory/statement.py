"""What a person's message states, before it is kept."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that a person has said of themselves.

    Attributes:
        text: In the person's words: "My dog is called Rex".
        kind: What it is about: "identity", "people", "plan" and so on.
        slot: What it answers: "dog/name". A newer statement takes the place of an older one of the
            same slot. Empty where it stands beside all others.
        value: The answer: "Rex".
        source_text: The sentence that it comes from, as it was written.
        is_negative: Whether it says that something is not, or is no more.
        is_revision: Whether it is put as a change or a correction: "actually", "now".
    """

    text: str
    kind: str
    slot: str
    value: str
    source_text: str
    is_negative: bool = False
    is_revision: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """One value put right by another: "it's Leeds, not York".

    Attributes:
        new: The right one.
        old: The wrong one; empty where it is what was said last.
        beside: What its sentence states besides.
        adds: Whether it is told beside what was said last where that has no such value.
    """

    new: str
    old: str
    source_text: str
    adds: bool = False
    beside: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that a message states, and what it puts right."""

    statements: tuple[Statement, ...] = ()
    corrections: tuple[Correction, ...] = ()
