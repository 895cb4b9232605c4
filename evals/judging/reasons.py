"""Why a sentence is less than supported, in sentences that a person can check."""

from collections.abc import Iterator

import numpy as np

from evals.judging.mismatches import (
    denied_here,
    is_passive,
    missing_numbers,
    opposites,
    turned,
)
from evals.judging.passages import Beside

UNLIKE = 0.5
"""Below this, no word of the passages stands for a word."""
N_REASONS = 3


def reasons(beside: Beside) -> tuple[str, ...]:
    """What differs between a sentence and the passages, the gravest first, three at most."""
    found = [*_numbers(beside), *_denials(beside), *_names(beside), *_words(beside)]
    return tuple(dict.fromkeys(found))[:N_REASONS]


def _numbers(beside: Beside) -> Iterator[str]:
    for at in missing_numbers(beside):
        yield f"The number {beside.words[at].text} stands nowhere in the passages."


def _denials(beside: Beside) -> Iterator[str]:
    best = beside.known(beside.evidence[0])
    if added := denied_here(beside.words, best):
        yield f"The passage has no “{added}” there."
    if dropped := denied_here(best, beside.words):
        yield f"“{dropped}” is missing."
    for here, there in opposites(beside):
        yield f"Where “{here}” stands, the passage has “{there}”."


def _names(beside: Beside) -> Iterator[str]:
    known = beside.same.any(axis=1)
    for at, word in enumerate(beside.words):
        if word.is_name and not known[at]:
            yield f"The name {word.text} stands nowhere in the passages."
    if not is_passive(beside):
        for one, other, is_turned in turned(beside):
            names = beside.words[one], beside.words[other]
            if is_turned and all(name.is_name for name in names):
                yield f"{names[0].text} and {names[1].text} stand the other way round there."
                return


def _words(beside: Beside) -> Iterator[str]:
    lacking = beside.weights * (beside.alike.max(axis=1) < UNLIKE)
    for at in np.argsort(-lacking, kind="stable"):
        word = beside.words[at]
        if lacking[at] and not word.is_plain and not word.is_name and word.value is None:
            yield f"Nothing in the passages means “{word.text}”."
