"""Holds an answer against what was expected of it."""

from dataclasses import dataclass

from assistant.refusal import refusal_in
from assistant.schema import Answer, Scores
from evals.golden.questions import GoldenQuestion
from evals.golden.words import stands_in
from ingest.sentences import without_marks

TRIAD = ("context_relevance", "groundedness", "answer_relevance")
METRICS = ("right", "facts", "sources", "refusal", "plugin", *TRIAD)
"""The figures of an outcome: 1 is best, 0 worst."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one golden question; a figure is `None` where nothing was expected.

    Attributes:
        id: The question's.
        question: Its text.
        answer: The answer's text.
        lacks: What was expected and is not so, for a person.
        right: 1 where all is as expected.
        facts: Share of the expected facts that stand in the answer.
        sources: Share of the expected sources that it cites.
        refusal: 1 where it refuses, or answers, as expected.
        plugin: 1 where the expected plugin gave it.
    """

    id: str
    question: str
    answer: str
    lacks: tuple[str, ...]
    right: float
    facts: float | None
    sources: float | None
    refusal: float
    plugin: float | None
    context_relevance: float | None = None
    groundedness: float | None = None
    answer_relevance: float | None = None

    def figure(self, metric: str) -> float | None:
        """The figure of one of `METRICS`."""
        value: float | None = getattr(self, metric)
        return value


def outcome(question: GoldenQuestion, answer: Answer, scores: Scores) -> Outcome:
    """Scores one answer; what stands below a refusal is no part of it."""
    is_refusal = bool(refusal_in(answer.text))
    said = "" if is_refusal else without_marks(answer.text)
    cited = () if is_refusal else answer.citations
    facts = [fact for fact in question.facts if not stands_in(fact, said)]
    sources = [
        source
        for source in question.sources
        if not any(source.is_at(one.source, one.page) for one in cited)
    ]
    lacks = [f"does not say “{fact}”" for fact in facts]
    lacks += [f"does not cite {source}" for source in sources]
    if is_refusal != question.refusal:
        lacks.append("refuses" if is_refusal else "answers, and should refuse")
    is_other_plugin = bool(question.plugin) and answer.plugin != question.plugin
    if is_other_plugin:
        lacks.append(f"comes from {answer.plugin or 'no plugin'}, not from {question.plugin}")
    return Outcome(
        id=question.id,
        question=question.question,
        answer=answer.text,
        lacks=tuple(lacks),
        right=float(not lacks),
        facts=_share(len(facts), len(question.facts)),
        sources=_share(len(sources), len(question.sources)),
        refusal=float(is_refusal == question.refusal),
        plugin=float(not is_other_plugin) if question.plugin else None,
        context_relevance=scores.context_relevance,
        groundedness=scores.groundedness,
        answer_relevance=scores.answer_relevance,
    )


def unanswered(question: GoldenQuestion, reason: str) -> Outcome:
    """The outcome of a question that got no answer."""
    return Outcome(
        id=question.id,
        question=question.question,
        answer="",
        lacks=(f"was not answered: {reason}",),
        right=0.0,
        facts=0.0 if question.facts else None,
        sources=0.0 if question.sources else None,
        refusal=0.0,
        plugin=0.0 if question.plugin else None,
    )


def _share(n_lacking: int, n_expected: int) -> float | None:
    return round(1 - n_lacking / n_expected, 4) if n_expected else None
