"""Works out what a training takes before it takes it."""

from typing import Any

import psutil
import torch

from assistant.errors import InputError
from plugins.instruct.training.options import TrainingOptions

WEIGHT_BYTES = 4
TRAINED_BYTES = 16
"""A trained weight, its gradient and AdamW's two moments, all float32."""
ACTIVATION_BYTES = 34
"""For each token, layer and hidden unit, in 16 bits (Korthikanti et al. 2022, "Reducing activation
recomputation in large transformer models", equation 1, without its part for attention)."""
LOGIT_BYTES = 12
"""For each token and word: logits, their logarithms and gradients."""
ADAPTED_SHARE = 0.05
"""An adapter has at most about so many numbers to each of its base's."""
GIBIBYTE = 2**30


def refuse_too_large(model: Any, options: TrainingOptions) -> None:
    """Refuses a training that would not fit into this machine's memory.

    Raises:
        InputError: It would not.
    """
    needed, free = needed_bytes(model, options), free_bytes()
    if needed > free:
        raise InputError(
            f"Training {options.base!r} by --method {options.method} takes about "
            f"{needed / GIBIBYTE:.1f} GB of memory, and {free / GIBIBYTE:.1f} GB are free: lower "
            f"--batch-tokens (now {options.batch_tokens}), choose --method lora, or name a smaller "
            "base."
        )


def needed_bytes(model: Any, options: TrainingOptions) -> int:
    """About what a training takes beside the weights, which are in memory already."""
    config = model.config.get_text_config()
    n_weights = sum(one.numel() for one in model.parameters())
    trained = n_weights * (1 if options.method == "full" else ADAPTED_SHARE)
    per_token = (
        config.num_hidden_layers * config.hidden_size * ACTIVATION_BYTES
        + config.vocab_size * LOGIT_BYTES
    )
    return int(trained * (TRAINED_BYTES - WEIGHT_BYTES) + options.batch_tokens * per_token)


def free_bytes() -> int:
    """What is free where a model is trained."""
    if torch.cuda.is_available():
        return int(torch.cuda.mem_get_info()[0])
    return int(psutil.virtual_memory().available)
