"""The training loop: AdamW on mini-batches, early stopping, checkpoints.

Every draw depends on the seed and the epoch alone, so that a training that was killed
and taken up again ends with the same weights, bit for bit, as one that was not.
"""

import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from ingest.batching import BatchRunner, n_cores, padded
from plugins.spam.folder import N_LABELS
from plugins.spam.training.batches import epoch_batches
from plugins.spam.training.checkpoint import Checkpoints
from plugins.spam.training.model import SpamModel
from plugins.spam.training.options import TrainingOptions
from plugins.spam.training.splitting import Split, balance

WARM_UP = 0.1
"""Share of the steps in which the learning rate rises."""
WEIGHT_DECAY = 0.01
LARGEST_GRADIENT = 1.0
LEAST_ROWS = 8
"""Fewer messages are not worth a core of their own."""
CHECKPOINT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Epoch:
    """What one epoch came to; losses are mean negative log-likelihoods in nats."""

    epoch: int
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    seconds: float

    def __str__(self) -> str:
        """For a person, in a line."""
        return (
            f"Epoch {self.epoch}: loss {self.train_loss:.4f}, accuracy {self.train_accuracy:.4f}; "
            f"on validation {self.validation_loss:.4f}, {self.validation_accuracy:.4f}; "
            f"{self.seconds:.0f} s"
        )


@dataclass(frozen=True, slots=True)
class Step:
    """How far a training is."""

    epoch: int
    n_epochs: int
    step: int
    n_steps: int
    loss: float


@dataclass(frozen=True, slots=True)
class Examples:
    """The messages: token ids, and whether each is spam."""

    ids: Sequence[Sequence[int]]
    is_spam: NDArray[np.bool_]


@dataclass
class _Run:
    """What changes while a training goes on, all of which a checkpoint holds."""

    epoch: int = 0
    step: int = 0
    loss: float = 0.0
    n_right: int = 0
    n_seen: int = 0
    seconds: float = 0.0
    best_loss: float = math.inf
    n_worse: int = 0


