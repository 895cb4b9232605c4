"""Does each message go to the plugin that should answer it?

Data: `routing.jsonl`, 300 messages with their labels, written by hand for this benchmark by an
author who had not seen the router (Apache 2.0), to test it. `routing_visible.jsonl`, 300 messages
each by three others (r1, r3 and r4 in their ids), was there to develop it: those that stand alone
are among the plugins' examples.
A line each, of these forms:

    {"id": "none/capital", "text": "capital of Mongolia?", "route": "none"}
    {"id": "documents/2020", "text": "and for 2020?", "route": "documents", "hard": true,
     "history": [{"role": "user", "text": "What was revenue in 2019?"},
                 {"role": "assistant", "text": "It was $4.2 billion."}]}
    {"id": "documents/port", "text": "which port is mine?", "route": "documents",
     "also": ["memory"]}

`attached` is true where a file comes with the message, or its name. `also` names plugins that
contribute beside the one that answers: they are picked, or take part in every turn and find
something. What is said in a history is told to the memory before the message comes.

The sample documents are ingested beside, and there is no language model. An item of the limit is a
message.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import InputError
from assistant.plugin import Registry
from assistant.schema import Answer, Message, Route, Timings, Turn, Usage
from evals.benchmarks.bootstrap import mean_with_interval
from evals.benchmarks.harness import (
    Figures,
    drawn,
    ingest_files,
    opened,
    read_json_lines,
    temporary_home,
    tracked,
)
from evals.benchmarks.metrics import mean
from evals.benchmarks.protocols import MakeRuntime, Runtime
from evals.benchmarks.synthetic import EXAMPLES

DATA = Path(__file__).with_name("routing.jsonl")
LABELS = {"rag": "documents", "conversation": "smalltalk", "off-topic": "none"}
"""Labels of plugins that are called otherwise."""
N_BINS = 10


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message, and who should answer it."""

    id: str
    turn: Turn
    label: str
    also: tuple[str, ...]
    is_hard: bool


@dataclass(frozen=True, slots=True)
class Routing:
    """What became of a message.

    Attributes:
        score: Probability of the label, as the router says.
        also: Share of those that contribute beside; `None` where nobody should.
    """

    message: Labelled
    label: str
    score: float
    reason: str
    milliseconds: float
    also: float | None

    @property
    def is_right(self) -> bool:
        """Whether the right one would answer."""
        return self.label == self.message.label


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Routes the messages.

    Raises:
        InputError: The data is missing or malformed.
    """
    messages = drawn(read_messages(data or DATA), limit)
    with temporary_home() as home:
        runtime = make_runtime(home=home, model="", database_url="", router="local")
        with opened(runtime):
            ingest_files(runtime, [EXAMPLES])
            runtime.warm_up()
            routings = [_routed(runtime, one) for one in tracked(messages, "Routing")]
    return Figures(figures(routings), len(routings))


def read_messages(file: Path) -> list[Labelled]:
    """The labelled messages of a JSON lines file.

    Raises:
        InputError: A line is malformed, or there is none.
    """
    messages = []
    for number, line in read_json_lines(file):
        try:
            messages.append(_message(line))
        except (KeyError, TypeError, AttributeError) as error:
            raise InputError(
                f"Line {number} of {file} is no labelled message ({error!r}): it needs id, text "
                "and route."
            ) from error
    if not messages:
        raise InputError(f"There is no message in {file}: write one a line.")
    return messages


def _message(line: dict[str, Any]) -> Labelled:
    attached = line.get("attached") or ()
    history = tuple(Message(one["role"], one["text"]) for one in line.get("history", ()))
    turn = Turn(
        line["text"],
        user=line["id"],
        history=history,
        attached=("attachment" if attached is True else attached,) if attached else (),
    )
    also = tuple(line.get("also", ()))
    return Labelled(line["id"], turn, line["route"], also, bool(line.get("hard")))


def _routed(runtime: Runtime, message: Labelled) -> Routing:
    _tell(runtime.registry, message.turn)
    started = time.perf_counter()
    route = runtime.router.route(message.turn)
    milliseconds = (time.perf_counter() - started) * 1000
    best = route.plugins[0] if route.plugins else route.outside
    return Routing(
        message,
        LABELS.get(best.name, best.name) if best else "none",
        best.score if best else 0.0,
        best.reason if best else "",
        milliseconds,
        mean([float(one in _beside(runtime.registry, message, route)) for one in message.also]),
    )


def _tell(registry: Registry, turn: Turn) -> None:
    """Lets those that take part in every turn hear what was said before."""
    for said in turn.history:
        if said.role == "user":
            earlier = Turn(said.text, user=turn.user)
            for plugin in registry:
                if plugin.in_every_turn:
                    plugin.observe(earlier, _no_answer())


def _no_answer() -> Answer:
    return Answer("", "", Route(()), "", (), (), Usage(), Timings(0, 0, 0, 0))


def _beside(registry: Registry, message: Labelled, route: Route) -> set[str]:
    """The labels of all that contribute to the answer."""
    names = {pick.name for pick in route.plugins}
    names |= {one.name for one in registry if one.in_every_turn and one.gather(message.turn)}
    return {LABELS.get(name, name) for name in names}


def figures(routings: Sequence[Routing]) -> dict[str, object]:
    """All figures of the messages."""
    labels = sorted({one.message.label for one in routings} | {one.label for one in routings})
    times = [one.milliseconds for one in routings]
    beside = [one.also for one in routings if one.also is not None]
    return {
        "accuracy": _accuracy(routings),
        "by_label": {
            label: _accuracy([one for one in routings if one.message.label == label])
            for label in labels
        },
        "hard": _accuracy([one for one in routings if one.message.is_hard]),
        "also_recall": mean_with_interval(beside),
        "confusion": _confusion(routings, labels),
        "calibration_error": calibration_error(routings),
        "ms_p50": round(float(np.quantile(times, 0.5)), 2),
        "ms_p95": round(float(np.quantile(times, 0.95)), 2),
        "failures": [_failure(one) for one in routings if not one.is_right],
    }


def _accuracy(routings: Sequence[Routing]) -> dict[str, object]:
    return {**mean_with_interval([float(one.is_right) for one in routings]), "n": len(routings)}


def _confusion(routings: Sequence[Routing], labels: Sequence[str]) -> dict[str, dict[str, int]]:
    """How many messages of each label, the outer one, were given to each."""
    counts = Counter((one.message.label, one.label) for one in routings)
    return {
        right: {given: counts[right, given] for given in labels if counts[right, given]}
        for right in labels
    }


def calibration_error(routings: Sequence[Routing]) -> float | None:
    """Expected calibration error in ten equal bins (Guo et al. 2017, equation 3)."""
    if not routings:
        return None
    scores = np.array([one.score for one in routings])
    right = np.array([one.is_right for one in routings], float)
    bins = np.minimum((scores * N_BINS).astype(int), N_BINS - 1)
    gaps = [abs((right - scores)[bins == each].sum()) for each in range(N_BINS)]
    return round(float(sum(gaps) / len(routings)), 4)


def _failure(one: Routing) -> str:
    return (
        f"{one.message.id} went to {one.label} ({one.score:.2f}: {one.reason}) and belongs to "
        f"{one.message.label}: “{' '.join(one.message.turn.text.split())[:80]}”."
    )
