"""Takes out of a fact what was said by others that are gone."""

import re
from collections.abc import Sequence
from dataclasses import replace

from plugins.memory.extract.clauses import tidy
from plugins.memory.fact import Fact
from plugins.memory.questions import content_stems

SHORTEST_VALUE = 3
NAMING = re.compile(r"My [\w' -]+ is called .+")
"""A fact that says no more than a name."""
PARTS = re.compile(r"\s*(?:[,;.]|\s[-–—]|\s(?:and|but))\s+")


def joined(parts: Sequence[str]) -> str:
    """What stays of a fact, by its parts; empty where they say nothing alone."""
    rest = ", ".join(parts)
    return rest if content_stems(rest) else ""


def without(fact: Fact, gone: Sequence[Fact]) -> Fact | None:
    """A fact without what others said that are gone; `None` where nothing is left to change."""
    source = fact.source_text
    if any(one.source_text in source or source in one.source_text for one in gone):
        source = fact.text
    text = fact.text
    for one in gone:
        is_other = one.slot.endswith("/name") and not NAMING.fullmatch(one.text)
        if one.slot and len(one.value) >= SHORTEST_VALUE and one.value != one.text and not is_other:
            text = _cut(text, one.value)
            source = _cut(source, one.value)
    changed = replace(fact, text=text, source_text=source)
    return changed if changed != fact else None


def _cut(text: str, value: str) -> str:
    phrase = rf"[\s,]*(?:\b(?:in|at|from|to|on|near|with|for|by|is|called|named)\s+)*(?<!\w){re.escape(value)}(?!\w)"
    return tidy(re.sub(phrase, "", text, flags=re.IGNORECASE))
