"""From a margin between two logits to a probability."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Calibration:
    """How a margin becomes a probability: `sigmoid(margin / temperature + shift)`."""

    temperature: float = 1.0
    shift: float = 0.0

    def logits(self, margins: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds of spam, for logits of spam less those of ham."""
        calibrated: NDArray[np.float64] = margins / self.temperature + self.shift
        return calibrated


def sigmoid(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities from log-odds, without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * logits))
