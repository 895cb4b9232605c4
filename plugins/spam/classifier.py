"""The classifier: how probable it is that a message is spam."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from assistant.settings import Settings
from plugins.spam.calibration import Calibration, sigmoid
from plugins.spam.folder import read_config

if TYPE_CHECKING:
    from plugins.spam.scorer import Scorer

SHIPPED = Path(__file__).parent / "shipped"
"""The classifier that comes with the project."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a message is taken for; `probability` is that of spam."""

    text: str
    label: Literal["spam", "ham"]
    probability: float


class SpamClassifier:
    """Tells spam from ham; the weights load on first use. Safe to use from several threads.

    Args:
        folder: What `assistant train spam` has written; `None` for the one that ships.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or SHIPPED
        self._lock = threading.Lock()
        self._loaded: tuple[Scorer, Calibration] | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> "SpamClassifier":
        """The classifier that the settings name."""
        return cls(Path(settings.spam.adapter) if settings.spam.adapter else None)

    def warm_up(self) -> None:
        """Loads the weights and compiles the shapes of short messages; safe to call twice.

        Raises:
            SettingsError: The folder holds no classifier.
        """
        for n_texts in (1, 16):
            self.probabilities(["word " * 24] * n_texts)

    def classify(
        self, texts: Sequence[str], on_progress: Callable[[int], None] = lambda n_done: None
    ) -> list[Verdict]:
        """What each text is; see `probabilities`."""
        return [
            Verdict(text, "spam" if probability >= 0.5 else "ham", round(probability, 6))
            for text, probability in zip(
                texts, self.probabilities(texts, on_progress).tolist(), strict=True
            )
        ]

    def probabilities(
        self, texts: Sequence[str], on_progress: Callable[[int], None] = lambda n_done: None
    ) -> NDArray[np.float64]:
        """The calibrated probability that each text is spam, `(n_texts,)`.

        Args:
            texts: Messages; of each the first 256 tokens are read.
            on_progress: Called with the number of different texts of each batch that is done.

        Raises:
            SettingsError: The folder holds no classifier.
        """
        return sigmoid(self.logits(texts, on_progress))

    def logits(
        self, texts: Sequence[str], on_progress: Callable[[int], None] = lambda n_done: None
    ) -> NDArray[np.float64]:
        """The log-odds that each text is spam, `(n_texts,)`; see `probabilities`."""
        if not texts:
            return np.empty(0)
        scorer, calibration = self._load()
        different = {text: position for position, text in enumerate(dict.fromkeys(texts))}
        margins = scorer.margins(list(different), on_progress)
        return calibration.logits(margins[[different[text] for text in texts]])

    def _load(self) -> "tuple[Scorer, Calibration]":
        with self._lock:
            if self._loaded is None:
                # Imported here: PyTorch takes seconds.
                from plugins.spam.scorer import load_scorer

                config = read_config(self._folder)
                calibration = Calibration(config.temperature, config.shift)
                self._loaded = (load_scorer(self._folder, config), calibration)
            return self._loaded
