"""Tells kinds of messages apart, learned from examples of each."""

import hashlib
import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.plugin import Embedder
from assistant.routing.features import ASKED_WEIGHT, features
from assistant.routing.lessons import Lesson, Remembered, read_lesson, write_lesson

VERSION = "3"
"""Changes whenever the same examples would give other weights."""
SHIPPED = Path(__file__).with_name("learned.npz")
"""What was learned from the examples of the built-in plugins: `make router` learns it anew."""
INVERSE_REGULARISATION = 3.0
N_ITERATIONS = 60
ALIKE = 0.7
"""Cosine of features from which two examples say the same."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the classifier makes of a message.

    Attributes:
        logits: Of each kind, by name; the softmax of them is a probability.
        vector: `(dim,)` float32, L2-normalised: what is asked.
    """

    logits: Mapping[str, float]
    vector: NDArray[np.float32]


class Classifier:
    """Logistic regression on the features of messages; safe to use from several threads.

    Args:
        examples: Messages of each kind, by its name; at least two kinds.
        embedder: Embeds messages and examples.
        cache: A file for what was learned, which the next start reads; `None` for none.
        yields: A kind whose examples do not count where another kind has one that says the same.
    """

    def __init__(
        self,
        examples: Mapping[str, Sequence[str]],
        embedder: Embedder,
        cache: Path | None = None,
        yields: str = "",
    ) -> None:
        self._kinds = list(examples)
        self._examples = examples
        self._embedder = embedder
        self._cache = cache
        self._yields = yields
        self._lesson: Lesson | None = None
        self._lock = threading.Lock()

    def read(self, messages: Sequence[str]) -> list[Reading]:
        """What it makes of messages, in their order."""
        lesson = self._loaded()
        seen = features(messages, self._embedder)
        logits = seen @ lesson.weights.T + lesson.biases
        return [
            Reading(dict(zip(self._kinds, map(float, row), strict=True)), vector)
            for row, vector in zip(logits, self._asked(seen, lesson), strict=True)
        ]

    def nearest(self, reading: Reading, kind: str) -> str:
        """The example of a kind that a message resembles most."""
        first = sum(len(self._examples[one]) for one in self._kinds[: self._kinds.index(kind)])
        own = self._examples[kind]
        near = self._loaded().asked[first : first + len(own)]
        return own[int((near @ reading.vector).argmax())]

    def _asked(self, seen: NDArray[np.float32], lesson: Lesson) -> NDArray[np.float32]:
        """The part of features that is the embedding of what is asked."""
        return seen[:, : lesson.asked.shape[1]] / ASKED_WEIGHT

    def _loaded(self) -> Lesson:
        with self._lock:
            if self._lesson is None:
                key = self._key()
                kept: list[Lesson] = []
                for file in filter(None, (SHIPPED, self._cache)):
                    lesson = read_lesson(file)
                    if lesson is not None and lesson.key == key:
                        self._lesson = lesson
                        return lesson
                    kept += [lesson] if lesson is not None else []
                self._lesson = self._learned(key, kept)
                if self._cache is not None:
                    write_lesson(self._lesson, self._cache)
            return self._lesson

    def _learned(self, key: str, kept: Sequence[Lesson]) -> Lesson:
        # Imported here: scikit-learn takes a second, and what was learned is kept.
        from sklearn.linear_model import LogisticRegression

        texts = [text for kind in self._kinds for text in self._examples[kind]]
        kinds = np.repeat(
            np.arange(len(self._kinds)), [len(self._examples[kind]) for kind in self._kinds]
        )
        remembered = Remembered(self._embedder, kept)
        seen = features(texts, remembered)
        counts = self._counting(seen, kinds)
        model = LogisticRegression(
            C=INVERSE_REGULARISATION, max_iter=N_ITERATIONS, tol=1e-3, class_weight="balanced"
        ).fit(seen[counts], kinds[counts])
        weights, biases = model.coef_, model.intercept_
        if len(self._kinds) == 2:  # given for the second kind alone
            weights, biases = np.vstack([-weights, weights]) / 2, np.hstack([-biases, biases]) / 2
        asked = seen[:, : remembered.dim] / ASKED_WEIGHT
        return Lesson(
            key, weights.astype(np.float32), biases.astype(np.float32), asked, remembered.vectors
        )

    def _counting(self, seen: NDArray[np.float32], kinds: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which examples are learned from, `(n_examples,)`."""
        counts = np.ones(len(kinds), np.bool_)
        if self._yields in self._kinds:
            own = kinds == self._kinds.index(self._yields)
            unit = seen / np.linalg.norm(seen, axis=1, keepdims=True)
            counts[own] = (unit[own] @ unit[~own].T).max(axis=1) < ALIKE
        return counts

    def _key(self) -> str:
        """Tells the examples and the way of learning apart from every other."""
        examples = [(kind, tuple(self._examples[kind])) for kind in self._kinds]
        told = repr((VERSION, type(self._embedder).__qualname__, self._yields, examples))
        return hashlib.sha256(told.encode()).hexdigest()
