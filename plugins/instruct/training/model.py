"""Lets gradients into the part of a base that is trained."""

import warnings
from typing import Any

from torch import Tensor

from assistant.errors import InputError
from plugins.instruct.training.options import TrainingOptions


def made_trainable(model: Any, options: TrainingOptions) -> Any:
    """The base with low-rank adapters in it, or the base itself, all of it trained.

    Raises:
        InputError: The base has no such layers.
    """
    if options.method == "full":
        return model.requires_grad_(True)
    # Imported here: it takes seconds, which a wrong option need not wait for.
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        r=options.rank,
        lora_alpha=options.scale,  # type: ignore[arg-type]  # any number will do
        target_modules=options.targets(),
        task_type="CAUSAL_LM",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PEFT asks transformers by old names
        try:
            return get_peft_model(model, config)
        except ValueError as error:
            raise InputError(
                f"The base has no layers that --target {options.target} names: {error}"
            ) from error


def trained_weights(model: Any) -> dict[str, Tensor]:
    """A copy of what is trained, by name."""
    return {
        name: one.detach().clone().contiguous()
        for name, one in model.named_parameters()
        if one.requires_grad
    }
