"""Makes a question that goes on with the one before it stand alone, by rules.

"And in 2019?" becomes the question before it with its year replaced; "who signed it?" gets the
thing back that it points at. What no rule can mend is put behind the question before it.
"""

import re

from assistant.asking.phrases import AUXILIARIES, PREPOSITIONS, QUESTION_WORDS, VERBS, phrases
from assistant.asking.pointing import resolved
from assistant.asking.replacing import CLAUSE, replaced

OPENER = re.compile(
    r"[\W_]*(?:(?:ok|okay|thanks?|thank you|great|good|cool|perfect|no|yes|hm+|sure|danke|merci)"
    r"\b[\s,.!]*)*"
    r"(?P<going_on>(?:(?:and|also|but|so|then|or|what about|how about|what of|(?:the )?same "
    r"(?:question )?for|und|et|y|e|was ist mit|et pour|qué hay de)\b[\s,:]*)*)",
    re.IGNORECASE,
)
REPEATS = re.compile(
    r"(?:(?:are|r) you (?:really )?sure|sure|really|(?:on |in )?(?:which|what) "
    r"(?:page|file|document|source)(?: (?:is|was) (?:that|it|this)(?: on| in| from)?)?|"
    r"where (?:does it|do they|is it|is that|did you) (?:say|stand|written|find|read).*|"
    r"(?:please )?(?:tell|show|say) (?:me )?(?:some )?more|more(?: details?)?(?: please)?|"
    r"(?:can|could) you (?:elaborate|explain|be more specific|say more).*|"
    r"(?:please )?(?:explain|elaborate)(?: (?:that|it|this))?|go on|continue|source|"
    r"how do you know(?: that)?|says who)[\s?!.]*",
    re.IGNORECASE,
)
THERE = re.compile(
    r"\b(?:there|both|each)\b(?!\s+(?:is|are|was|were|any|been))(?<!\bis there)(?<!\bare there)",
    re.IGNORECASE,
)
FRAGMENT_WORDS = 8
THING_WORDS = 3
BARE_WORDS = 4


def standalone(text: str, before: str, answer: str = "") -> str:
    """A message as a question that can be understood without what was said before.

    Args:
        text: What the person says.
        before: The question before it, which stands alone; empty where there is none.
        answer: What was answered to that.

    Returns:
        The text as it is where it stands alone.
    """
    opener = OPENER.match(text)
    rest = text[opener.end() :].strip() if opener else text
    is_going_on = bool(opener and opener["going_on"])
    bare = rest.rstrip(" ?!.")
    if not before or not bare:
        return text
    if REPEATS.fullmatch(bare):
        return before
    if _is_fragment(bare, is_going_on, rest.endswith("?")):
        return replaced(bare, before) or _behind(rest, before)
    whole = resolved(rest, before, answer)
    if THERE.search(whole) or (whole == rest and (is_going_on or _is_bare(bare))):
        return _behind(whole, before)
    return text if whole == rest else _sentence(whole)


def _is_fragment(bare: str, is_going_on: bool, asks: bool) -> bool:
    """Whether a message has no verb of its own, or only one to take the place of another."""
    first, *others = bare.lower().split()
    second = others[0] if others else ""
    if len(others) >= FRAGMENT_WORDS:
        return False
    if CLAUSE.match(bare) and is_going_on:
        return bool(second) and second not in AUXILIARIES
    asked = second if first in PREPOSITIONS else first
    if asked in QUESTION_WORDS | AUXILIARIES:
        return False
    return is_going_on or first in PREPOSITIONS or _is_thing(bare, asks)


def _is_thing(bare: str, asks: bool) -> bool:
    """Whether a message is nothing but one noun phrase, or a time."""
    found = [one for one in phrases(bare) if one.text == bare]
    is_meant = asks or any(one.is_name or one.determiner for one in found)
    return bool(found) and is_meant and len(bare.split()) <= THING_WORDS


def _is_bare(bare: str) -> bool:
    """Whether a question leaves out what it asks of: "why?", "how many tanks?"."""
    words = bare.lower().split()
    has_verb = any(word in AUXILIARIES or VERBS.fullmatch(word) for word in words)
    is_short = words[0] in QUESTION_WORDS and not has_verb and len(words) <= BARE_WORDS
    return is_short or not phrases(bare)


def _behind(rest: str, before: str) -> str:
    """A message behind the question that it goes on with."""
    return f"{before.rstrip(' .')} {_sentence(rest)}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
