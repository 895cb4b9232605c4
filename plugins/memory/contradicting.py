"""Tells whether a newer statement makes an older one untrue: it denies, ends or revises it."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from plugins.memory.cues import denies
from plugins.memory.questions import content_stems
from plugins.memory.topics import topics

ENDING_WORDS = frozenset(
    (
        "quit quitting stop stopped stopping end ended finish finished cancel cancelled "
        "canceled drop dropped give gave up given rid sold sell leave left break broke split "
        "divorce divorced die died pass passed away resign resigned fell scrap ditch ditched "
        "lost lose not never anymore longer now week last month year yesterday today ago "
        "since true altogether really actually again already life just want need any one "
        "thing think thought keep keto made go went get got day time start started use used "
        "do does"
    ).split()
)
"""Words of a denial that say nothing of what it denies."""
SINGLE = frozenset(
    ("home", "work", "love", "smoking", "study", "machine", "food", "travel", "answers")
)
"""Topics of which mostly only one thing is true at a time."""
TOKEN = re.compile(r"[\w$€£%.,:/-]*\w|[$€£%]")
NUMBER = re.compile(
    r"^[$€£]?\d[\d.,:/]*(?:st|nd|rd|th|am|pm|%|k|km|kg|h)?$|^(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)$"
)
MONTH = re.compile(
    r"^(?:mon|tues|wednes|thurs|fri|satur|sun)days?$|^(?:january|february|march|april|may|june|july|august|september|october|november|december)$"
)
FILL = frozenset(
    "now currently actually just also still really at the moment again finally a an the our my".split()
)
NAME = re.compile(r"(?<=\w )[A-Z][\w-]+|^[A-Z](?!(?:y|e|ur|t|he|his)\b)[\w-]+")
FIGURE = re.compile(r"(?<!\w)[$€£]?\d[\d.,:]*\w*")
ENDS = re.compile(
    r"\b(?:died|dead|is off|are off|gone|moved out|split|left|sold|is over|cancelled|canceled|scrap\w*|stolen|retired|quit|stopped|gave up|given up|"
    r"instead|overruled|since|as of|now|these days|finally|from now on|first (?:day|week|month)|(?:second|third) (?:day|week|month)|new|no longer|any ?more|passed|finished|got)\b",
    re.IGNORECASE,
)
"""What says that something has ended, or has just begun."""
NUMBERED = re.compile(
    r"(?:(?:my|our|the) )?(?P<what>[a-z]+) (?:no\.? |number |#)?(?P<which>\d+\w?|[A-Z])\b",
    re.IGNORECASE,
)
"""How a statement begins on one of several things that bear numbers."""
OF_MINE = re.compile(
    r"(?:my|our) (?P<what>[\w' -]+?) (?:is|are|was|has|have|had|\w+s)\b", re.IGNORECASE
)
"""How a statement begins on somebody or something of the person's."""
SEVERAL = frozenset(
    "went flew saw ran like love hate enjoy have got own speak bought sold visited know collect play prefer met read watched need want allergic".split()
)
"""Verbs of which more than one thing may be true."""


def features(
    new: str, old: str, cosine: float, is_revision: bool, behind: float
) -> dict[str, float]:
    """How two statements lie to each other.

    Args:
        new: What is said now.
        old: What was said before.
        cosine: The similarity of the two.
        is_revision: Whether the new one is put as a change or a correction.
        behind: By how much another statement is nearer to the new one.
    """
    ours, theirs = content_stems(new), content_stems(old)
    both = set(ours) & set(theirs)
    frame = _frame(new, old)
    topic = bool(topics(new) & topics(old) & SINGLE)
    is_denial = denies(new) and not denies(old)
    names = {one.lower() for one in NAME.findall(new)} & set(re.findall(r"\w+", old.lower()))
    ends = bool(ENDS.search(new))
    figures = bool(FIGURE.search(new) and FIGURE.search(old))
    instruct = "answers" in topics(new) & topics(old)
    return {
        "cosine": cosine,
        "share of new": len(both) / max(1, len(ours)),
        "share of old": len(both) / max(1, len(theirs)),
        "denies": float(is_denial),
        "denies all of it": float(is_denial and _is_denied(new, old)),
        "revises": float(is_revision),
        "revises, near": float(is_revision) * cosine,
        "begins alike": float(frame.begins_alike),
        "begins alike, revises": float(frame.begins_alike and is_revision),
        "another number": float(frame.is_number),
        "another word": float(frame.is_word),
        "of several": float(frame.is_several),
        "of several, revises": float(frame.is_several and is_revision),
        "same topic": float(topic),
        "same topic, revises": float(topic and is_revision),
        "old denies": float(denies(old)),
        "behind": behind,
        "ends": float(ends),
        "ends, near": float(ends) * cosine,
        "ends, same topic": float(ends and topic),
        "a name of both": float(bool(names)),
        "a name of both, ends": float(bool(names) and ends),
        "figures, a word of both": float(figures and bool(both)),
        "both say how to answer": float(instruct),
        "both say how to answer, revises": float(instruct and is_revision),
    }


def are_beside(new: str, old: str, is_revision: bool) -> bool:
    """Whether two statements tell of two things, such as two that one has bought."""
    if _are_numbered(new, old):
        return True
    if is_revision or denies(new):
        return False
    ours, theirs = OF_MINE.match(new), OF_MINE.match(old)
    if ours and theirs and ours["what"].lower() != theirs["what"].lower():
        return True
    shared = set(content_stems(new)) & set(content_stems(old))
    return _frame(new, old).is_several or not (shared or topics(new) & topics(old) & SINGLE)


def _are_numbered(new: str, old: str) -> bool:
    """Whether two statements are on two of several things: "Locker 3 is …", "Locker 0 is …"."""
    ours, theirs = NUMBERED.match(new), NUMBERED.match(old)
    if ours is None or theirs is None:
        return False
    is_same = ours["what"].lower() == theirs["what"].lower()
    return is_same and ours["which"].lower() != theirs["which"].lower()


@dataclass(frozen=True, slots=True)
class Frame:
    """What two statements share, and where they differ."""

    begins_alike: bool
    is_number: bool
    is_word: bool
    is_several: bool


def _frame(new: str, old: str) -> Frame:
    ours, theirs = _tokens(new), _tokens(old)
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
    same = [word for op, a, b, _, _ in blocks if op == "equal" for word in ours[a:b]]
    changed = [(ours[a:b], theirs[c:d]) for op, a, b, c, d in blocks if op == "replace"]
    starts = bool(blocks) and blocks[0][0] == "equal"
    numbers = [_is_number(one) and _is_number(other) for one, other in changed]
    return Frame(
        starts and blocks[0][2] >= min(3, len(theirs) - 1),
        starts and any(numbers),
        starts and bool(changed) and not any(numbers),
        bool(SEVERAL & set(same)),
    )


def _is_denied(new: str, old: str) -> bool:
    """Whether all that the new statement is about is what the old one said."""
    about = [word for word in content_stems(new) if word not in ENDING_WORDS]
    said = set(content_stems(old))
    return bool(about) and sum(word in said for word in about) / len(about) > 0.6


def _is_number(words: list[str]) -> bool:
    return any(NUMBER.match(word) or MONTH.match(word) for word in words)


def _tokens(text: str) -> list[str]:
    plain = (
        text.lower()
        .replace("’", "'")
        .replace("i'm", "i am")
        .replace("we're", "we are")
        .replace("'s", " is")
    )
    return [word for word in TOKEN.findall(plain) if word not in FILL]
