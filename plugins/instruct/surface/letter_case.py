"""Capitals of words that the prompt does not tell about."""

import re

CALENDAR = (
    "monday tuesday wednesday thursday friday saturday sunday january february april june july "
    "august september october november december"
)
PLACES = (
    "africa america asia australia europe england france germany greece ireland italy spain "
    "britain scotland russia china india japan canada mexico brazil london paris earth"
)
PEOPLES = (
    "african american asian australian european english french german greek irish italian spanish "
    "british scottish russian chinese indian japanese canadian mexican brazilian celsius fahrenheit"
)
TITLES = "mr mrs ms dr prof"
NAMES = frozenset(f"{TITLES} {CALENDAR} {PLACES} {PEOPLES}".split())
"""Words that have a capital wherever they stand; few, for the prompt tells most of them."""
ABBREVIATED = frozenset("aegimp")
"""Letters of a.m., e.g., i.e. and p.m., which have no capital before a full stop, unlike U.S."""
CODE = re.compile(r"[a-z]{1,2}\d\w?|\d*°[cf]")
"""H2O, CO2, A4, 20°C."""


def is_pronoun(key: str, next_piece: str) -> bool:
    """Whether this is I, also where the prompt writes i; not so (i) and i.e.

    Args:
        key: The word in lower case.
        next_piece: How the text goes on; empty at its end.
    """
    return key == "i" and (next_piece[:1].isalnum() or next_piece in ("", "'", "’"))


def is_initial(key: str, next_piece: str) -> bool:
    """Whether this is a letter of an abbreviation or a name, such as U.S. or J. Brown.

    Args:
        key: The word in lower case.
        next_piece: How the text goes on.
    """
    return len(key) == 1 and next_piece == "." and key not in ABBREVIATED


def by_rule(key: str, next_piece: str) -> str:
    """A word in the midst of a sentence.

    Args:
        key: The word in lower case.
        next_piece: How the text goes on.
    """
    if CODE.fullmatch(key) or is_pronoun(key, next_piece):
        return key.upper()
    return key.capitalize() if key in NAMES or is_initial(key, next_piece) else key


def capitalised(text: str) -> str:
    """The text with a capital at its first word, unless that has one somewhere, such as iPhone."""
    word = re.search(r"\w+", text)
    if word is None or not word[0].islower():
        return text
    return text[: word.start()] + word[0][0].title() + text[word.start() + 1 :]
