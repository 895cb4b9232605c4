"""Finds what of the facts is to be forgotten, part by part, by a small learned decision."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plugins.memory import fitting
from plugins.memory.cutting import PARTS, joined
from plugins.memory.extract.clauses import clauses
from plugins.memory.extract.spelling import is_slip
from plugins.memory.fact import Fact
from plugins.memory.judging import likelihood
from plugins.memory.memories import Memories
from plugins.memory.questions import content_stems, parse
from plugins.memory.recall import words_of
from plugins.memory.topics import topics

LEAST_LIKELIHOOD = 0.25
"""Of a part of a fact that is forgotten: in doubt, more is."""
LEAST_OF_THE_BEST = 0.15
"""Likewise, of the likeliest one where no other is likely enough."""
LEAST_TO_STAY = 0.5
"""Of a part that a person wants to stay."""
LEAST_LETTERS = 4
MOST_ENDING = 3
"""Letters at the end of a word in which its forms differ: "resigning", "resigned"."""
VAGUE = frozenset("thing stuff bit part info detail name trouble business matter".split())
STATES = re.compile(r"(?:I|I'm|I've|we|we're|we've|my .+ (?:is|are|has|was|\w+s)|our .+ (?:is|are|has|was))\b", re.IGNORECASE)  # fmt: skip
"""How what is to be forgotten is put, where it is a statement."""
HANGS_ON = re.compile(r"(?:he|she|it|they|his|her|their|its|that|this|which|who|whom|it's|he's|she's|because)\b", re.IGNORECASE)  # fmt: skip
"""How a part begins that goes with the one before it."""
VERB = re.compile(r"^(?:I|we|my|our)\b|\b(?:am|is|are|was|were|have|has|had|do|does|did|will|can|go|goes|play|live|work|love|like|hate|teach|study|want|need)\b|'(?:m|s|re|ve|ll)\b|\b\w+ed\b", re.IGNORECASE)  # fmt: skip
"""What a part holds that stands alone: others add to the one before it."""


@dataclass(frozen=True, slots=True)
class Doomed:
    """A fact that is to be forgotten.

    Attributes:
        rest: What it says besides, which stays.
    """

    fact: Fact
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a fact, and how near it and the fact are to what is to be forgotten.

    Attributes:
        behind: By how much the fact is less near than the nearest one.
    """

    text: str
    fact: Fact
    cosine: float
    fact_cosine: float
    behind: float


def matching(
    memories: Memories, user: str, what: str, but: Sequence[str] = (), *, is_sure: bool = True
) -> list[Doomed]:
    """The facts, and parts of facts, that "forget …" means.

    Args:
        memories: Hold the facts.
        user: Whose.
        what: What is to be forgotten.
        but: What is to stay.
        is_sure: Whether it can mean the memory alone.
    """
    said = plain(what)
    parts = parts_of(memories, user, said)
    likely = [likelihood("forgetting", features(said, one)) for one in parts]
    stay = _staying(memories, user, but)
    least = LEAST_LIKELIHOOD
    if is_sure and likely and not STATES.match(said):
        least = min(least, max(LEAST_OF_THE_BEST, max(likely)))
    gone = {
        (one.fact.id, one.text)
        for one, how in zip(parts, likely, strict=True)
        if how >= max(least, stay.get((one.fact.id, one.text), 0.0))
    }
    return _doomed([one.fact for one in memories.recall(user, said)], gone)


def all_but(memories: Memories, user: str, but: Sequence[str]) -> list[Doomed]:
    """All facts, without what is to stay."""
    stay = {part for part, how in _staying(memories, user, but).items() if how >= LEAST_TO_STAY}
    facts = memories.facts(user)
    gone = {
        (fact.id, text) for fact in facts for text in PARTS.split(fact.text)
        if (fact.id, text) not in stay
    }  # fmt: skip
    return _doomed(facts, gone)


def plain(what: str) -> str:
    """What is to be forgotten, without what people put in front of it."""
    return next((one.text for one in clauses(what, False)), what)


def parts_of(memories: Memories, user: str, said: str) -> list[Part]:
    """The parts of the facts that are nearest to what is to be forgotten."""
    near = [(one.fact, one.cosine) for one in memories.recall(user, said)]
    return divided(near, said, memories.encode)


