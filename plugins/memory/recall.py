"""Finds the facts that a message is about: by meaning, by words, by time and by importance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from plugins.memory.fact import Fact
from plugins.memory.holding import Held
from plugins.memory.questions import SLOT_WORDS, content_stems

LOOKED_AT = 48
"""Facts that are nearest in meaning, of which the words are looked at too."""
WORDS_WEIGHT = 0.45
"""Share of the words in a score; the rest is the cosine."""
RECENCY_WEIGHT = 0.03
IMPORTANCE_WEIGHT = 0.05
HALF_LIFE_DAYS = 90.0


@dataclass(frozen=True, slots=True)
class Recalled:
    """A fact that a message is about.

    Attributes:
        cosine: The similarity of their meaning.
        score: How well it fits, in [0, 1]: its meaning and its words.
        rank: The score with what recency and importance add.
    """

    fact: Fact
    cosine: float
    score: float
    rank: float


def recall(held: Held, message: str, query: NDArray[np.float32]) -> list[Recalled]:
    """The facts nearest to a message, best first, each with its score.

    Args:
        held: The user's facts.
        message: What was said.
        query: Its vector.
    """
    if not held.facts:
        return []
    cosines = held.cosines(query)
    n_looked_at = min(LOOKED_AT, len(cosines))
    nearest = np.argpartition(-cosines, n_looked_at - 1)[:n_looked_at]
    asked = content_stems(message)
    found = []
    for row in nearest:
        fact = held.facts[int(row)]
        if fact is not None:
            found.append(_recalled(fact, max(0.0, float(cosines[row])), asked))
    return sorted(found, key=lambda one: -one.rank)


def _recalled(fact: Fact, cosine: float, asked: Sequence[str]) -> Recalled:
    share = coverage(asked, fact)
    score = min(1.0, (1 - WORDS_WEIGHT) * cosine + WORDS_WEIGHT * share)
    age = (datetime.now(UTC) - datetime.fromisoformat(fact.said_at)).total_seconds() / 86_400
    recency = 0.5 ** (max(0.0, age) / HALF_LIFE_DAYS)
    return Recalled(
        fact,
        cosine,
        round(score, 4),
        score + RECENCY_WEIGHT * recency + IMPORTANCE_WEIGHT * fact.importance,
    )


def coverage(asked: Sequence[str], fact: Fact) -> float:
    """The share of the words asked for that a fact says or is known by."""
    known = words_of(fact)
    return sum(word in known for word in asked) / len(asked) if asked else 0.0


def words_of(fact: Fact) -> frozenset[str]:
    """The stems of the words of a fact, of its slot, and of those that its slot is asked by."""
    words = set(content_stems(f"{fact.text} {fact.slot} {fact.kind}"))
    for part in (fact.slot.split("/")[0], fact.kind):
        words |= SLOT_WORDS.get(part, frozenset())
    return frozenset(words)
