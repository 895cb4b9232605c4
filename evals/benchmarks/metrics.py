"""The metrics; each is `None`, never NaN, where there is nothing to compute it from."""

from collections.abc import Collection, Iterable, Sequence
from statistics import median, pstdev

import numpy as np

Metric = float | None


def mean(values: Iterable[float]) -> Metric:
    """Arithmetic mean; of booleans, the share that is true."""
    listed = list(values)
    return round(sum(listed) / len(listed), 4) if listed else None


def mean_and_deviation(values: Sequence[float]) -> dict[str, Metric]:
    """Arithmetic mean, and how far the values lie from it: their own standard deviation."""
    return {"mean": mean(values), "std": round(pstdev(values), 4) if values else None}


def hit(ranked: Sequence[object], gold: Collection[object], k: int) -> bool:
    """Whether any of the first `k` is among the right ones."""
    return any(item in gold for item in ranked[:k])


def reciprocal_rank(ranked: Sequence[object], gold: Collection[object], k: int) -> float:
    """1 / rank of the first right one among the first `k`, ranks from 1; 0 without one.

    Its mean over the questions is MRR@k (Voorhees 1999, "The TREC-8 Question Answering Track").
    """
    return next((1 / rank for rank, item in enumerate(ranked[:k], 1) if item in gold), 0.0)


def balanced_accuracy(right_of_positives: Metric, right_of_negatives: Metric) -> Metric:
    """Mean of the share that is right in each of two classes, whatever their sizes."""
    if right_of_positives is None or right_of_negatives is None:
        return None
    return round((right_of_positives + right_of_negatives) / 2, 4)


def roc_auc(scores: Sequence[float], is_good: Sequence[bool]) -> Metric:
    """Probability that a good item scores higher than a bad one, ties counted half.

    That is the area under the ROC curve (Hanley and McNeil 1982, equation 1); `None` where one
    of the classes is empty.
    """
    values, good = np.asarray(scores, dtype=np.float64), np.asarray(is_good, dtype=bool)
    if good.all() or not good.any():
        return None
    above = values[good][:, None] - values[~good][None, :]
    return round(float((above > 0).mean() + (above == 0).mean() / 2), 4)


def spread(values: Sequence[float]) -> dict[str, Metric]:
    """Median and 95th percentile, the latter interpolated linearly."""
    if not values:
        return {"median": None, "p95": None}
    return {
        "median": round(median(values), 3),
        "p95": round(float(np.percentile(values, 95)), 3),
    }
