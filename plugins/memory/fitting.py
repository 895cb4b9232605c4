"""How well a fact answers a question about oneself."""

import re
from collections.abc import Set

from plugins.memory.extract.people import PET, RELATIVE
from plugins.memory.extract.slots import stem
from plugins.memory.fact import Fact
from plugins.memory.questions import Question, content_stems
from plugins.memory.recall import words_of
from plugins.memory.topics import topics

KIN = re.compile(
    rf"\b(?:{RELATIVE}|{PET}|children|kids|grandkids|parents|siblings?|pets?|family)s?\b",
    re.IGNORECASE,
)
NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|twenty|thirty|forty|fifty|hundred|twice|once|both|twins|half)\b",
    re.IGNORECASE,
)
DATE = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|may|june|july|august|september|october|"
    r"november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|today|tonight|tomorrow|weekends?|week|month|year|spring|summer|autumn|"
    r"winter|fall|christmas|easter|morning|evening|night|noon|\d{4}|\d{1,2}(?:st|nd|rd|th)|\d{1,2}[:.]\d\d|\d{1,2} ?[ap]m|\d{1,2}[./]\d{1,2})\b",
    re.IGNORECASE,
)
PLACE = re.compile(
    r"\b(?:in|at|to|from|near|on|outside|by|based|behind|around|next)\b", re.IGNORECASE
)
COLOUR = re.compile(
    r"\b(?:red|blue|green|yellow|black|white|gr[ea]y|brown|orange|purple|pink|silver|gold(?:en)?|beige|turquoise)\b",
    re.IGNORECASE,
)
YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b|'\d\d\b|\byears? ago\b", re.IGNORECASE)
REASON = re.compile(
    r"\b(?:because|cos|cause|since|so|as|for|to|due|that's why|after)\b", re.IGNORECASE
)
MONEY = re.compile(
    r"[$€£]|\d ?k\b|\d{2,}|\b(?:euros?|dollars?|pounds?|kroner|net|gross|grand)\b", re.IGNORECASE
)
CALLED = re.compile(r"(?<=\w )[A-Z][\w'-]+|\b(?:called|named|name is|name's)\b")
WORK = re.compile(
    r"\b(?:work\w*|job|as an?|am an?|I'm an?|run|teach\w*|employed|freelanc\w+|\w+(?:er|or|ist|ian|ician|ologist|nurse))\b",
    re.IGNORECASE,
)
NAME = re.compile(r"(?<=\w )(?:[A-Z][\w'-]+)|\b(?:called|named|name|names|is|are|with)\b")
KINDS_OF_QUESTION = {
    "when": (re.compile(r"\bwhen\b|\bwhat (?:day|date|time|year|month)\b|\bby what\b|\bbirthday\b|\bdeadline\b|\bdue\b", re.IGNORECASE), DATE),
    "where": (re.compile(r"\bwhere\b|\b(?:which|what) (?:city|town|country|place|street|village)\b", re.IGNORECASE), PLACE),
    "who": (re.compile(r"\bwho(?:'s|s)?\b|\bname[sd]?\b|\bcalled\b|\bcall\b", re.IGNORECASE), NAME),
    "how many": (re.compile(r"\bhow (?:many|much|old|long|tall|far|often|big|fast)\b|\bnumber\b|\bwhat time\b|\bbudget\b|\bages?\b|\bearn\b|\bsalary\b|\bweigh\w*\b|\bowe\b|\bamount\b|\bfigure\b|\bsize\b|\baddress\b", re.IGNORECASE), NUMBER),
    "name": (re.compile(r"\bname[sd]?\b|\bcalled\b|\bspel(?:l|t|led)\b|^which \w+ (?:am|do) I (?:at|work)", re.IGNORECASE), CALLED),
    "colour": (re.compile(r"\bcolou?rs?\b", re.IGNORECASE), COLOUR),
    "year": (re.compile(r"\b(?:which|what) year\b|\bhow long\b|\bsince when\b", re.IGNORECASE), YEAR),
    "why": (re.compile(r"\bwhy\b|\bwhat for\b", re.IGNORECASE), REASON),
    "money": (re.compile(r"\b(?:earn|salary|cost|pay|paid|price|rent|budget|owe|expensive|debts?)\b|\bhow much\b", re.IGNORECASE), MONEY),
    "work": (re.compile(r"\b(?:job|profession|occupation|for a living|for work|line of work|what do I do)\b", re.IGNORECASE), WORK),
    "grade": (re.compile(r"\b(?:grade|mark|score|result|level)s?\b", re.IGNORECASE), re.compile(r"\b[ABC]\d?\b|\bpass(?:ed)?\b|\bfailed\b|\d[.,]\d|\bgrade\b")),
}  # fmt: skip
GROUPS = {
    "partner": "wife husband girlfriend boyfriend partner spouse",
    "child": "son daughter baby twin kid child stepson stepdaughter",
    "sibling": "brother sister sibling twin",
    "parent": "mother father parent",
    "pet": PET.replace("|", " "),
}  # fmt: skip
"""Words for somebody, and for whom they may stand."""
WHETHER = re.compile(
    r"(?:do|does|did|am|is|are|was|were|have|has|had|can|will|should)\b", re.IGNORECASE
)


