"""Finds what a clause answers: its slot and its value, by the tables of rules."""

import re
from collections.abc import Iterator

from plugins.memory.cues import denies, revises
from plugins.memory.extract import life, people
from plugins.memory.extract.clauses import tidy
from plugins.memory.extract.rule import Rule
from plugins.memory.extract.slots import slot_name
from plugins.memory.statement import Statement
from plugins.memory.topics import kind_of

RULES = (*people.RULES, *life.RULES, life.INTRODUCED)
SUBJECT = re.compile(r"(?:I|we|my|our|the|it|he|she|they|you|this)\b", re.IGNORECASE)
GREETING = re.compile(r"\b(?:hi|hiya|hey|hello|yo)\b", re.IGNORECASE)
GREETED = re.compile(
    r"I'm (?P<value>(?!not\b|so\b|back\b|new\b|an?\b|the\b|in\b|on\b|at\b|from\b|just\b|\w+(?:ing|ed|y)\b)[a-z]\w+)(?=$|[,.!]| from| and| I)",
    re.IGNORECASE,
)
"""The name of one who has said hello."""
IMPLIED = ("I ", "I'm ", "I have ")
"""What somebody leaves out who says "moved to Ghent" or "two kids"."""


def named(clause: str, source_text: str, lead: str = "") -> Statement:
    """A clause as a statement.

    Args:
        clause: Without what stands around it.
        source_text: The sentence that it comes from.
        lead: What stood before it there: "actually, ".
    """
    is_negative, is_revision = denies(clause), revises(f"{lead} {clause}")
    hello = GREETED.match(clause) if GREETING.search(lead) else None
    if hello:
        return Statement(clause, "identity", "name", hello["value"], source_text)
    begins = ("",) if SUBJECT.match(clause) else ("", *IMPLIED)
    for begin in begins:
        for rule in RULES:
            match = rule.pattern.match(begin + clause)
            if match:
                slot, value = _filled(rule, match)
                kind = rule.kind
                return Statement(clause, kind, slot, value, source_text, is_negative, is_revision)
    return Statement(clause, kind_of(clause), "", clause, source_text, is_negative, is_revision)


def names_in(clause: str, source_text: str) -> Iterator[Statement]:
    """What people are called whom a clause mentions in passing: "my wife Anna"."""
    for rule in people.IN_PASSING:
        for match in rule.pattern.finditer(clause):
            slot, value = _filled(rule, match)
            if slot.split("/")[0].split()[-1] in people.SEVERAL:
                slot = f"{slot}/{slot_name(value)}"
            text = f"My {match['who']} is called {value}"
            yield Statement(text, rule.kind, slot, value, source_text)


def _filled(rule: Rule, match: re.Match[str]) -> tuple[str, str]:
    """The slot of a match, and its value."""
    groups = {name: tidy(text or "") for name, text in match.groupdict().items()}
    parts = [slot_name(part.format(**groups)) for part in rule.slot.split("/")]
    return "/".join(part for part in parts if part)[:200], groups["value"]
