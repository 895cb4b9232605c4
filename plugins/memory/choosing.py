"""Chooses the facts that answer a question about oneself."""

from dataclasses import dataclass

from plugins.memory.fact import Fact
from plugins.memory.fitting import features, fits, is_about_another
from plugins.memory.judging import likelihood
from plugins.memory.memories import Memories
from plugins.memory.questions import Question

LEAST_LIKELIHOOD = 0.5
"""Of a fact that is told in answer to a question about oneself."""
LEAST_IF_ASKED_FOR = 0.3
"""Likewise, of a fact that the rules know to be what is asked for."""
LEAST_IF_OPEN = 0.65
"""Likewise, where the question may be about documents just as well."""
MOST_ANSWERS = 4
NEAR = 0.75
"""A further fact must be at least this share as likely as the best one."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The facts that answer a question, best first.

    Attributes:
        likelihood: That the best of them does.
    """

    facts: tuple[Fact, ...]
    likelihood: float


def choose(memories: Memories, user: str, question: Question, text: str) -> Chosen:
    """The facts of a user that answer a question; none where nothing does."""
    recalled = memories.recall(user, text)
    best = max((one.cosine for one in recalled), default=0.0)
    found = [
        (
            likelihood("answer", features(question, text, one.fact, one.cosine, best - one.cosine)),
            one.fact,
        )
        for one in recalled
        if not is_about_another(text, one.fact)
    ]
    ranked = sorted(found, key=lambda one: (-round(one[0], 2), one[1].said_at))
    least = _least(question, ranked[0][1]) if ranked else 0.0
    if not ranked or ranked[0][0] < least:
        return Chosen((), ranked[0][0] if ranked else 0.0)
    least = max(least, NEAR * ranked[0][0])
    return Chosen(
        tuple(fact for score, fact in ranked if score >= least)[:MOST_ANSWERS], ranked[0][0]
    )


def _least(question: Question, fact: Fact) -> float:
    if not question.is_own:
        return LEAST_IF_OPEN
    return LEAST_IF_ASKED_FOR if fits(question.slots, fact.slot) else LEAST_LIKELIHOOD
