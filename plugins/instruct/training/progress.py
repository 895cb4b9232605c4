"""What a training tells while it goes on, and which weights it keeps."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from plugins.instruct.training.model import trained_weights
from plugins.instruct.training.options import TrainingOptions

CHECKPOINT_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Step:
    """How far a training is."""

    epoch: int
    n_epochs: int
    step: int
    n_steps: int
    loss: float


@dataclass(frozen=True, slots=True)
class Epoch:
    """What one epoch came to; losses are mean negative log-likelihoods of a token in nats."""

    epoch: int
    train_loss: float
    validation_loss: float
    seconds: float
    tokens_per_second: float

    def __str__(self) -> str:
        """For a person, in a line."""
        return (
            f"Epoch {self.epoch}: loss {self.train_loss:.4f}; on validation "
            f"{self.validation_loss:.4f}; {self.seconds:.0f} s, "
            f"{self.tokens_per_second:,.0f} tokens a second"
        )


class Keeper(TrainerCallback):  # type: ignore[misc]  # transformers is untyped
    """Shows each step and epoch, keeps the best weights, stops early, asks for checkpoints.

    Args:
        folder: Where the best weights are kept, and how each epoch went.
        options: Say which weights are kept, and how many epochs without a better validation loss
            end a training.
        on_step: Called after each step.
        on_epoch: Called after each epoch.
    """

    def __init__(
        self,
        folder: Path,
        options: TrainingOptions,
        on_step: Callable[[Step], None],
        on_epoch: Callable[[Epoch], None],
    ) -> None:
        self.folder = folder
        self._kept, self._past = folder / "kept.safetensors", folder / "history.json"
        self._ended = folder / "ended"
        self._patience, self._keep_last = options.patience, options.keep_last
        self._on_step, self._on_epoch = on_step, on_epoch
        self.history: list[Epoch] = []
        self._saved = self._began = time.perf_counter()
        self._losses: list[float] = []

    @property
    def best_epoch(self) -> int:
        """The epoch with the least validation loss, from 1."""
        return min(self.history, key=lambda one: one.validation_loss).epoch

    def end(self) -> None:
        """Notes that no epoch comes any more."""
        self._ended.touch()

    def has_ended(self) -> bool:
        """Whether an earlier call went through all epochs; then they are taken up."""
        if not self._ended.exists():
            return False
        self._take_up(None)
        return True

    def _take_up(self, n_epochs: int | None) -> None:
        past = json.loads(self._past.read_text("utf-8"))[:n_epochs]
        self.history = [Epoch(**fields) for fields in past]
        for epoch in self.history:
            self._on_epoch(epoch)

    def restore(self, model: Any) -> None:
        """Gives a model the weights back that are to be kept."""
        own = dict(model.named_parameters())
        with torch.no_grad():
            for name, kept in load_file(self._kept).items():
                own[name].copy_(kept)

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Takes up the epochs that the checkpoint has seen the end of."""
        n_done = int(state.epoch or 0)
        if n_done:
            self._take_up(n_done)

    def on_epoch_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Starts the clock."""
        self._began = time.perf_counter()
        self._losses = []

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **_: Any,
    ) -> None:
        """Notes the loss of the last steps."""
        if logs and "loss" in logs:
            self._losses.append(logs["loss"])

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Shows the step; asks for a checkpoint every other minute."""
        n_epochs = int(args.num_train_epochs)
        n_steps = max(1, state.max_steps // n_epochs)
        epoch = min((state.global_step - 1) // n_steps, n_epochs - 1)
        loss = self._losses[-1] if self._losses else float("nan")
        self._on_step(Step(epoch + 1, n_epochs, state.global_step - epoch * n_steps, n_steps, loss))
        if time.perf_counter() - self._saved > CHECKPOINT_SECONDS:
            self._saved = time.perf_counter()
            control.should_save = True

    def on_evaluate(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        model: Any = None,
        train_dataloader: Any = None,
        metrics: dict[str, float] | None = None,
        **_: Any,
    ) -> None:
        """Ends an epoch: keeps its weights where that is due, or counts it as a worse one."""
        seconds = time.perf_counter() - self._began
        assert metrics is not None
        self.history.append(
            Epoch(
                epoch=len(self.history) + 1,
                train_loss=sum(self._losses) / max(1, len(self._losses)),
                validation_loss=metrics["eval_loss"],
                seconds=round(seconds, 2),
                tokens_per_second=round(sum(map(len, train_dataloader.dataset)) / seconds),
            )
        )
        if self._keep_last or self.best_epoch == len(self.history):
            save_file(trained_weights(model), self._kept)
        self._past.write_text(json.dumps([asdict(one) for one in self.history]), "utf-8")
        if len(self.history) - self.best_epoch >= self._patience:
            control.should_training_stop = True
        self._on_epoch(self.history[-1])
