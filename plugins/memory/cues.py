"""Words that say how a statement stands to what was said before it."""

import re

DENIES = re.compile(
    r"\b(?:not|no|no longer|never|none|nor|isnt|\w+n't|cannot|without|quit|quitting|stopped|ended|finished|cancell?ed|"
    r"dropped|gave up|given up|got rid|sold|left|broke up|split up|divorced|died|passed away|resigned|fell through|"
    r"called off|over with|scrapped|ditched|returned|lost)\b",
    re.IGNORECASE,
)
"""What says that something is not, or is no more."""
REVISES = re.compile(
    r"\b(?:now|actually|instead|after all|any ?more|no longer|again|switch(?:ed|ing)?|chang(?:ed|ing)|moved|moving|postponed|"
    r"rescheduled|pushed|brought forward|delayed|since|correction|correct(?:ed)?|sorry|scratch|wrong|mistake|meant|mean|rather|new|update|updated|"
    r"finally|from (?:now|today|this \w+|next \w+)|these days|nowadays|at the moment|currently|second thoughts|turns out|became|become|promoted|used to|not)\b|^\*",
    re.IGNORECASE,
)
"""What says that something is otherwise than it was, or was said to be."""


def denies(text: str) -> bool:
    """Whether a statement says that something is not, or is no more."""
    return bool(DENIES.search(text))


def revises(text: str) -> bool:
    """Whether a statement says that something is otherwise than before."""
    return bool(REVISES.search(text))
