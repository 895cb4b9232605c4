"""Recognises what a person asks of the memory itself: to list, to remember, to forget."""

import re
from dataclasses import dataclass
from typing import Literal

POLITE = r"(?:(?:please|can you|could you|would you|will you|i want you to|i(?:'d| would) like you to|hey|hi|ok|okay|also|and|now|actually|just|kindly|you can|you may|you should)[,\s]+)*"
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
FORGET = re.compile(
    rf"{POLITE}(?:forget|delete|erase|remove|wipe|unlearn)\s+(?P<what>.+)",
    re.IGNORECASE | re.DOTALL,
)
STOP_KNOWING = re.compile(
    rf"{POLITE}(?:don't|do not|stop|no longer) (?:remember|remembering|store|storing|keep|keeping) (?P<what>(?:that|my|anything|where|what) .+)",
    re.IGNORECASE | re.DOTALL,
)
ALL = re.compile(
    r"(?:everything|all|anything|whatever|what(?:ever)?|all (?:the )?(?:facts|things|memories|data|information)|"
    r"all (?:of )?(?:my|your|the) (?:memories|memory|facts|data)|(?:my|your) (?:entire |whole )?(?:memories|memory))"
    r"(?: (?:that )?(?:you (?:know|remember|have|have (?:stored|learned|saved))|i(?:'ve| have)? (?:told|said)(?: to)?(?: you)?))?"
    r"(?: (?:about|of|on) (?:me|myself))?(?: from your memory)?\s*[.!]*",
    re.IGNORECASE,
)
DELETES = re.compile(r"\s*\S*\s*(?:delete|erase|remove|wipe)\b", re.IGNORECASE)
OF_MEMORY = re.compile(
    r"\b(?:memory|memories|about me|about my|i told you|you know|i said|you remember)\b|^(?:that i|that my|that we|my)\b",
    re.IGNORECASE,
)
NOTHING = re.compile(r"(?:it|this|that|about it|about that|about this|me|the last (?:question|message))\s*[.!]*", re.IGNORECASE)  # fmt: skip
LEAD = re.compile(
    r"(?:(?:that|about|the fact(?: that)?|what (?:i|you) (?:said|told you|know|remember)(?: to you)?|"
    r"everything(?: (?:that )?(?:you know|i (?:said|told you)|you remember))?|anything(?: (?:you know|i said))?|all|"
    r"what you know|i (?:said|told you)|about|of|on|from your memory|any memor(?:y|ies)|the memor(?:y|ies)|facts?)\s+)+",
    re.IGNORECASE,
)
TAIL = re.compile(
    r"\s*(?:from (?:your |the )?memory|please|thanks|thank you|again|now|,? ok(?:ay)?)*[\s.!?]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of the memory.

    Attributes:
        what: What to keep or to forget; empty for everything.
    """

    action: Literal["list", "remember", "forget"]
    what: str = ""


def find_request(text: str) -> Request | None:
    """What a message asks of the memory; `None` for every other message."""
    said = text.replace("’", "'").strip()
    if LIST.fullmatch(said):
        return Request("list")
    remember = REMEMBER.fullmatch(said)
    if remember and not said.endswith("?"):
        return Request("remember", remember["what"].strip())
    forget = FORGET.fullmatch(said) or STOP_KNOWING.fullmatch(said)
    return _forgetting(said, forget["what"].strip()) if forget else None


def _forgetting(said: str, what: str) -> Request | None:
    if NOTHING.fullmatch(what) or (
        what.endswith("?") and not re.match(r"\s*(?:can|could|would|will)\b", said, re.IGNORECASE)
    ):
        return None
    if DELETES.match(said) and not OF_MEMORY.search(what):
        return None
    if ALL.fullmatch(TAIL.sub("", what)):
        return Request("forget")
    about = TAIL.sub("", LEAD.sub("", what, count=1) if LEAD.match(what) else what)
    return Request("forget", about) if about and not NOTHING.fullmatch(about) else None
