"""A run of golden questions: asks them all, and keeps what became of each."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import Any, Protocol

from assistant.errors import AssistantError, InputError
from assistant.events import Event, Finished
from assistant.schema import Answer, Turn, collections_of, new_id
from evals.golden.configuration import Configuration
from evals.golden.questions import GoldenQuestion
from evals.golden.scoring import METRICS, Outcome, outcome, unanswered
from evals.tracker import Judge


class Engine(Protocol):
    """Answers turns."""

    def stream(self, turn: Turn) -> AsyncIterator[Event]:
        """Answers a turn as a stream of events."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """What became of golden questions at one time.

    Attributes:
        judge: Who gave the scores of the triad: those of two judges cannot be compared.
        commit: The code's, for a person.
        started_at: ISO 8601 in UTC.
    """

    outcomes: tuple[Outcome, ...]
    configuration: Configuration
    judge: str
    commit: str
    started_at: str
    id: str = field(default_factory=new_id)

    @property
    def means(self) -> dict[str, float | None]:
        """The mean of each of `METRICS` over the questions that have it."""
        values = {
            metric: [value for one in self.outcomes if (value := one.figure(metric)) is not None]
            for metric in METRICS
        }
        return {name: round(fmean(found), 4) if found else None for name, found in values.items()}


def ask_all(
    questions: Sequence[GoldenQuestion],
    engine: Engine,
    judge: Judge,
    configuration: Configuration,
    commit: str,
    user: str,
    on_progress: Callable[[int], None] = lambda n_more: None,
) -> Run:
    """Asks each question as the user would, one after the other.

    Nothing is recorded of the answers and no plugin learns from them.

    Raises:
        InputError: There is no question, or not one of them could be answered.
    """
    if not questions:
        raise InputError(
            "There are no golden questions: add some with `assistant eval golden add`."
        )
    started_at = datetime.now(UTC).isoformat(timespec="seconds")
    outcomes = []
    for question in questions:
        outcomes.append(_outcome(question, engine, judge, user))
        on_progress(1)
    if all(one.lacks and one.lacks[0].startswith("was not answered") for one in outcomes):
        raise InputError(f"None of the questions was answered. The first {outcomes[0].lacks[0]}")
    return Run(tuple(outcomes), configuration, judge.name, commit, started_at)


def _outcome(question: GoldenQuestion, engine: Engine, judge: Judge, user: str) -> Outcome:
    turn = Turn(question.question, user=user, collections=collections_of(user))
    try:
        answer = asyncio.run(_answer(engine, turn))
    except AssistantError as error:
        return unanswered(question, str(error))
    texts = [passage.text for passage in answer.passages]
    return outcome(question, answer, judge.score(question.question, texts, answer.text))


async def _answer(engine: Engine, turn: Turn) -> Answer:
    """The answer as it is finished, before it is recorded or learned from."""
    async for event in engine.stream(turn):
        if isinstance(event, Finished):
            return event.answer
    raise InputError("The answer was not finished.")


def as_text(run: Run) -> str:
    """A run as JSON, a line for each question."""
    fields = asdict(run)
    outcomes = fields.pop("outcomes")
    head = ",\n".join(f'"{name}": {json.dumps(value)}' for name, value in fields.items())
    lines = ",\n".join(json.dumps(one) for one in outcomes)
    return f'{{\n{head},\n"outcomes": [\n{lines}\n]\n}}\n'


def from_text(text: str, where: str) -> Run:
    """The run that `as_text` has written.

    Raises:
        InputError: It is none.
    """
    try:
        fields: Mapping[str, Any] = json.loads(text)
        outcomes = tuple(
            Outcome(**{**one, "lacks": tuple(one["lacks"])}) for one in fields["outcomes"]
        )
        configuration = Configuration(**fields["configuration"])
        return Run(**{**fields, "outcomes": outcomes, "configuration": configuration})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(
            f"{where} holds no run of golden questions ({error}): save one with "
            "`assistant eval golden run --save-baseline FILE`."
        ) from error


def read_run(file: Path) -> Run:
    """Reads a run from a file.

    Raises:
        InputError: There is none.
    """
    try:
        return from_text(file.read_text("utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The baseline {file} cannot be read: {error}.") from error
