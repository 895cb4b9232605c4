"""Runs a trained classifier: a base with its changes, and the head."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

from assistant.errors import SettingsError
from ingest.batching import BatchRunner
from plugins.spam.folder import BUILT_IN, HEAD, N_LABELS, ClassifierConfig
from plugins.spam.letters import Letters, load_letters
from plugins.spam.plain import plain
from plugins.spam.pooling import pooled

Encode = Callable[[list[str]], list[list[int]]]
"""From texts to token ids, at least one a text and 256 at most."""

Hidden = Callable[[Tensor, Tensor], Tensor]
"""From token ids and mask, `(n_rows, n_tokens)`, to outputs `(n_rows, n_tokens, dim)`."""


class Scorer:
    """Computes margins; safe to use from several threads.

    Args:
        encode: The base's tokenizer.
        hidden: The base.
        head: `weight` `(2, dim)` and `bias` `(2,)`, for ham and spam.
        pool: Which outputs stand for a message.
        letters: Judges the letters; its margin is added. `None` for the base alone.
    """

    def __init__(
        self,
        encode: Encode,
        hidden: Hidden,
        head: dict[str, Tensor],
        pool: str,
        letters: Letters | None = None,
    ) -> None:
        self._encode = encode
        self._hidden = hidden
        self._weight, self._bias = head["weight"].float(), head["bias"].float()
        self._pool = pool
        self._letters = letters
        self._batches = BatchRunner()

    def margins(
        self, texts: Sequence[str], on_progress: Callable[[int], None]
    ) -> NDArray[np.float64]:
        """Logit of spam less that of ham for each text, `(n_texts,)`.

        `on_progress` is called with the number of texts of each batch that is done.
        """
        undone = [plain(text) for text in texts]
        ids = self._encode(undone)
        logits = self._batches.run(ids, self._logits, N_LABELS, on_progress).astype(np.float64)
        margins = logits[:, 1] - logits[:, 0]
        return margins if self._letters is None else margins + self._letters.margins(undone)

    @torch.inference_mode()
    def _logits(self, tokens: Tensor, mask: Tensor) -> Tensor:
        hidden = self._hidden(tokens, mask)
        vectors = pooled(hidden, mask.to(hidden.device), self._pool).cpu()
        return functional.linear(vectors, self._weight, self._bias)


def load_scorer(folder: Path, config: ClassifierConfig) -> Scorer:
    """Loads the classifier of a folder.

    Raises:
        SettingsError: The base cannot be had, or the folder's files are damaged or belong to
            another base.
    """
    try:
        encode, hidden = _base(folder, config.base)
        return Scorer(encode, hidden, load_file(folder / HEAD), config.pool, load_letters(folder))
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise SettingsError(
            f"The classifier in {folder} cannot be loaded ({error!r}): train it again.",
            "ASSISTANT_SPAM__ADAPTER",
        ) from error


def _base(folder: Path, base: str) -> tuple[Encode, Hidden]:
    if base == BUILT_IN:
        from plugins.spam.fast_base import fast_base

        return fast_base(folder)
    from plugins.spam.base import changed_base  # imports transformers, which takes seconds

    return changed_base(base, folder)
