"""Weighs the signals: boosted trees that were trained once, and how sure they may be."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

QUOTED = 7.0
"""Log odds of a sentence that stands in a passage word for word: 0.999."""
SURE = 3.0
"""Beyond these log odds, 0.95, no sentence outweighs others of the same answer."""
WEIGHTS = Path(__file__).with_name("weights.json")


@dataclass(frozen=True, slots=True)
class Weighing:
    """Trees over signals, then a logistic curve (Platt 1999).

    Node `n` of a tree asks whether signal `feature[n]` is at most `threshold[n]` and goes on to
    `left[n]` or `right[n]`; a leaf goes on to itself. Trees are padded to the same number of nodes.

    Attributes:
        names: The signals, in their order.
        feature, threshold, left, right, value: `(n_trees, n_nodes)` each.
        depth: Questions until every tree is at a leaf.
        baseline: Log odds before any tree.
        sentence: Slope and intercept: log odds of a sentence from what the trees say.
        answer: Weights of the mean of its sentences' log odds and of the log of their number, and
            an intercept: log odds that all sentences are supported.
    """

    names: tuple[str, ...]
    feature: NDArray[np.int64]
    threshold: NDArray[np.float64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    value: NDArray[np.float64]
    depth: int
    baseline: float
    sentence: tuple[float, float]
    answer: tuple[float, float, float]

    def log_odds(self, signals: Sequence[dict[str, float]]) -> NDArray[np.float64]:
        """Log odds that each sentence is supported, `(n_sentences,)`."""
        rows = np.array([[one[name] for name in self.names] for one in signals])
        trees = np.arange(len(self.feature))[None, :]
        nodes = np.zeros((len(rows), len(self.feature)), np.int64)
        for _ in range(self.depth):
            asked = np.take_along_axis(rows, self.feature[trees, nodes], axis=1)
            goes_left = asked <= self.threshold[trees, nodes]
            nodes = np.where(goes_left, self.left[trees, nodes], self.right[trees, nodes])
        raw = self.baseline + self.value[trees, nodes].sum(axis=1)
        slope, intercept = self.sentence
        log_odds: NDArray[np.float64] = slope * raw + intercept
        return log_odds

    def whole(self, log_odds: NDArray[np.float64]) -> float:
        """Probability that all the sentences of an answer are supported."""
        if log_odds.min() >= QUOTED:
            return float(probability(QUOTED))
        mean, number, intercept = self.answer
        believed = np.clip(log_odds, -SURE, SURE).mean()
        return float(probability(mean * believed + number * np.log(len(log_odds)) + intercept))


def probability(log_odds: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """The probability that has these log odds."""
    found: NDArray[np.float64] = np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -30, 30))))
    return found


@lru_cache(maxsize=1)
def load_weighing(file: Path = WEIGHTS) -> Weighing:
    """What `judge_training` wrote."""
    stored = json.loads(file.read_text("utf-8"))
    trees = stored.pop("trees")
    return Weighing(
        names=tuple(stored["names"]),
        feature=np.array(trees["feature"], np.int64),
        threshold=np.array(trees["threshold"], np.float64),
        left=np.array(trees["left"], np.int64),
        right=np.array(trees["right"], np.int64),
        value=np.array(trees["value"], np.float64),
        depth=stored["depth"],
        baseline=stored["baseline"],
        sentence=tuple(stored["sentence"]),
        answer=tuple(stored["answer"]),
    )
