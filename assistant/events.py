"""The events of a turn: what the engine says while it answers, and every face renders."""

from dataclasses import dataclass

from assistant.schema import Answer, Context, Part, Passage, Route, Scores


@dataclass(frozen=True, slots=True)
class Routed:
    """The route is known."""

    route: Route
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for, a question each, where that differs from the message."""

    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """One plugin has contributed, or failed to, as the warning says."""

    plugin: str
    passages: tuple[Passage, ...]
    milliseconds: float
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Packed:
    """The context that the answer will rest on."""

    context: Context
    milliseconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Token:
    """The next piece of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The next part of the answer, in order with its text."""

    part: Part


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is complete."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Scored:
    """The answer's record and scores are stored; the last of a turn.

    `answer` is the finished answer again, with each citation's groundedness and the time that
    scoring took filled in.
    """

    answer: Answer
    scores: Scores


Event = Routed | Asked | Gathered | Packed | Token | Shown | Finished | Scored
