"""Bases in 4 bits, on a GPU (Dettmers et al. 2023, "QLoRA", section 3)."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch

from assistant.errors import SettingsError
from plugins.instruct.base_names import BUILT_IN, UNTRAINED

OPTION = "ASSISTANT_INSTRUCT__FOUR_BIT"
ELSE = f"choose --method lora, or unset {OPTION}"


def refuse_four_bits(name: str) -> None:
    """Refuses to load a base in 4 bits where that cannot be.

    Raises:
        SettingsError: There is no CUDA device or no bitsandbytes, or the base is too small.
    """
    if name in (BUILT_IN, UNTRAINED) or _is_prefix_lm(Path(name)):
        raise SettingsError(
            f"The base {name!r} cannot be loaded in 4 bits, for half of it is a table of words, "
            f"which would stay as it is: {ELSE}.",
            OPTION,
        )
    if not torch.cuda.is_available():
        raise SettingsError(
            "A base can be loaded in 4 bits only on a CUDA device, and there is none here: "
            f"{ELSE}.",
            OPTION,
        )
    if find_spec("bitsandbytes") is None:
        raise SettingsError(
            "A base can be loaded in 4 bits only with bitsandbytes, which is not installed: "
            f"`pip install 'assistant[gpu]'`, or {ELSE}.",
            OPTION,
        )


def _is_prefix_lm(folder: Path) -> bool:
    """Whether a folder holds what was trained whole on the built-in base."""
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        return bool(config["model_type"] == "prefix-lm")
    except (OSError, ValueError, KeyError, TypeError):
        return False


def four_bits() -> Any:
    """NormalFloat of 4 bits, its scales quantised too; what is computed is computed in bfloat16."""
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )


def n_numbers(model: Any) -> int:
    """How many numbers a model has; of those in 4 bits a byte holds two."""
    return sum(one.numel() * (2 if is_four_bit(one) else 1) for one in model.parameters())


def is_four_bit(parameter: Any) -> bool:
    """Whether a model's parameter is stored in 4 bits."""
    return type(parameter).__name__ == "Params4bit"  # known without bitsandbytes
