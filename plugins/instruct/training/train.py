"""From examples to an adapter: the spine of a training."""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import PrinterCallback, TrainingArguments

from assistant.errors import InputError
from assistant.training.workplace import Workplace, workplace
from ingest.minilm import fastest_device
from plugins.instruct.bases import Base, load_base, settled
from plugins.instruct.examples import Example
from plugins.instruct.folder import CURVES, FILES, AdapterConfig
from plugins.instruct.training.batches import Tokens
from plugins.instruct.training.card import write_card
from plugins.instruct.training.comparison import Measured, measured, verdict
from plugins.instruct.training.curves import draw_curves
from plugins.instruct.training.encoding import fitting
from plugins.instruct.training.memory import refuse_too_large
from plugins.instruct.training.model import made_trainable
from plugins.instruct.training.options import TrainingOptions
from plugins.instruct.training.progress import Epoch, Keeper, Step
from plugins.instruct.training.splitting import split_examples
from plugins.instruct.training.trainer import InstructTrainer

FORMAT = 1
"""Counts the changes of this code after which a checkpoint means something else."""
WARM_UP = 0.05
"""Share of the steps in which the learning rate rises; then it falls as half a cosine."""
Part = tuple[list[Example], list[Tokens]]
"""Examples and their tokens."""

SHOWN_STEPS = 10
"""The loss is shown anew after so many steps."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of a training.

    Attributes:
        folder: Where the adapter lies.
        config: What it is, and whether it beats its base.
        before: What the base comes to on the test examples.
        after: What the adapter comes to.
        n_examples: Of each part, and of those that were too long.
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
    history: tuple[Epoch, ...]
    n_trained: int
    n_all: int
    n_bytes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Data:
    """Examples to learn from.

    Attributes:
        name: Of their file.
    """

    name: str
    examples: tuple[Example, ...]

    def sha256(self) -> str:
        """The hash of all requests and responses."""
        texts = [[one.request.text, one.response] for one in self.examples]
        return hashlib.sha256(json.dumps(texts).encode()).hexdigest()


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
    split = split_examples(data.examples)
    torch.manual_seed(options.seed)
    base = load_base(options.base, torch.float32, may_fetch=True)
    refuse_too_large(base.model, options)
    parts = {
        name: fitting(base, getattr(split, name), options.max_tokens)
        for name in ("train", "validation", "test")
    }
    _check_left(parts, options)
    examples, test = parts["test"]

    model = made_trainable(base.model, options)
    base = _with(base, model)
    keeper = Keeper(
        _recipe_folder(data, options, place),
        options.patience,
        sum(map(len, parts["train"][1])),
        on_step,
        on_epoch,
    )
    trainer = _trainer(base, parts["train"][1], parts["validation"][1], options, keeper)
    before = measured(base, examples, trainer.loss(test))
    trainer.train(resume_from_checkpoint=trainer.last_checkpoint())
    keeper.restore(model)
    after = measured(base, examples, trainer.loss(test))

    better, reason = verdict(before, after)
    config = AdapterConfig(settled(options.base), options.method, better, reason)
    _save(base, config, place.staging)
    draw_curves(keeper.history, place.staging / CURVES)
    trained = Trained(
        folder=place.folder,
        options=options,
        config=config,
        data_name=data.name,
        data_sha256=data.sha256(),
        n_examples=_sizes(parts, len(data.examples)),
        before=before,
        after=after,
        history=tuple(keeper.history),
        n_trained=sum(one.numel() for one in model.parameters() if one.requires_grad),
        n_all=sum(one.numel() for one in model.parameters()),
        n_bytes=sum(file.stat().st_size for file in place.staging.glob("*.safetensors")),
        seconds=round(time.perf_counter() - started, 1),
    )
    write_card(trained, commit, place.staging)
    return trained


def _trainer(
    base: Base,
    train: Sequence[Tokens],
    validation: Sequence[Tokens],
    options: TrainingOptions,
    keeper: Keeper,
) -> InstructTrainer:
    device, dtype = fastest_device()
    arguments = TrainingArguments(
        output_dir=str(keeper.folder),
        num_train_epochs=options.epochs,
        learning_rate=options.largest_step,
        lr_scheduler_type="cosine",
        warmup_steps=WARM_UP,
        max_grad_norm=1.0,
        optim="adamw_torch_fused",
        bf16=dtype == torch.bfloat16,
        use_cpu=device.type == "cpu",
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=1,
        logging_steps=SHOWN_STEPS,
        seed=options.seed,
        report_to=[],
        prediction_loss_only=True,
        disable_tqdm=True,
        remove_unused_columns=False,
        dataloader_pin_memory=False,
        label_names=["labels"],
    )
    trainer = InstructTrainer(
        model=base.model,
        args=arguments,
        batch_tokens=options.batch_tokens,
        padding=base.padding,
        gap=base.tokenizer.mask_token_id,
        gaps=options.gaps,
        train_dataset=list(train),
        eval_dataset=list(validation),
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
    folder.mkdir(exist_ok=True)
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
