"""Learns the linear model of letters in a row."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from plugins.spam.letters import Letters, counts, weighed_counts

INVERSE_PENALTY = 100.0
"""The penalty on large weights is that divided by this."""


def fit_letters(texts: Sequence[str], is_spam: NDArray[np.bool_]) -> Letters:
    """Fits the model.

    Args:
        texts: Messages.
        is_spam: `(n_texts,)`: what they are.
    """
    counted = counts(texts)
    n_holding = np.bincount(counted.indices, minlength=counted.shape[1])
    rarity = (np.log((1 + len(texts)) / (1 + n_holding)) + 1).astype(np.float32)
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=2000)
    model.fit(weighed_counts(counted, rarity), is_spam)
    return Letters(rarity, model.coef_[0].astype(np.float32), float(model.intercept_[0]))
