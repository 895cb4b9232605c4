"""What a training may be told."""

from dataclasses import dataclass
from typing import Literal, get_args

from assistant.errors import InputError
from plugins.instruct.base_names import UNTRAINED

Method = Literal["lora", "qlora", "prompt", "full"]

LEARNING_RATES: dict[Method, float] = {
    "lora": 1e-3,
    "qlora": 1e-3,
    "prompt": 3e-2,
    "full": 1e-4,
}
"""Where nothing else is asked: the fewer numbers are trained, the larger their steps."""
ALL_LINEAR = "all-linear"
SHORT_TARGETS = {
    "q": ("query", "q_proj"),
    "k": ("key", "k_proj"),
    "v": ("value", "v_proj"),
    "o": ("attention.output.dense", "o_proj"),
}
"""Letters for the layers that adapters sit on, and what they are called in bases."""


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """How an adapter is trained.

    Attributes:
        base: The base's folder or name, or "minilm".
        method: "lora" for low-rank adapters (Hu et al. 2021), "qlora" for these on a base in 4
            bits (Dettmers et al. 2023), "prompt" for soft tokens in front of each prompt (Lester
            et al. 2021), "full" for everything.
        rank: Rank of the adapters; for "prompt" the number of soft tokens.
        alpha: They are scaled by alpha / rank; `None` for twice the rank.
        target: The layers that they sit on: "all-linear", letters such as "qv", or names between
            commas.
        epochs: At most so many passes over the training examples.
        patience: Epochs without a better validation loss after which training stops.
        keep_last: Whether the weights of the last epoch are kept, and not those with the least
            validation loss: a small model goes on to learn short responses while the loss of long
            ones, which no other words may tell, rises again.
        batch_tokens: Tokens in a step, padding included.
        max_tokens: Longer examples, prompt and response together, are left out; `None` for as many
            as the base can read.
        learning_rate: Largest step; `None` for that of the method.
        keep_words: Whether "full" leaves the word embeddings as they are: words that the examples
            lack stay beside those that they have.
        gaps: Share of a prompt's tokens that are hidden while training, where the base has a token
            for it.
        clozes: So many questions are made from the training examples' texts and learnt too.
    """

    base: str = UNTRAINED
    method: Method = "lora"
    rank: int = 8
    alpha: float | None = None
    target: str = ALL_LINEAR
    epochs: int = 3
    patience: int = 2
    keep_last: bool = False
    batch_tokens: int = 4096
    max_tokens: int | None = None
    learning_rate: float | None = None
    keep_words: bool = False
    gaps: float = 0.0
    clozes: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        """Raises `InputError` where an option is out of range."""
        if self.method not in get_args(Method):
            choices = ", ".join(get_args(Method))
            raise InputError(f"--method must be one of {choices}, got {self.method!r}.")
        for name in ("rank", "epochs", "patience", "batch_tokens", "max_tokens"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"--{name.replace('_', '-')} must be at least 1, got {value}.")
        for name in ("seed", "clozes"):
            if getattr(self, name) < 0:
                raise InputError(f"--{name} must be 0 or more, got {getattr(self, name)}.")
        if self.learning_rate is not None and not 0 < self.learning_rate < 1:
            raise InputError(f"--learning-rate must lie between 0 and 1, got {self.learning_rate}.")
        if not 0 <= self.gaps < 1:
            raise InputError(f"--gaps must lie between 0 and 1, got {self.gaps}.")

    @property
    def four_bit(self) -> bool:
        """Whether the base is loaded in 4 bits."""
        return self.method == "qlora"

    @property
    def largest_step(self) -> float:
        """The learning rate, worked out."""
        return self.learning_rate or LEARNING_RATES[self.method]

    @property
    def scale(self) -> float:
        """Alpha, worked out."""
        return 2.0 * self.rank if self.alpha is None else self.alpha

    @property
    def adapters(self) -> str:
        """What is added to the base, for a person."""
        if self.method == "full":
            return "none"
        if self.method == "prompt":
            return f"{self.rank} soft tokens in front of each prompt"
        return f"rank {self.rank}, alpha {self.scale:g}, on {self.target}"

    def targets(self) -> str | list[str]:
        """The layers that adapters sit on, as PEFT takes them.

        Raises:
            InputError: A letter stands for nothing.
        """
        if self.target == ALL_LINEAR:
            return self.target
        if "," in self.target or len(self.target) > len(SHORT_TARGETS):
            return [name.strip() for name in self.target.split(",")]
        unknown = sorted(set(self.target) - set(SHORT_TARGETS))
        if unknown:
            raise InputError(
                f"--target must be {ALL_LINEAR}, letters of {''.join(SHORT_TARGETS)} or names of "
                f"layers between commas, got {self.target!r}."
            )
        return [name for letter in self.target for name in SHORT_TARGETS[letter]]
