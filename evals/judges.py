"""Judges score an answer against its question and its contexts: the RAG triad.

The local judge needs no language model: sentence embeddings and word overlap, on the CPU.
"""

import re
from collections.abc import Sequence
from itertools import chain, pairwise
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from assistant.plugin import Embedder
from assistant.schema import Scores, SentenceScore
from ingest.sentences import cited_numbers, sentence_spans, without_marks

REFUSAL = re.compile(r"\b(?:is|are) not in (?:your|the) documents\b", re.IGNORECASE)
WORD = re.compile(r"\w+(?:[.,]\d+)*")


class LocalJudge:
    """Scores by cosine and overlap.

    - Context relevance of a passage: the larger of the cosine between question and passage and
      of that between question and any sentence of it. Of an answer: the mean over its passages.
    - Groundedness of a sentence: the mean of the largest cosine between it and any sentence of a
      context, and of the share of its word pairs that stand in that context. Of an answer: the
      mean over its sentences.
    - Answer relevance: the larger of the cosines between the question and the answer, and between
      the question and any of the answer's sentences.

    Cosines below 0 count as 0. Figures for groundedness by cosine and by bigram overlap alone are
    in docs/experiments.md.
    """

    name = "local-1"

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

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
        spans = [span for span in sentence_spans(answer) if _words(answer[slice(*span)])]
        if REFUSAL.search(answer) and not cited_numbers(answer):
            contexts, why = (), "A refusal claims nothing that passages could support."
        else:
            contexts = contexts if any(context.strip() for context in contexts) else ()
            why = "No passage was used, so there is nothing to compare with."
        said = [without_marks(answer[start:end]).strip() for start, end in spans]
        sentences = [
            [context[slice(*span)] for span in sentence_spans(context)] for context in contexts
        ]
        if not said:
            return Scores(judge=self.name, reason="The answer is empty.")
        vectors = _Vectors(
            self._embedder, [question, answer, *said, *contexts, *chain.from_iterable(sentences)]
        )
        passages = tuple(
            max(vectors.cosines([question], [context, *parts])[0].tolist())
            for context, parts in zip(contexts, sentences, strict=True)
        )
        answer_relevance = max(vectors.cosines([question], [answer, *said])[0].tolist())
        scored = [
            self._ground(sentence, span, contexts, sentences, vectors)
            for sentence, span in zip(said, spans, strict=True)
        ]
        grounded = [one.groundedness for one in scored if one.groundedness is not None]
        return Scores(
            context_relevance=_rounded(passages),
            groundedness=_rounded(grounded),
            answer_relevance=round(answer_relevance, 4),
            sentences=tuple(scored),
            passages=tuple(round(score, 4) for score in passages),
            judge=self.name,
            reason="" if contexts else why,
        )

    def _ground(
        self,
        sentence: str,
        span: tuple[int, int],
        contexts: Sequence[str],
        parts: Sequence[Sequence[str]],
        vectors: "_Vectors",
    ) -> SentenceScore:
        """Scores a sentence against each context and keeps the one that supports it best."""
        support = {
            position: (float(vectors.cosines([sentence], part).max()) + _overlap(sentence, context))
            / 2
            for position, (context, part) in enumerate(zip(contexts, parts, strict=True))
            if part
        }
        if not support:
            return SentenceScore(sentence, *span, None, None)
        best = max(support, key=lambda position: support[position])
        return SentenceScore(sentence, *span, round(support[best], 4), best)


class _Vectors:
    """Every text of one answer, embedded once."""

    def __init__(self, embedder: Embedder, texts: Sequence[str]) -> None:
        unique = list(dict.fromkeys(texts))
        self._row = {text: row for row, text in enumerate(unique)}
        self._vectors = embedder.encode(unique)

    def cosines(self, left: Sequence[str], right: Sequence[str]) -> NDArray[np.float32]:
        """`(n_left, n_right)` cosines, clipped to [0, 1]."""
        rows = self._vectors[[self._row[text] for text in left]]
        columns = self._vectors[[self._row[text] for text in right]]
        cosines: NDArray[np.float32] = np.clip(rows @ columns.T, 0.0, 1.0)
        return cosines


def _overlap(sentence: str, context: str) -> float:
    """Share of the sentence's word pairs that stand in the context; of its words if it has one."""
    words, others = _words(sentence), _words(context)
    pairs = set(pairwise(words))
    if pairs:
        return len(pairs & set(pairwise(others))) / len(pairs)
    return len(set(words) & set(others)) / len(set(words))


def _words(text: str) -> list[str]:
    return WORD.findall(without_marks(text).casefold())


def _rounded(scores: Sequence[float]) -> float | None:
    return round(fmean(scores), 4) if scores else None
