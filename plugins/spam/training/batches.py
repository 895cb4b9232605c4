"""Which messages are trained on together, and in which order."""

from collections.abc import Sequence

import numpy as np

from plugins.spam.training.splitting import Indices

SORTED_BATCHES = 16
"""So many batches are drawn at once and sorted by length, so that little is padded."""


def epoch_batches(
    positions: Indices, lengths: Sequence[int], batch_size: int, seed: int, epoch: int
) -> list[list[int]]:
    """Positions in random batches of like length; the same for the same seed and epoch."""
    random = np.random.default_rng((seed, epoch))
    order = random.permutation(positions).tolist()
    size = SORTED_BATCHES * batch_size
    drawn = [
        sorted(order[start : start + size], key=lambda position: lengths[position])
        for start in range(0, len(order), size)
    ]
    batches = [
        some[start : start + batch_size]
        for some in drawn
        for start in range(0, len(some), batch_size)
    ]
    return [batches[number] for number in random.permutation(len(batches))]
