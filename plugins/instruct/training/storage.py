"""What a model that was trained whole loses when it is stored in few bytes, for measuring."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from ingest.embedder import model_dir
from plugins.instruct.bases import Base
from plugins.instruct.packing import GROUP, restored, rounded
from plugins.instruct.prefix_lm import IGNORED, from_encoder
from plugins.instruct.training.batches import BucketSampler, Tokens, padded

BATCH_TOKENS = 4096
HALF_BYTES = 2
Stored = tuple[Tensor, int]
"""A matrix as it comes back, and the bytes it was stored in."""


@torch.inference_mode()
def stored(base: Base, examples: Sequence[Tokens]) -> Iterator[tuple[str, float, int]]:
    """Stores a base in each of `WAYS`, one after the other; it is left as the last one had it.

    Args:
        base: Began as the embedder; float32.
        examples: Those that the loss is taken over.

    Yields:
        The way's name, the mean negative log-likelihood of a response's token in nats, and bytes.
    """
    base.model.eval()
    own = base.model.state_dict()
    trained = {name: weight.clone() for name, weight in own.items()}
    start = from_encoder(model_dir()).state_dict()
    for way, store in WAYS.items():
        n_bytes = 0
        for name, weight in trained.items():
            if torch.equal(weight, start[name]):
                continue
            if weight.dim() == 1 or weight.shape[1] % GROUP:
                n_bytes += weight.numel() * HALF_BYTES
                continue
            back, more = store(weight, start[name])
            own[name].copy_(back)
            n_bytes += more
        yield way, _loss(base, examples), n_bytes


def _whole(weight: Tensor, start: Tensor) -> Stored:  # noqa: ARG001 - as the others
    return weight, weight.numel() * weight.element_size()


def _of_weights(bits: int) -> Callable[[Tensor, Tensor], Stored]:
    return lambda weight, start: _rounded(weight, torch.zeros_like(start), bits)


def _of_difference(bits: int) -> Callable[[Tensor, Tensor], Stored]:
    return lambda weight, start: _rounded(weight, start, bits)


def _rounded(weight: Tensor, start: Tensor, bits: int) -> Stored:
    codes, scales = rounded(weight - start, bits)
    n_bytes = codes.numel() + scales.numel() * HALF_BYTES
    return start + restored(codes, scales, bits), n_bytes


def _low_rank(rank: int) -> Callable[[Tensor, Tensor], Stored]:
    def store(weight: Tensor, start: Tensor) -> Stored:
        left, values, right = torch.linalg.svd(weight - start, full_matrices=False)
        low = (left[:, :rank] * values[:rank]).half(), right[:rank].half()
        return start + low[0].float() @ low[1].float(), HALF_BYTES * sum(one.numel() for one in low)

    return store


WAYS: dict[str, Callable[[Tensor, Tensor], Stored]] = {
    "as trained": _whole,
    "8 bits of the weights": _of_weights(8),
    "8 bits of the difference": _of_difference(8),
    "4 bits of the weights": _of_weights(4),
    "4 bits of the difference": _of_difference(4),
    "difference of rank 64": _low_rank(64),
    "difference of rank 128": _low_rank(128),
}


def _loss(base: Base, examples: Sequence[Tokens]) -> float:
    total, n_tokens = 0.0, 0
    for positions in BucketSampler([len(one) for one in examples], BATCH_TOKENS, 0):
        batch: dict[str, Any] = padded([examples[at] for at in positions], base.padding)
        n_learnt = int((batch["labels"][:, 1:] != IGNORED).sum())
        total += float(base.model(**batch).loss) * n_learnt
        n_tokens += n_learnt
    return total / n_tokens
