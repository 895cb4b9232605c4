"""Recognises what a person asks to forget, and what of it is to stay."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from plugins.memory.extract.clauses import without_lead
from plugins.memory.questions import content_stems

POLITE = (
    r"(?:(?:please|kindly|do|oh|ugh|hmm?|um|wait|no|sorry|right|shit|damn|on (?:second thoughts?|reflection)|thinking about it|"
    r"never ?mind|nvm|i mean|well|so|pls|plz|thanks|can you|could you|would you|will you|(?:can|could) (?:you|we)|"
    r"i(?:'d| would| must)? (?:ask|like|want|need) you|hey|hi|ok|okay|also|and|but|now|actually|just|you can|you may|you should|to)[,.…:\s]+)*"
)
KEEPING = r"(?:remember|keep|store|save|retain|record|log|note down|hold on to)"
FORGET = re.compile(
    rf"{POLITE}(?!(?:scrap|strike|drop|cancel|clear|scratch) (?:that|this|it)[.! ]*$)(?:forget(?: about)?|un-?remember|un-?learn|un-?know|disregard|"
    rf"stop {KEEPING.replace('?:', '?:remembering|keeping|storing|')}|(?:don't|do not|never|no longer|no need (?:for you )?to|you (?:shouldn't|should not|mustn't|must not|needn't|need not)) {KEEPING}|"
    rf"(?:I'd|I would) (?:rather|prefer) (?:you )?(?:didn't|not|to not) {KEEPING}|"
    r"(?P<unsure>delete|erase|remove|wipe|scrub|lose|drop|strike|scrap|scratch|clear|purge|discard|get rid of|take|cancel|cross))(?: out)?\s+(?P<what>.+)",
    re.IGNORECASE | re.DOTALL,
)
OTHER_FORMS = tuple(
    re.compile(rf"{POLITE}{form}", re.IGNORECASE | re.DOTALL)
    for form in (
        r"leave (?P<what>.+?) out of (?:what you (?:remember|know|keep)|your (?:memory|notes|records)|it)\b.*",
        r"nothing (?:that )?(?:I (?:said|told you|wrote)|you know) (?:about|on|of) (?P<what>.+?) (?:should|must|may|is to|needs? to) be (?:kept|stored|remembered|saved)\b.*",
        r"(?P<what>.+?) (?:should|must) (?:not|never) be (?:kept|stored|remembered|saved)\b.*",
        r"(?:you|u) (?:can|may) (?:remember|keep) (?P<but>.+?),? but not (?P<what>.+)",
        r"(?:treat|consider) (?P<what>it|that|this) (?:as )?(?:unsaid|never said|not said)\b.*",
        r"(?:have|get) (?P<what>it|that|this|them) (?:gone|deleted|removed|erased|forgotten)\b.*",
    )
)
ALL = re.compile(
    r"(?:everything|all|anything|whatever|what(?:ever)?|all (?:the )?(?:facts|things|memories|data|information)|"
    r"all (?:of )?(?:my|your|the) (?:memories|memory|facts|data)|(?:my|your) (?:entire |whole )?(?:memories|memory))"
    r"(?: (?:that )?(?:you (?:know|remember|have|have (?:stored|learned|saved))|i(?:'ve| have)? (?:told|said)(?: to)?(?: you)?))?"
    r"(?: (?:about|of|on) (?:me|myself))?(?: from your memory)?\s*[.!]*",
    re.IGNORECASE,
)
OF_MEMORY = re.compile(
    r"\b(?:memory|memories|brain|your (?:records|notes)|about me|about my|i (?:just )?(?:told you|said|mentioned)|you (?:know|remember|have stored)|the (?:thing|stuff|part|bit|fact) (?:about|with|that))\b|^(?:that i|that my|that we|my)\b",
    re.IGNORECASE,
)
"""What shows that the memory is meant, and not a document."""
OF_WORK = re.compile(
    r"\b(?:summary|draft|files?|list|tables?|report|documents?|pages?|plan|letter|text|paragraphs?|sections?|chapter|slides?|sheet|columns?|rows?|minutes|newsletter|order|folder)\b",
    re.IGNORECASE,
)
"""What shows that something is to be struck out elsewhere."""
PRONOUN = re.compile(
    r"(?:(?:it|that|this|them|him|her|those|all (?:of )?(?:it|that))(?:(?: back)? out)?|(?:that )?I (?:ever )?(?:said|mentioned|told you)(?: (?:it|that|this|so|anything))?)"
    r"(?:\s+(?:all|please|pls|too|now|again|ok|thanks|then|completely|(?:out )?(?:from|of) .*))*[\s.!,]*",
    re.IGNORECASE,
)
PART = re.compile(
    r"(?<=[.!?…])\s+|\n+|\s+[-–—]+\s+|[,;:]\s+|\s+(?:but|and) (?=(?:please |pls |do )?(?:forget|drop|delete|erase|remove|wipe|lose)\b)",
    re.IGNORECASE,
)
TOPIC = (
    re.compile(r"\b(?:about|regarding|concerning)\s+(?P<what>[^,;.!?]+)$", re.IGNORECASE),
    re.compile(
        r"\b(?:my|our|mi)\s+(?P<what>[\w' -]+?)(?= (?:is|are|was|were|I|por)\b|$)", re.IGNORECASE
    ),
    re.compile(
        r"\b(?:that|the) (?!last\b|first\b)(?P<what>[\w' -]+?) (?:stuff|thing|part|bit|business)\b",
        re.IGNORECASE,
    ),
)
"""What the words before "forget it" name."""
LAST_SAID = re.compile(
    r"(?:(?:what|all) I (?:just )?(?:said|told you|wrote)|(?:that|the|my) last (?:bit|part|one|thing|message|sentence)(?: I (?:said|told you))?)[\s.!]*(?:please|pls|just now|now|again)?[\s.!]*",
    re.IGNORECASE,
)
FIRST_SAID = re.compile(
    r"(?:the |my )?(?:very )?first (?:thing|bit|part|message|sentence)\b.*", re.IGNORECASE
)
FIGURE_SAID = re.compile(
    r"(?:that|the|this) (?:number|figure|amount|sum)[\s.!]*(?:please|pls)?[\s.!]*", re.IGNORECASE
)
BEFORE = re.compile(
    r"\s*\b(?:(?:in|from|during) )?(?:(?:our|the|my) )?(?:last|previous|earlier) (?:chat|conversation|session|time)\b|\s*\b(?:last time|the other day|yesterday)\b",
    re.IGNORECASE,
)
"""What names the conversation before this one."""
NOTHING = re.compile(r"(?:it|about it|me|the last question)\s*[.!]*", re.IGNORECASE)
LEAD = re.compile(
    r"(?:(?:that|about|with|mentioning|having|concern(?:s|ing)?|regarding|to do with|related to|whatever|any(?:thing)?|mentions? of|trace of|"
    r"from (?:your|the) (?:records?|notes?|memory|brain|files?|head)|every (?:fact|thing|mention)|has|the word|you (?:have|know|hold|keep)(?: stored| noted| kept)?|"
    r"the fact(?: that)?|(?:the|all(?: the)?|any|every|that|this|my) (?:thing|stuff|part|bit|info|information|details?|data)s?(?: (?:about|with|on|that|of))?(?: me)?|what (?:i|you) (?:said|told you|know|remember)(?: to you)?|"
    r"everything(?: (?:that )?(?:you know|i (?:said|told you)|you remember))?|all|"
    r"what you know|i (?:said|told you)|about|of|on|from your memory|any memor(?:y|ies)|the memor(?:y|ies)|facts?)\s+)+",
    re.IGNORECASE,
)
REASON = re.compile(
    r"(?<=\w)\s+(?:please|pls|plz|thx|because|cos|cause|bc|since)\b.*$", re.IGNORECASE | re.DOTALL
)
TAIL = re.compile(
    r"(?:[\s,]*\b(?:stuff|things?|bit|part|entry|info|information|details?|data|business|(?:about|of|on) me|from (?:your |the )?(?:memory|brain|records|notes)|from (?:whatever|what|all) you .*|in it|"
    r"(?:that )?I (?:told|gave) you(?: about)?|please|pls|thanks|thank you|again|now|actually|completely|any ?more|ok(?:ay)?))*[\s.!?,]*$",
    re.IGNORECASE,
)
EXCEPT = re.compile(
    r"[\s,]*\b(?:except(?: for| that)?|apart from|other than|besides|aside from|save for|but(?: for| not)?)\s+(?P<but>.+)$",
    re.IGNORECASE | re.DOTALL,
)
STAYS = re.compile(
    r"(?:(?:and |but |just |only |please )*(?:keep|leave in) (?P<kept>.+)|(?P<but>.+?) (?:(?:can|may|should) (?:stay|remain|be kept)|(?:is|are) (?:fine|ok(?:ay)?)(?: to keep)?|(?:you|u) (?:can|may) keep))[\s.!]*",
    re.IGNORECASE,
)
MEANT = re.compile(
    r"I mean(?:t)? (?P<what>.+)|and (?P<also>.+?) (?:with it|too|as well)[.!]*", re.IGNORECASE
)
"""What says more of what is to be forgotten."""
TO_REMEMBER = re.compile(
    r"\W*(?:(?:and|but|please) )*(?:don't forget|remember|what (?:you|u) (?:may|can|should) (?:remember|keep|note) is)\b",
    re.IGNORECASE,
)
"""How a sentence begins, beside a request to forget, that is to be remembered."""
THE_LAST = "what was said last"
THE_LAST_FIGURE = "what was said last, with a number"
THE_FIRST = "what was said first"
THE_CHAT_BEFORE = "what was said in the chat before"


@dataclass(frozen=True, slots=True)
class Forgetting:
    """What a person asks to forget.

    Attributes:
        what: Each thing; empty for everything. `THE_LAST`, `THE_LAST_FIGURE`, `THE_FIRST` and
            `THE_CHAT_BEFORE` stand for what was said in the message before, what of it holds a
            number, the first message of the chat, and the chat before.
        but: What is to stay.
        is_sure: Whether it can mean the memory alone, and not a document as well.
        parts: Those of the message that ask for it, and what they point to.
    """

    what: tuple[str, ...]
    but: tuple[str, ...] = ()
    is_sure: bool = True
    parts: tuple[str, ...] = ()


def find_forgetting(said: str) -> Forgetting | None:
    """What a message, mended, asks to forget; `None` where it asks nothing."""
    parts = list(_parts(said))
    asked = [(part, one) for at, part in parts if (one := _asked(part, said[:at])) is not None]
    if not asked:
        return None
    found = [one for _, one in asked]
    stays = [
        _named(match["kept"] or match["but"]) for _, one in parts if (match := STAYS.fullmatch(one))
    ]
    but = tuple(filter(None, (*(each for one in found for each in one.but), *stays)))
    what = tuple(dict.fromkeys(each for one in found for each in one.what))
    meant = [
        _named(match["what"] or match["also"])
        for _, one in parts
        if (match := MEANT.fullmatch(one))
    ]
    what = (*what, *filter(None, meant)) if what else what
    if any(not one.what for one in found):
        what = ()
    elif BEFORE.search(said):
        what = (*what, THE_CHAT_BEFORE)
    told = tuple(each for part, one in asked for each in (part, *one.parts))
    return Forgetting(what, but, any(one.is_sure for one in found), told)


def _parts(said: str) -> Iterator[tuple[int, str]]:
    """The parts of a message, each with its place."""
    at = 0
    for part in PART.split(said):
        at = said.index(part, at)
        yield at, re.sub(r"^\W+", "", part)
        at += len(part)


def _asked(part: str, before: str) -> Forgetting | None:
    """What a part of a message asks to forget; what stands before it may be what "it" means."""
    asked = _form(part)
    if asked is None:
        return None
    groups = asked.groupdict()
    what = asked["what"].strip()
    is_sure = not groups.get("unsure") or bool(OF_MEMORY.search(what))
    if NOTHING.fullmatch(what) and is_sure and not content_stems(before):
        return None
    if what.endswith("?") and not re.match(r"\s*(?:can|could|would|will)\b", part, re.IGNORECASE):
        return None
    if not is_sure and OF_WORK.search(what):
        return None
    if FIGURE_SAID.fullmatch(what):
        return Forgetting((THE_LAST_FIGURE,))
    if FIRST_SAID.fullmatch(what):
        return Forgetting((THE_FIRST,))
    if PRONOUN.fullmatch(what) or LAST_SAID.fullmatch(what):
        return _pointing(before, is_sure)
    but = EXCEPT.search(what)
    if but:
        what = what[: but.start()]
    stays = tuple(
        filter(None, (_named(one) for one in (groups.get("but"), but and but["but"]) if one))
    )
    if ALL.fullmatch(TAIL.sub("", REASON.sub("", what))) or (
        but and re.fullmatch(r"(?:everything|all) about me", what)
    ):
        return Forgetting((), stays, is_sure)
    about = _named(what)
    return Forgetting((about,), stays, is_sure) if about else None


def _form(part: str) -> re.Match[str] | None:
    texts = (without_lead(part), part)
    found = (form.fullmatch(text) for form in (FORGET, *OTHER_FORMS) for text in texts)
    return next(filter(None, found), None)


def _named(what: str) -> str:
    """What of the words behind "forget" names something."""
    what = BEFORE.sub("", REASON.sub("", what.strip(" ,.!?")))
    what = LEAD.sub("", what, count=1) if LEAD.match(what) else what
    named = TAIL.sub("", what).strip()
    return (
        ""
        if re.fullmatch(
            r"(?:the |all )?(?:rest|others?|other (?:things|stuff))", named, re.IGNORECASE
        )
        else named
    )


def _pointing(before: str, is_sure: bool) -> Forgetting:
    """What "forget that" means: what stands before it, or what was said last."""
    plain = before.strip(" ,.;:-–—!")
    last = re.split(r"[.!?]\s+", plain)[-1]
    places = ([part for part in reversed(PART.split(plain)) if part.strip()]) if plain else []
    for topic in TOPIC:
        for part in places:
            named = topic.search(part.strip(" ,.;:-–—!"))
            if named is not None and (about := _named(named["what"])):
                return Forgetting((about,), (), is_sure, tuple(places))
    if len(content_stems(last)) > 1 and not any(map(_form, places)):
        return Forgetting((_named(last),), (), is_sure, tuple(places))
    return Forgetting((THE_LAST,), (), is_sure, tuple(places))
