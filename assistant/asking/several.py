"""Takes a message that asks for several things apart, one question for each."""

import re
from collections.abc import Iterator
from itertools import pairwise

from assistant.asking.phrases import (
    ARTICLES,
    AUXILIARIES,
    DETERMINERS,
    PERIODS,
    PREPOSITIONS,
    QUESTION_WORDS,
    phrases,
)

MOST = 4
"""Questions that a message is taken apart into; more are looked for as one."""
QUESTION = re.compile(r".+?(?:\?+(?=\s)|$)", re.DOTALL)
CLAUSE = re.compile(
    r"(?:\s*[,;]\s*(?:(?:and|also|und|et|y)\s+)?|\s+(?:and|und|et|y|e)\s+)(?:also\s+)?"
    r"(?=(?P<first>[\w']+)(?:\s+(?P<second>[\w'-]+))?)",
    re.IGNORECASE,
)
PARALLEL = re.compile(r",?\s+and\s+(?P<preposition>[a-z]+)\s+(?=\w)", re.IGNORECASE)
COMPARES = re.compile(
    r"(?:please |can you |could you )?(?:compare|contrast|what(?:'s| is| was| are) the "
    r"differences? between|how (?:do|does|did)|what (?:is|are|was|were)|the difference between)\s+",
    re.IGNORECASE,
)
JOINT = re.compile(
    r"\s+(?:and|with|versus|vs\.?|differ from|compared? (?:to|with))\s+", re.IGNORECASE
)
LISTS = re.compile(
    r"\s*,?\s*(?:(?:and|or|vs\.?|versus|und|et|y|with)\s+)?(?:in\s+)?", re.IGNORECASE
)
COMPARE = re.compile(r"^(?:please )?compare\s+", re.IGNORECASE)
SPAN = re.compile(r"\b(?:between|from)\b[^,?]*$", re.IGNORECASE)
OPENS = QUESTION_WORDS | AUXILIARIES


def several(text: str) -> tuple[str, ...]:
    """The questions of a message in its order; the message alone where it is one."""
    asked = [one.strip() for one in QUESTION.findall(text) if one.strip(" ?!.")]
    if not 0 < len(asked) <= MOST:
        return (text,)
    found = [part for one in asked for part in _coordinated(one)]
    return tuple(found) if len(found) <= MOST else (text,)


def _coordinated(question: str) -> list[str]:
    clauses = list(_clauses(question))
    if len(clauses) > 1:
        return clauses
    return _times(question) or _compared(question) or _parallel(question) or [question]


def _clauses(question: str) -> Iterator[str]:
    """The clauses of a question that ask for themselves: "what is it, and who pays?"."""
    start = 0
    mark = "?" if question.endswith("?") else ""
    for joint in CLAUSE.finditer(question):
        front = question[start : joint.start()]
        if _asks(front) and _opens(joint) and not SPAN.search(front):
            yield f"{front}{mark}"
            start = joint.end()
    rest = question[start:]
    yield rest[:1].upper() + rest[1:] if start and mark else rest


def _asks(front: str) -> bool:
    words = front.lower().split()
    return len(words) > 1 and any(word.strip(",:¿") in OPENS for word in words[:3])


def _opens(joint: re.Match[str]) -> bool:
    """Whether what stands behind a joint asks for something: "who", "in which", "can I"."""
    first, second = joint["first"].lower(), (joint["second"] or "").lower()
    if first in QUESTION_WORDS:
        return second != "to" and (first not in {"que", "e"})
    if first in PREPOSITIONS:
        return second in QUESTION_WORDS
    return first in AUXILIARIES and bool(second) and second not in AUXILIARIES


def _times(question: str) -> list[str]:
    """A question for each of the times that it lists."""
    for kind in PERIODS:
        times = list(kind.finditer(question))
        between = [question[one.end() : two.start()] for one, two in pairwise(times)]
        if times[1:] and all(map(LISTS.fullmatch, between)):
            front, back = question[: times[0].start()], question[times[-1].end() :]
            front = COMPARE.sub("", front)
            return [] if SPAN.search(front) else [f"{front}{time[0]}{back}" for time in times]
    return []


def _compared(question: str) -> list[str]:
    """The two things that a question compares, or asks what they are."""
    opener = COMPARES.match(question)
    if opener is None:
        return []
    body = question[opener.end() :].rstrip(" ?.")
    joint = JOINT.search(body)
    if joint is None:
        return []
    left, right = body[: joint.start()].split(), body[joint.end() :].split()
    compares = bool(
        re.search(r"compar|contrast|differ", question[: opener.end() + joint.end()], re.IGNORECASE)
    )
    n_right = next((n for n, word in enumerate(right) if n and word in PREPOSITIONS), len(right))
    has_article = right[0].lower() in DETERMINERS
    if not (
        compares or (has_article and re.match(r"what (?:is|are|was|were)", question, re.IGNORECASE))
    ):
        return []
    starts = ARTICLES if has_article else PREPOSITIONS
    at = next((n for n in range(len(left) - 1, -1, -1) if left[n].lower() in starts), -1)
    first = at if has_article else at + 1
    if has_article and at < 0:
        return []
    front, back = left[:first], right[n_right:]
    items = [left[first:], right[:n_right]]
    asked = [" ".join([*front, *item, *back]) for item in items]
    return asked if compares else [f"{opener[0]}{one}?" for one in asked]


def _parallel(question: str) -> list[str]:
    """The question with each of two like parts: "about sleep and about coffee"."""
    for joint in PARALLEL.finditer(question):
        front = question[: joint.start()]
        preposition = joint["preposition"].lower()
        same = re.search(rf"\b{preposition}\b", front, re.IGNORECASE)
        if preposition in PREPOSITIONS and same and phrases(front[same.end() :]):
            mark = "?" if question.endswith("?") else ""
            return [
                f"{front}{mark}",
                f"{front[: same.start()]}{preposition} {question[joint.end() :]}",
            ]
    return []
