"""A linear model of letters in a row, beside the base: what no vocabulary of words has."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from plugins.spam.folder import LETTERS

N_BUCKETS = 2**17
"""Stretches of letters are told apart by a hash of so many values (Weinberger et al. 2009)."""
LENGTHS = (2, 5)
"""Letters in a stretch, within words: the shortest and the longest."""


class Letters:
    """Logistic regression on TF-IDF of letters in a row; safe to use from several threads.

    Args:
        rarity: `(n_buckets,)` float32: the inverse document frequency of each bucket.
        weight: `(n_buckets,)` float32: what each speaks for spam.
        bias: What is added.
    """

    def __init__(
        self, rarity: NDArray[np.float32], weight: NDArray[np.float32], bias: float
    ) -> None:
        self._rarity, self._weight, self._bias = rarity, weight, bias

    def margins(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Log-odds of spam of each text, `(n_texts,)`."""
        weighed = weighed_counts(counts(texts), self._rarity)
        margins: NDArray[np.float64] = weighed @ self._weight.astype(np.float64) + self._bias
        return margins

    def save(self, folder: Path) -> None:
        """Writes it into a folder, in half precision."""
        tensors: dict[str, NDArray[Any]] = {
            "rarity": self._rarity.astype(np.float16),
            "weight": self._weight.astype(np.float16),
            "bias": np.array([self._bias], dtype=np.float32),
        }
        save_file(tensors, folder / LETTERS)


def load_letters(folder: Path) -> Letters | None:
    """That of a folder; `None` where a classifier goes without.

    Raises:
        OSError, ValueError, KeyError, SafetensorError: The file is damaged.
    """
    if not (folder / LETTERS).exists():
        return None
    tensors = load_file(folder / LETTERS)
    rarity, weight = (tensors[name].astype(np.float32) for name in ("rarity", "weight"))
    return Letters(rarity, weight, float(tensors["bias"][0]))


def counts(texts: Sequence[str]) -> Any:
    """How often each stretch of letters stands in each text, a sparse matrix `(n, n_buckets)`."""
    # Imported here: it takes a second, which a training with bad options need not wait for.
    from sklearn.feature_extraction.text import HashingVectorizer

    hashing = HashingVectorizer(
        analyzer="char_wb",
        ngram_range=LENGTHS,
        n_features=N_BUCKETS,
        alternate_sign=False,
        norm=None,
    )
    return hashing.transform(texts)


def weighed_counts(counts: Any, rarity: NDArray[np.float32]) -> Any:
    """Counts as TF-IDF, `(1 + log(count)) * rarity`, each text at unit length."""
    from sklearn.preprocessing import normalize

    weighed = counts.copy()
    weighed.data = (1 + np.log(weighed.data)) * rarity[weighed.indices]
    return normalize(weighed, copy=False)
