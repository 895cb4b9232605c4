"""Chooses the facts that answer a question about oneself, and those that are to be forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass

from plugins.memory.extract.extractor import extract
from plugins.memory.extract.slots import slot_name
from plugins.memory.fact import Fact
from plugins.memory.memories import Memories
from plugins.memory.questions import Question, content_stems, parse
from plugins.memory.recall import Recalled, coverage, words_of

LEAST_SCORE = 0.42
"""Below it a fact is no answer; calibrated on the conversations of the tests."""
LEAST_COVERAGE = 0.6
"""Share of the question's words that a fact must cover where only its words and meaning fit."""
FEW_WORDS = 2
"""So few words must all be covered."""
SURE = 1.0
MOST_ANSWERS = 6
NEAR = 0.85
"""A further fact must score at least this share of the best one."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The facts that answer a question, best first.

    Attributes:
        score: How sure it is that they do: 1 where a slot fits.
    """

    facts: tuple[Fact, ...]
    score: float


def choose(memories: Memories, user: str, question: Question, text: str) -> Chosen:
    """The facts of a user that answer a question; none where nothing does."""
    for slot in question.slots:
        found = _of_slot(memories.holding(user), slot)
        if found:
            return Chosen(_fitting(found, question, slot), SURE)
    recalled = memories.recall(user, text)
    fitting = [one for one in recalled if _fits(one, question)]
    if not fitting:
        return Chosen((), 0.0)
    best = fitting[0]
    near = [one.fact for one in fitting if one.score >= NEAR * best.score]
    return Chosen(tuple(near[:MOST_ANSWERS]), best.score)


def _of_slot(facts: Sequence[Fact], slot: str) -> list[Fact]:
    """What is said of a slot, newest first: what is so before what is not."""
    found = [one for one in facts if one.slot == slot or one.slot.startswith(f"{slot}/")]
    if not found and slot.startswith("favourite/"):
        words = set(slot.split("/")[1].split())
        found = [
            one for one in facts
            if one.slot.startswith("favourite/") and words & set(one.slot.split("/")[1].split())
        ]  # fmt: skip
    if "/name" in slot and not found:
        who = slot.split("/")[0].split()[-1]
        found = [
            one
            for one in facts
            if one.slot.endswith("/name") and one.slot.split("/")[0].split()[-1] == who
        ]
    newest_first = sorted(found, key=lambda one: one.said_at, reverse=True)
    return sorted(newest_first, key=lambda one: one.is_negative)


def _fitting(found: Sequence[Fact], question: Question, slot: str) -> tuple[Fact, ...]:
    """Of the facts of a slot those that say what the question names besides; all if none does."""
    asked = set(question.words) - set(slot.replace("/", " ").split())
    covered = [one for one in found if asked & set(content_stems(f"{one.text} {one.slot}"))]
    is_single = found[0].slot == slot
    chosen = covered if covered and not is_single else found
    positive = [one for one in chosen if not one.is_negative] or chosen
    return tuple(positive[: 1 if is_single and positive[0].slot == slot else MOST_ANSWERS])


def _fits(one: Recalled, question: Question) -> bool:
    """Whether a fact fits by meaning and words, and is about the very thing that is asked for."""
    required = question.required or question.words
    least = 1.0 if len(required) <= FEW_WORDS else LEAST_COVERAGE
    if one.score < LEAST_SCORE or coverage(required, one.fact) < least:
        return False
    known = words_of(one.fact)
    mine = content_stems(question.mine)
    return all(word in known for word in mine)


def matching(memories: Memories, user: str, what: str) -> list[Fact]:
    """The facts that "forget …" means: by what it states, by its slot, or by all of its words."""
    facts = memories.holding(user)
    stated = extract(what if what.endswith(".") else f"{what}.").statements
    found = [
        one for statement in stated for one in facts if _same(one, statement.slot, statement.value)
    ]
    if found:
        return _unique(found)
    question = parse(what) or parse(f"what is {what}")
    for slot in question.slots if question else ():
        own = _of_slot(facts, slot)
        if own:
            return own
    words = set(content_stems(what))
    name = slot_name(what)
    return _unique(
        [
            one
            for one in facts
            if words and (words <= words_of(one) or one.slot.split("/")[0] == name)
        ]
    )


def _same(fact: Fact, slot: str, value: str) -> bool:
    said = set(content_stems(value))
    is_about = bool(said) and said <= set(content_stems(fact.text))
    return is_about and (not slot or fact.slot == slot or not fact.slot)


def _unique(facts: Sequence[Fact]) -> list[Fact]:
    return list({one.id: one for one in facts}.values())
