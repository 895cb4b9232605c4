"""Writes answers as OpenTelemetry spans into TruLens's database, all of a record at once.

A record is a root span (the turn) with spans under it for routing, each plugin's contribution, the
packed passages and the generation, with their true times, and a span for each score with its
evidence. The record's id is the answer's id. What is written together is one transaction: a process
that is killed leaves whole records or none.
"""

import logging
import os
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator

from assistant.events import Gathered
from assistant.schema import SHARED, Answer, Context, Passage, Scores, Turn

APP_NAME = "assistant"
UPLOADED = "(A passage of an uploaded file: its text goes with its chat.)"
TABLE_PREFIX = "trulens_"
TRIAD = {
    "Context Relevance": "context_relevance",
    "Groundedness": "groundedness",
    "Answer Relevance": "answer_relevance",
}
"""Name of each TruLens metric, and of the score it stores."""
THUMB = "Thumb"
"""The metric of what a person thinks of an answer: 1 up, 0 down."""
QUOTED_CHARS = 100
COLLECTORS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
"""Variables of the OpenTelemetry specification that name a collector."""


@dataclass(frozen=True, slots=True)
class Record:
    """An answer with all that is written about it.

    Attributes:
        gathered: What each plugin contributed.
        decision: Whether it was judged, in TruLens's words: evaluated, throttled.
        finished_ns: When it was finished, in nanoseconds since 1970.
    """

    turn: Turn
    context: Context
    answer: Answer
    gathered: Sequence[Gathered]
    scores: Scores
    decision: str
    finished_ns: int


