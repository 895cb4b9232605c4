"""Finds what a person puts right: one value by another."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from plugins.memory.statement import Correction

DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
COUNT = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|thirty|forty|fifty)"
KINDS = tuple(
    re.compile(kind)
    for kind in (
        rf"(?i)(?<!\w)\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {MONTH}\b|\b{MONTH} \d{{1,2}}(?:st|nd|rd|th)?\b",
        r"(?i)(?<!\w)\d{1,2}(?:st|nd|rd|th)\b",
        r"(?i)(?<![\w:.])\d{1,2}[:.]\d\d(?: ?[ap]m)?(?![\d.])|(?<!\w)\d{1,2} ?[ap]m\b",
        r"(?<!\w)\d[\d.,]* ?%",
        rf"(?i)\b{DAY}\b",
        rf"(?i)\b{MONTH}\b",
        r"\b(?:19|20)\d\d(?!\d)",
        r"(?i)(?<!\w)[$€£]?\d[\d.,]*\w*",
        rf"(?i)\b{COUNT}\b",
        r"(?<=\w )(?:(?:Dr|Mr|Mrs|Ms|Prof)\.? )?[A-Z][\w'-]*\w(?:[ -][A-Z][\w'-]+)*",
    )
)
"""Kinds of values, one of which can stand for another of the same kind: dates, numbers, names."""
CUE = (
    r"(?:sorry|sry|oops|ups|whoops|typo|wait|hang on|hold on|actually|ugh|argh|pardon|apologies|correction|my bad|my mistake|scratch that|"
    r"autocorrect|misspel\w+|spelling|spelt|spelled|mistake|misread|misquoted|misspoke|mixed (?:them|it|that) up|wrong|rather|forgive me|silly me|no no|no wait|wait no|"
    r"I mean|I meant(?: to (?:say|write|type))?|I (?:wanted|should have|ought to have) (?:to )?(?:say|said|write|written|typed?)|(?:it )?should (?:be|say|have been)|"
    r"make (?:it|that)|after all|turns out|to be (?:exact|precise)|swap numbers|mix \w+ up|changed it|corrected me|told me off|!!+)"
)
CUED = re.compile(rf"\b{CUE}(?!\w)|!!|^\*|^no[,!. ]", re.IGNORECASE)
"""What says that something is put right."""
FILL = r"(?:(?:it's|its|it is|that's|that is|she's|she is|he's|he is|they're|I'm|I am|is|was|are|a|an|the|in|on|at|in fact|actually|called|named|now|oh|no|ah|well|or|and|to say|to be (?:exact|precise))[,:]? )*"
VALUE = rf"(?P<new>{DAY}(?: \d\w*)?(?: {MONTH})?|\d[\w.,:%-]*(?:(?: of)? {MONTH})?|{MONTH} \d\w*|{COUNT}|(?-i:[A-Z][\w'-]+(?:(?:,? (?:in|de|van|of)? ?| )[A-Z][\w'-]+)*)|[\w'-]+(?: [\w'-]+)?)"
ENDS = r"(?=\s*$|[,.!;:(–]|\s+[-–]|\s+(?:i|my|she|he|it|always|with|since|not|as|now|sorry|oops|actually|tho|though|lol|haha)\b)"
OPENING = rf"(?:(?:{CUE}|no|oh|well|ah|hm+|lol|god|mate|nvm)[,!:. -]+)"
CUED_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?:{CUE}|no)[,!:. -]+{FILL}{VALUE}{ENDS}",
        rf"{OPENING}*{VALUE}[,!. ]*(?:!!|\b{CUE}(?!\w))",
        rf"{OPENING}*(?:it's|its|it is|that's|she's|she is|he's|he is|they're|oh|typo:?)\s+(?:actually |in fact |called |spelled |spelt |a |an |the |in |on |at |now )*{VALUE}{ENDS}",
        rf"\*?{VALUE}$",
        rf"(?P<new>{DAY}(?: (?:the )?\d\w*)?(?: \w+)?|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? \w+|\w+ \d{{1,2}}(?:st|nd|rd|th)?|\d[\d:.]*(?: ?[ap]m)?) (?:now|instead|then)\b",
    )
)
"""A right value, the wrong one being what was said last."""
STARTS = re.compile(rf"\b{CUE}(?!\w)|^no\b", re.IGNORECASE)
SET_OFF = re.compile(
    r"[,:;.!-]|\b(?:I mean|I meant|write|say|type|should be|should say)\b", re.IGNORECASE
)
"""What parts a cue from any word that is right."""
POINTS_BACK = re.compile(
    rf"{OPENING}*(?:it's|it is|its|that's|that is|I mean(?:t)?|make (?:it|that))\b", re.IGNORECASE
)
"""How a sentence begins that says nothing without what it puts right."""
PRONOUN_FORM = CUED_FORMS[2]
MOST_WORDS = 14
"""Of a sentence that does no more than put something right."""
WORDS = r"[\w'.%€$£-]+(?: (?!not\b|but\b|it's\b|its\b|is\b|was\b)[\w'.%€$£-]+){0,2}?"
ARTICLES = r"(?:(?:in|at|on|called|the|a|an|my|from|to) )*"
CONTRASTS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"\b(?:not|isn't|isnt|wasn't|no longer|no|never) {ARTICLES}(?P<old>{WORDS})(?: after all| any ?more| (?:on|in|at|for|like) [\w ]+?)?(?:[,;.!]+ (?:but |rather |actually |so )?|\s+but |\s+)(?:it's|its|it is|she's|he's|is|but|that's|rather)\s+(?:actually )?{ARTICLES}(?:colleague, )?(?P<new>{WORDS})(?=$|[,.;!(])",
        rf"(?:^|[\s,]){ARTICLES}(?P<new>[\w'.%€$£-]+(?: [\w'.%€$£-]+)*?),? (?:and )?(?:not|instead of|rather than) {ARTICLES}(?P<old>\w[\w'.-]*(?: (?-i:[A-Z])[\w'.-]*)*)(?=$|[,.;!?\s])",
        rf"\b(?:not|isn't|isnt) {ARTICLES}(?P<old>{WORDS})(?:[,;.!]+ | but )(?:it's |but |I meant |rather |mine:? |leaving |now )?{ARTICLES}(?P<new>{WORDS})$",
        rf"(?:I (?:wrote|said|put|typed|told you|gave you)) {ARTICLES}(?P<old>{WORDS})[?!.,]* (?:(?:no|oops|sorry|it's|it is|I meant|but|should be)[,. ]*)+{ARTICLES}(?P<new>{WORDS})(?=$|[,.;!])",
    )
)
"""A right value beside the wrong one, which must stand in a fact to be put right."""
NEW_FIRST = CONTRASTS[1]
IS = re.compile(r"\b(?:it's|its|she's|he's|I'm|is|are|am|was)\b", re.IGNORECASE)
NO_VALUE = re.compile(
    rf"{CUE}$|(?:I|my|me|we|our|you|your|it|it's|its|she's|he's|this|that|she|he|they|like|have|want|need|do|go|work|live|know|get|so|very|too|sure|really|much|only|just|myself|"
    r"thanks|thank|ok|okay|please|pls|yes|no|nothing|all|any|the|a|an|to|for|what|which|how|where|when|who|why|if|am|can|could|would|is|are|was|be|been|\w+n't)\b",
    re.IGNORECASE,
)
"""What stands for no value that could be right or wrong."""
ALIKE = 0.75
ROUGHLY_ALIKE = 0.6
SELF = re.compile(r"\b(?:I|my|me|we|our|you|your|it|this|that|she|he|they)\b|\bI'", re.IGNORECASE)
INSIDE = re.compile(
    r"(?P<head>.+?)[\s,–—-]+(?:no[, ]+)?(?:(?:sorry|no wait|wait|oops|I mean|I meant|or rather|scratch that|correction)[, :!–—-]+)+(?:(?:it's|no|in|at|on)[, ]+)*(?P<new>[\w'.-]+(?: [\w'.-]+){0,3})(?P<rest>,.*)?$",
    re.IGNORECASE,
)
"""A correction within a clause: "in York, no sorry, Leeds"."""


def correction(sentence: str, message: str = "") -> Correction | None:
    """What a sentence puts right of what was said last; `None` where it does not.

    Args:
        sentence: Mended.
        message: All that was said with it, where a word may show that it puts something right.
    """
    text = sentence.strip().rstrip(".… ")
    if len(text.split()) > MOST_WORDS:
        return None
    is_cued, is_cued_near = bool(CUED.search(text)), bool(CUED.search(message))
    found = []
    for form, match in _matches(text):
        new = match["new"].strip(" ,.!")
        if SELF.search(new) or NO_VALUE.match(new):
            continue
        kind, is_said_of = kind_of_value(new), form is PRONOUN_FORM
        is_figure = kind is not None and kind is not KINDS[-1]
        if is_cued or is_figure or (is_said_of and is_cued_near):
            adds = (is_cued or is_cued_near) and (kind is not None or is_said_of)
            found.append(Correction(new, "", sentence, adds))
    return max(found, key=lambda one: one.adds, default=None)


def _matches(text: str) -> Iterator[tuple[re.Pattern[str], re.Match[str]]]:
    behind_cue, *others = CUED_FORMS
    for cue in STARTS.finditer(text):
        match = behind_cue.match(text, cue.start())
        if match and (kind_of_value(match["new"]) or SET_OFF.search(match.group())):
            yield behind_cue, match
    yield from ((form, match) for form in others if (match := form.match(text)))


def contrasts(sentence: str) -> list[Correction]:
    """Each pair of a right and a wrong value that a sentence names: "it's Leeds, not York"."""
    found = []
    text = sentence.strip().rstrip(".…! ")
    for form in CONTRASTS:
        for match in form.finditer(text):
            new, old = match["new"].strip(" ,."), match["old"].strip(" ,.")
            if form is NEW_FIRST:
                new = " ".join(new.split()[-len(old.split()) :])
            is_plain = kind_of_value(old) or CUED.search(text) or IS.search(text)
            if is_plain and new.lower() != old.lower() and not any(map(NO_VALUE.match, (new, old))):
                found.append(Correction(new, old, sentence))
    return found


def kind_of_value(text: str) -> re.Pattern[str] | None:
    """The kind of value that a text is, such as a weekday; `None` where it is none."""
    return next((kind for kind in KINDS if kind.search(f"a {text}")), None)


def put_right(text: str, correction: Correction) -> str | None:
    """A text with the right value in the place of the wrong one; `None` where it has none."""
    named = re.compile(rf"(?<!\w){re.escape(correction.old)}(?!\w)", re.IGNORECASE)
    return named.sub(lambda match: correction.new, text) if named.search(text) else None


def wrong_value(text: str, value: str, new: str) -> str:
    """The words of a fact in whose place a right value can stand; empty where there are none.

    They are those of the same end, kind or spelling, or its value.

    Args:
        text: The fact.
        value: What it answers, where that is known.
        new: The right value.
    """
    is_value = not kind_of_value(new) and value != text and value in text
    return _like(text, new) or (value if is_value else "")


def _like(text: str, new: str) -> str:
    words, given = text.split(), new.split()
    low = [word.strip(",.;").lower() for word in words]
    for at, word in enumerate(low):
        if len(given) > 1 and word == given[-1].lower() and at >= len(given) - 1:
            return " ".join(words[at - len(given) + 1 : at + 1]).strip(",.;")
    kind = kind_of_value(new)
    if kind and (found := kind.findall(text)):
        return str(max(found, key=lambda one: _ratio(one, new)) if kind is KINDS[-1] else found[-1])
    plain = (word.strip(",.;:!?()").removesuffix("'s") for word in words)
    near = [one for one in plain if len(given) == 1 and one != new and _is_near(one, new)]
    return max(near, key=lambda one: _ratio(one, new), default="")


def _is_near(one: str, other: str) -> bool:
    """Whether two words are spelt almost alike."""
    if min(len(one), len(other)) < 4:
        return False
    alike = _ratio(one, other)
    return alike >= ALIKE or (one[:3].lower() == other[:3].lower() and alike >= ROUGHLY_ALIKE)


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one.lower(), other.lower()).ratio()
