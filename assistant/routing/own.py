"""Tells whether a question is about something of the person's own, which no document knows."""

import re

from assistant.routing.features import core
from assistant.routing.parts import split

OWN = re.compile(
    r"\b(?:my|mine|mein\w*|ma|mon|mes|mis?)\b(?! (?:boss|manager|colleagues?|daughter|son|wife|"
    r"husband|documents?|files?|folders?|pdfs?|scan\w*|text|question|message|mail|letter|report|"
    r"index|model|key|data|computer|assistant|application)\b)",
    re.IGNORECASE,
)
"""What follows is the person's, but for who sent them and what lies before them."""


def asks_about_own(message: str) -> bool:
    """Whether the sentence that asks names something as the person's: "my dog's breed"."""
    return bool(OWN.search(core(split(message).asked)))
