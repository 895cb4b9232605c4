"""Turns a model's margins into probabilities that mean what they say."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from plugins.spam.calibration import Calibration


def fit_calibration(
    margins: NDArray[np.float64], is_spam: NDArray[np.bool_], trained_share: float
) -> Calibration:
    """Finds the temperature (Guo et al. 2017, section 4.2) that fits the validation messages best.

    The targets are Platt's (1999, section 2.2), a little inside of 0 and 1: a model without an
    error on the validation messages would otherwise become infinitely sure.

    Args:
        margins: `(n,)`: logit of spam less that of ham, for the validation messages.
        is_spam: `(n,)`: what they are.
        trained_share: Share of spam, weights counted, among what was trained on: where classes
            were evened out, the model expects more spam than there is.
    """
    share = is_spam.mean()
    shift = float(np.log(share / (1 - share)) - np.log(trained_share / (1 - trained_share)))
    n_spam, n_ham = int(is_spam.sum()), int((~is_spam).sum())
    targets = np.where(is_spam, (n_spam + 1) / (n_spam + 2), 1 / (n_ham + 2))

    def loss(log_temperature: float) -> float:
        logits = margins / np.exp(log_temperature) + shift
        return float((np.logaddexp(0, logits) - targets * logits).mean())

    best = minimize_scalar(loss, bounds=(np.log(0.25), np.log(10)), method="bounded")
    return Calibration(temperature=float(np.exp(best.x)), shift=shift)
