"""Puts a fragment such as "for Boeing" in its place in the question before it."""

import re

from assistant.asking.phrases import (
    ARTICLES,
    OWNERS,
    PERIODS,
    PREPOSITIONS,
    VERBS,
    Phrase,
    looks_like_a_name,
    phrases,
)
from assistant.asking.pointing import owner, resolved

BESIDE_YEAR = re.compile(
    r"(?:in )?the (?:(?P<after>year after|next year|following year)|"
    r"year before|previous year|prior year)(?: that)?",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\b(?:19|20)\d\d\b")
STAND_IN = re.compile(
    r"(?:the )?(?:ones?|those|that)\s+(?=(?:of|on|in|for|at|from|by)\b)", re.IGNORECASE
)
CLAUSE = re.compile(r"(?:when|if|while|where|wenn|quand|si)\b", re.IGNORECASE)
POINTS = re.compile(r"\b(?:them|it|these|those)\b", re.IGNORECASE)
BEFORE_VERB = re.compile(
    r".*?\b(?:do|does|can|could|should|may|must|to) (?:i|you|we|one)\s+", re.IGNORECASE
)
LEAST_LIKENESS = 2.0
"""A phrase takes the place of one that is at least so like it."""


def replaced(fragment: str, before: str) -> str:
    """The question before with the fragment in the place of a part of it; empty where none fits."""
    bare = STAND_IN.sub("", fragment)
    result = (
        _with_year_beside(bare, before)
        or _with_clause(bare, before)
        or _with_verb(bare, before)
        or _with_times(bare, before)
        or _with_phrase(bare, before)
    )
    mark = before[-1] if before[-1] in "?!." else ""
    return result and f"{' '.join(result.split()).rstrip(' ?!.')}{mark}"


def _with_year_beside(bare: str, before: str) -> str:
    """The year beside the one in the question: "the year after"."""
    beside = BESIDE_YEAR.fullmatch(bare)
    years = NUMBER.findall(before)
    if beside is None or len(years) != 1:
        return ""
    return before.replace(years[0], str(int(years[0]) + (1 if beside["after"] else -1)))


def _with_clause(bare: str, before: str) -> str:
    """Another "when …" in place of the one at the question's end."""
    clause = CLAUSE.match(bare)
    start = before.lower().rfind(f" {clause[0].lower()} ") if clause else 0
    return f"{before[:start]} {bare}" if start > 0 else ""


def _with_verb(bare: str, before: str) -> str:
    """Another thing to do: "stop it" in place of "start the assistant"."""
    verb = bare.removeprefix("to ")
    front = BEFORE_VERB.match(before)
    is_verb = len(verb.split()) > 1 and VERBS.fullmatch(verb.split()[0]) and verb[0].islower()
    return front[0] + resolved(verb, before, "") if front and is_verb else ""


def _with_times(bare: str, before: str) -> str:
    """The question before with other times; empty where the fragment is more than times."""
    rest, result = bare, before
    for kind in PERIODS:
        new = kind.search(rest)
        if new is None:
            continue
        rest = rest.replace(new[0], " ")
        old = list(kind.finditer(result))
        if old:
            result = result[: old[-1].start()] + new[0] + result[old[-1].end() :]
        else:
            result = f"{result.rstrip(' ?!.')} in {new[0]}"
    is_time_only = all(word in PREPOSITIONS | ARTICLES for word in rest.lower().split())
    return result if result != before and is_time_only else ""


def _with_phrase(bare: str, before: str) -> str:
    """The question before with the phrase replaced that is most like the fragment's."""
    first, _, rest = bare.partition(" ")
    preposition = first.lower() if first.lower() in PREPOSITIONS else ""
    text = rest if preposition else bare
    if first.lower() in OWNERS:
        named = owner(before)
        return f"What is the {rest} of {named}" if rest and named else ""
    new = next(iter(phrases(text)), None)
    old = [one for one in phrases(before) if not one.is_time]
    if new is None or not old or POINTS.search(text):
        return ""
    best = max(old, key=lambda one: _likeness(one, new, preposition))
    if _likeness(best, new, preposition) < LEAST_LIKENESS:
        return ""
    start = best.start
    if len(text.split()) == 1 and looks_like_a_name(best.head) and not best.is_name:
        start = best.end - len(best.head)  # "observe" after "the method warm_up"
    return before[:start] + text + before[best.end :]


def _likeness(old: Phrase, new: Phrase, preposition: str) -> float:
    likeness = 4.0 * (bool(preposition) and old.before == preposition)
    likeness += 3.0 * (old.head.lower() == new.head.lower() or _same_start(old, new))
    likeness += (3.0 if new.is_name else 2.0) * (old.is_name == new.is_name)
    likeness += 1.5 * (bool(preposition) == bool(old.before))
    likeness += 1.0 * (bool(old.determiner) == bool(new.determiner))
    likeness += 1.0 * (old.is_plural == new.is_plural)
    return likeness


def _same_start(old: Phrase, new: Phrase) -> bool:
    """Whether both begin with the same word, such as "clause", or the same mark, such as "--"."""
    first, second = (one.text.removeprefix(one.determiner).lower().split() for one in (old, new))
    return (len(second) > 1 and first[0] == second[0]) or first[0][:2] == second[0][:2] == "--"
