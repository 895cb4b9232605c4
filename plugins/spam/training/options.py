"""What a training may be told."""

import math
from dataclasses import dataclass, replace
from typing import Literal, get_args

from assistant.errors import InputError
from plugins.spam.folder import BUILT_IN

Strategy = Literal["head", "last-block", "last-two", "lora", "full"]
Pool = Literal["cls", "mean", "last"]
Balance = Literal["none", "undersample", "oversample", "weights"]

MIN_EPOCHS = 3
MIN_STEPS = 280

LEARNING_RATES: dict[Strategy, float] = {
    "head": 1e-2,
    "last-block": 3e-4,
    "last-two": 3e-4,
    "lora": 5e-4,
    "full": 1e-4,
}
"""Where nothing else is asked: the fewer numbers are trained, the larger their steps."""


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """How a classifier is trained.

    Attributes:
        base: "minilm", or the name or folder of an encoder or decoder that transformers can load.
        strategy: What is trained beside the head: nothing, the last block or two, low-rank
            adapters on every linear layer (Hu et al. 2021), or everything.
        pool: Which of the base's outputs stand for a message: the first, the mean, the last.
        balance: What is done about the smaller class: nothing, leave messages of the larger one
            out, repeat those of the smaller one, or weigh its losses more.
        epochs: At most so many passes over the training messages; `None` for 3, or as many more
            as a small set needs for `MIN_STEPS` steps.
        patience: Epochs without a better validation loss after which training stops.
        rank: Rank of the adapters; they are scaled by 2.
        learning_rate: Largest step; `None` for that of the strategy.
        letters: Whether a linear model of letters in a row is trained beside the base, and its
            margin added.
        refit: Whether, once it is measured, a classifier is trained anew on all messages, those of
            validation and test too, for as many epochs as were best. The figures stay the old ones.
    """

    base: str = BUILT_IN
    strategy: Strategy = "lora"
    pool: Pool = "mean"
    balance: Balance = "none"
    epochs: int | None = None
    patience: int = 2
    seed: int = 0
    rank: int = 8
    batch_size: int = 32
    learning_rate: float | None = None
    letters: bool = True
    refit: bool = False

    def __post_init__(self) -> None:
        """Raises `InputError` where an option is out of range."""
        for name, allowed in (("strategy", Strategy), ("pool", Pool), ("balance", Balance)):
            value = getattr(self, name)
            if value not in get_args(allowed):
                choices = ", ".join(get_args(allowed))
                raise InputError(f"--{name} must be one of {choices}, got {value!r}.")
        for name in ("epochs", "patience", "rank", "batch_size"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"--{name.replace('_', '-')} must be at least 1, got {value}.")
        if self.seed < 0:
            raise InputError(f"--seed must be 0 or more, got {self.seed}.")
        if self.learning_rate is not None and not 0 < self.learning_rate < 1:
            raise InputError(f"--learning-rate must lie between 0 and 1, got {self.learning_rate}.")

    def complete(self, n_trained: int) -> "TrainingOptions":
        """The same with every default worked out, for so many messages to train on."""
        n_steps = math.ceil(n_trained / self.batch_size)
        return replace(
            self,
            epochs=self.epochs or max(MIN_EPOCHS, math.ceil(MIN_STEPS / n_steps)),
            learning_rate=self.learning_rate or LEARNING_RATES[self.strategy],
        )
