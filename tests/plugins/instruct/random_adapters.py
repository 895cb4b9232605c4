"""Low-rank adapters that were never trained: each lets its base say something else."""

from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

from plugins.instruct.adapters.folder import AdapterConfig


def random_adapter(base: Path, folder: Path, seed: int, beats_base: bool = True) -> Path:
    """An adapter with random weights, in a folder as a training leaves it."""
    torch.manual_seed(seed)
    layers = LoraConfig(task_type="CAUSAL_LM", target_modules="all-linear", init_lora_weights=False)
    get_peft_model(AutoModelForCausalLM.from_pretrained(base), layers).save_pretrained(folder)
    AdapterConfig(
        base=str(base), method="lora", beats_base=beats_base, reason="It was made up."
    ).write(folder)
    return folder
