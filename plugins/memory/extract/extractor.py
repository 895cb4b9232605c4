"""The local extractor: from a message to what it states, by the tables of rules."""

import re
from collections.abc import Iterator
from dataclasses import replace

from plugins.memory.extract import (
    belongings,
    decisions,
    identity,
    instructions,
    people,
    plans,
    tastes,
    work,
)
from plugins.memory.extract.clauses import clauses
from plugins.memory.extract.corrections import correction, put_right, without_opposite
from plugins.memory.extract.reading import Sentence, sentences
from plugins.memory.extract.rule import Kept, Rule
from plugins.memory.extract.slots import slot_name
from plugins.memory.extract.spelling import mended
from plugins.memory.secret_texts import secret_in
from plugins.memory.statement import Correction, Extraction, Statement

RULES: tuple[Rule, ...] = (
    *instructions.RULES,
    *people.RULES,
    *identity.RULES[:-1],
    *work.RULES,
    *tastes.RULES,
    *decisions.RULES,
    *plans.RULES,
    *belongings.RULES,
    identity.RULES[-1],
)
"""In the order in which they are tried; the first that fits a clause is taken."""
NOISE = re.compile(r"[\s,;:!.…\-–—()\U0001F300-\U0001FAFF☀-➿️]+$|^[\s,;:!.…\-–—(]+")
TAIL = re.compile(
    r"(?:[\s,]+(?:right now|at the moment|currently|these days|btw|by the way|lol|haha+|too|as well|"
    r"though|actually|you know|please|thanks|thank you|fyi|ok|okay|yet|so far|tbh|if you must know|"
    r"just so you know|as you know|remember|xd|:\)|:D|;\)))+$",
    re.IGNORECASE,
)
LISTED = frozenset(("like", "allergy", "language"))
"""Kinds of slots in which every item of a list has one of its own."""
ITEM = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s+&\s+")
LONGEST_ITEM = 3
NO_ITEM = frozenset(
    "especially particularly mainly mostly but or also not too it them very so because with then "
    "sometimes only even all".split()
)
CALLED = re.compile(
    r"(?:(?:his|her|its|their) names? (?:is|are)|(?:he|she|it|they)(?:'s| is|'re| are) (?:called|named)|"
    r"(?:I|we) (?:named|called) (?:him|her|it|them)) (?P<value>[\w' -]+)$",
    re.IGNORECASE,
)
MENTIONED = re.compile(rf"\b(?:my|our|an?) {people.SOMEONE}\b", re.IGNORECASE)
RECORD = re.compile(
    r"(?:please |also )*(?:(?:remember|note|keep in mind|bear in mind|don't forget|make a note|"
    r"take note|for the record|for future reference|fyi)(?:,? (?:that|please|this|the following|for me))*[:, ]+)"
    r"(?P<all>(?!when|how|the time|what|where|who|if|me\b|to (?:be|check)\b|you\b).{8,})",
    re.IGNORECASE,
)


def extract(message: str) -> Extraction:
    """What a person states of themselves in a message, in the order in which they say it.

    Documents, code, quotations, questions and what is only supposed are left out, and so is
    whatever looks like a secret.
    """
    statements: list[Statement] = []
    corrections: list[Correction] = []
    who = ""
    for sentence in sentences(message):
        if sentence.is_question and secret_in(sentence.text):
            continue
        found = list(_of_sentence(sentence, who))
        who = _whom(found, sentence)
        statements += found
        put = None if found or sentence.is_question else correction(mended(sentence.text))
        if put is not None:
            corrections.append(put)
    return Extraction(tuple(dict.fromkeys(statements)), tuple(corrections))


def _of_sentence(sentence: Sentence, who: str) -> Iterator[Statement]:
    """What a sentence states; `who` is whom the one before it was about."""
    text = mended(sentence.text)
    if correction(text) and not re.search(r"\b(?:I|my|we|our)\b (?!mean)", text):
        return
    found = False
    for clause in clauses(text, sentence.is_question):
        if secret_in(clause):
            continue
        source = clause if secret_in(sentence.text) else sentence.text
        for statement in _called(clause, source, who) or of_clause(clause, source):
            found = True
            who = statement.slot.split("/")[0] if statement.kind == "people" else ""
            yield statement
    record = None if found or sentence.is_question else RECORD.match(text)
    if record and not secret_in(text):
        yield note(record["all"], sentence.text)