class Records:
    """TruLens's database of records. Takes seconds to open: TruLens is imported here.

    Args:
        database_url: SQLAlchemy URL of the database; what it lacks is made.
        app_version: Names the configuration that answers.
        configuration: What that is, for the dashboard.
    """

    def __init__(
        self, database_url: str, app_version: str, configuration: Mapping[str, str]
    ) -> None:
        logging.getLogger("trulens").setLevel(logging.ERROR)
        from trulens.core.database.connector.default import DefaultDBConnector
        from trulens.core.schema.app import AppDefinition
        from trulens.core.utils.pyschema import Class
        from trulens.otel.semconv.trace import ResourceAttributes, SpanAttributes

        self._names = SpanAttributes
        self._connector = DefaultDBConnector(
            database_url=database_url, database_prefix=TABLE_PREFIX
        )
        definition = AppDefinition(
            app_name=APP_NAME,
            app_version=app_version,
            root_class=Class.of_class(Records),
            app={},
            metadata=dict(configuration),
        )
        self._connector.add_app(definition)  # the dashboard shows no records of unknown apps
        self._app = {
            ResourceAttributes.APP_NAME: APP_NAME,
            ResourceAttributes.APP_VERSION: app_version,
            ResourceAttributes.APP_ID: definition.app_id,
        }
        self._ended = _Ended()
        resource = Resource.create({"service.name": APP_NAME})
        self._provider = TracerProvider(resource=resource, id_generator=_Ids())
        self._provider.add_span_processor(self._ended)
        self._collector = _collector()
        self._tracer = self._provider.get_tracer(APP_NAME)

    def write(self, records: Sequence[Record]) -> None:
        """Stores records, all of them or none.

        Raises:
            Exception: What the database refuses; nothing is stored then.
        """
        from trulens.experimental.otel_tracing.core.exporter.utils import construct_event

        self._ended.spans.clear()
        for record in records:
            root = self._write_turn(record)
            self._write_decision(record)
            self._write_scores(record, root)
        self._connector.add_events([construct_event(span) for span in self._ended.spans])
        if self._collector is not None:
            for span in self._ended.spans:
                self._collector.on_end(span)

    def rate(self, answer_id: str, good: bool | None) -> None:
        """Keeps a person's thumb with an answer's record, the last one only, or takes it back.

        An answer without a record is left alone.
        """
        from trulens.experimental.otel_tracing.core.exporter.utils import construct_event

        database = self._connector.db
        event = database.orm.Event
        names, attributes = self._names, event.record_attributes
        with database.session.begin() as session:
            of_answer = attributes[names.RECORD_ID].as_string() == answer_id
            found = session.query(event).filter(of_answer)
            is_root = event.record["name"].as_string() == names.SpanType.RECORD_ROOT.value
            root = found.filter(is_root).one_or_none()
            is_thumb = attributes[names.EVAL_ROOT.METRIC_NAME].as_string() == THUMB
            found.filter(is_thumb).delete(synchronize_session=False)
            if root is None or good is None:
                return
            kept = (*self._app, names.RECORD_ID, names.RUN_NAME, names.INPUT_ID)
            common = {key: root.record_attributes[key] for key in kept}
            self._ended.spans.clear()
            self._score(common, THUMB, float(good), root.event_id, time.time_ns())
            session.add_all(
                event.parse(construct_event(span), redact_keys=False) for span in self._ended.spans
            )

    def close(self) -> None:
        """Sends what a collector has not got yet, and closes the database."""
        if self._collector is not None:
            self._collector.shutdown()  # type: ignore[no-untyped-call]
        self._provider.shutdown()
        self._connector.db.engine.dispose()

    def _write_turn(self, record: Record) -> trace.Span:
        turn, answer, names = record.turn, record.answer, self._names
        started = record.finished_ns - _ns(answer.timings.total)
        routed = started + _ns(answer.timings.route)
        packed = routed + _ns(answer.timings.gather)
        kinds, common = names.SpanType, self._common(record)
        root = self._start(
            kinds.RECORD_ROOT,
            started,
            common
            | {
                names.RECORD_ROOT.INPUT: turn.text,
                names.RECORD_ROOT.OUTPUT: answer.text,
                "assistant.route": [pick.name for pick in answer.route.plugins],
                "assistant.plugin": answer.plugin,
                "assistant.user": turn.user,
                "assistant.judge": record.scores.judge,
                "assistant.not_scored": record.scores.reason,
                "assistant.warnings": list(answer.warnings),
            },
        )
        reasons = [f"{pick.name} {pick.score:.2f}: {pick.reason}" for pick in answer.route.plugins]
        self._start(
            kinds.WORKFLOW_STEP, started, common | {"assistant.picked": reasons}, root, "routing"
        ).end(routed)
        for one in record.gathered:
            self._start(
                kinds.WORKFLOW_STEP,
                routed,
                common
                | {"assistant.passages": len(one.passages), "assistant.warning": one.warning},
                root,
                f"gather {one.plugin}",
            ).end(routed + _ns(one.milliseconds))
        passages = [_kept_text(passage) for passage in record.context.passages]
        self._start(
            kinds.RETRIEVAL,
            routed,
            common
            | {
                names.RETRIEVAL.QUERY_TEXT: " ".join(turn.questions),
                names.RETRIEVAL.RETRIEVED_CONTEXTS: passages,
                "assistant.sources": [passage.source for passage in record.context.passages],
                "assistant.tokens": record.context.n_tokens,
                "assistant.dropped": len(record.context.dropped),
            },
            root,
        ).end(packed)
        cost = answer.usage.cost_usd
        self._start(
            kinds.GENERATION,
            packed,
            common
            | {
                names.COST.MODEL: answer.model,
                names.COST.NUM_PROMPT_TOKENS: answer.usage.prompt_tokens,
                names.COST.NUM_COMPLETION_TOKENS: answer.usage.completion_tokens,
            }
            | ({} if cost is None else {names.COST.COST: cost, names.COST.CURRENCY: "USD"}),
            root,
        ).end(record.finished_ns)
        root.end(record.finished_ns)
        return root

    def _write_decision(self, record: Record) -> None:
        """Says whether the answer was judged, for the dashboard's coverage."""
        names = self._names
        self._start(
            names.SpanType.EVAL_DECISION,
            record.finished_ns,
            self._common(record) | {names.EVAL_DECISION.EVAL_DECISION_REASON: record.decision},
        ).end(record.finished_ns)

    def _write_scores(self, record: Record, root: trace.Span) -> None:
        """A span for each score that there is, and one under it with what it was made of."""
        names, at = self._names, record.finished_ns
        root_id = str(root.get_span_context().span_id)
        common = self._common(record) | {f"{names.EVAL.METADATA}.judge": record.scores.judge}
        for metric, field in TRIAD.items():
            score = getattr(record.scores, field)
            if score is None:
                continue
            span = self._score(common, metric, score, root_id, at)
            about = {
                names.EVAL.TARGET_RECORD_ID: record.answer.id,
                names.EVAL.METRIC_NAME: metric,
                names.EVAL.EVAL_ROOT_ID: str(span.get_span_context().span_id),
                names.EVAL.SCORE: score,
                names.EVAL.EXPLANATION: "\n".join(_evidence(record, field)),
                names.CALL.FUNCTION: metric,
                names.CALL.RETURN: score,
            }
            self._start(names.SpanType.EVAL, at, common | about, span).end(at)

    def _score(
        self, common: Mapping[str, Any], metric: str, score: float, root_id: str, at: int
    ) -> trace.Span:
        """Writes a score of the record that the common attributes name."""
        names = self._names
        span = self._start(
            names.SpanType.EVAL_ROOT,
            at,
            {
                **common,
                names.EVAL.TARGET_RECORD_ID: common[names.RECORD_ID],
                names.EVAL.METRIC_NAME: metric,
                names.EVAL_ROOT.METRIC_NAME: metric,
                names.EVAL_ROOT.HIGHER_IS_BETTER: True,
                names.EVAL_ROOT.SCORE: score,
                f"{names.EVAL_ROOT.ARGS_SPAN_ID}.answer": root_id,
                f"{names.EVAL_ROOT.ARGS_SPAN_ATTRIBUTE}.answer": names.RECORD_ROOT.OUTPUT,
            },
        )
        span.set_attribute(names.EVAL.EVAL_ROOT_ID, str(span.get_span_context().span_id))
        span.end(at)
        return span

    def _common(self, record: Record) -> dict[str, Any]:
        """What every span of a record bears."""
        names, session = self._names, record.turn.session
        return {
            **self._app,
            names.RECORD_ID: record.answer.id,
            names.RUN_NAME: "",
            names.INPUT_ID: record.turn.id,
            **({names.CONVERSATION_ID: session} if session else {}),
        }

    def _start(
        self,
        kind: Any,
        start_ns: int,
        attributes: Mapping[str, Any],
        parent: trace.Span | None = None,
        name: str = "",
    ) -> trace.Span:
        inside = trace.set_span_in_context(parent) if parent else None
        return self._tracer.start_span(
            name or kind.value,
            inside,
            start_time=start_ns,
            attributes={**attributes, self._names.SPAN_TYPE: kind.value},
        )


