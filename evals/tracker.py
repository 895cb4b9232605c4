"""Records every answer with TruLens and scores it by the RAG triad, off the path of the answer.

A record is a root span (the turn) with a retrieval span (the packed passages) and a generation
span under it, with their true times; the record's id is the answer's id. One worker thread judges
and writes, so that neither the event loop nor an answer ever waits for TruLens.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import fmean
from typing import Any, Protocol

from opentelemetry import trace

from assistant.events import Scored
from assistant.schema import SHARED, Answer, Citation, Context, Passage, Scores, Turn
from ingest.sentences import cited_numbers

APP_NAME = "assistant"
NOT_SCORED = "The answer was not scored"
NOT_STORED = "The answer was not recorded"
UPLOADED = "(A passage of an uploaded file: its text goes with its chat.)"
TABLE_PREFIX = "trulens_"
TRIAD = {
    "Context Relevance": "context_relevance",
    "Groundedness": "groundedness",
    "Answer Relevance": "answer_relevance",
}
"""Name of each TruLens metric, and of the score it stores."""

log = logging.getLogger(__name__)


class Judge(Protocol):
    """Scores an answer."""

    name: str

    def score(self, question: str, contexts: Sequence[str], answer: str) -> Scores:
        """The RAG triad of one answer."""
        ...


class TruLensTracker:
    """Keeps records and scores in a database: one for a process, for TruLens keeps one session.

    Args:
        database_url: SQLAlchemy URL of the database.
        judge: Scores the answers.
        configuration: What tells this assistant from others: model, settings. Answers of one
            configuration are one app version on the dashboard.
    """

    def __init__(self, database_url: str, judge: Judge, configuration: str) -> None:
        self._database_url = database_url
        self._judge = judge
        self._app_version = f"{version('assistant')} {configuration}"
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tracker")
        self._trulens: _TruLens | None = None

    def warm_up(self) -> None:
        """Opens the database in the worker; returns at once, for it takes seconds."""
        self._worker.submit(self._open)

    async def record(self, turn: Turn, context: Context, answer: Answer) -> Scored:
        """Scores and stores an answer; the scores that come back are those that were stored.

        A judge or a database that fails costs the scores, which then say why, never the answer.
        """
        finished_ns = time.time_ns()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._worker, self._record, turn, context, answer, finished_ns
        )

    def close(self) -> None:
        """Waits for what is under way and closes the database."""
        self._worker.shutdown()
        if self._trulens is not None:
            self._trulens.close()

    def _record(self, turn: Turn, context: Context, answer: Answer, finished_ns: int) -> Scored:
        started = time.perf_counter()
        scores = self._score(turn, context, answer)
        try:
            self._open().store(turn, context, answer, scores, finished_ns)
        except Exception as error:
            log.exception("The answer %s could not be recorded.", answer.id)
            scores = Scores(judge=self._judge.name, reason=f"{NOT_STORED}: {error!r}.")
        if scores.reason.startswith((NOT_SCORED, NOT_STORED)):
            answer = replace(answer, warnings=(*answer.warnings, scores.reason))
        milliseconds = round((time.perf_counter() - started) * 1000, 3)
        return Scored(
            replace(
                answer,
                citations=_grounded(answer, scores),
                timings=replace(answer.timings, score=milliseconds),
            ),
            scores,
        )

    def _score(self, turn: Turn, context: Context, answer: Answer) -> Scores:
        """The judge's scores, or none of them and why; what is stored is always in [0, 1]."""
        try:
            texts = [passage.text for passage in context.passages]
            scores = self._judge.score(" ".join(turn.questions), texts, answer.text)
        except Exception as error:
            log.exception("The answer %s could not be scored.", answer.id)
            return Scores(judge=self._judge.name, reason=f"{NOT_SCORED}: {error!r}.")
        return _in_range(scores)

    def _open(self) -> "_TruLens":
        if self._trulens is None:
            self._trulens = _TruLens(self._database_url, self._app_version)
        return self._trulens


