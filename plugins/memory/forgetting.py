"""Finds the facts that are to be forgotten, and takes what they said out of the others."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from plugins.memory.cutting import rest_of
from plugins.memory.extract.clauses import clauses
from plugins.memory.fact import Fact
from plugins.memory.fitting import features
from plugins.memory.judging import likelihood
from plugins.memory.memories import Memories
from plugins.memory.questions import content_stems, parse
from plugins.memory.recall import Recalled, coverage
from plugins.memory.topics import topics

LEAST_LIKELIHOOD = 0.5
"""Of a fact that answers "What is …?" where … is to be forgotten."""
NEAR = 0.6
LEAST_SHARE = 0.5
PRIVATE = frozenset(("health", "religion", "money"))
"""Topics of which all goes where a word of them is to be forgotten and no fact names it."""
VAGUE = frozenset("thing stuff bit part info detail name".split())
LEAST_COSINE = 0.33
"""Cosine, and share of the words, of a fact that says what is to be forgotten in like words."""
STATES = re.compile(r"(?:I|I'm|I've|we|we're|we've|my .+ (?:is|are|has|was|\w+s)|our .+ (?:is|are|has|was))\b", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Doomed:
    """A fact that is to be forgotten.

    Attributes:
        rest: What it says besides, which may stay.
    """

    fact: Fact
    rest: str = ""


def matching(memories: Memories, user: str, what: str) -> list[Doomed]:
    """The facts that "forget …" means: those that say so, or that answer what it names."""
    said = next((one.text for one in clauses(what, False)), what)
    recalled = memories.recall(user, said)
    words = [word for word in content_stems(said) if word not in VAGUE]
    found = [Doomed(one.fact, rest_of(one.fact, words)) for one in recalled if _says(one, words)]
    if not STATES.match(said) or not found:
        found += [Doomed(one) for one in _answering(memories, user, said)]
    if not found:
        found = [
            Doomed(one.fact) for one in recalled if topics(said) & topics(one.fact.text) & PRIVATE
        ]
    if not found and recalled and words and not STATES.match(said):
        best = max(recalled, key=lambda one: one.cosine)
        found = [Doomed(best.fact)] if best.cosine >= LEAST_COSINE else []
    return list({one.fact.id: one for one in reversed(found)}.values())


def _says(one: Recalled, words: Sequence[str]) -> bool:
    share = coverage(words, one.fact)
    return share == 1 or (share >= LEAST_SHARE and one.cosine >= NEAR)


def _answering(memories: Memories, user: str, said: str) -> list[Fact]:
    text = said if re.match(r"(?:wh\w+|how)\b", said, re.IGNORECASE) else f"what is {said}"
    question = parse(f"{text}?")
    if question is None:
        return []
    return [
        one.fact
        for one in memories.recall(user, text)
        if likelihood("answer", features(question, text, one.fact, one.cosine)) >= LEAST_LIKELIHOOD
    ]
