"""Small learned decisions: logistic regressions on named features, their weights in plain files.

`python -m evals.benchmarks.memory_training` trains them on labelled conversations.
"""

import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("learned")


@cache
def weights(decision: str) -> Mapping[str, float]:
    """The weight of each feature of a decision, and the bias."""
    read: dict[str, float] = json.loads((FOLDER / f"{decision}.json").read_text("utf-8"))
    return read


def likelihood(decision: str, features: Mapping[str, float]) -> float:
    """How likely it is that a decision is right, in (0, 1)."""
    known = weights(decision)
    total = known["bias"] + sum(known.get(name, 0.0) * value for name, value in features.items())
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, total))))