class _TruLens:
    """The session with TruLens: imported here because it takes seconds."""

    def __init__(self, database_url: str, app_version: str) -> None:
        logging.getLogger("trulens").setLevel(logging.ERROR)
        from trulens.core import TruSession
        from trulens.core.schema.app import AppDefinition
        from trulens.core.utils.pyschema import Class
        from trulens.otel.semconv.trace import ResourceAttributes, SpanAttributes

        self._attributes = SpanAttributes
        self._session = TruSession(database_url=database_url, database_prefix=TABLE_PREFIX)
        definition = AppDefinition(
            app_name=APP_NAME,
            app_version=app_version,
            root_class=Class.of_class(TruLensTracker),
            app={},
        )
        self._session.add_app(definition)  # the dashboard shows no records of unknown apps
        self._app_version = app_version
        self._app = {
            ResourceAttributes.APP_NAME: APP_NAME,
            ResourceAttributes.APP_VERSION: app_version,
            ResourceAttributes.APP_ID: definition.app_id,
        }
        self._tracer = trace.get_tracer("assistant")

    def store(
        self, turn: Turn, context: Context, answer: Answer, scores: Scores, finished_ns: int
    ) -> None:
        """Writes the spans and the scores of one answer, and returns when they are stored."""
        from trulens.core import Metric, Selector

        self._write_spans(turn, context, answer, finished_ns)
        self._session.force_flush()
        events = self._session.get_events(
            app_name=APP_NAME, app_version=self._app_version, record_ids=[answer.id]
        )
        metrics = [
            Metric(
                name=name,
                implementation=_stored(score, scores),
                selectors={"answer": Selector.select_record_output()},
            )
            for name, field in TRIAD.items()
            if (score := getattr(scores, field)) is not None
        ]
        self._session.compute_feedbacks_on_events(events, metrics)
        self._session.force_flush()

    def close(self) -> None:
        """Writes what is still in the queue."""
        self._session.force_flush()

    def _write_spans(self, turn: Turn, context: Context, answer: Answer, finished_ns: int) -> None:
        name = self._attributes
        started_ns = finished_ns - int(answer.timings.total * 1e6)
        routed_ns = started_ns + int(answer.timings.route * 1e6)
        packed_ns = routed_ns + int(answer.timings.gather * 1e6)
        common = {
            **self._app,
            name.RECORD_ID: answer.id,
            name.RUN_NAME: "",
            name.INPUT_ID: turn.id,
            **({name.CONVERSATION_ID: turn.session} if turn.session else {}),
        }
        start_span = partial(self._start_span, common)
        root = start_span(
            name.SpanType.RECORD_ROOT,
            started_ns,
            {
                name.RECORD_ROOT.INPUT: turn.text,
                name.RECORD_ROOT.OUTPUT: answer.text,
                "assistant.route": [pick.name for pick in answer.route.plugins],
                "assistant.user": turn.user,
            },
        )
        start_span(
            name.SpanType.RETRIEVAL,
            routed_ns,
            {
                name.RETRIEVAL.QUERY_TEXT: " ".join(turn.questions),
                name.RETRIEVAL.RETRIEVED_CONTEXTS: [_kept_text(one) for one in context.passages],
            },
            root,
        ).end(packed_ns)
        start_span(
            name.SpanType.GENERATION,
            packed_ns,
            {
                name.COST.MODEL: answer.model,
                name.COST.NUM_PROMPT_TOKENS: answer.usage.prompt_tokens,
                name.COST.NUM_COMPLETION_TOKENS: answer.usage.completion_tokens,
                **_price(answer.usage.cost_usd, name),
            },
            root,
        ).end(finished_ns)
        root.end(finished_ns)

    def _start_span(
        self,
        common: dict[str, Any],
        kind: Any,
        start_ns: int,
        attributes: dict[str, Any],
        parent: trace.Span | None = None,
    ) -> trace.Span:
        inside = trace.set_span_in_context(parent) if parent else None
        span = self._tracer.start_span(
            kind.value, inside, start_time=start_ns, attributes=common | attributes
        )
        # TruLens's processor marks every span as of unknown type when it starts.
        span.set_attribute(self._attributes.SPAN_TYPE, kind.value)
        return span


def _in_range(scores: Scores) -> Scores:
    """The scores, without those outside [0, 1]: one NaN would spoil TruLens's database for good."""
    values = [getattr(scores, field) for field in TRIAD.values()]
    if all(value is None or 0 <= value <= 1 for value in values):
        return scores
    kept = [value if value is not None and 0 <= value <= 1 else None for value in values]
    reason = f"{NOT_SCORED} in full: the judge {scores.judge} gave {values}."
    return replace(
        scores,
        context_relevance=kept[0],
        groundedness=kept[1],
        answer_relevance=kept[2],
        reason=reason,
    )


def _kept_text(passage: Passage) -> str:
    """A passage's text for the record; that of an uploaded file goes with its chat."""
    return passage.text if passage.collection == SHARED else UPLOADED


def _price(cost_usd: float | None, name: Any) -> dict[str, Any]:
    """The cost's attributes; none where the price is not known."""
    return {} if cost_usd is None else {name.COST.COST: cost_usd, name.COST.CURRENCY: "USD"}


def _stored(score: float, scores: Scores) -> Any:
    """A TruLens feedback function that answers with the score that the judge gave."""
    evidence = "; ".join(
        f"“{sentence.text}” {sentence.groundedness}" for sentence in scores.sentences
    )

    def feedback(answer: str) -> tuple[float, dict[str, str]]:  # noqa: ARG001 - TruLens's selector
        return score, {"judge": scores.judge, "reasons": evidence}

    return feedback


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


def sqlite_url(path: Path) -> str:
    """SQLAlchemy URL of a SQLite file."""
    return f"sqlite:///{path}"
