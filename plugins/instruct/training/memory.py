"""Works out what a training takes before it takes it."""

from typing import Any

import torch

from assistant.errors import InputError
from plugins.instruct.four_bits import is_four_bit, n_numbers
from plugins.instruct.room import GIBIBYTE, free_memory_bytes
from plugins.instruct.training.options import TrainingOptions

WEIGHT_BYTES = 4
TRAINED_BYTES = 16
"""A trained weight, its gradient and AdamW's two moments, all float32."""
ACTIVATION_BYTES = 34
"""For each token, layer and hidden unit, in 16 bits (Korthikanti et al. 2022, "Reducing activation
recomputation in large transformer models", equation 1, without its part for attention)."""
LOGIT_BYTES = 12
"""For each token and word: logits, their logarithms and gradients."""
STORED_BYTES = 2
"""Of a layer's output, for each token and hidden unit, where the rest is computed once more on the
way back: of bases in 4 bits (Chen et al. 2016, "Training deep nets with sublinear memory cost")."""
TABLE_BYTES = 8
"""For each word and hidden unit where soft tokens are trained: a copy of the table with their
embeddings in it, and its gradient."""
ADAPTED_SHARE = 0.05
"""An adapter has at most about so many numbers to each of its base's."""


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
            f"--batch-tokens (now {options.batch_tokens}), {_cheaper(options)}or name a smaller "
            "base."
        )


def _cheaper(options: TrainingOptions) -> str:
    if options.method == "full":
        return "choose --method lora, "
    return "choose --method qlora, " if options.method == "lora" and _has_gpu() else ""


def needed_bytes(model: Any, options: TrainingOptions) -> int:
    """About what a training takes beside what is already where the model is trained."""
    config = model.config.get_text_config()
    per_token = _layer_bytes(config, options) + config.vocab_size * LOGIT_BYTES
    trained = _n_trained(model, options) * (TRAINED_BYTES - WEIGHT_BYTES)
    weights = _still_to_move(model) + _made_larger(model, options)
    return int(weights + trained + options.batch_tokens * per_token)


def _layer_bytes(config: Any, options: TrainingOptions) -> int:
    """What the layers keep of a token until its gradients are known."""
    whole: int = config.hidden_size * ACTIVATION_BYTES
    if options.four_bit:
        return int(config.num_hidden_layers * config.hidden_size * STORED_BYTES + whole)
    return int(config.num_hidden_layers * whole)


def _n_trained(model: Any, options: TrainingOptions) -> float:
    if options.method == "full":
        return n_numbers(model)
    if options.method == "prompt":
        return float(options.rank * model.config.get_text_config().hidden_size)
    return n_numbers(model) * ADAPTED_SHARE


def _still_to_move(model: Any) -> int:
    """What weights take on a GPU that are not there yet, as those of bases in 4 bits are."""
    if not _has_gpu():
        return 0
    here = [one for one in model.parameters() if one.device.type == "cpu"]
    return sum(one.numel() * one.element_size() for one in here)


def _made_larger(model: Any, options: TrainingOptions) -> int:
    """What copies of weights take, or weights in a larger type."""
    if options.method == "prompt":
        return int(model.get_input_embeddings().weight.numel() * TABLE_BYTES)
    if options.four_bit:  # all that is not in 4 bits becomes float32
        rest = [one for one in model.parameters() if not is_four_bit(one)]
        return sum(one.numel() * (WEIGHT_BYTES - one.element_size()) for one in rest)
    return 0


def free_bytes() -> int:
    """What is free where a model is trained."""
    if _has_gpu():
        return int(torch.cuda.mem_get_info()[0])
    return free_memory_bytes()


def _has_gpu() -> bool:
    return torch.cuda.is_available()