class Training:
    """Trains a model on messages.

    Args:
        model: Its trainable part is changed.
        examples: All messages.
        split: Which of them are trained on, and which decide when to stop.
        options: How, complete.
        checkpoints: Where the state is kept.
    """

    def __init__(
        self,
        model: SpamModel,
        examples: Examples,
        split: Split,
        options: TrainingOptions,
        checkpoints: Checkpoints,
    ) -> None:
        self.model = model
        self._examples = examples
        self._split = split
        assert options.epochs is not None
        assert options.learning_rate is not None
        self._options = options
        self._n_epochs, self._rate = options.epochs, options.learning_rate
        self._checkpoints = checkpoints
        self._positions = balance(split.train, examples.is_spam, options.balance, options.seed)
        self._lengths = [len(one) for one in examples.ids]
        self._class_weights = self._weights_of_classes()
        self._batches = BatchRunner()
        self._n_parts = _n_parts(options.batch_size, model.device)
        self._threads = ThreadPoolExecutor(self._n_parts, "training", _prepare_thread)
        torch.set_flush_denormal(True)  # of this thread, which steps the optimizer
        self._names = list(model.trainable())
        self._trained = list(model.trainable().values())
        self._masters = [nn.Parameter(one.detach().float().clone()) for one in self._trained]
        self._optimizer = torch.optim.AdamW(self._masters, lr=self._rate, weight_decay=WEIGHT_DECAY)
        self._best = model.weights()
        self._run = _Run()
        self.history: list[Epoch] = []

    @property
    def best_epoch(self) -> int:
        """The epoch with the least validation loss, from 1: that whose weights are kept."""
        return min(self.history, key=lambda one: one.validation_loss).epoch

    @property
    def trained_share(self) -> float:
        """Share of spam, weights counted, among what is trained on."""
        if self._class_weights is not None:
            return 0.5
        return float(self._examples.is_spam[self._positions].mean())

    def run(
        self,
        on_step: Callable[[Step], None] = lambda step: None,
        on_epoch: Callable[[Epoch], None] = lambda epoch: None,
        keep_last: bool = False,
    ) -> None:
        """Trains to the end, or until the validation loss stops falling.

        Keeps the weights of the best epoch, or where that is asked for, of the last.
        """
        self._resume(on_epoch)
        options = self._options
        while self._run.epoch < self._n_epochs and self._run.n_worse < options.patience:
            batches = epoch_batches(
                self._positions, self._lengths, options.batch_size, options.seed, self._run.epoch
            )
            self._go_through(batches, on_step)
            on_epoch(self._finish_epoch())
        if not keep_last:
            self.model.load(self._best)

    def margins(self, positions: Sequence[int]) -> NDArray[np.float64]:
        """Logit of spam less that of ham, `(n_positions,)`, of messages by their positions."""
        ids = [self._examples.ids[position] for position in positions]
        logits = self._batches.run(ids, self.model.logits, N_LABELS).astype(np.float64)
        return logits[:, 1] - logits[:, 0]

    def _go_through(self, batches: list[list[int]], on_step: Callable[[Step], None]) -> None:
        """The steps of one epoch that are still to be made."""
        run = self._run
        started, saved = time.perf_counter() - run.seconds, time.perf_counter()
        n_steps = len(batches)
        for step in range(run.step, n_steps):
            loss, n_right = self._learn(batches[step], run.epoch + step / n_steps)
            run.step = step + 1
            run.loss += loss * len(batches[step])
            run.n_right += n_right
            run.n_seen += len(batches[step])
            run.seconds = time.perf_counter() - started
            on_step(Step(run.epoch + 1, self._n_epochs, run.step, n_steps, loss))
            if time.perf_counter() - saved > CHECKPOINT_SECONDS:
                self._save()
                saved = time.perf_counter()

    def _learn(self, batch: list[int], epochs_done: float) -> tuple[float, int]:
        """One step of AdamW; returns the mean loss and how many were right.

        Each core computes the gradients of a part of the batch: they need not wait for each other
        within each layer.
        """
        n_rows = self._options.batch_size // self._n_parts
        parts = [batch[start : start + n_rows] for start in range(0, len(batch), n_rows)]
        n_of_weight = self._weight(batch)
        outcomes = list(self._threads.map(lambda part: self._gradients(part, n_rows), parts))
        for number, master in enumerate(self._masters):
            grads = [gradients[number] for _, _, gradients in outcomes]
            known = [one.float() for one in grads if one is not None]
            master.grad = torch.stack(known).sum(dim=0) / n_of_weight if known else None
        nn.utils.clip_grad_norm_(self._masters, LARGEST_GRADIENT)
        for group in self._optimizer.param_groups:
            group["lr"] = self._rate * _schedule(epochs_done / self._n_epochs)
        self._optimizer.step()
        with torch.no_grad():
            for master, one in zip(self._masters, self._trained, strict=True):
                one.copy_(master)
        loss = sum(loss for loss, _, _ in outcomes) / n_of_weight
        return loss, sum(n_right for _, n_right, _ in outcomes)

    def _gradients(
        self, part: list[int], n_rows: int
    ) -> tuple[float, int, tuple[Tensor | None, ...]]:
        """Summed loss, how many were right, and the gradients of what is trained."""
        tokens, mask = padded([self._examples.ids[one] for one in part], n_rows)
        logits = self.model(tokens, mask)[: len(part)]
        labels = torch.as_tensor(self._examples.is_spam[part], device=logits.device).long()
        loss = functional.cross_entropy(logits, labels, self._class_weights, reduction="sum")
        gradients = torch.autograd.grad(loss, self._trained, allow_unused=True)
        return loss.item(), int((logits.argmax(dim=1) == labels).sum()), gradients

    def _weight(self, batch: list[int]) -> float:
        """What the losses of a batch are divided by: its size, or the weights of its messages."""
        if self._class_weights is None:
            return len(batch)
        ham, spam = self._class_weights.tolist()
        n_spam = int(self._examples.is_spam[batch].sum())
        return float(ham * (len(batch) - n_spam) + spam * n_spam)

    def _finish_epoch(self) -> Epoch:
        """Measures on the validation messages, and keeps the weights if they are the best."""
        run = self._run
        validation = self._split.validation
        margins = self.margins(validation.tolist())
        is_spam = self._examples.is_spam[validation]
        loss = float(np.logaddexp(0, np.where(is_spam, -margins, margins)).mean())
        epoch = Epoch(
            epoch=run.epoch + 1,
            train_loss=run.loss / run.n_seen,
            train_accuracy=run.n_right / run.n_seen,
            validation_loss=loss,
            validation_accuracy=float(((margins > 0) == is_spam).mean()),
            seconds=round(run.seconds, 2),
        )
        self.history.append(epoch)
        if loss < run.best_loss:
            self._best = self.model.weights()
        self._run = _Run(
            epoch=run.epoch + 1,
            best_loss=min(loss, run.best_loss),
            n_worse=0 if loss < run.best_loss else run.n_worse + 1,
        )
        self._save()
        return epoch

    def _weights_of_classes(self) -> Tensor | None:
        """Weights of ham and spam that make both count alike, where the options ask for it."""
        if self._options.balance != "weights":
            return None
        share = float(self._examples.is_spam[self._positions].mean())
        device = self.model.device
        return torch.tensor([0.5 / (1 - share), 0.5 / share], device=device)

    def _save(self) -> None:
        tensors = {f"best/{name}": one for name, one in self._best.items()}
        for name, master in zip(self._names, self._masters, strict=True):
            tensors[f"master/{name}"] = master.detach()
            for moment, value in self._optimizer.state.get(master, {}).items():
                tensors[f"{moment}/{name}"] = value
        run = asdict(self._run)
        history = [asdict(epoch) for epoch in self.history]
        self._checkpoints.save({"run": run, "history": history}, tensors)

    def _resume(self, on_epoch: Callable[[Epoch], None]) -> None:
        """Takes up the last checkpoint, if there is one of the same recipe."""
        saved = self._checkpoints.load()
        if saved is None:
            return
        self._run = _Run(**saved.progress["run"])
        for fields in saved.progress["history"]:
            self.history.append(Epoch(**fields))
            on_epoch(self.history[-1])
        device = self.model.device
        moments: tuple[str, ...] = ("step", "exp_avg", "exp_avg_sq")
        with torch.no_grad():
            for name, master, one in zip(self._names, self._masters, self._trained, strict=True):
                master.copy_(saved.tensors[f"master/{name}"])
                one.copy_(master)
                self._best[name] = saved.tensors[f"best/{name}"].to(device)
                if f"step/{name}" in saved.tensors:
                    self._optimizer.state[master] = {
                        moment: saved.tensors[f"{moment}/{name}"].to(
                            "cpu" if moment == "step" else device
                        )
                        for moment in moments
                    }


def _n_parts(batch_size: int, device: torch.device) -> int:
    """How many parts of a batch are computed at a time."""
    if device.type != "cpu":
        return 1
    return max(1, min(n_cores(), batch_size // LEAST_ROWS))


def _prepare_thread() -> None:
    """One core for each thread, and zeros for numbers next to zero.

    Gradients of what is known well are so small that a CPU would compute with them ten times
    slower.
    """
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)


def _schedule(share_done: float) -> float:
    """Factor of the learning rate: a linear rise, then half a cosine (Loshchilov, Hutter 2017)."""
    if share_done < WARM_UP:
        return (share_done + 1e-3) / (WARM_UP + 1e-3)
    return 0.5 * (1 + math.cos(math.pi * (share_done - WARM_UP) / (1 - WARM_UP)))
