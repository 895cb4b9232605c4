"""How the assistant says that the documents hold no answer: one wording, known to all rooms."""

import re

REFUSAL = "That is not in your documents."
_SAID = re.compile(r"\b(?:is|are) not in (?:your|the) documents\b", re.IGNORECASE)
_MARK = re.compile(r"\[\d")


def refusal_in(text: str) -> str:
    """The first paragraph of an answer, where it refuses; empty where it does not.

    What comes closest may stand below it, with its marks. A paragraph that bears a mark itself
    claims something.
    """
    paragraph = text.split("\n\n", 1)[0]
    return paragraph if _SAID.search(paragraph) and not _MARK.search(paragraph) else ""