def divided(
    near: Sequence[tuple[Fact, float]],
    said: str,
    encode: Callable[[Sequence[str]], NDArray[np.float32]],
) -> list[Part]:
    """The parts of facts whose similarity to what is to be forgotten is known."""
    best = max((cosine for _, cosine in near), default=0.0)
    found = []
    for fact, cosine in near:
        texts = PARTS.split(fact.text)
        vectors = encode([said, *texts])
        for text, vector in zip(texts, vectors[1:], strict=True):
            found.append(Part(text, fact, float(vector @ vectors[0]), cosine, best - cosine))
    return found


def features(said: str, part: Part) -> dict[str, float]:
    """How what is to be forgotten and a part of a fact lie to each other."""
    words = [word for word in content_stems(said) if word not in VAGUE]
    own, whole = set(content_stems(part.text)), words_of(part.fact)
    topic, number = topics(said), fitting.KINDS_OF_QUESTION["how many"]
    names_topic = bool(words) and all(topics(word) for word in words)
    return {
        "cosine": part.cosine,
        "fact's cosine": part.fact_cosine,
        "behind": part.behind,
        "share of words": _share(words, own),
        "share of words in the fact": _share(words, whole),
        "no word": float(not any(_is_in(word, whole) for word in words)),
        "share of the part": _share(list(own), set(words)),
        "same topic": float(bool(topic & topics(part.text))),
        "same topic as the fact": float(bool(topic & topics(part.fact.text))),
        "another topic": float(bool(topic and topics(part.text)) and not topic & topics(part.text)),
        "names a topic, same": float(names_topic and bool(topic & topics(part.text))),
        "names a topic, another": float(names_topic and not topic & topics(part.text)),
        "a number, given": float(bool(number[0].search(said) and number[1].search(part.text))),
        "answers": _answers(said, part),
        "states": float(bool(STATES.match(said))),
    }


def _share(words: Sequence[str], known: set[str] | frozenset[str]) -> float:
    return sum(_is_in(word, known) for word in words) / len(words) if words else 0.0


def _is_in(word: str, known: set[str] | frozenset[str]) -> bool:
    """Whether a word is known, be it mistyped or in another form."""
    return word in known or any(_is_like(word, one) for one in known)


def _is_like(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < LEAST_LETTERS:
        return False
    root = shorter[: max(LEAST_LETTERS, len(shorter) - MOST_ENDING)]
    is_form = longer.startswith(root) and len(longer) <= len(root) + 2 * MOST_ENDING
    return is_form or is_slip(one, other)


def _answers(said: str, part: Part) -> float:
    text = said if re.match(r"(?:wh\w+|how)\b", said, re.IGNORECASE) else f"what is {said}"
    question = parse(f"{text}?")
    if question is None:
        return 0.0
    fit = fitting.features(question, text, part.fact, part.fact_cosine, part.behind)
    return likelihood("answer", fit)


def _staying(memories: Memories, user: str, but: Sequence[str]) -> dict[tuple[str, str], float]:
    """How likely each part of a fact is meant by what is to stay."""
    found: dict[tuple[str, str], float] = {}
    for said in but:
        for one in parts_of(memories, user, said):
            how = likelihood("forgetting", features(said, one))
            found[one.fact.id, one.text] = max(how, found.get((one.fact.id, one.text), 0.0))
    return found


def _doomed(facts: Sequence[Fact], gone: set[tuple[str, str]]) -> list[Doomed]:
    """The facts of which parts are to go, with what stays of them."""
    found = []
    for fact in facts:
        parts, kept, last = PARTS.split(fact.text), list[str](), ""
        for text in parts:
            if (fact.id, text) in gone or (last and _hangs_on(text, last)):
                last = last or text
            else:
                kept.append(text)
                last = ""
        if len(kept) < len(parts):
            found.append(Doomed(fact, joined(kept)))
    return found


def _hangs_on(part: str, gone: str) -> bool:
    """Whether a part tells more of what is gone."""
    return bool(HANGS_ON.match(part) or (VERB.search(gone) and not VERB.search(part)))