class _Ids(IdGenerator):
    """Ids that nobody's seed repeats: the usual ones come from `random`, which trainings seed."""

    def generate_span_id(self) -> int:
        return secrets.randbits(64) or 1

    def generate_trace_id(self) -> int:
        return secrets.randbits(128) or 1


class _Ended(SpanProcessor):
    """Keeps the spans that have ended."""

    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        self.spans.append(span)


def _collector() -> BatchSpanProcessor | None:
    """Sends spans to the collector that the standard variables name, in a thread of its own."""
    if not any(os.environ.get(name) for name in COLLECTORS):
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return BatchSpanProcessor(OTLPSpanExporter())


def _evidence(record: Record, field: str) -> Iterator[str]:
    """What a score was made of, a line each, as far as the judge tells."""
    scores = record.scores
    if field == "context_relevance":
        for passage, score in zip(record.context.passages, scores.passages, strict=False):
            yield f"{score} “{_shortened(_kept_text(passage))}”"
    elif field == "groundedness":
        for one in scores.sentences:
            yield " ".join((f"{one.groundedness} “{one.text}”", *one.reasons))


def _shortened(text: str) -> str:
    return text if len(text) <= QUOTED_CHARS else f"{text[:QUOTED_CHARS].rstrip()} …"


def _kept_text(passage: Passage) -> str:
    """A passage's text for the record; that of an uploaded file goes with its chat."""
    return passage.text if passage.collection == SHARED else UPLOADED


def _ns(milliseconds: float) -> int:
    return int(milliseconds * 1e6)
