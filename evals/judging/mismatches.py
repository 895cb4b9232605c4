"""Where a sentence says something else than the passages: numbers, denials, opposites, order."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from evals.judging.lexicon import OPPOSITES
from evals.judging.passages import Beside
from evals.judging.words import Word, stem

RARE = 0.85
"""Rarity from which a word tells things apart as a name does."""
NEAR = 5
HEDGES = frozenset("about around approximately roughly nearly almost over some circa".split())
ROUGHLY = 0.1
REACH = 6
"""So many words behind a denial it still denies, at most."""


def _stems_of_opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for word, others in OPPOSITES.items():
        found.setdefault(stem(word), set()).update(map(stem, others))
    return {word: frozenset(others) for word, others in found.items()}


OPPOSITE_STEMS = _stems_of_opposites()


def missing_numbers(beside: Beside) -> list[int]:
    """The numbers that stand nowhere in the passages, by their place in the sentence."""
    return [
        at for at in numbers(beside) if not (beside.same[at].any() or _is_about_right(beside, at))
    ]


def numbers(beside: Beside) -> list[int]:
    """The numbers of the sentence, by their place in it."""
    return [at for at, word in enumerate(beside.words) if word.value is not None]


def _is_about_right(beside: Beside, at: int) -> bool:
    """Whether a number that is said to be "about" so much lies near one of the passages."""
    value = beside.words[at].value
    before = beside.words[max(0, at - 2) : at]
    return (
        value is not None
        and any(word.text.casefold() in HEDGES for word in before)
        and any(
            word.value is not None and abs(word.value - value) <= ROUGHLY * abs(word.value)
            for word in beside.passages.words
        )
    )


def keeps_company(beside: Beside, at: int) -> bool:
    """Whether one of the content words beside a word stands near it in the passages too."""
    sides = list(neighbours(beside.words, at))
    return not sides or any(
        follows(beside, at, side) or follows(beside, side, at) for side in sides
    )


def neighbours(words: Sequence[Word], at: int) -> Iterator[int]:
    """The nearest content words before and behind a word, by their places."""
    for step in (-1, 1):
        other = at + step
        while 0 <= other < len(words) and words[other].is_plain:
            other += step
        if 0 <= other < len(words):
            yield other


def follows(beside: Beside, one: int, other: int) -> bool:
    """Whether the second of two words stands behind the first in the passages, near it."""
    firsts, seconds = np.flatnonzero(beside.same[one]), np.flatnonzero(beside.same[other])
    gaps = seconds[None, :] - firsts[:, None]
    return bool(((gaps > 0) & (gaps <= NEAR)).any())


def opposites(beside: Beside) -> list[tuple[str, str]]:
    """Words that stand where the best sentence has their opposite, each with that."""
    here = {word.key for word in beside.words}
    there = {word.key for at in beside.evidence for word in beside.known(at)}
    return [
        (word.text, other.text)
        for word in beside.words
        if word.key not in there
        for other in beside.known(beside.evidence[0])
        if other.key in OPPOSITE_STEMS.get(word.key, ()) and other.key not in here
    ]


def denied_here(here: Sequence[Word], there: Sequence[Word]) -> str | None:
    """The denial of something that the other sentence affirms; `None` without one."""
    affirmed = {
        word.key
        for at, word in enumerate(there)
        if not word.is_plain and _denial(there, at, n_content=3) is None
    }
    for at, word in enumerate(here):
        denial = _denial(here, at, n_content=2)
        if denial and not word.is_plain and word.key in affirmed:
            return denial
    return None


def _denial(words: Sequence[Word], at: int, n_content: int) -> str | None:
    """The negation before a word, with fewer than so many content words between."""
    n_passed = 0
    for word in reversed(words[max(0, at - REACH) : at]):
        if word.is_negation:
            return word.text
        n_passed += not word.is_plain
        if n_passed >= n_content:
            return None
    return None


def turned(beside: Beside) -> list[tuple[int, int, bool]]:
    """Pairs of content words that the best sentence has once, and whether it turns them round."""
    places = [
        (at, np.flatnonzero(beside.same[at, beside.columns(beside.evidence[0])]))
        for at, word in enumerate(beside.words)
        if not word.is_plain
    ]
    once = [(at, int(found[0])) for at, found in places if len(found) == 1]
    return [(one[0], other[0], one[1] > other[1]) for one, other in combinations(once, 2)]


def is_told_apart(beside: Beside, at: int) -> bool:
    """Whether a word is a name, a number, or as rare as a name."""
    word = beside.words[at]
    return word.is_name or word.value is not None or bool(beside.weights[at] > RARE)


def is_passive(beside: Beside) -> bool:
    """Whether just one of the sentence and the best of the passages says by whom."""
    return _says_by(beside.words) != _says_by(beside.known(beside.evidence[0]))


def _says_by(words: Sequence[Word]) -> bool:
    return any(word.text == "by" for word in words)
