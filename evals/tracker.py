"""Scores every answer by the RAG triad and keeps a record of it, off the path of the answer.

One worker thread judges and writes, so that neither the event loop nor a token ever waits. It takes
all answers that wait at once and writes them together. Where more wait than it can judge in time,
it judges a sample and says so in the records of the others: every answer is recorded.
"""

import asyncio
import hashlib
import json
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from statistics import fmean
from typing import Protocol

from assistant.events import Gathered, Scored
from assistant.schema import Answer, Citation, Context, Scores, Turn
from evals.records import TRIAD, Record, Records
from ingest.sentences import cited_numbers

NOT_SCORED = "The answer was not scored"
NOT_STORED = "The answer was not recorded"
EVALUATED, THROTTLED = "evaluated", "throttled"
N_TOGETHER = 8
"""Answers that are judged and written at once."""
N_BEHIND = 16
"""Where so many more wait, one in two is judged; where twice as many, one in three."""
TRIES = 3
RETRY_SECONDS = 0.2
"""Before a write that failed is tried again; twice as long before the next."""

Configuration = Callable[[], Mapping[str, str]]

log = logging.getLogger(__name__)


class Judge(Protocol):
    """Scores an answer."""

    name: str

    def score(self, question: str, contexts: Sequence[str], answer: str) -> Scores:
        """The RAG triad of one answer."""
        ...


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An answer that waits for the worker."""

    turn: Turn
    context: Context
    answer: Answer
    gathered: Sequence[Gathered]
    finished_ns: int
    done: Future[Scored] = field(default_factory=Future)


class TruLensTracker:
    """Keeps records and scores in TruLens's database.

    Args:
        database_url: SQLAlchemy URL of the database.
        judge: Scores the answers.
        configuration: Tells what tells this assistant from others, such as
            `{"model": "extractive"}`: answers of one configuration are one app version on the
            dashboard. Asked once, in the worker.
    """

    def __init__(self, database_url: str, judge: Judge, configuration: Configuration) -> None:
        self._database_url = database_url
        self._judge = judge
        self._configuration = configuration
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tracker")
        self._waiting: deque[_Waiting] = deque()
        self._records: Records | None = None
        self._n_taken = 0

    def warm_up(self) -> None:
        """Opens the database in the worker; returns at once, for it takes seconds."""
        self._worker.submit(self._open)

    async def record(
        self, turn: Turn, context: Context, answer: Answer, gathered: Sequence[Gathered] = ()
    ) -> Scored:
        """Scores and stores an answer; the scores that come back are those that were stored.

        A judge or a database that fails costs the scores, which then say why, never the answer.
        """
        waiting = _Waiting(turn, context, answer, gathered, time.time_ns())
        waiting.done.set_running_or_notify_cancel()  # whoever stops waiting stops nothing
        self._waiting.append(waiting)
        self._worker.submit(self._work)
        return await asyncio.wrap_future(waiting.done)

    def rate(self, answer_id: str, good: bool | None) -> None:
        """Keeps a person's thumb with an answer's record, or takes it back; returns at once."""
        self._worker.submit(self._rate, answer_id, good)

    def close(self) -> None:
        """Waits for what is under way and closes the database."""
        self._worker.shutdown()
        if self._records is not None:
            self._records.close()

    def _work(self) -> None:
        """Judges and writes what waits; nothing is left where an earlier call has taken it all."""
        n_taken = min(len(self._waiting), N_TOGETHER)
        taken = [self._waiting.popleft() for _ in range(n_taken)]
        started = time.perf_counter()
        records = [self._judged(one) for one in taken]
        failures = self._write(records)
        milliseconds = round((time.perf_counter() - started) * 1000, 3)
        for one, record in zip(taken, records, strict=True):
            one.done.set_result(
                self._outcome(record, failures.get(record.answer.id, ""), milliseconds)
            )

    def _rate(self, answer_id: str, good: bool | None) -> None:
        try:
            self._open().rate(answer_id, good)
        except Exception:
            log.exception("The thumb on the answer %s could not be recorded.", answer_id)

    def _judged(self, one: _Waiting) -> Record:
        """The record of an answer with its scores, or none of them and why."""
        share = 1 + len(self._waiting) // N_BEHIND
        self._n_taken += 1
        decision = EVALUATED
        if self._n_taken % share:
            decision = THROTTLED
            scores = Scores(
                judge=self._judge.name,
                reason=f"{NOT_SCORED}: {len(self._waiting)} others wait for the judge, and it "
                f"takes one in {share} until it has caught up.",
            )
        else:
            scores = self._score(one)
        return Record(
            one.turn, one.context, one.answer, one.gathered, scores, decision, one.finished_ns
        )

    def _score(self, one: _Waiting) -> Scores:
        """The judge's scores, or none of them and why; what is stored is always in [0, 1]."""
        try:
            texts = [passage.text for passage in one.context.passages]
            asked = " ".join(one.turn.questions)
            return _in_range(self._judge.score(asked, texts, one.answer.text))
        except Exception as error:
            log.exception("The answer %s could not be scored.", one.answer.id)
            return Scores(judge=self._judge.name, reason=f"{NOT_SCORED}: {error!r}.")

    def _write(self, records: Sequence[Record]) -> dict[str, str]:
        """Stores records together, and one by one where that fails.

        Returns:
            Why a record could not be stored, by the answer's id.
        """
        if not records:
            return {}
        failure = self._tried(records)
        if not failure:
            return {}
        if len(records) == 1:
            return {records[0].answer.id: failure}
        failures: dict[str, str] = {}
        for record in records:
            failures |= self._write([record])
        return failures

    def _tried(self, records: Sequence[Record]) -> str:
        """Stores records, in several tries; returns why that failed."""
        for n_tries in range(TRIES):
            if n_tries:
                time.sleep(RETRY_SECONDS * 2 ** (n_tries - 1))
            try:
                self._open().write(records)
                return ""
            except Exception as error:
                log.exception("%d answers could not be recorded.", len(records))
                failure = repr(error)
        return failure

    def _outcome(self, record: Record, failure: str, milliseconds: float) -> Scored:
        answer, scores = record.answer, record.scores
        if failure:
            scores = Scores(judge=self._judge.name, reason=f"{NOT_STORED}: {failure}.")
        if scores.reason.startswith((NOT_SCORED, NOT_STORED)):
            answer = replace(answer, warnings=(*answer.warnings, scores.reason))
        timings = replace(answer.timings, score=milliseconds)
        return Scored(replace(answer, citations=_grounded(answer, scores), timings=timings), scores)

    def _open(self) -> Records:
        if self._records is None:
            configuration = {"version": version("assistant"), **self._configuration()}
            self._records = Records(self._database_url, app_version(configuration), configuration)
        return self._records


