"""What a rule of the extractor is: a pattern of a clause, and what is answered where it fits."""

import re
from dataclasses import dataclass

I_AM = r"(?:I'm|I am)"
WE_ARE = r"(?:I'm|I am|we're|we are)"
ADVERBS = (
    r"(?:(?:really|also|still|now|currently|just|always|usually|only|both|recently|actually|"
    r"already|mostly|originally|never|finally) )*"
)
NAME = r"(?:(?:Dr|Mr|Mrs|Ms|Prof)\.? )?[\w'.-]+(?: (?-i:[A-Z])[\w'.-]*){0,3}"
CAPITAL_NAME = r"(?:(?:Dr|Mr|Mrs|Ms|Prof)\.? )?(?-i:[A-Z][\w'-]+)(?: (?-i:[A-Z])[\w'-]*){0,3}"
IS = r"(?:'s| is| are| was| will be)(?: now| actually| still| called| named)*"


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern that is matched from the beginning of a clause.

    Attributes:
        kind: What such a clause is about.
        slot: What it answers, with the pattern's groups in braces; its group `value` is the answer.
    """

    kind: str
    slot: str
    pattern: re.Pattern[str]


def rule(kind: str, slot: str, pattern: str) -> Rule:
    """A rule that takes no notice of capitals."""
    return Rule(kind, slot, re.compile(pattern, re.IGNORECASE))
