"""Divides messages into training, validation and test, and evens out their classes."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.errors import InputError
from plugins.spam.training.options import Balance

SHARES = (0.7, 0.1, 0.2)
"""Of the messages, for training, validation and test."""

MOST_OF_A_CLASS = 0.05
"""A group of near-duplicates larger than this share of its class goes to training."""

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Split:
    """Positions of the messages of each part."""

    train: Indices
    validation: Indices
    test: Indices


def split_messages(
    is_spam: NDArray[np.bool_], groups: NDArray[np.int32], held_in: NDArray[np.bool_], seed: int
) -> Split:
    """Divides messages 70/10/20 within each class, whole groups to one side.

    Args:
        is_spam: `(n,)`: the class of each message.
        groups: `(n,)`: the group of each message; near-duplicates share one.
        held_in: `(n,)`: messages that must be trained on, their groups with them.
        seed: Decides which groups go where.

    Raises:
        InputError: A part is left without one of the classes.
    """
    random = np.random.default_rng(seed)
    part = np.zeros(len(is_spam), dtype=np.int64)
    members: dict[int, list[int]] = defaultdict(list)
    for position, group in enumerate(groups.tolist()):
        members[group].append(position)
    for spam in (False, True):
        own = [group for group in members.values() if is_spam[group].mean().round() == spam]
        _assign(own, held_in, random, part)
    split = Split(*(np.flatnonzero(part == number) for number in range(3)))
    for name in ("train", "validation", "test"):
        positions = getattr(split, name)
        if not is_spam[positions].any() or is_spam[positions].all():
            raise InputError(
                f"Of so few different messages the {name} part would hold only one of the "
                "classes: add messages of both, near-duplicates count as one."
            )
    return split


def _assign(
    groups: list[list[int]],
    held_in: NDArray[np.bool_],
    random: np.random.Generator,
    part: Indices,
) -> None:
    """Deals groups out, large ones first, each to a part drawn by the room that it still has."""
    n_messages = sum(map(len, groups))
    room = np.array(SHARES) * n_messages
    random.shuffle(groups)
    for group in sorted(groups, key=len, reverse=True):
        chosen = 0
        if len(group) <= MOST_OF_A_CLASS * n_messages + 1 and not held_in[group].any():
            left = np.maximum(room, 1e-9)
            chosen = int(random.choice(3, p=left / left.sum()))
        room[chosen] -= len(group)
        part[group] = chosen


def balanced_subset(is_spam: NDArray[np.bool_], seed: int) -> Indices:
    """As many messages of the larger class, drawn at random, as the smaller one has."""
    random = np.random.default_rng(seed)
    spam, ham = np.flatnonzero(is_spam), np.flatnonzero(~is_spam)
    n_each = min(len(spam), len(ham))
    drawn = [random.choice(own, n_each, replace=False) for own in (spam, ham)]
    return np.sort(np.concatenate(drawn))


def balance(train: Indices, is_spam: NDArray[np.bool_], how: Balance, seed: int) -> Indices:
    """The positions that an epoch goes through, in no order.

    Args:
        train: Positions of the training messages.
        is_spam: The class of every message, by position.
        how: Undersampling leaves out, oversampling repeats; else all once.
        seed: Decides what is left out or repeated.
    """
    if how == "undersample":
        return train[balanced_subset(is_spam[train], seed)]
    if how == "oversample":
        random = np.random.default_rng(seed)
        spam, ham = train[is_spam[train]], train[~is_spam[train]]
        small, large = sorted((spam, ham), key=len)
        extra = random.choice(small, len(large) - len(small))
        return np.concatenate([train, extra])
    return train
