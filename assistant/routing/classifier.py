"""Tells kinds of messages apart, learned from examples of each."""

import hashlib
import importlib
import logging
import os
import tempfile
import threading
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.plugin import Embedder
from assistant.routing.features import features

log = logging.getLogger(__name__)

VERSION = "2"
"""Changes whenever the same examples would give other weights."""
INVERSE_REGULARISATION = 20.0
N_ITERATIONS = 60
ALIKE = 0.7
"""Cosine of features from which two examples say the same."""


_learned: dict[str, "Fitted"] = {}
"""What this process has learned: the same examples always give the same weights."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was learned.

    Attributes:
        weights: `(n_kinds, n_features)` float32.
        biases: `(n_kinds,)` float32.
        vectors: `(n_examples, n_features)` float32: the examples, in their order.
    """

    weights: NDArray[np.float32]
    biases: NDArray[np.float32]
    vectors: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the classifier makes of a message.

    Attributes:
        logits: Of each kind, by name; the softmax of them is a probability.
        vector: `(n_features,)` float32.
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
        self._fitted: Fitted | None = None
        self._lock = threading.Lock()

    def read(self, messages: Sequence[str]) -> list[Reading]:
        """What it makes of messages, in their order."""
        fitted = self._loaded()
        seen = features(messages, self._embedder)
        logits = seen @ fitted.weights.T + fitted.biases
        return [
            Reading(dict(zip(self._kinds, map(float, row), strict=True)), vector)
            for row, vector in zip(logits, seen, strict=True)
        ]

    def nearest(self, reading: Reading, kind: str) -> str:
        """The example of a kind that a message resembles most."""
        vectors = self._loaded().vectors
        first = sum(len(self._examples[one]) for one in self._kinds[: self._kinds.index(kind)])
        own = self._examples[kind]
        near = vectors[first : first + len(own)]
        return own[int((near @ reading.vector / np.linalg.norm(near, axis=1)).argmax())]

    def _loaded(self) -> Fitted:
        with self._lock:
            if self._fitted is None:
                key = self._key()
                self._fitted = _learned.get(key) or self._kept(key) or self._fit(key)
                _learned[key] = self._fitted
            return self._fitted

    def _kept(self, key: str) -> Fitted | None:
        """What an earlier start has learned from the same examples."""
        if self._cache is None or not self._cache.exists():
            return None
        try:
            with np.load(self._cache, allow_pickle=False) as kept:
                if str(kept["key"]) != key:
                    return None
                vectors = kept["vectors"].astype(np.float32)
                return Fitted(kept["weights"], kept["biases"], vectors)
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            log.warning(
                "What the router has learned cannot be read, and is learned anew: %s", error
            )
            return None

    def _fit(self, key: str) -> Fitted:
        # Imported here: scikit-learn takes a second, and what was learned is kept.
        linear = importlib.import_module("sklearn.linear_model")
        texts = [text for kind in self._kinds for text in self._examples[kind]]
        kinds = np.repeat(
            np.arange(len(self._kinds)), [len(self._examples[kind]) for kind in self._kinds]
        )
        seen = features(texts, self._embedder)
        counts = self._counting(seen, kinds)
        model = linear.LogisticRegression(
            C=INVERSE_REGULARISATION, max_iter=N_ITERATIONS, tol=1e-3, class_weight="balanced"
        ).fit(seen[counts], kinds[counts])
        weights, biases = model.coef_, model.intercept_
        if len(self._kinds) == 2:  # given for the second kind alone
            weights, biases = np.vstack([-weights, weights]) / 2, np.hstack([-biases, biases]) / 2
        fitted = Fitted(weights.astype(np.float32), biases.astype(np.float32), seen)
        self._keep(fitted, key)
        return fitted

    def _counting(self, seen: NDArray[np.float32], kinds: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which examples are learned from, `(n_examples,)`."""
        counts = np.ones(len(kinds), np.bool_)
        if self._yields in self._kinds:
            own = kinds == self._kinds.index(self._yields)
            unit = seen / np.linalg.norm(seen, axis=1, keepdims=True)
            counts[own] = (unit[own] @ unit[~own].T).max(axis=1) < ALIKE
        return counts

    def _keep(self, fitted: Fitted, key: str) -> None:
        if self._cache is None:
            return
        try:
            self._cache.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._cache.parent, delete=False) as file:
                np.savez(
                    file,
                    key=key,
                    weights=fitted.weights,
                    biases=fitted.biases,
                    vectors=fitted.vectors.astype(np.float16),
                )
            os.replace(file.name, self._cache)
        except OSError as error:
            log.warning("What the router has learned cannot be kept: %s", error)

    def _key(self) -> str:
        """Tells the examples and the way of learning apart from every other."""
        examples = [(kind, tuple(self._examples[kind])) for kind in self._kinds]
        told = repr((VERSION, type(self._embedder).__qualname__, self._yields, examples))
        return hashlib.sha256(told.encode()).hexdigest()
