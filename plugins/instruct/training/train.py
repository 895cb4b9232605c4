"""From examples to an adapter: the spine of a training."""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from transformers import PrinterCallback, TrainingArguments

from assistant.errors import InputError
from assistant.training.workplace import Workplace, workplace
from ingest.minilm import fastest_device
from plugins.instruct.adapters.folder import CURVES, FILES, AdapterConfig
from plugins.instruct.base_names import settled
from plugins.instruct.bases import Base, load_base
from plugins.instruct.examples import Example, Preference
from plugins.instruct.training.batches import Tokens
from plugins.instruct.training.card import write_card
from plugins.instruct.training.clozes import clozes
from plugins.instruct.training.comparison import Measured, measured, verdict
from plugins.instruct.training.curves import draw_curves
from plugins.instruct.training.data import Data
from plugins.instruct.training.encoding import fitting
from plugins.instruct.training.memory import refuse_too_large
from plugins.instruct.training.model import made_trainable
from plugins.instruct.training.options import TrainingOptions
from plugins.instruct.training.preferences import (
    RATE_SHARE,
    PreferenceTrainer,
    encoded_pairs,
)
from plugins.instruct.training.progress import Epoch, Keeper, Step
from plugins.instruct.training.splitting import Split, split_examples
from plugins.instruct.training.trainer import InstructTrainer

FORMAT = 1
"""Counts the changes of this code after which a checkpoint means something else."""
WARM_UP = 0.05
"""Share of the steps in which the learning rate rises; then it falls as half a cosine."""
Part = tuple[list[Example], list[Tokens]]
"""Examples and their tokens."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of a training.

    Attributes:
        folder: Where the adapter lies.
        config: What it is, and whether it beats its base.
        before: What the base comes to on the test examples.
        after: What the adapter comes to.
        n_examples: Of each part, and of those that were too long.
        preferred: Share of the test pairs whose preferred response gained by preference tuning;
            `None` where there was none.
        n_trained: Numbers that were trained.
        n_all: Numbers of the model in all.
        n_bytes: What the adapter takes on disk.
    """

    folder: Path
    options: TrainingOptions
    config: AdapterConfig
    data_name: str
    data_sha256: str
    n_examples: dict[str, int]
    before: Measured
    after: Measured
    preferred: float | None
    history: tuple[Epoch, ...]
    n_trained: int
    n_all: int
    n_bytes: int
    seconds: float


def train(
    data: Data,
    options: TrainingOptions,
    folder: Path,
    commit: str = "",
    on_step: Callable[[Step], None] = lambda step: None,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
) -> Trained:
    """Trains an adapter, compares it with its base and writes it into a folder.

    A training that was killed goes on from its last checkpoint when it is called alike again.

    Args:
        data: The examples.
        options: How to train.
        folder: Is made; what an earlier training left there is replaced when this one is done.
        commit: Of the code, for the card.
        on_step: Called after each step.
        on_epoch: Called after each epoch, also after those that a checkpoint holds.

    Raises:
        InputError: There are too few examples, the folder is not fit to be written into, or the
            memory is too small.
        SettingsError: The base cannot be loaded.
    """
    with workplace(folder, FILES, options.base) as place:
        trained = _train(data, options, place, commit, on_step, on_epoch)
        place.publish()
        return trained


