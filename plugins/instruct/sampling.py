"""How the tokens of a response are chosen."""

from dataclasses import dataclass

from assistant.errors import InputError


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen.

    Attributes:
        temperature: 0 takes the most probable token; above it, tokens are drawn, the more evenly
            the higher it is.
        top_p: They are drawn from the most probable ones that have this probability together
            (Holtzman et al. 2020, "The curious case of neural text degeneration").
        max_tokens: Longest response.
        stop: The response ends before the first of these texts.
        seed: Of what is drawn.
    """

    temperature: float = 0.0
    top_p: float = 1.0
    max_tokens: int = 256
    stop: tuple[str, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        """Raises `InputError` where a value is out of range."""
        if not 0 <= self.temperature <= 2:
            raise InputError(f"temperature must lie in 0 to 2, got {self.temperature}.")
        if not 0 < self.top_p <= 1:
            raise InputError(f"top_p must lie above 0 and up to 1, got {self.top_p}.")
        if self.max_tokens < 1:
            raise InputError(f"max_tokens must be at least 1, got {self.max_tokens}.")
