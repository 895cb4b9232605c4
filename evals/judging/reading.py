"""Reads an answer's sentences beside its passages: signals, evidence, what is relevant."""

from collections.abc import Sequence

import numpy as np

from assistant.plugin import Embedder
from evals.judging.passages import Beside, Floats, Passages
from evals.judging.signals import signals
from evals.judging.vectors import WordVectors
from evals.judging.words import words_of

LONGEST = 500
"""So many characters of a sentence are embedded: the rest is a table, not a sentence."""


class Reader:
    """Keeps what is known of single words; safe to use from several threads."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors = WordVectors()

    def passages(self, texts: Sequence[str]) -> Passages:
        """The passages, cut into sentences and words."""
        return Passages(texts, self._vectors)

    def beside(self, sentence: str, passages: Passages) -> Beside | None:
        """A sentence beside the passages; `None` where either has no words."""
        if not passages.words or not words_of(sentence):
            return None
        return Beside(sentence, passages, self._vectors)

    def embed(self, texts: Sequence[str]) -> dict[str, Floats]:
        """Vectors of texts, by the texts."""
        unique = list(dict.fromkeys(texts))
        if not unique:
            return {}
        vectors = self._embedder.encode([text[:LONGEST] for text in unique])
        return dict(zip(unique, vectors, strict=True))

    def weighable(self, read: Sequence[Beside | None]) -> list[dict[str, float] | None]:
        """Signals of sentences that lie beside their passages."""
        vectors = self.embed([text for one in read if one for text in (one.text, *one.quotes)])
        return [
            signals(one) | {"cosine": _closest(vectors, one.text, one.quotes)} if one else None
            for one in read
        ]


def _closest(vectors: dict[str, Floats], text: str, others: Sequence[str]) -> float:
    """The largest cosine between a text and others, 0 at least."""
    return round(max(0.0, *(float(np.dot(vectors[text], vectors[other])) for other in others)), 4)