def features(
    question: Question, text: str, fact: Fact, cosine: float, behind: float
) -> dict[str, float]:
    """How a question and a fact lie to each other.

    Args:
        question: What is asked.
        text: The question as it was written.
        fact: One of the person's.
        cosine: The similarity of question and fact.
        behind: By how much another fact is nearer.
    """
    known = words_of(fact)
    asked_kin, told_kin = _kin(text), _kin(fact.text)
    wants = {name: bool(asks.search(text)) for name, (asks, _) in KINDS_OF_QUESTION.items()}
    gives = {name: bool(says.search(fact.text)) for name, (_, says) in KINDS_OF_QUESTION.items()}
    asked_of, told_of = topics(text), topics(fact.text)
    mine = set(content_stems(question.mine))
    category = set(question.words) - set(question.required)
    return {
        "cosine": cosine,
        "share of words": _share(set(question.words), known),
        "share of required": _share(set(question.required), known),
        "behind": behind,
        "category is there": float(bool(category) and bool(category & known)),
        "category is not there": float(bool(category) and not category & known),
        "no word": float(not set(question.words) & known),
        "mine is there": float(bool(mine) and mine <= known),
        "mine is not there": float(bool(mine) and not mine & known),
        "kin is there": float(bool(asked_kin & told_kin)),
        "kin is not there": float(bool(asked_kin - told_kin)),
        "kin not asked for": float(bool(told_kin) and not asked_kin),
        "same topic": float(bool(asked_of & told_of)),
        "another topic": float(bool(asked_of and told_of) and not asked_of & told_of),
        "no topic": float(not asked_of),
        "slot fits": float(fits(question.slots, fact.slot)),
        "slot differs": float(bool(question.slots and fact.slot) and not fits(question.slots, fact.slot)),
        "whether": float(bool(WHETHER.match(text.strip()))),
        "denies": float(fact.is_negative),
        **{f"{name}, given": float(wants[name] and gives[name]) for name in wants},
        **{f"{name}, not given": float(wants[name] and not gives[name]) for name in wants},
    }  # fmt: skip


def is_about_another(text: str, fact: Fact) -> bool:
    """Whether a fact tells of others than those whom a question names."""
    asked, told = _kin(text), _kin(fact.text)
    return bool(asked and told) and not any(_may_be(one, other) for one in asked for other in told)


def _may_be(one: str, other: str) -> bool:
    one, other = one.split()[-1], other.split()[-1]
    same = any(
        {one, other} <= {name, *words.split()} and name in {one, other}
        for name, words in GROUPS.items()
    )
    return one == other or same


def _kin(text: str) -> set[str]:
    return {stem(match.group()) for match in KIN.finditer(text)}


def _share(words: Set[str], known: Set[str]) -> float:
    return len(words & known) / len(words) if words else 0.0


def fits(slots: tuple[str, ...], slot: str) -> bool:
    """Whether a slot is one of those that a question asks for."""
    return any(slot == one or slot.startswith(f"{one}/") for one in slots)
