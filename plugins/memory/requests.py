"""Recognises what a person asks of the memory itself: to list, to remember, to forget."""

import re
from dataclasses import dataclass
from typing import Literal

from plugins.memory.extract.spelling import mended
from plugins.memory.forget_requests import find_forgetting

POLITE = r"(?:(?:please|oh|hmm|wait|no|sorry|on second thoughts?|never ?mind|nvm|i mean|well|so|pls|plz|thanks|can you|could you|would you|will you|i want you to|i(?:'d| would) like you to|hey|hi|ok|okay|also|and|now|actually|just|kindly|you can|you may|you should)[,.…:\s]+)*"
LIST = re.compile(
    rf"{POLITE}(?:tell me |show me |list |give me )?(?:all |everything )?(?:"
    r"what (?:all )?(?:do|did|else do) you (?:know|remember|have (?:stored|saved)|store|recall)(?: so far)? (?:about|of|on) me|"
    r"what have (?:you|i) (?:learn(?:ed|t)|remembered|stored|saved|kept|told you|told|noted)(?: you)?(?: so far)?(?: (?:about|of) (?:me|myself))?|"
    r"what (?:do you have|is|'s) (?:in|on) (?:your|my) memory(?: (?:about|of) me)?|"
    r"(?:that )?you (?:know|remember) (?:about|of) me|everything you know about me|"
    r"(?:my|your) (?:stored |saved )?(?:memories|memory)|(?:my|all) (?:stored |saved )?(?:memories|facts)(?: (?:about|of) me)?|"
    r"do you (?:know|remember) (?:anything|something|everything) about me|what facts do you (?:have|know) about me|who am i to you"
    r")\s*[?.!]*\s*",
    re.IGNORECASE,
)
REMEMBER = re.compile(
    rf"{POLITE}(?:remember|memori[sz]e|make a note|take a note|note down|note|keep in mind|bear in mind|"
    r"don't forget|do not forget|write down|store|save|jot down|for the record)"
    r"(?:\s*[:,]|\s+(?:that|this|the following|for me|please|about me|for later|in mind|also)\b)*[\s:,]+"
    r"(?P<what>(?!(?:when|how|the time|what|where|who|if|whether|me\b|it\b|you\b|us\b|this\b|that\b)\b).{3,})",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of the memory.

    Attributes:
        what: What to keep, or each thing to forget; see `Forgetting`.
        is_sure: Whether it can mean the memory alone, and not a document as well.
        but: What is not to be forgotten.
        parts: Those of the message that ask to forget.
    """

    action: Literal["list", "remember", "forget"]
    what: tuple[str, ...] = ()
    is_sure: bool = True
    but: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


def find_request(text: str) -> Request | None:
    """What a message asks of the memory, all of it or in a part; `None` where it asks nothing."""
    said = mended(text).strip()
    if LIST.fullmatch(said):
        return Request("list")
    forgetting = find_forgetting(said)
    remember = REMEMBER.fullmatch(said)
    if remember and not said.endswith("?") and (forgetting is None or forgetting.parts[0] == said):
        return Request("remember", (remember["what"].strip(),))
    if forgetting is None:
        return None
    return Request("forget", forgetting.what, forgetting.is_sure, forgetting.but, forgetting.parts)
