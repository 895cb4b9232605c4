"""What the engine adds to a language model that answers at once.

Data: a folder of documents, by default the sample documents in `examples/docs` (Apache 2.0). Each
question puts words of one of their sentences into a template, as in "How does batch option
command reads input work?", and no two are the same. The model is `model_server.py`, in a process
of its own.

- overhead: wall time from the start of `engine.stream()` until `Finished`, less the time that the
  answering plugin waited for the model. Its parts are route, gather (packing included), post (from
  the end of the model's stream until `Finished`) and forward (passing the tokens on).
- model: the waiting itself, which is what LiteLLM and the loopback take.
- score: judging and storing the record, behind `Finished`.
- new_sources: the overhead of turns that cite a passage which no turn before them has cited. Its
  sentences are not in the embedding cache yet, as in a large index they hardly ever are.
- back_to_back: the same overhead where each turn begins while the turns before it are still being
  scored; submit is the event loop's time to hand an answer over to the tracker.

An item of the limit (200) is a question; as many others are asked back to back.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path

from assistant.errors import InputError
from assistant.events import Event, Finished, Scored
from assistant.schema import Answer, Turn
from evals.benchmarks.harness import Figures, ingest_files, opened, temporary_home, tracked
from evals.benchmarks.metrics import mean, spread
from evals.benchmarks.model_clock import ModelClock
from evals.benchmarks.model_server import running
from evals.benchmarks.protocols import Engine, MakeRuntime, Runtime
from evals.benchmarks.questions import questions_about

EXAMPLES = Path(__file__).parents[2] / "examples" / "docs"
N_TURNS = 200
N_WARM_UP = 5


@dataclass(frozen=True, slots=True)
class TurnTimes:
    """Milliseconds of one turn; see the module for what each part is."""

    answer: Answer
    overhead: float
    post: float
    model: float
    submit: float = 0.0

    @property
    def forward(self) -> float:
        """What is left of the overhead."""
        return self.overhead - self.answer.timings.route - self.answer.timings.gather - self.post


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Answers questions one by one and back to back, with tracking on.

    Raises:
        InputError: The documents are missing or too few to ask about.
    """
    folder = data or EXAMPLES
    if not folder.exists():
        raise InputError(f"There are no documents in {folder}: give --data with a folder of some.")
    with running() as api_base, temporary_home() as home:
        runtime = make_runtime(home=home, model="openai/benchmark", api_base=api_base)
        with opened(runtime):
            ingest_files(runtime, [folder])
            runtime.warm_up()
            asked = questions_about(runtime.store, N_WARM_UP + 2 * (limit or N_TURNS))
            if len(asked) < N_WARM_UP + 2:
                raise InputError(f"The documents in {folder} have too few sentences to ask about.")
            return asyncio.run(_measure(runtime, asked))


async def _measure(runtime: Runtime, asked: Sequence[str]) -> Figures:
    assert runtime.llm is not None
    clock = ModelClock(runtime.llm)
    warm_up, rest = asked[:N_WARM_UP], asked[N_WARM_UP:]
    warm = [await _one_by_one(runtime.engine, clock, question) for question in warm_up]
    half = len(rest) // 2
    alone = [
        await _one_by_one(runtime.engine, clock, question)
        for question in tracked(rest[:half], "Asking one by one")
    ]
    chased = await _back_to_back(runtime.engine, clock, rest[half : 2 * half])
    return Figures(figures(warm, alone, chased), half)


def figures(
    warm: Sequence[TurnTimes], alone: Sequence[TurnTimes], chased: Sequence[TurnTimes]
) -> dict[str, object]:
    """Medians and 95th percentiles, in milliseconds; the turns of the warm-up do not count."""
    new = _with_new_sources([*warm, *alone])[len(warm) :]
    return {
        "overhead_ms": spread([turn.overhead for turn in alone]),
        "route_ms": spread([turn.answer.timings.route for turn in alone]),
        "gather_ms": spread([turn.answer.timings.gather for turn in alone]),
        "forward_ms": spread([turn.forward for turn in alone]),
        "post_ms": spread([turn.post for turn in alone]),
        "model_ms": spread([turn.model for turn in alone]),
        "score_ms": spread([turn.answer.timings.score or 0.0 for turn in alone]),
        "new_sources": {
            "overhead_ms": spread(list(compress((turn.overhead for turn in alone), new))),
            "n": sum(new),
        },
        "back_to_back": {
            "overhead_ms": spread([turn.overhead for turn in chased]),
            "submit_ms": spread([turn.submit for turn in chased]),
        },
        "cited": mean(bool(turn.answer.citations) for turn in alone),
    }


async def _one_by_one(engine: Engine, clock: ModelClock, question: str) -> TurnTimes:
    """Answers a question and waits for its scores."""
    stream = engine.stream(Turn(question))
    times = await _until_finished(stream, clock)
    async for event in stream:
        if isinstance(event, Scored):
            return TurnTimes(event.answer, times.overhead, times.post, times.model)
    raise InputError(f"The answer to {question!r} was not scored.")


async def _back_to_back(engine: Engine, clock: ModelClock, asked: Sequence[str]) -> list[TurnTimes]:
    """Answers questions without waiting for the scores of those before."""
    turns: list[TurnTimes] = []
    scoring: list[asyncio.Task[None]] = []
    for question in tracked(asked, "Asking back to back"):
        stream = engine.stream(Turn(question))
        times = await _until_finished(stream, clock)
        started = time.perf_counter()
        scoring.append(asyncio.create_task(_drain(stream)))
        await asyncio.sleep(0)  # the task runs until it waits for the tracker
        submit = _milliseconds(started, time.perf_counter())
        turns.append(TurnTimes(times.answer, times.overhead, times.post, times.model, submit))
    await asyncio.gather(*scoring)
    return turns


async def _until_finished(stream: AsyncIterator[Event], clock: ModelClock) -> TurnTimes:
    clock.reset()
    started = time.perf_counter()
    async for event in stream:
        if isinstance(event, Finished):
            finished = time.perf_counter()
            waited = clock.waited_seconds * 1000
            overhead = _milliseconds(started, finished) - waited
            post = _milliseconds(clock.ended, finished)
            return TurnTimes(event.answer, overhead, post, waited)
    raise InputError("The answer was not finished.")


async def _drain(stream: AsyncIterator[Event]) -> None:
    async for _ in stream:
        pass


def _with_new_sources(turns: Sequence[TurnTimes]) -> list[bool]:
    """Whether each turn cites a passage that no turn before it has cited."""
    seen: set[str] = set()
    are_new: list[bool] = []
    for turn in turns:
        passages = turn.answer.passages
        cited = {passages[citation.n - 1].id for citation in turn.answer.citations}
        are_new.append(not cited <= seen)
        seen |= cited
    return are_new


def _milliseconds(start: float, end: float) -> float:
    return (end - start) * 1000
