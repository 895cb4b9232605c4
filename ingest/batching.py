"""Runs a model over many texts: batches of like length, a core for each, few shapes in all."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

LENGTHS = (*range(8, 64, 4), *range(64, 257, 16))
"""Texts are padded to one of these: CPU kernels are compiled anew for every other shape."""

ROWS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
"""Batches are padded to one of these numbers of texts."""

BATCH_TOKENS = 2048
"""A full batch, padding included: what the caches of a core hold is computed fastest."""

SHARED_TOKENS = 1024
"""Work below this size, padding included, is not worth dividing among cores."""

Forward = Callable[["Tensor", "Tensor"], "Tensor"]
"""From token ids `(n_rows, n_tokens)` int64 and their mask, bool, to `(n_rows, n_columns)` float32.

Every row has at least one token.
"""


class BatchRunner:
    """Keeps all cores busy with batches, each on one core.

    One core for a batch is a third faster than all cores for one batch after the other: they need
    not wait for each other within each layer. Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._n_cores = n_cores()
        self._threads = ThreadPoolExecutor(self._n_cores, "batches")

    def run(
        self,
        ids: Sequence[Sequence[int]],
        forward: Forward,
        n_columns: int,
        on_progress: Callable[[int], None] = lambda n_done: None,
    ) -> NDArray[np.float32]:
        """Computes one row for each text, the longest texts first.

        Args:
            ids: Token ids of each text, at least one and 256 at most.
            forward: What is computed.
            n_columns: How many numbers it gives for a text.
            on_progress: Called with the number of texts of each batch that is done.

        Returns:
            `(n_texts, n_columns)` float32, in the texts' order.
        """
        rows = np.empty((len(ids), n_columns), dtype=np.float32)

        def compute(batch: list[int]) -> int:
            rows[batch] = _padded_forward(forward, [ids[index] for index in batch])
            return len(batch)

        batches = _batches([len(one) for one in ids], self._n_cores)
        run = map(compute, batches) if len(batches) == 1 else self._threads.map(compute, batches)
        for n_done in run:
            on_progress(n_done)
        return rows


def n_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def one_core() -> Iterator[None]:
    """Has PyTorch compute on one core in this thread meanwhile.

    All cores wait for each other after every layer: of a small model that takes longer than what
    they compute, ten times as long where another program has one of them.
    """
    import torch

    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(n_threads)


def padded(ids: Sequence[Sequence[int]], n_rows: int) -> tuple["Tensor", "Tensor"]:
    """Token ids and their mask, in a shape that is compiled already.

    Args:
        ids: Token ids of each text, 256 at most.
        n_rows: Rows to pad to; rows without a text count one token.

    Returns:
        Both `(n_rows, n_tokens)`, int64 and bool.
    """
    import torch

    n_tokens = _at_least(max(map(len, ids)), LENGTHS)
    tokens = torch.zeros((n_rows, n_tokens), dtype=torch.long)
    mask = torch.zeros((n_rows, n_tokens), dtype=torch.bool)
    mask[len(ids) :, 0] = True  # a row of padding alone would divide by zero
    for row, token_ids in enumerate(ids):
        tokens[row, : len(token_ids)] = torch.tensor(token_ids)
        mask[row, : len(token_ids)] = True
    return tokens, mask


def _padded_forward(forward: Forward, ids: list[Sequence[int]]) -> NDArray[np.float32]:
    with one_core():
        output = forward(*padded(ids, _at_least(len(ids), ROWS)))
    rows: NDArray[np.float32] = output[: len(ids)].numpy()
    return rows


def _batches(lengths: list[int], n_cores: int) -> list[list[int]]:
    """Positions of texts, longest first, in batches that keep all cores busy.

    Args:
        lengths: Tokens of each text.
        n_cores: How many batches are computed at a time.
    """
    order = sorted(range(len(lengths)), key=lambda index: -lengths[index])
    share = sum(lengths) // n_cores
    full_tokens = min(BATCH_TOKENS, max(SHARED_TOKENS, share))
    batches: list[list[int]] = []
    start = 0
    while start < len(order):
        n_rows = _full_rows(_at_least(lengths[order[start]], LENGTHS), full_tokens)
        batches.append(order[start : start + n_rows])
        start += n_rows
    return batches


def _at_least(size: int, sizes: Sequence[int]) -> int:
    return next(allowed for allowed in sizes if allowed >= size)


def _full_rows(n_tokens: int, full_tokens: int) -> int:
    """The number of texts of this length that fill a batch."""
    return max(rows for rows in ROWS if rows == 1 or rows * n_tokens <= full_tokens)