def app_version(configuration: Mapping[str, str]) -> str:
    """The name of a configuration: its version and model, and a hash of all of it."""
    whole = json.dumps(dict(configuration), sort_keys=True)
    named = [configuration[key] for key in ("version", "model") if key in configuration]
    return " ".join((*named, hashlib.sha256(whole.encode()).hexdigest()[:8]))


def _in_range(scores: Scores) -> Scores:
    """The scores, without those outside [0, 1]: one NaN would spoil TruLens's database for good."""
    values = [getattr(scores, name) for name in TRIAD.values()]
    parts = [*scores.passages, *(one.groundedness for one in scores.sentences)]
    if all(value is None or 0 <= value <= 1 for value in (*values, *parts)):
        return scores
    kept = [value if value is not None and 0 <= value <= 1 else None for value in values]
    reason = f"{NOT_SCORED} in full: the judge {scores.judge} gave {values}."
    return Scores(kept[0], kept[1], kept[2], judge=scores.judge, reason=reason)


def _grounded(answer: Answer, scores: Scores) -> tuple[Citation, ...]:
    """The citations, each with the groundedness of the sentences that bear its mark."""
    by_number: dict[int, list[float]] = {}
    for sentence in scores.sentences:
        for n in cited_numbers(answer.text[sentence.start : sentence.end]):
            if sentence.groundedness is not None:
                by_number.setdefault(n, []).append(sentence.groundedness)
    return tuple(
        replace(
            citation,
            groundedness=round(fmean(by_number[citation.n]), 4)
            if by_number.get(citation.n)
            else None,
        )
        for citation in answer.citations
    )
