"""What words mean and how rare they are, from the embedding model's table of word pieces."""

import threading
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from tokenizers import Tokenizer

from evals.judging.words import Word
from ingest.embedder import DIM, model_dir

TABLE = "embeddings.word_embeddings.weight"
FIRST_WORD = 1996
"""The first word piece that is a word; the pieces behind it are ordered by how common they are."""
PLAIN_RARITY = 0.05
LEAST_RARITY = 0.3


class WordVectors:
    """Vectors and rarities of words; safe to use from several threads."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[NDArray[np.float32], float]] = {}
        self._lock = threading.Lock()

    def of(self, words: list[Word]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Vectors `(n_words, 384)`, at unit length, and rarities `(n_words,)` from 0 to 1."""
        if not words:
            return np.empty((0, DIM), np.float32), np.empty(0, np.float32)
        with self._lock:
            found = [self._look_up(word) for word in words]
        vectors, rarities = zip(*found, strict=True)
        return np.stack(vectors), np.array(rarities, np.float32)

    def _look_up(self, word: Word) -> tuple[NDArray[np.float32], float]:
        text = word.text.casefold()
        if text not in self._known:
            pieces = self._tokenizer.encode(text, add_special_tokens=False).ids
            vector = self._table[pieces].mean(axis=0) if pieces else np.zeros(DIM, np.float32)
            length = float(np.linalg.norm(vector))
            self._known[text] = (vector / (length or 1.0), _rarity(word, pieces))
        return self._known[text]

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        tokenizer = Tokenizer.from_file(str(model_dir() / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer

    @cached_property
    def _table(self) -> NDArray[np.float32]:
        with safe_open(model_dir() / "model.safetensors", framework="numpy") as file:
            table = file.get_tensor(TABLE).astype(np.float32)
        centred: NDArray[np.float32] = table - table.mean(axis=0)
        return centred


def _rarity(word: Word, pieces: list[int]) -> float:
    """From 0.05 for "the" to 1 for what is no word of the model's."""
    if word.value is not None:
        return 1.0
    if word.is_plain:
        return PLAIN_RARITY
    if len(pieces) != 1 or pieces[0] < FIRST_WORD:
        return 1.0
    rank = np.log1p(pieces[0] - FIRST_WORD) / np.log(28526)
    return float(LEAST_RARITY + (1 - LEAST_RARITY) * rank**2)
