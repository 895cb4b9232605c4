"""The passages of an answer, cut into sentences and words, and how a sentence lies beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from evals.judging.vectors import WordVectors
from evals.judging.words import Word, words_of
from ingest.sentences import sentence_spans, without_marks

Floats = NDArray[np.float32]
N_EVIDENCE = 3
LEAST_GAIN = 0.04
"""A further sentence is evidence when it adds this share of what is said."""


@dataclass(frozen=True, slots=True)
class Known:
    """One sentence of the passages.

    Attributes:
        passage: Position of its passage.
        start: Offset in the passage's text.
        end: Offset behind it.
        first: Position of its first word among the words of all passages.
        behind: Position behind its last.
    """

    text: str
    passage: int
    start: int
    end: int
    first: int
    behind: int


class Passages:
    """What is known, read once for all the sentences of an answer."""

    def __init__(self, texts: Sequence[str], vectors: WordVectors) -> None:
        self.sentences: list[Known] = []
        self.words: list[Word] = []
        for passage, text in enumerate(texts):
            for start, end in sentence_spans(text):
                words = words_of(text[start:end])
                first = len(self.words)
                if words:
                    self.words += words
                    self.sentences.append(
                        Known(text[start:end], passage, start, end, first, len(self.words))
                    )
        self.vectors, _ = vectors.of(self.words)
        self.keys: dict[str, int] = {}
        self.ids = np.array([self._number(word.key) for word in self.words], np.int64)
        self.is_exact = np.array([_is_exact(word) for word in self.words], bool)

    def sentence_of(self, word: int) -> int:
        """The sentence that a word stands in, by their positions."""
        return int(np.searchsorted(self.firsts, word, side="right")) - 1

    def _number(self, key: str) -> int:
        return self.keys.setdefault(key, len(self.keys))

    @cached_property
    def firsts(self) -> NDArray[np.int64]:
        """Where each sentence begins among the words."""
        return np.array([one.first for one in self.sentences], np.int64)


class Beside:
    """A sentence beside the passages: which of its words stand where, or words like them.

    Attributes:
        words: Its words.
        weights: `(n_words,)`: how rare each is.
        same: `(n_words, n_known_words)`: whether the two are the same word.
        alike: `(n_words, n_sentences)`: how well a sentence has each word, from 0 to 1.
        evidence: Positions of the sentences that support it best, the best first.
    """

    def __init__(self, text: str, passages: Passages, vectors: WordVectors) -> None:
        self.text = without_marks(text).strip()
        self.words = words_of(self.text)
        self.passages = passages
        own, self.weights = vectors.of(self.words)
        ids = np.array([passages.keys.get(word.key, -1) for word in self.words], np.int64)
        self.same = ids[:, None] == passages.ids[None, :]
        exact = np.array([_is_exact(word) for word in self.words], bool)
        cosines = np.clip(own @ passages.vectors.T, 0.0, 0.95)
        cosines[exact] = 0.0
        cosines[:, passages.is_exact] = 0.0
        self.alike: Floats = np.maximum.reduceat(
            np.where(self.same, 1.0, cosines), passages.firsts, axis=1
        )
        self.evidence = self._evidence()

    def _evidence(self) -> list[int]:
        """The sentence that has most of the words, and those that add most to it."""
        chosen: list[int] = []
        total = float(self.weights.sum())
        has = np.zeros(len(self.words), np.float32)
        for _ in range(N_EVIDENCE):
            gains = self.weights @ np.maximum(self.alike, has[:, None]) / total
            best = int(gains.argmax())
            if chosen and gains[best] - float(self.weights @ has) / total < LEAST_GAIN:
                break
            chosen.append(best)
            has = np.maximum(has, self.alike[:, best])
        return chosen

    @property
    def coverage(self) -> Floats:
        """`(n_sentences,)`: how much of it each sentence of the passages has."""
        return self.weights @ self.alike

    @property
    def quotes(self) -> list[str]:
        """The evidence as it stands in the passages, the best first."""
        return [self.passages.sentences[one].text for one in self.evidence]

    def columns(self, sentence: int) -> slice:
        """Where the words of a sentence of the passages stand among all."""
        one = self.passages.sentences[sentence]
        return slice(one.first, one.behind)

    @cached_property
    def evidence_columns(self) -> NDArray[np.int64]:
        """Where the words of the evidence stand among all."""
        return np.concatenate([np.r_[self.columns(one)] for one in self.evidence])

    def known(self, sentence: int) -> list[Word]:
        """The words of a sentence of the passages."""
        one = self.passages.sentences[sentence]
        return self.passages.words[one.first : one.behind]

    @property
    def is_quoted(self) -> bool:
        """Whether it stands in the passages as a whole sentence, word for word."""
        n = len(self.words)
        return any(
            one.behind - one.first == n and self.runs[-1, one.behind - 1] >= n
            for one in self.passages.sentences
        )

    @cached_property
    def runs(self) -> NDArray[np.int32]:
        """`(n_words, n_known_words)`: how many words up to these two are the same, in order."""
        runs = np.zeros(self.same.shape, np.int32)
        runs[0] = self.same[0]
        for at in range(1, len(runs)):
            runs[at, 0] = self.same[at, 0]
            runs[at, 1:] = (runs[at - 1, :-1] + 1) * self.same[at, 1:]
        return runs


def _is_exact(word: Word) -> bool:
    """Whether no similar word can stand for it."""
    return word.is_name or word.value is not None or word.is_plain or word.is_negation
