"""What a response took."""

from dataclasses import dataclass


@dataclass
class Written:
    """Filled in while a response is written.

    Attributes:
        entropy: Mean entropy of the predictions behind it, nats; see `entropy.entropies`.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    entropy: float = 0.0

    @property
    def tokens_per_second(self) -> float:
        """How fast it was written."""
        return self.completion_tokens / self.seconds if self.seconds else 0.0
