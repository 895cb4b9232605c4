"""What a rule of the extractor is: a pattern of a clause, and what is kept where it fits."""

import re
from dataclasses import dataclass

I_AM = r"(?:I'm|I am)"
WE_ARE = r"(?:(?:I'm|I am)|(?:we're|we are))"
ADVERBS = r"(?:(?:really|absolutely|also|still|now|currently|just|always|usually|only|both|recently|actually|already|quite|very much|mostly|generally|do|totally|definitely|especially|particularly|mainly|often|all|personally|truly|simply|normally|typically|kind of|sort of|kinda|tend to|rarely|sometimes|regularly|occasionally|probably|never|so) )*"
NAME = r"(?:(?:Dr|Mr|Mrs|Ms|Prof)\.? )?[\w'.-]+(?: (?-i:[A-Z])[\w'.-]*){0,3}"
CAPITAL_NAME = r"(?:(?:Dr|Mr|Mrs|Ms|Prof)\.? )?(?-i:[A-Z][\w'-]+)(?: (?-i:[A-Z])[\w'-]*){0,3}"
MORE = r"(?: now| still| already| actually| any more| any longer| too| as well)?"
DAY = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august|"
    r"september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|today|"
    r"tonight|tomorrow|weekend|week|month|year|spring|summer|autumn|winter|christmas|easter"
)
WHEN = rf"(?:{DAY}|\d{{1,2}}(?:st|nd|rd|th)|\d{{1,2}}[:.]\d\d|\d{{1,2}} ?[ap]m|\d{{4}}-\d\d-\d\d|\d{{1,2}}[./]\d{{1,2}})"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept where a rule fits.

    Attributes:
        slot: What it answers, with the pattern's groups in braces; empty where it has no slot.
        text: How it is said, likewise; empty for the clause as it stands.
        value: The group that holds the answer.
        needs: The group that must have taken part in the match.
    """

    slot: str
    text: str = ""
    value: str = "value"
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern that is matched from the beginning of a clause, and what it amounts to."""

    kind: str
    pattern: re.Pattern[str]
    kept: tuple[Kept, ...]
    is_negative: bool


def rule(kind: str, pattern: str, *kept: Kept | str, is_negative: bool = False) -> Rule:
    """A rule; a text among what is kept stands for a slot with the clause as it is."""
    whole = tuple(one if isinstance(one, Kept) else Kept(one) for one in kept)
    return Rule(kind, re.compile(pattern, re.IGNORECASE), whole, is_negative)
