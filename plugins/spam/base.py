"""Loads the model that a classifier rests on, the built-in one or any that transformers knows."""

import os
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from assistant.errors import SettingsError
from ingest.embedder import MAX_TOKENS, model_dir
from ingest.minilm import fastest_device
from plugins.spam.folder import ADAPTER, BUILT_IN, CHANGED
from plugins.spam.scorer import Encode, Hidden


class Tokens:
    """A base's own tokenizer."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def encode(self, texts: list[str]) -> list[list[int]]:
        """Token ids of each text, special tokens included, at least one and 256 at most."""
        ids = self._tokenizer(texts, truncation=True, max_length=MAX_TOKENS)["input_ids"]
        return [one or [self._tokenizer.eos_token_id or 0] for one in ids]


def load_base(base: str, may_fetch: bool = False) -> tuple[nn.Module, Tokens]:
    """The base without a head, frozen, in the type that this machine multiplies fastest.

    Args:
        base: "minilm", a folder, or the name of a model on the Hugging Face hub, which is fetched
            once. Only safetensors are read and no code of the model's is run.
        may_fetch: Whether a model of the hub that is not here yet is fetched.

    Raises:
        SettingsError: It cannot be had.
    """
    place = _place(base)
    if may_fetch and place == base:
        allow_hub()
    # Imported here: the variables above are read at import.
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()
    device, dtype = fastest_device()
    try:
        tokenizer = AutoTokenizer.from_pretrained(place)
        encoder = AutoModel.from_pretrained(
            place, dtype=dtype, attn_implementation="eager", use_safetensors=True
        )
    except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
        raise SettingsError(
            f"The base {base!r} cannot be loaded: {_first_line(error)} Give the folder of a model "
            "that transformers can load, with safetensors; the name of one on the hub, with a "
            f"network; or {BUILT_IN!r}, which is always there.",
            "--base",
        ) from error
    return _plain(encoder).to(device), Tokens(tokenizer)


def allow_hub() -> None:
    """Lets the Hugging Face libraries, which are not imported yet, use the network.

    A person has named a model of the hub; everything else stays offline.
    """
    os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "0"


def changed_base(base: str, folder: Path) -> tuple[Encode, Hidden]:
    """A base's tokenizer, and its forward pass with what a classifier's folder changes.

    Raises:
        SettingsError: The base cannot be had.
        OSError, ValueError, KeyError, RuntimeError: The files are damaged or of another base.
    """
    encoder, tokens = load_base(base)
    changed = _with_changes(encoder, folder).eval()
    device = next(changed.parameters()).device

    def hidden(ids: Tensor, mask: Tensor) -> Tensor:
        outputs = changed(input_ids=ids.to(device), attention_mask=mask.to(device).long())
        last: Tensor = outputs.last_hidden_state
        return last

    return tokens.encode, hidden


def _with_changes(encoder: nn.Module, folder: Path) -> Any:
    if (folder / ADAPTER).exists():
        from peft import PeftModel

        return PeftModel.from_pretrained(encoder, folder).merge_and_unload()
    if (folder / CHANGED).exists():
        own = dict(encoder.named_parameters())
        with torch.no_grad():
            for name, changed in load_file(folder / CHANGED).items():
                own[name].copy_(changed)
    return encoder


def blocks(encoder: nn.Module) -> nn.ModuleList:
    """The layers of a transformer, first to last.

    Raises:
        SettingsError: It has none that can be told.
    """
    stacks = [module for module in encoder.modules() if isinstance(module, nn.ModuleList)]
    if not stacks:
        raise SettingsError(
            "The base has no stack of layers of which the last could be trained: choose --strategy "
            "lora, head or full.",
            "--strategy",
        )
    return max(stacks, key=lambda stack: sum(weight.numel() for weight in stack.parameters()))


def width(encoder: nn.Module) -> int:
    """How many numbers the base gives for each token."""
    return int(encoder.config.get_text_config().hidden_size)  # type: ignore[union-attr, operator]


def settled(base: str) -> str:
    """The base by a name that means the same from every working directory."""
    return str(Path(base).resolve()) if base != BUILT_IN and Path(base).is_dir() else base


def _place(base: str) -> str:
    """Where transformers finds the base: the name itself where it is one of the hub's."""
    if base == BUILT_IN:
        return str(model_dir())
    return settled(base)


def _plain(encoder: Any) -> Any:
    """Frozen, without the pooler that no output goes through, and without dropout.

    Drawing the random numbers of a dropout takes a CPU as long as the layer itself.
    """
    if getattr(encoder, "pooler", None) is not None:
        encoder.pooler = None
    for module in encoder.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    return encoder.requires_grad_(False)


def _first_line(error: Exception) -> str:
    line = str(error).strip().split("\n")[0].rstrip(".")
    return f"{line}." if line else f"{error!r}."
