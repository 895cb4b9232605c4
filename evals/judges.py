"""Judges score an answer against its question and its contexts: the RAG triad.

The local judge needs no language model: it weighs signals from words and sentence embeddings, on
the CPU.
"""

from collections.abc import Sequence
from statistics import fmean

import numpy as np

from assistant.plugin import Embedder
from assistant.refusal import refusal_in
from assistant.schema import Scores, SentenceScore
from evals.judging.passages import Beside, Floats, Passages
from evals.judging.reading import LONGEST, Reader
from evals.judging.reasons import reasons
from evals.judging.weighing import QUOTED, load_weighing, probability
from evals.judging.words import words_of
from ingest.sentences import sentence_spans, without_marks

EMPTY = "The answer is empty."
REFUSED = "A refusal claims nothing that passages could support."
NO_PASSAGES = "No passage was used, so there is nothing to compare with."


class LocalJudge:
    """Scores by signals that were weighed once, on labelled answers.

    - Groundedness of a sentence: the probability that the passages support it. Of an answer: the
      probability that they support all its sentences. `docs/judge.md` says what it is made of and
      how far it holds.
    - Context relevance of a passage: the cosine between the question and the sentence that has
      most of its words. Of an answer: the mean over its passages.
    - Answer relevance: the largest cosine between the question and a sentence of the answer.

    Cosines below 0 count as 0.
    """

    name = "local-2"

    def __init__(self, embedder: Embedder) -> None:
        self._reader = Reader(embedder)

    def score(self, question: str, contexts: Sequence[str], answer: str) -> Scores:
        """Scores one answer.

        Args:
            question: What was asked.
            contexts: The texts that the answer should rest on.
            answer: The answer; marks such as `[1]` are not part of what it says.

        Returns:
            The scores; those that the contexts or the answer are missing for are `None`, and
            the reason says so.
        """
        refusal = refusal_in(answer)
        answer = refusal or answer
        spans = [span for span in sentence_spans(answer) if _has_words(answer[slice(*span)])]
        if not spans:
            return Scores(judge=self.name, reason=EMPTY)
        passages = self._reader.passages(() if refusal else contexts)
        said = [without_marks(answer[slice(*span)]).strip() for span in spans]
        beside = [self._reader.beside(text, passages) for text in said]
        closest = _closest_sentences(self._reader.beside(question, passages), passages)
        quotes = [quote for one in beside if one for quote in one.quotes]
        vectors = self._reader.embed([question, *said, *closest.values(), *quotes])
        relevance = [
            _cosine(vectors, question, closest[at]) if at in closest else 0.0
            for at in range(len(contexts) if passages.words else 0)
        ]
        sentences, groundedness = self._grounded(said, spans, beside)
        return Scores(
            context_relevance=round(fmean(relevance), 4) if relevance else None,
            groundedness=groundedness,
            answer_relevance=round(max(_cosine(vectors, question, text) for text in said), 4),
            sentences=sentences,
            passages=tuple(round(score, 4) for score in relevance),
            judge=self.name,
            reason="" if passages.words else REFUSED if refusal else NO_PASSAGES,
        )

    def _grounded(
        self,
        said: Sequence[str],
        spans: Sequence[tuple[int, int]],
        beside: Sequence[Beside | None],
    ) -> tuple[tuple[SentenceScore, ...], float | None]:
        """The score of each sentence, and that of the answer; `None` without passages."""
        weighable = [signals for signals in self._reader.weighable(beside) if signals]
        if len(weighable) < len(said):
            unscored = zip(said, spans, strict=True)
            return tuple(SentenceScore(text, *span, None, None) for text, span in unscored), None
        weighing = load_weighing()
        quoted = [one is not None and one.is_quoted for one in beside]
        log_odds = np.where(quoted, QUOTED, weighing.log_odds(weighable))
        scored = zip(said, spans, beside, probability(log_odds).tolist(), strict=True)
        return (
            tuple(
                SentenceScore(
                    text,
                    *span,
                    groundedness=round(score, 4),
                    context=one.passages.sentences[one.evidence[0]].passage,
                    evidence=one.quotes[0][:LONGEST],
                    reasons=reasons(one),
                )
                for text, span, one, score in scored
                if one
            ),
            round(weighing.whole(log_odds), 4),
        )


def _closest_sentences(question: Beside | None, passages: Passages) -> dict[int, str]:
    """Of each passage that has words, the sentence that has most of the question."""
    coverage = question.coverage.tolist() if question else [0.0] * len(passages.sentences)
    best: dict[int, tuple[float, str]] = {}
    for score, one in zip(coverage, passages.sentences, strict=True):
        if one.passage not in best or score > best[one.passage][0]:
            best[one.passage] = score, one.text
    return {passage: text for passage, (_, text) in best.items()}


def _cosine(vectors: dict[str, Floats], one: str, other: str) -> float:
    return min(1.0, max(0.0, float(vectors[one] @ vectors[other])))


def _has_words(text: str) -> bool:
    return bool(words_of(without_marks(text)))
