"""Tells what a message asks apart from the text that it brings along."""

import re
from dataclasses import dataclass

QUOTATION = re.compile(
    r'"[^"]{2,}"|“[^”]{2,}”|„[^“”]{2,}[“”]|«[^»]{2,}»|(?<!\w)\'[^\']{8,}\'(?!\w)', re.DOTALL
)
BREAK = re.compile(r"\n\s*\n")
LINE_BREAK = re.compile(r"\n+")
COLON = re.compile(r":\s+|\s[-–—]\s")
QUESTION_FIRST = re.compile(r"([^?]{3,90}\?)\s+(\S.{24,})", re.DOTALL)
PLEASANTRIES = re.compile(
    r"(?:(?:hi|hello|hey|hiya|hallo|hola|bonjour|thanks?|thx|ta|cheers|danke|merci|gracias|great|"
    r"perfect|lovely|cool|ok|okay|right|alright|good (?:morning|afternoon|evening)|morning|"
    r"guten (?:morgen|tag|abend)|thank you|vielen dank|quick one|"
    r"(?:(?:a|one|my|quick|small) )*question(?: is)?|"
    r"(?:(?:can|could|would) you )?(?:please )?tell me|i(?:'d| would)? (?:like|want) to know)"
    r"(?: (?:hello|there|again|all|you|a lot|so much|everyone|dir|thanks|thx|very much|so))*"
    r"\s*[,.!:–-]+\s*)+",
    re.IGNORECASE,
)
"""What stands before what is asked, such as "Hi there!"."""
QUOTED_WORDS = 3
"""A quotation of fewer words is a name or a term."""
BEFORE_COLON_WORDS = 16
BEHIND_COLON_WORDS = 3
BEHIND_QUESTION_WORDS = 6
LEFT_WORDS = 3
"""Pleasantries are taken off where so many words are left."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A message in two parts.

    Attributes:
        asked: What the person says; never empty unless the message is.
        pasted: The text that it is about; empty where the message brings none.
    """

    asked: str
    pasted: str = ""


def split(message: str) -> Parts:
    """What a message asks, without a greeting, and the text that it brings along."""
    text = message.strip()
    parts = _quotation(text) or _lines(text) or _colon(text) or _question(text) or Parts(text)
    return Parts(_without_pleasantries(parts.asked, bool(parts.pasted)) or text, parts.pasted)


def _without_pleasantries(asked: str, brings_text: bool) -> str:
    said = PLEASANTRIES.match(asked)
    rest = asked[said.end() :] if said else asked
    return rest if brings_text and rest else rest if len(rest.split()) >= LEFT_WORDS else asked


def _quotation(text: str) -> Parts | None:
    quoted = [one for one in QUOTATION.finditer(text) if len(one[0].split()) >= QUOTED_WORDS]
    if not quoted:
        return None
    asked = text
    for one in reversed(quoted):
        asked = f"{asked[: one.start()]} {asked[one.end() :]}"
    return Parts(" ".join(asked.split()), " ".join(one[0][1:-1] for one in quoted))


def _lines(text: str) -> Parts | None:
    """The first paragraph asks, or the last one where the first is the longer of the two."""
    blocks = [block for block in BREAK.split(text) if block.strip()]
    if len(blocks) < 2:
        blocks = [line for line in LINE_BREAK.split(text) if line.strip()]
    if len(blocks) < 2:
        return None
    first, last = blocks[0], blocks[-1]
    asks_first = len(blocks) > 2 or first.endswith(("?", ":"))
    if asks_first or len(first.split()) <= len(last.split()):
        return Parts(first.strip(), "\n".join(blocks[1:]))
    return Parts(last.strip(), "\n".join(blocks[:-1]))


def _colon(text: str) -> Parts | None:
    mark = COLON.search(text)
    if mark is None:
        return None
    asked, rest = text[: mark.start()], text[mark.end() :]
    is_short = 0 < len(asked.split()) <= BEFORE_COLON_WORDS
    if PLEASANTRIES.fullmatch(f"{asked}:") or not is_short:
        return None
    return Parts(f"{asked}:", rest) if len(rest.split()) >= BEHIND_COLON_WORDS else None


def _question(text: str) -> Parts | None:
    """A question, and more than a question behind it."""
    match = QUESTION_FIRST.fullmatch(text)
    if match is None or len(match[2].split()) < BEHIND_QUESTION_WORDS:
        return None
    return Parts(match[1], match[2])
