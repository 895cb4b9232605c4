"""Which words speak for spam: what becomes of the verdict without each of them."""

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.schema import WeighedText, WordWeight

WORD = re.compile(r"\S+")
PLAIN = re.compile(r"[£€]?[^\W_]+")
MAX_PIECES = 64
"""Longer texts are weighed by several words at a time."""
FULL_LOGITS = 4.0
"""A change of the log-odds that counts as the full weight of 1."""


def weigh_words(text: str, logits: Callable[[Sequence[str]], NDArray[np.float64]]) -> WeighedText:
    """Weighs words by occlusion (Zeiler and Fergus 2014, section 4.2).

    The weight of a word is what the log-odds of spam lose when it is left out, as a share of
    `FULL_LOGITS` and at most 1: positive words speak for spam, negative ones against it.

    Args:
        text: A message.
        logits: The classifier's log-odds of spam.
    """
    spans = _pieces(text)
    without = [f"{text[:start]}{text[end:]}" for start, end in spans]
    found = logits([text, *without])
    losses = np.clip((found[0] - found[1:]) / FULL_LOGITS, -1, 1)
    return WeighedText(
        text,
        tuple(
            WordWeight(start, end, round(float(loss), 4))
            for (start, end), loss in zip(spans, losses, strict=True)
        ),
    )


def strongest(weighed: WeighedText, for_spam: bool, n_words: int) -> list[str]:
    """The words that speak most for spam, or against it, strongest first.

    Only plain words and numbers: an address would become a link wherever the words are shown.
    """
    sign = 1 if for_spam else -1
    ordered = sorted(weighed.weights, key=lambda one: -sign * one.weight)
    words = [
        weighed.text[one.start : one.end].strip(".,;:!?\"'()").lower()
        for one in ordered
        if sign * one.weight > 0
    ]
    return list(dict.fromkeys(word for word in words if PLAIN.fullmatch(word)))[:n_words]


def _pieces(text: str) -> list[tuple[int, int]]:
    """Spans of the words, neighbours joined where there are more than `MAX_PIECES`."""
    words = [match.span() for match in WORD.finditer(text)]
    size = -(-len(words) // MAX_PIECES)
    return [
        (words[first][0], words[min(first + size, len(words)) - 1][1])
        for first in range(0, len(words), max(1, size))
    ]
