"""Chooses a few examples that stand for all of a pool: the graph-based vote-k."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

N_NEIGHBOURS = 150
"""Edges from each example in vote-k, as Su et al. have in their pools of 3,000 examples."""

NEIGHBOURS_SHARE = 20
"""Smaller pools have one edge for this many examples: else all would be neighbours of all."""

DISCOUNT = 10.0
"""What an example's vote is divided by for each neighbour that was chosen: the rho of vote-k."""

BLOCK_ROWS = 256
"""Examples whose similarities to all others are in memory at a time."""

Indices = NDArray[np.int64]
Progress = Callable[[int], None]


def diverse(vectors: NDArray[np.float32], n_chosen: int, on_progress: Progress) -> Indices:
    """Chooses examples by vote-k on the graph of their nearest neighbours.

    For n vectors of dimension d with e edges each, it takes O(n² d + n_chosen n e), and memory for
    `BLOCK_ROWS` n similarities and n e edges, never for n².

    Args:
        vectors: `(n, dim)` float32, L2-normalised.
        n_chosen: How many are chosen.
        on_progress: Called with the number of vectors whose neighbours were found since the last
            call.

    Returns:
        `(n_chosen,)`: places, the first choice first; all n, in order, where that is fewer.
    """
    if len(vectors) <= n_chosen:
        return np.arange(len(vectors))
    n_neighbours = max(1, min(N_NEIGHBOURS, len(vectors) // NEIGHBOURS_SHARE))
    return vote_k(nearest_neighbours(vectors, n_neighbours, on_progress), n_chosen)


def nearest_neighbours(
    vectors: NDArray[np.float32], n_neighbours: int, on_progress: Progress = lambda n_done: None
) -> Indices:
    """The nearest others of each vector by inner product, in blocks of `BLOCK_ROWS`.

    Args:
        vectors: `(n, dim)` float32, L2-normalised.
        n_neighbours: At least 1 and below n.
        on_progress: Called with the number of vectors of each block that is done.

    Returns:
        `(n, n_neighbours)`: places, the nearest first; of equally near ones the first place.
    """
    blocks = []
    for start in range(0, len(vectors), BLOCK_ROWS):
        similarities = vectors[start : start + BLOCK_ROWS] @ vectors.T
        rows = np.arange(len(similarities))
        similarities[rows, start + rows] = -np.inf  # nobody is a neighbour of itself
        blocks.append(_largest(similarities, n_neighbours))
        on_progress(len(rows))
    return np.concatenate(blocks)


def vote_k(neighbours: Indices, n_chosen: int, discount: float = DISCOUNT) -> Indices:
    """Chooses examples that many others are near to, unless those have one already.

    Vote-k of Su et al. 2022, section 2.1, its graph-based part alone: nothing here asks a model how
    sure it is. With L what is chosen, U the rest, and an edge (v, u) from v to each neighbour u,
    the next choice is the u of U with the greatest

        score(u) = Σ_{v ∈ U, (v, u) ∈ E} rho^-|{l ∈ L: (v, l) ∈ E}|

    Args:
        neighbours: `(n, n_neighbours)`: the places that each one has an edge to.
        n_chosen: How many are chosen; at most n.
        discount: rho, above 1.

    Returns:
        `(n_chosen,)`: places, the first choice first; of equal scores the first place.
    """
    n_examples, n_neighbours = neighbours.shape
    chosen = np.empty(n_chosen, dtype=np.int64)
    n_chosen_neighbours = np.zeros(n_examples, dtype=np.int64)
    is_open = np.ones(n_examples, dtype=np.bool_)
    for number in range(n_chosen):
        votes = np.where(is_open, discount**-n_chosen_neighbours, 0)
        received = np.bincount(neighbours.ravel(), np.repeat(votes, n_neighbours), n_examples)
        # Sums of the same votes in another order differ in their last bits, and must be equal.
        score = np.where(is_open, received.round(9), -1)
        chosen[number] = best = int(score.argmax())
        is_open[best] = False
        n_chosen_neighbours += (neighbours == best).any(axis=1)
    return chosen


def _largest(scores: NDArray[np.float32], k: int) -> Indices:
    """Columns of the k largest of each row, largest first; of equal ones the first columns."""
    least = np.partition(scores, -k, axis=1)[:, -k, None]
    rows, columns = np.nonzero(scores >= least)  # by row; more than k where some equal the least
    order = np.lexsort((columns, -scores[rows, columns], rows))
    ranks = np.arange(len(rows)) - np.searchsorted(rows, rows)
    return columns[order][ranks < k].reshape(len(scores), k)
