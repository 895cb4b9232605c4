"""Recognises what a person asks of the memory itself: to list, to remember, to forget."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from plugins.memory.extract.clauses import without_lead
from plugins.memory.extract.spelling import mended
from plugins.memory.questions import content_stems

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
FORGET = re.compile(
    rf"{POLITE}(?!(?:scrap|strike|drop|cancel|clear) (?:that|this|it)\b)(?:(?:I'd|I would) (?:rather|prefer) (?:you )?(?:didn't|not) (?:keep|remember|store)|forget(?: about)?|unlearn|stop (?:remembering|keeping|storing)|(?:don't|do not|never|no longer) (?:remember|keep|store|save)|"
    r"(?P<unsure>delete|erase|remove|wipe|scrub|lose|drop|strike|scrap|clear|purge|discard|get rid of|take|cancel))(?: out)?\s+(?P<what>.+)",
    re.IGNORECASE | re.DOTALL,
)
ALL = re.compile(
    r"(?:everything|all|anything|whatever|what(?:ever)?|all (?:the )?(?:facts|things|memories|data|information)|"
    r"all (?:of )?(?:my|your|the) (?:memories|memory|facts|data)|(?:my|your) (?:entire |whole )?(?:memories|memory))"
    r"(?: (?:that )?(?:you (?:know|remember|have|have (?:stored|learned|saved))|i(?:'ve| have)? (?:told|said)(?: to)?(?: you)?))?"
    r"(?: (?:about|of|on) (?:me|myself))?(?: from your memory)?\s*[.!]*",
    re.IGNORECASE,
)
OF_MEMORY = re.compile(
    r"\b(?:memory|memories|about me|about my|i (?:just )?(?:told you|said|mentioned)|you (?:know|remember)|the (?:thing|stuff|part|bit|fact) (?:about|with|that))\b|^(?:that i|that my|that we|my)\b",
    re.IGNORECASE,
)
"""What shows that the memory is meant, and not a document."""
PRONOUN = re.compile(r"(?:it|that|this|them|him|her|those|all (?:of )?(?:it|that))(?:\s+(?:all|please|pls|too|now|again|ok|thanks|then|completely|(?:out )?(?:from|of) .*))*[\s.!,]*", re.IGNORECASE)  # fmt: skip
PART = re.compile(r"(?<=[.!?…])\s+|\n+|\s+[-–—]+\s+|[,;:]\s+")
TOPIC = re.compile(
    r"\b(?:about|my|our|mi)\s+(?P<what>[\w' -]+?)(?= (?:is|are|was|were|I|por)\b|$)", re.IGNORECASE
)
LAST_SAID = re.compile(
    r"(?:(?:what|all) I (?:just )?(?:said|told you|wrote)|(?:that|the|my) last (?:bit|part|one|thing|message|sentence)(?: I (?:said|told you))?)[\s.!]*(?:please|pls|just now|now|again)?[\s.!]*",
    re.IGNORECASE,
)
NOTHING = re.compile(r"(?:it|about it|me|the last question)\s*[.!]*", re.IGNORECASE)
LEAD = re.compile(
    r"(?:(?:that|about|the fact(?: that)?|(?:the|all(?: the)?|any|every|that|this|my) (?:thing|stuff|part|bit|info|information|details?|data)s?(?: (?:about|with|on|that|of))?(?: me)?|what (?:i|you) (?:said|told you|know|remember)(?: to you)?|"
    r"everything(?: (?:that )?(?:you know|i (?:said|told you)|you remember))?|anything(?: (?:you know|i said))?|all|"
    r"what you know|i (?:said|told you)|about|of|on|from your memory|any memor(?:y|ies)|the memor(?:y|ies)|facts?)\s+)+",
    re.IGNORECASE,
)
TAIL = re.compile(
    r"(?:[\s,]*\b(?:stuff|things?|bit|info|information|details?|data|(?:about|of|on) me|from (?:your |the )?memory|from (?:whatever|what|all) you .*|"
    r"(?:that )?I (?:told|gave) you(?: about)?|please|pls|thanks|thank you|again|now|completely|ok(?:ay)?))*[\s.!?,]*$",
    re.IGNORECASE,
)


THE_LAST = "what was said last"


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of the memory.

    Attributes:
        what: What to keep, or each thing to forget; empty for everything. `THE_LAST` stands for
            what was said in the message before.
        is_sure: Whether it can mean the memory alone, and not a document as well.
    """

    action: Literal["list", "remember", "forget"]
    what: tuple[str, ...] = ()
    is_sure: bool = True


def find_request(text: str) -> Request | None:
    """What a message asks of the memory, all of it or in a part; `None` where it asks nothing."""
    said = mended(text).strip()
    if LIST.fullmatch(said):
        return Request("list")
    remember = REMEMBER.fullmatch(said)
    if remember and not said.endswith("?"):
        return Request("remember", (remember["what"].strip(),))
    whole = _forgetting(said, "")
    if whole is not None and len(PART.split(said)) == 1:
        return whole
    found = [one for at, part in _parts(said) if (one := _forgetting(part, said[:at]))]
    if not found or any(not one.what for one in found):
        return found[0] if found else None
    what = tuple(dict.fromkeys(one for each in found for one in each.what))
    return Request("forget", what, any(one.is_sure for one in found))


def _parts(said: str) -> Iterator[tuple[int, str]]:
    """The parts of a message, each with its place."""
    at = 0
    for part in PART.split(said):
        at = said.index(part, at)
        yield at, part


def _forgetting(part: str, before: str) -> Request | None:
    """What a part of a message asks to forget; what stands before it may be what "it" means."""
    asked = FORGET.fullmatch(without_lead(part))
    if asked is None:
        return None
    what = asked["what"].strip()
    if NOTHING.fullmatch(what) and not asked["unsure"] and not before:
        return None
    if what.endswith("?") and not re.match(r"\s*(?:can|could|would|will)\b", part, re.IGNORECASE):
        return None
    is_sure = not asked["unsure"] or bool(OF_MEMORY.search(what))
    if PRONOUN.fullmatch(what) or LAST_SAID.fullmatch(what):
        return _pointing(before, is_sure)
    if ALL.fullmatch(TAIL.sub("", what)):
        return Request("forget", (), is_sure)
    about = TAIL.sub("", LEAD.sub("", what, count=1) if LEAD.match(what) else what)
    return Request("forget", (about,), is_sure) if about else None


def _pointing(before: str, is_sure: bool) -> Request:
    """What "forget that" means: what stands before it, or what was said last."""
    topic = PART.split(before.strip(" ,.;:-–—!"))[-1] if before else ""
    named = TOPIC.search(topic)
    if named is not None or len(content_stems(topic)) > 1:
        return Request("forget", (named["what"] if named else topic,), is_sure)
    return Request("forget", (THE_LAST,), is_sure)
