"""Finds what a person puts right: one value by another."""

import re

from plugins.memory.statement import Correction

SHORT = r"(?P<new>[\w'.,-]+(?: (?!instead)[\w'.-]+){0,5}?)"
OPENING = (
    r"(?:(?:no|oops|oh|sorry|actually|wait|hang on|hold on|correction|my bad|my mistake|well|ah|"
    r"I mean|rather|scratch that)[,!:. -]+)*"
)
NOT_OLD = (
    r"[, ]+(?:and )?(?:not|instead of|rather than) (?:in |at |on |called )?(?P<old>[\w' .-]+?)"
)
FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{OPENING}(?:it's|it is|that's|that is|I meant|I mean|I said|make (?:it|that)|it should be|should be|it was|she's|he's|they're)(?: called| named| actually| in| on| at)* {SHORT}{NOT_OLD}$",
        rf"{OPENING}{SHORT}{NOT_OLD}$",
        rf"{OPENING}(?:it's |it is |that's )?not (?P<old>[\w' -]+?)[, ]+(?:but |it's |I meant |rather )(?:actually |in |on )*{SHORT}$",
        rf"{OPENING}(?:I meant|I mean|I said|I meant to say|make (?:it|that)|it should be|scratch that,?|correction:?|rather)(?: to say| it's| in| on)* {SHORT}$",
        rf"(?:no|oops|actually|sorry|wait)[,!: ]+(?:(?:no|wait|sorry|actually|oops)[,!: ]+)*(?:it's|it is|that's)(?: called| actually| in| on)* {SHORT}$",
        rf"(?:no wait|wait,? no|sorry,? no|no,? sorry|oops)[,!: ]+{SHORT}$",
    )
)
SELF = re.compile(r"\b(?:I|my|me|we|our|you|your|it|this|that)\b|\bI'", re.IGNORECASE)
INSIDE = re.compile(
    r"[\s,–—-]+(?:no[, ]+)?(?:(?:sorry|wait|actually|oops|I mean|I meant|or rather|scratch that|"
    r"correction)[, :!–—-]+)+(?:(?:it's|no|in|at|on|I mean|I meant|that's)[, ]+)*(?P<new>[\w' .-]+)$",
    re.IGNORECASE,
)
"""A correction within a clause: "in York, no sorry, Leeds"."""
OPPOSITE = re.compile(
    r"(?:, (?:and )?not| not(?= (?-i:[A-Z]))| instead of| rather than) [\w' -]+$", re.IGNORECASE
)
"""The wrong value behind the right one: "called Rex, not Max"."""


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


def put_right(clause: str) -> tuple[str, str]:
    """A clause without the correction at its end, and the right value; empty where there is none."""
    match = INSIDE.search(clause)
    if match and len(match["new"].split()) <= 5 and not SELF.search(match["new"]):
        return clause[: match.start()], match["new"].strip(" .")
    return clause, ""


def without_opposite(clause: str) -> str:
    """A clause without the wrong value that it names behind the right one."""
    return OPPOSITE.sub("", clause)
