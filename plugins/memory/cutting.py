"""Takes out of a fact what was said by others that are gone."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from plugins.memory.extract.clauses import tidy
from plugins.memory.fact import Fact
from plugins.memory.questions import content_stems

SHORTEST_VALUE = 3


PARTS = re.compile(r"\s*(?:[,;.]|\s[-–—]|\s(?:and|but))\s+")
OWN = re.compile(r"(?:I|we|my|our)\b|I'|we'", re.IGNORECASE)


def rest_of(fact: Fact, words: Collection[str]) -> str:
    """What a fact says beside the parts that hold some words, and what hangs on these."""
    kept: list[str] = []
    is_held = False
    for part in PARTS.split(fact.text):
        if set(content_stems(part)) & set(words):
            is_held = True
        elif not is_held or OWN.match(part):
            kept.append(part)
            is_held = False
    rest = ", ".join(kept)
    return rest if len(content_stems(rest)) > 1 and rest != fact.text else ""


def without(fact: Fact, gone: Sequence[Fact]) -> Fact | None:
    """A fact without what others said that are gone; `None` where nothing is left to change."""
    source = fact.source_text
    if any(one.source_text in source or source in one.source_text for one in gone):
        source = fact.text
    text = fact.text
    for one in gone:
        if one.slot and len(one.value) >= SHORTEST_VALUE and one.value != one.text:
            text = _cut(text, one.value)
            source = _cut(source, one.value)
    changed = replace(fact, text=text, source_text=source)
    return changed if changed != fact else None


def _cut(text: str, value: str) -> str:
    phrase = rf"[\s,]*(?:\b(?:in|at|from|to|on|near|with|for|by|is|called|named)\s+)*(?<!\w){re.escape(value)}(?!\w)"
    return tidy(re.sub(phrase, "", text, flags=re.IGNORECASE))
