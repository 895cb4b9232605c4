"""How good the probabilities are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

N_BINS = 15


@dataclass(frozen=True, slots=True)
class Metrics:
    """Figures of one set of messages; `f1`, `precision` and `recall` are those of spam.

    Attributes:
        loss: Mean negative log-likelihood of the right class, in nats.
        calibration_error: Expected calibration error, see `calibration_error`.
        n_errors: Messages on the wrong side of 0.5.
    """

    accuracy: float
    f1: float
    precision: float
    recall: float
    loss: float
    calibration_error: float
    n_errors: int
    n_messages: int
    n_spam: int


def metrics(probabilities: NDArray[np.float64], is_spam: NDArray[np.bool_]) -> Metrics:
    """Compares probabilities of spam with the truth; a probability of 0.5 or more says spam."""
    said = probabilities >= 0.5
    hits = int((said & is_spam).sum())
    n_errors = int((said != is_spam).sum())
    of_right = np.where(is_spam, probabilities, 1 - probabilities)
    return Metrics(
        accuracy=1 - n_errors / len(is_spam),
        f1=2 * hits / max(1, int(said.sum()) + int(is_spam.sum())),
        precision=hits / max(1, int(said.sum())),
        recall=hits / max(1, int(is_spam.sum())),
        loss=float(-np.log(np.clip(of_right, 1e-12, 1)).mean()),
        calibration_error=calibration_error(probabilities, is_spam),
        n_errors=n_errors,
        n_messages=len(is_spam),
        n_spam=int(is_spam.sum()),
    )


def calibration_error(probabilities: NDArray[np.float64], is_spam: NDArray[np.bool_]) -> float:
    """Expected calibration error (Naeini et al. 2015; Guo et al. 2017, equation 3).

    The mean distance, over 15 equal bins of the probability of spam and weighted by their sizes,
    between what was said and how often it was so.
    """
    return sum(
        size / len(is_spam) * abs(said - true)
        for said, true, size in reliability(probabilities, is_spam)
    )


def reliability(
    probabilities: NDArray[np.float64], is_spam: NDArray[np.bool_]
) -> list[tuple[float, float, int]]:
    """For each bin that is not empty: mean probability, share of spam, number of messages."""
    bins = np.minimum((probabilities * N_BINS).astype(int), N_BINS - 1)
    return [
        (float(probabilities[own].mean()), float(is_spam[own].mean()), int(own.sum()))
        for own in (bins == number for number in range(N_BINS))
        if own.any()
    ]
