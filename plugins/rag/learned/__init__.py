"""The learned decisions of the embedded default: linear, their weights in plain files.

`README.md` says what they were trained on. `python -m evals.benchmarks.answer_training` trains.
"""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(__file__).parent


@cache
def weights(decision: str) -> dict[str, float]:
    """The weight of each feature of a decision by its name, and the bias."""
    read: dict[str, float] = json.loads((FOLDER / f"{decision}.json").read_text("utf-8"))
    return read


def scores(
    decision: str, names: Sequence[str], measured: NDArray[np.float32]
) -> NDArray[np.float32]:
    """What a decision's features add up to: log-odds, for each row of what was measured."""
    known = weights(decision)
    column = np.array([known.get(name, 0.0) for name in names], dtype=np.float32)
    added: NDArray[np.float32] = measured @ column + np.float32(known["bias"])
    return added