def _train(
    data: Data,
    options: TrainingOptions,
    place: Workplace,
    commit: str,
    on_step: Callable[[Step], None],
    on_epoch: Callable[[Epoch], None],
) -> Trained:
    started = time.perf_counter()
    split = data.split()
    pairs = split_examples(data.preferences) if data.preferences else None
    torch.manual_seed(options.seed)
    base = load_base(options.base, torch.float32, may_fetch=True)
    refuse_too_large(base.model, options)
    made = clozes(split.train, options.clozes, options.seed)
    parts = {
        name: fitting(base, examples, options.max_tokens)
        for name, examples in (
            ("train", [*split.train, *made]),
            ("validation", split.validation),
            ("test", split.test),
        )
    }
    _check_left(parts, options)
    examples, test = parts["test"]
    base = _with(base, made_trainable(base.model, options))

    own = _recipe_folder(data, options, place)
    keeper = Keeper(own / "examples", options.patience, on_step, on_epoch)
    trainer = _trainer(InstructTrainer, base, options, keeper)
    before = measured(base, examples, trainer.loss(test))
    _learn(trainer, keeper, parts["train"][1], parts["validation"][1])
    history, preferred = keeper.history, None
    if pairs is not None:
        keeper = Keeper(own / "preferences", options.patience, on_step, on_epoch)
        preferred = _learn_preferences(base, pairs, options, keeper)
        history = [*history, *keeper.history]
    after = measured(base, examples, trainer.loss(test))

    better, reason = verdict(before, after)
    config = AdapterConfig(settled(options.base), options.method, better, reason)
    _save(base, config, place.staging)
    draw_curves(history, place.staging / CURVES)
    trained = Trained(
        folder=place.folder,
        options=options,
        config=config,
        data_name=data.name,
        data_sha256=data.sha256(),
        n_examples=_sizes(parts, len(data.examples) + len(made)),
        before=before,
        after=after,
        preferred=preferred,
        history=tuple(history),
        n_trained=sum(one.numel() for one in base.model.parameters() if one.requires_grad),
        n_all=sum(one.numel() for one in base.model.parameters()),
        n_bytes=sum(file.stat().st_size for file in place.staging.glob("*.safetensors")),
        seconds=round(time.perf_counter() - started, 1),
    )
    write_card(trained, commit, place.staging)
    return trained


def _learn(
    trainer: InstructTrainer, keeper: Keeper, train: Sequence[Any], validation: Sequence[Any]
) -> None:
    """Goes through the training data until the validation loss rises; leaves the best weights."""
    trainer.train_dataset, trainer.eval_dataset = train, validation
    trainer.train(resume_from_checkpoint=trainer.last_checkpoint())
    keeper.restore(trainer.model)


def _learn_preferences(
    base: Base, split: Split[Preference], options: TrainingOptions, keeper: Keeper
) -> float:
    """Tunes on pairs, the model as it is being the reference; returns its accuracy on the test."""
    trainer = _trainer(PreferenceTrainer, base, options, keeper)
    train, validation, test = (
        trainer.with_reference(encoded_pairs(base, part))
        for part in (split.train, split.validation, split.test)
    )
    _learn(trainer, keeper, train, validation)
    return trainer.accuracy(test)


AnyTrainer = TypeVar("AnyTrainer", bound=InstructTrainer)


def _trainer(
    kind: type[AnyTrainer], base: Base, options: TrainingOptions, keeper: Keeper
) -> AnyTrainer:
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


def _with(base: Base, model: Any) -> Base:
    return Base(base.name, model, base.tokenizer, base.prompting, base.n_context)


def _recipe_folder(data: Data, options: TrainingOptions, place: Workplace) -> Path:
    """Where the checkpoints of this very training lie."""
    recipe = json.dumps([FORMAT, data.sha256(), asdict(options)])
    folder = place.own / hashlib.sha256(recipe.encode()).hexdigest()[:16]
    for stage in ("examples", "preferences"):
        (folder / stage).mkdir(parents=True, exist_ok=True)
    return folder


def _check_left(parts: dict[str, Part], options: TrainingOptions) -> None:
    empty = [name for name, (examples, _) in parts.items() if not examples]
    if empty:
        raise InputError(
            f"No example for {' and '.join(empty)} is left: the others are longer than the base "
            f"can read or --max-tokens allows, got {options.max_tokens or 'no limit of its own'}. "
            "Shorten them, or name a base that reads more."
        )


def _sizes(parts: dict[str, Part], n_all: int) -> dict[str, int]:
    sizes = {name: len(examples) for name, (examples, _) in parts.items()}
    return {**sizes, "too long": n_all - sum(sizes.values())}


def _save(base: Base, config: AdapterConfig, folder: Path) -> None:
    """Writes what was trained, as PEFT or transformers write it."""
    base.model.save_pretrained(folder)
    if config.method == "full":
        base.tokenizer.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)  # PEFT's own, empty card
    config.write(folder)
