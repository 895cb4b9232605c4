"""Which words mean something like each other, by the word vectors that MiniLM begins with."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from tokenizers import Tokenizer

WORD_VECTORS = "embeddings.word_embeddings.weight"
LEAST_SIMILARITY = 0.3
"""Words of a smaller cosine have nothing to do with each other."""


class Lexicon:
    """Word vectors of the model's vocabulary, mean removed; other words are like themselves only.

    Args:
        folder: Holds `tokenizer.json` and `model.safetensors`.

    Raises:
        OSError, ValueError, SafetensorError: The files are missing or damaged.
    """

    def __init__(self, folder: Path) -> None:
        with safe_open(folder / "model.safetensors", "np") as weights:
            vectors = weights.get_tensor(WORD_VECTORS)
        vectors = vectors - vectors.mean(axis=0)
        self._vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        self._rows = Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab()

    def similarities(self, asked: Sequence[str], words: Sequence[str]) -> NDArray[np.float32]:
        """How like each of the words each asked one is: `(n_asked, n_words)`, 1 for the same."""
        same = np.array(asked)[:, None] == np.array(words)[None, :]
        cosines = self._of(asked) @ self._of(words).T
        alike = np.maximum(0, cosines - LEAST_SIMILARITY) / (1 - LEAST_SIMILARITY)
        result: NDArray[np.float32] = np.where(same, np.float32(1), np.minimum(alike, 0.99))
        return result

    def _of(self, words: Iterable[str]) -> NDArray[np.float32]:
        """A row for each word; zeros where it is unknown or a number."""
        rows = [-1 if word[:1].isdigit() else self._rows.get(word, -1) for word in words]
        known = np.array(rows) >= 0
        vectors: NDArray[np.float32] = self._vectors[rows] * known[:, None]
        return vectors
