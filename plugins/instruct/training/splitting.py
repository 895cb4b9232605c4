"""Divides examples into training, validation and test by a hash, twins on one side."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from assistant.errors import InputError
from plugins.instruct.examples import Example, Preference
from plugins.instruct.training.grouping import same_text

TEST_SHARE = 0.1
VALIDATION_SHARE = 0.05
MIN_EXAMPLES = 20


Item = TypeVar("Item", Example, Preference)


@dataclass(frozen=True)
class Split(Generic[Item]):
    """The examples of each part."""

    train: tuple[Item, ...]
    validation: tuple[Item, ...]
    test: tuple[Item, ...]


def split_examples(examples: Sequence[Item]) -> Split[Item]:
    """Divides examples 85/5/10, those about the same text to one side.

    The text's hash decides: what is tested on stays the same when examples are added, whatever
    the seed.

    Raises:
        InputError: There are too few of them.
    """
    leaders: dict[int, str] = {}
    groups = same_text(examples).tolist() if examples else []
    for group, example in zip(groups, examples, strict=True):
        text = example.request.text
        leaders[group] = min(leaders.get(group, text), text)
    shares = {group: _share(text) for group, text in leaders.items()}
    parts: dict[str, list[Item]] = {"train": [], "validation": [], "test": []}
    for group, example in zip(groups, examples, strict=True):
        parts[_part(shares[group])].append(example)
    if len(examples) < MIN_EXAMPLES or not all(parts.values()):
        raise InputError(
            f"There must be at least {MIN_EXAMPLES} examples about different texts, a tenth of "
            f"them to test on, got {len(examples)} about {len(leaders)}: add more."
        )
    return Split(tuple(parts["train"]), tuple(parts["validation"]), tuple(parts["test"]))


def _share(text: str) -> float:
    """A number from 0 to 1 that a text always has."""
    digest = hashlib.sha256(text.encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:4], "big") / 2**32


def _part(share: float) -> str:
    if share < TEST_SHARE:
        return "test"
    return "validation" if share < TEST_SHARE + VALIDATION_SHARE else "train"
