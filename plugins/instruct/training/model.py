"""Lets gradients into the part of a base that is trained."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from assistant.errors import InputError
from plugins.instruct.bases import Base
from plugins.instruct.soft_tokens import chosen_soft_tokens, frequent_words
from plugins.instruct.training.options import TrainingOptions


def made_trainable(base: Base, options: TrainingOptions) -> Base:
    """The base with low-rank adapters in it or soft tokens in front, or all of it trained.

    Until it is trained it says the same as the base, but for soft tokens.

    Raises:
        InputError: The base has no such layers, or no tokens to spare.
    """
    if options.method == "full":
        base.model.requires_grad_(True)
        base.model.get_input_embeddings().requires_grad_(not options.keep_words)
        return base
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PEFT asks transformers by old names
        if options.method == "prompt":
            return _with_soft_tokens(base, options)
        return replace(base, model=_low_rank(base.model, options))


def _low_rank(model: Any, options: TrainingOptions) -> Any:
    # Imported here: it takes seconds, which a wrong option need not wait for.
    from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training

    if options.method == "qlora":
        model = prepare_model_for_kbit_training(  # type: ignore[no-untyped-call]
            model, gradient_checkpointing_kwargs={"use_reentrant": False}
        )
    config = LoraConfig(
        r=options.rank,
        lora_alpha=options.scale,  # type: ignore[arg-type]  # any number will do
        target_modules=options.targets(),
        task_type="CAUSAL_LM",
    )
    try:
        return get_peft_model(model, config)
    except ValueError as error:
        raise InputError(
            f"The base has no layers that --target {options.target} names: {error}"
        ) from error


def _with_soft_tokens(base: Base, options: TrainingOptions) -> Base:
    from peft import TrainableTokensConfig, get_peft_model

    words = base.model.get_input_embeddings().weight.detach()
    soft_tokens = chosen_soft_tokens(base.tokenizer, len(words), options.rank)
    config = TrainableTokensConfig(token_indices=list(soft_tokens), task_type="CAUSAL_LM")
    with _output_left_alone(base.model.config):
        model = get_peft_model(base.model, config)
    (embeddings,) = trained_parameters(model).values()
    with torch.no_grad():
        embeddings.copy_(words[frequent_words(base.tokenizer, options.rank)])
    return replace(base, model=model).with_soft_tokens(soft_tokens)


@contextmanager
def _output_left_alone(config: Any) -> Iterator[None]:
    """Keeps PEFT from training soft tokens in a tied output layer too: they are never written."""
    tied = config.tie_word_embeddings
    config.tie_word_embeddings = False
    try:
        yield
    finally:
        config.tie_word_embeddings = tied


def trained_parameters(model: Any) -> dict[str, Tensor]:
    """What is trained, by name."""
    return {name: one for name, one in model.named_parameters() if one.requires_grad}


def trained_weights(model: Any) -> dict[str, Tensor]:
    """A copy of what is trained, by name."""
    return {
        name: one.detach().clone().contiguous() for name, one in trained_parameters(model).items()
    }
