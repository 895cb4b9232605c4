"""Tells whether a message goes on with what was said before it."""

import re

OPENS = re.compile(
    r"\W*(?:(?:ok|okay|great|thanks|thank you|lovely|no|hm+|sure|cool)[,.!? ]+)*"
    r"(?:and|also|or|but|then|now|next|still|even|again|what about|how about|what if|the same|same|"
    r"another|which (?:one|page|of)|why|how (?:sure|come)|are you sure|sure|scrap|actually|no|"
    r"und|et|y|e)\b",
    re.IGNORECASE,
)
POINTS_BACK = re.compile(
    r"\b(?:it|its|that|this|them|they|those|these|one|ones|he|she|him|her|same|again|instead|too|"
    r"shorter|longer|simpler|friendlier|politer|more|less|das|ça|eso)\b",
    re.IGNORECASE,
)
SHORT_WORDS = 4
MEDIUM_WORDS = 14


def strength(asked: str) -> float:
    """How much a message leans on the one before: 0 where it stands alone, 1 at most."""
    n_words = len(asked.split())
    opens, points_back = bool(OPENS.match(asked)), bool(POINTS_BACK.search(asked))
    if n_words > 2 * MEDIUM_WORDS:
        return 0.2 * opens
    if opens:
        return 1.0 if n_words <= MEDIUM_WORDS else 0.5
    if n_words <= SHORT_WORDS:
        return 0.8
    return 0.6 if points_back and n_words <= MEDIUM_WORDS else 0.2
