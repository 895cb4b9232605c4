"""Puts the thing that a message points at in the place of "it", "its", "he" or "that one"."""

import re

from assistant.asking.phrases import DETERMINERS, Phrase, phrases

POINTING = re.compile(
    r"\b(?:(?P<thing>it|they|them|itself)|(?P<there>that|this|those|these)|"
    r"(?P<person>he|she|him)|(?P<owner>its|their|his|her))\b(?=(?:\s+(?P<next>[\w']+))?)",
    re.IGNORECASE,
)
MANY = frozenset({"they", "them", "those", "these", "their"})
SAYERS = frozenset("i you we he she it they there".split())
DUMMY = re.compile(r"it (?:take|mean|possible|ok|okay|safe|legal|allowed|rain)\b", re.IGNORECASE)
ONE = re.compile(
    r"\b(?P<which>(?:an?|the)\s+(?:\w+\s+)?)ones?\b(?=\s*$|\s*[?.!,]|\s+(?:is|are|was|has|mean|take))",
    re.IGNORECASE,
)
PERSON = re.compile(r"(?:[A-Z][\w’'-]+\.? )+[A-Z][\w’'-]+")
BELONGS = frozenset({"of", "on", "for"})


def resolved(text: str, before: str, answer: str) -> str:
    """A message with what it points at said; as it is where it points at nothing.

    Args:
        text: What the person says.
        before: The question before it, which stands alone.
        answer: What was answered to that: it names the person that a "who" asked for.
    """
    one = ONE.search(text)
    topic = _topic(before, False)
    if one and topic:
        return text[: one.start()] + one["which"] + topic.split()[-1] + text[one.end() :]
    for pointing in POINTING.finditer(text):
        meant = "" if _is_clear(text, pointing) else _meant(pointing, before, answer)
        if meant:
            return text[: pointing.start()] + meant + text[pointing.end() :]
    return text


def owner(before: str) -> str:
    """Whose "its" is: the first name in the question before, or what that is about."""
    names = [one.text for one in phrases(before) if one.is_name and not one.is_time]
    return names[0] if names else _topic(before, False)


def _is_clear(text: str, pointing: re.Match[str]) -> bool:
    """Whether a word that may point back does not: "that file", "how long does it take"."""
    front, back = text[: pointing.start()], text[pointing.start() :]
    follows = (pointing["next"] or "").lower()
    if pointing["there"] and (follows in DETERMINERS | SAYERS or _begins_a_phrase(text, pointing)):
        return True
    is_many = pointing[0].lower() in MANY
    has_own = any(one.determiner and one.is_plural == is_many for one in phrases(front))
    return has_own or bool(DUMMY.match(back))


def _begins_a_phrase(text: str, pointing: re.Match[str]) -> bool:
    return any(one.start == pointing.start("next") for one in phrases(text))


def _meant(pointing: re.Match[str], before: str, answer: str) -> str:
    if pointing["person"]:
        name = PERSON.search(answer) or PERSON.search(before)
        return name[0] if name else _topic(before, False)
    if pointing["owner"]:
        named = owner(before)
        return f"{named}'s" if named else ""
    return _topic(before, pointing[0].lower() in MANY)


def _topic(before: str, is_many: bool) -> str:
    """What a question is about, with what belongs to it: "the lease on Harbour Street"."""
    found = [one for one in phrases(before) if not one.is_time]
    if not found:
        return ""
    first = next((one for one in found if one.is_plural == is_many), found[0])
    return before[first.start : _end(before, first, found)]


def _end(before: str, first: Phrase, found: list[Phrase]) -> int:
    """Where a phrase ends with those that are tied to it by "of", "on" or "for"."""
    end = first.end
    for one in found:
        if one.start > end and before[end : one.start].strip().lower() in BELONGS:
            end = one.end
    return end
