"""Goes through the examples, or through pairs of them, until the model gets no better."""

from collections.abc import Sequence
from typing import Any, TypeVar

import torch
from transformers import PrinterCallback, TrainingArguments

from ingest.minilm import fastest_device
from plugins.instruct.bases import Base
from plugins.instruct.examples import Preference
from plugins.instruct.training.options import TrainingOptions
from plugins.instruct.training.preferences import (
    RATE_SHARE,
    PreferenceTrainer,
    encoded_pairs,
)
from plugins.instruct.training.progress import Keeper
from plugins.instruct.training.splitting import Split
from plugins.instruct.training.trainer import InstructTrainer

WARM_UP = 0.05
"""Share of the steps in which the learning rate rises; then it falls as half a cosine."""
AnyTrainer = TypeVar("AnyTrainer", bound=InstructTrainer)


def learn(
    trainer: InstructTrainer, keeper: Keeper, train: Sequence[Any], validation: Sequence[Any]
) -> None:
    """Goes through the training data until the validation loss rises; leaves the best weights."""
    if not keeper.has_ended():
        trainer.train_dataset, trainer.eval_dataset = train, validation
        trainer.train(resume_from_checkpoint=trainer.last_checkpoint())
        keeper.end()
    keeper.restore(trainer.model)


def learn_preferences(
    base: Base, split: Split[Preference], options: TrainingOptions, keeper: Keeper
) -> float:
    """Tunes on pairs, the model as it is being the reference; returns its accuracy on the test."""
    trainer = trainer_of(PreferenceTrainer, base, options, keeper)
    train, validation, test = (
        trainer.with_reference(encoded_pairs(base, part))
        for part in (split.train, split.validation, split.test)
    )
    learn(trainer, keeper, train, validation)
    return trainer.accuracy(test)


def trainer_of(
    kind: type[AnyTrainer], base: Base, options: TrainingOptions, keeper: Keeper
) -> AnyTrainer:
    """A trainer of a kind, for a base with what is trained in it."""
    device, dtype = fastest_device()
    is_tuning = issubclass(kind, PreferenceTrainer)
    arguments = TrainingArguments(
        output_dir=str(keeper.folder),
        num_train_epochs=options.epochs,
        learning_rate=options.largest_step * (RATE_SHARE if is_tuning else 1),
        lr_scheduler_type="cosine",
        warmup_steps=WARM_UP,
        max_grad_norm=1.0,
        optim="adamw_torch_fused",
        bf16=dtype == torch.bfloat16,
        use_cpu=device.type == "cpu",
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=1,
        logging_steps=1,
        seed=options.seed,
        report_to=[],
        prediction_loss_only=True,
        disable_tqdm=True,
        remove_unused_columns=False,
        dataloader_pin_memory=False,
        label_names=["labels"],
    )
    trainer = kind(
        model=base.model,
        args=arguments,
        batch_tokens=options.batch_tokens,
        padding=base.padding,
        gap=None if is_tuning else base.tokenizer.mask_token_id,
        gaps=options.gaps,
        train_dataset=[],
        eval_dataset=[],
        callbacks=[keeper],
    )
    trainer.remove_callback(PrinterCallback)
    return trainer
