"""Any cross-encoder of sentence-transformers: a model that reads question and passage together.

Such a model is a classifier of transformers with one label, so that nothing else is needed.
"""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.errors import SettingsError
from assistant.schema import Passage

OPTION = "ASSISTANT_RAG__RERANKER"
KIND = "ForSequenceClassification"
MAX_TOKENS = 512
BATCH_PASSAGES = 16
SAME_LENGTH = 32
"""Lengths are padded to multiples of it: CPU kernels are compiled anew for every other shape."""
WANTED = ["*.json", "*.safetensors", "*.txt", "*.model"]
OTHERWISE = (
    "Give the folder of a cross-encoder with safetensors; the name of one on the hub, with a "
    "network; a folder that `assistant train reranker` has written; built-in; or none."
)


class CrossEncoder:
    """A cross-encoder by its folder or its name on the hub. Safe to use from several threads.

    It is fetched from the hub once; only safetensors are read and no code of the model's is run.

    Args:
        name: The folder, or the name on the hub.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    def warm_up(self) -> None:
        """Loads the model, which is fetched where it is not here yet; safe to call twice.

        Raises:
            SettingsError: It cannot be had, or is no cross-encoder.
        """
        self._load()

    def scores(self, query: str, passages: Sequence[Passage]) -> list[float]:
        """The probability of each passage that it answers the question; see `Reranker`."""
        if not passages:
            return []
        import torch

        tokenizer, model = self._load()
        longest = min(MAX_TOKENS, tokenizer.model_max_length)
        texts = [passage.text for passage in passages]
        logits = []
        with torch.inference_mode():
            for start in range(0, len(texts), BATCH_PASSAGES):
                batch = texts[start : start + BATCH_PASSAGES]
                with self._lock:  # a tokenizer that truncates may not be shared meanwhile
                    tokens = tokenizer(
                        [query] * len(batch),
                        batch,
                        padding=True,
                        truncation="longest_first",
                        max_length=longest,
                        pad_to_multiple_of=SAME_LENGTH,
                        return_tensors="pt",
                    )
                logits.append(model(**tokens.to(model.device)).logits[:, 0].float().cpu())
        probabilities: list[float] = torch.sigmoid(torch.cat(logits)).tolist()
        return probabilities

    def _load(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                self._loaded = _loaded(self.name)
            return self._loaded


def _loaded(name: str) -> tuple[Any, Any]:
    """The tokenizer and the model."""
    # Imported here: it takes seconds, and most assistants have no need of it.
    from safetensors import SafetensorError
    from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer

    from ingest.minilm import fastest_device

    device, dtype = fastest_device()
    folder = Path(name) if Path(name).is_dir() else _fetched(name)
    try:
        config = AutoConfig.from_pretrained(folder)
        _check_kind(name, config)
        tokenizer = AutoTokenizer.from_pretrained(folder)
        model = AutoModelForSequenceClassification.from_pretrained(
            folder, dtype=dtype, use_safetensors=True
        )
    except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
        raise _refused(name, _first_line(error)) from error
    return tokenizer, model.eval().to(device)


def _check_kind(name: str, config: Any) -> None:
    kinds = config.architectures or []
    if not any(kind.endswith(KIND) for kind in kinds):
        raise _refused(name, f"it is no cross-encoder but {', '.join(kinds) or 'unknown'}.")
    if config.num_labels != 1:
        raise _refused(name, f"a cross-encoder has one label, and it has {config.num_labels}.")


def _fetched(name: str) -> Path:
    """The folder of a model of the hub, fetched where it is not here yet."""
    from huggingface_hub import constants, snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, allow_patterns=WANTED, local_files_only=True))
    except HFValidationError as error:
        raise _refused(name, "there is no such folder, and no model has such a name.") from error
    except LocalEntryNotFoundError:
        pass
    before, constants.HF_HUB_OFFLINE = constants.HF_HUB_OFFLINE, False
    try:  # a person has named a model of the hub; everything else stays offline
        return Path(snapshot_download(name, allow_patterns=WANTED))
    except (OSError, ValueError, RuntimeError) as error:
        raise _refused(name, f"it could not be fetched: {_first_line(error)}") from error
    finally:
        constants.HF_HUB_OFFLINE = before


def _refused(name: str, reason: str) -> SettingsError:
    return SettingsError(f"The reranker {name!r} cannot be loaded: {reason} {OTHERWISE}", OPTION)


def _first_line(error: Exception) -> str:
    line = str(error).strip().split("\n")[0].rstrip(".")
    return f"{line}." if line else f"{error!r}."
