"""Finds what a person puts right: one value by another."""

import re
from difflib import SequenceMatcher

from plugins.memory.statement import Correction

SHORT = r"(?P<new>[\w'.,-]+(?: (?!instead\b|not\b)[\w'.-]+){0,5}?)"
OPENING = (
    r"(?:(?:no|oops|oh|sorry|actually|wait|hang on|hold on|correction|my bad|my mistake|well|ah|typo|ugh|argh|"
    r"I mean|rather|scratch that)[,!:. -]+)*"
)
NOT_OLD = (
    r"[, ]+(?:and )?(?:not|instead of|rather than) (?:in |at |on |called )?(?P<old>[\w' .-]+?)"
)
MEANT = r"(?:I meant|I mean|I meant to (?:say|write|type)|make (?:it|that)|it should (?:be|say)|should be|scratch that,?|correction:?|rather|typo,?|\*)"
REST = r"(?:[,!.:;–-].*)?$"
"""What may follow the right value: a reason, an excuse."""
FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{OPENING}(?:it's|it is|that's|that is|{MEANT}|I said|it was|she's|he's|they're)(?: called| named| actually| in| on| at)* {SHORT}{NOT_OLD}{REST}",
        rf"{OPENING}{SHORT}{NOT_OLD}{REST}",
        rf"{OPENING}(?:it's |it is |that's )?not (?P<old>[\w' -]+?)(?:, ?(?:but |it's |I meant |rather )?| but )(?:actually |in |on )*{SHORT}{REST}",
        rf"{OPENING}{MEANT}(?: to say| it's| in| on)*\s*{SHORT}{REST}",
        rf"(?:no|oops|actually|sorry|wait)[,!: ]+(?:(?:no|wait|sorry|actually|oops)[,!: ]+)*(?:it's|it is|that's)(?: called| actually| in| on)* {SHORT}$",
        rf"{OPENING}(?P<new>[\w'€$£.:-]*\d[\w'.:-]*)(?:[!,. ]+(?:sorry|sry|oops|typo|my bad|not (?P<old>[\w .-]+?))[!. ]*|!+){REST}",
        rf"(?:sorry|sry|oops|ups|typo|autocorrect|misspelled|misspelt|spelling)(?:[,:!. ]+(?:autocorrect|typo|sorry|it's))*[,:!. ]+{SHORT}(?: with .+| spelled .+)?$",
        r"(?P<new>(?:mon|tues|wednes|thurs|fri|satur|sun)day(?: (?:the )?\d\w*)?(?: \w+)?|\d{1,2}(?:st|nd|rd|th)?(?: of)? \w+|\w+ \d{1,2}(?:st|nd|rd|th)?|\d[\d:.]*(?: ?[ap]m)?) (?:now|instead|then)[!. ]*$",
        rf"(?:no wait|wait,? no|sorry,? no|no,? sorry|oops)[,!: ]+{SHORT}$",
    )
)
ALIKE = 0.75
SELF = re.compile(r"\b(?:I|my|me|we|our|you|your|it|this|that)\b|\bI'", re.IGNORECASE)
SWAP = re.compile(
    r"(?P<new>[\w'.-]+(?: [\w'.-]+)*),? (?:and )?not (?:in |at |on |called |the |an? )?(?P<old>\w[\w'.-]*(?: (?-i:[A-Z])[\w'.-]*)*)(?=$|[,.;!])",
    re.IGNORECASE,
)
INSIDE = re.compile(
    r"(?P<head>.+?)[\s,–—-]+(?:no[, ]+)?(?:(?:sorry|wait|oops|I mean|I meant|or rather|scratch that|correction)[, :!–—-]+)+(?:(?:it's|no|in|at|on)[, ]+)*(?P<new>[\w'.-]+(?: [\w'.-]+){0,3})$",
    re.IGNORECASE,
)
"""A correction within a clause: "in York, no sorry, Leeds"."""
NUMBER = re.compile(r"[$€£]?\d[\d.,:]*\w*")
NAME = re.compile(r"(?<=\w )[A-Z][\w'-]+(?: [A-Z][\w'-]+)*")


def correction(sentence: str) -> Correction | None:
    """What a whole sentence puts right; `None` where it does not."""
    text = sentence.strip().rstrip(".!… ")
    for form in FORMS:
        match = form.match(text)
        if match and match["new"] and not SELF.search(match["new"]):
            old = (match.groupdict().get("old") or "").strip()
            if not SELF.search(old):
                return Correction(match["new"].strip(" ,"), old, sentence)
    return None


def swapped(clause: str, source_text: str) -> Correction | None:
    """What a clause with a subject puts right in passing: "I'm devops, not backend"."""
    match = SWAP.search(clause)
    if match is None:
        return None
    n_words = len(match["old"].split())
    new = " ".join(match["new"].split()[-n_words:])
    return None if SELF.search(match["old"]) else Correction(new, match["old"], source_text)


def put_right(text: str, value: str, correction: Correction) -> str | None:
    """A text with the right value in the place of the wrong one; `None` where it has none.

    Args:
        text: A fact.
        correction: The right value, and the wrong one if it is named.
        value: What the text answers, where that is known.
    """
    new = correction.new
    if correction.old:
        named = re.compile(rf"(?<!\w){re.escape(correction.old)}(?!\w)", re.IGNORECASE)
        return named.sub(lambda match: new, text) if named.search(text) else None
    wrong = _like(text, new) or (value if value and value != text and value in text else "")
    return text.replace(wrong, new) if wrong else None


def _like(text: str, new: str) -> str:
    """The words of a text in whose place new ones can stand: of the same end, number or name."""
    words, given = text.split(), new.split()
    low = [word.strip(",.;").lower() for word in words]
    for at, word in enumerate(low):
        if len(given) > 1 and word == given[-1].lower() and at >= len(given) - 1:
            return " ".join(words[at - len(given) + 1 : at + 1]).strip(",.;")
    for word in words:
        plain = word.strip(",.;:!?").removesuffix("'s")
        if len(given) == 1 and plain != new and len(new) > 3 and _is_near(plain, new):
            return plain
    of_kind = NUMBER if NUMBER.search(new) else NAME if new[:1].isupper() else None
    found = of_kind.findall(text) if of_kind else []
    return found[-1] if found else ""


def _is_near(one: str, other: str) -> bool:
    """Whether two words are spelt almost alike."""
    return SequenceMatcher(None, one.lower(), other.lower()).ratio() >= ALIKE