def _whom(found: list[Statement], sentence: Sentence) -> str:
    """Whom "his name" would mean behind a sentence."""
    named = [one.slot.split("/")[0] for one in found if one.kind == "people" and one.slot]
    if not named:
        mentioned = MENTIONED.search(mended(sentence.text))
        return slot_name(mentioned["who"]) if mentioned else ""
    return named[-1]


def _called(clause: str, source_text: str, who: str) -> list[Statement]:
    """What somebody mentioned before is called: "His name is Otto"."""
    match = CALLED.match(clause)
    if not who or match is None:
        return []
    text = f"My {who} is called {match['value']}"
    return [Statement(text, "people", f"{who}/name", match["value"], source_text)]


def note(text: str, source_text: str) -> Statement:
    """What a person wants kept and no rule knows, as it stands."""
    kept = _tidy(text)
    return Statement(kept, "note", "", kept, source_text)


def of_clause(clause: str, source_text: str) -> list[Statement]:
    """What one clause states, with the names that it mentions in passing."""
    clause, right = put_right(clause)
    clause = TAIL.sub("", NOISE.sub("", clause))
    stated = _first_match(clause, source_text)
    if right and stated:
        stated = [_with_value(one, right) for one in stated]
    slots = {one.slot for one in stated}
    named = [
        statement
        for rule in people.APPOSITIONS
        if not any(slot.endswith("/name") for slot in slots)
        for match in rule.pattern.finditer(clause)
        for statement in _kept(rule, match, clause, source_text)
    ]
    return [*(_among_several(one) for one in named), *stated]


def _first_match(clause: str, source_text: str) -> list[Statement]:
    for rule in RULES:
        text = clause if rule.kind == "taste" else without_opposite(clause)
        match = rule.pattern.match(text)
        if match:
            return list(_kept(rule, match, text, source_text))
    return []


def _kept(rule: Rule, match: re.Match[str], clause: str, source_text: str) -> Iterator[Statement]:
    groups = _groups(match)
    for kept in rule.kept:
        if kept.needs and not groups.get(kept.needs):
            continue
        value = _tidy(groups.get(kept.value, "")) if kept.value else ""
        if kept.value and not value:
            continue
        text = kept.text.format(**groups) if kept.text else clause
        for item_text, item in _items(kept, text, value):
            slot = _slot(kept, {**groups, kept.value: item})
            yield Statement(
                _tidy(item_text),
                rule.kind,
                slot,
                item,
                source_text,
                rule.is_negative,
                groups.get("old", ""),
            )


def _groups(match: re.Match[str]) -> dict[str, str]:
    """The groups of a match; `value2` is what another branch of the pattern calls `value`."""
    given = {name: text for name, text in match.groupdict().items() if text}
    joined = {name.removesuffix("2"): TAIL.sub("", text).strip() for name, text in given.items()}
    return {**dict.fromkeys(match.re.groupindex, ""), **joined}


def _items(kept: Kept, text: str, value: str) -> list[tuple[str, str]]:
    """Each item of a list of likes, allergies or languages with a text of its own."""
    items = [item.strip() for item in ITEM.split(value) if item.strip()]
    is_list = kept.slot.split("/")[0] in LISTED and text.endswith(value) and len(items) > 1
    if not is_list or any(not _is_item(item) for item in items):
        return [(text, value)]
    return [(text.removesuffix(value) + item, item) for item in items]


def _is_item(item: str) -> bool:
    """Whether a piece of a list names one thing."""
    words = item.lower().split()
    return len(words) <= LONGEST_ITEM and words[0] not in NO_ITEM and words[-1] not in NO_ITEM


def _slot(kept: Kept, groups: dict[str, str]) -> str:
    parts = [part.format(**groups) for part in kept.slot.split("/")]
    names = [slot_name(part) for part in parts if part.strip()]
    if kept.slot == "decision/{what}" and len(names) == 1:
        return ""
    return "/".join(names)[:200]


def _among_several(statement: Statement) -> Statement:
    """A name in passing, of whom one may have several: it stands beside the others."""
    who = statement.slot.split("/")[0].split()
    if not who or who[-1] not in people.SEVERAL:
        return statement
    return replace(statement, slot=f"{statement.slot}/{slot_name(statement.value)}")


def _with_value(statement: Statement, right: str) -> Statement:
    if not statement.value or statement.value not in statement.text:
        return statement
    return replace(statement, text=statement.text.replace(statement.value, right), value=right)


def _tidy(text: str) -> str:
    """A text for keeping: one line, no trimmings, a capital at its beginning where it is one."""
    text = NOISE.sub("", TAIL.sub("", NOISE.sub("", " ".join(text.split()))))
    return re.sub(r"^i(?=\b)", "I", text)
