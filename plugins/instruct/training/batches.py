"""Batches of like length, in few shapes: CPU kernels are compiled anew for every other one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Sampler

from plugins.instruct.prefix_lm import IGNORED

LENGTHS = (32, 48, 64, 80, 96, 128, 160, 192, 256, 320, 416, 512, 768, 1024, 1536, 2048, 3072, 4096)
"""Examples are padded to one of these, longer ones to a multiple of the last."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """An example as token ids: what is read, and what is learnt."""

    prompt: list[int]
    response: list[int]

    def __len__(self) -> int:
        return len(self.prompt) + len(self.response)


class BucketSampler(Sampler[list[int]]):
    """Positions of the examples of each batch: of like length, about as many tokens in each.

    Args:
        lengths: Tokens of each example.
        batch_tokens: Padding included; at least one example a batch.
        seed: With the epoch, decides the order.
    """

    def __init__(self, lengths: Sequence[int], batch_tokens: int, seed: int) -> None:
        self._lengths = [padded_length(length) for length in lengths]
        self._batch_tokens = batch_tokens
        self._seed = seed
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """The order is another in each epoch, and the same whenever that epoch is gone through."""
        self._epoch = epoch

    def __len__(self) -> int:
        return len(self._batches())

    def __iter__(self) -> Iterator[list[int]]:
        yield from self._batches()

    def _batches(self) -> list[list[int]]:
        random = np.random.default_rng([self._seed, self._epoch])
        order = random.permutation(len(self._lengths)).tolist()
        batches: list[list[int]] = []
        open_batches: dict[int, list[int]] = {}
        for position in order:
            length = self._lengths[position]
            batch = open_batches.setdefault(length, [])
            batch.append(position)
            if len(batch) >= self.n_rows(length):
                batches.append(open_batches.pop(length))
        batches.extend(open_batches.values())
        return [batches[at] for at in random.permutation(len(batches))]

    def n_rows(self, length: int) -> int:
        """How many examples of a padded length make a batch: an even number, or one."""
        return max(1, self._batch_tokens // length // 2 * 2)


def padded_length(n_tokens: int) -> int:
    """The length that so many tokens are padded to."""
    largest = LENGTHS[-1]
    return next((one for one in LENGTHS if one >= n_tokens), -(-n_tokens // largest) * largest)


def padded(examples: Sequence[Tokens], padding: int, n_rows: int = 0) -> dict[str, Tensor]:
    """Examples as `input_ids`, `attention_mask` and `labels`, `(n_rows, n_tokens)` int64.

    Args:
        examples: At least one.
        padding: The token to fill up with.
        n_rows: Rows to fill up to; those without an example have nothing to learn.
    """
    n_tokens = padded_length(max(map(len, examples)))
    shape = (max(n_rows, len(examples)), n_tokens)
    ids = torch.full(shape, padding)
    mask = torch.zeros(shape, dtype=torch.long)
    mask[len(examples) :, 0] = 1  # a row of padding alone would divide by zero
    labels = torch.full(shape, IGNORED)
    for row, example in enumerate(examples):
        ids[row, : len(example)] = torch.tensor(example.prompt + example.response)
        mask[row, : len(example)] = 1
        labels[row, len(example.prompt) : len(example)] = torch.tensor(example.response)
    return {"input_ids": ids, "attention_mask": mask, "labels": labels}


def with_gaps(
    examples: Sequence[Tokens], share: float, gap: int, random: np.random.Generator
) -> list[Tokens]:
    """The examples with some of their prompts' tokens hidden, so that no prompt is learnt by heart.

    Args:
        examples: They stay as they are.
        share: Of the tokens that are hidden; first and last ones, and those of the response, are
            not.
        gap: What stands in their place.
        random: Draws them.
    """
    return [
        Tokens(
            [
                gap if drawn and 0 < at < len(one.prompt) - 1 and token not in said else token
                for at, (token, drawn) in enumerate(
                    zip(one.prompt, random.random(len(one.prompt)) < share, strict=True)
                )
            ],
            one.response,
        )
        for one in examples
        for said in (set(one.response),)
    ]
