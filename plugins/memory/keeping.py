"""Decides what a new statement does to the facts that are kept: it joins or replaces them."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from assistant.schema import new_id
from plugins.memory.extract.slots import stem
from plugins.memory.fact import Fact
from plugins.memory.questions import content_stems
from plugins.memory.statement import Correction, Statement
from plugins.memory.store import Writing

IMPORTANCE = {
    "identity": 1.0, "health": 1.0, "instruction": 0.9, "people": 0.9, "decision": 0.8, "work": 0.8,
    "plan": 0.7, "project": 0.7, "note": 0.7, "detail": 0.6, "taste": 0.5, "hobby": 0.5,
    "belonging": 0.4, "history": 0.4,
}  # fmt: skip
"""How much a fact of each kind matters, in [0, 1]."""
LOVE = ("girlfriend", "boyfriend", "partner", "wife", "husband", "family status")
"""Slots that end with a relationship."""
LASTING = frozenset(("identity", "people", "work", "health", "instruction", "note"))
"""Kinds of facts that a change "from X to Y" leaves alone."""
CORRECTED_WITHIN = timedelta(hours=1)
"""How long "I meant …" may refer to what was said last."""


def new_fact(statement: Statement, user: str, session: str, said_at: str) -> Fact:
    """A statement as a fact of a user."""
    return Fact(
        id=new_id(),
        text=statement.text,
        user=user,
        kind=statement.kind,
        slot=statement.slot,
        value=statement.value,
        said_at=said_at,
        session=session,
        source_text=statement.source_text,
        importance=IMPORTANCE.get(statement.kind, 0.5),
        is_negative=statement.is_negative,
    )


def gives_way(writing: Writing, statement: Statement) -> list[Fact]:
    """The facts that a statement takes the place of."""
    found: dict[str, Fact] = {}
    if statement.instead_of:
        found |= {one.id: one for one in _saying(writing, statement.instead_of)}
    if statement.is_negative:
        found |= {one.id: one for one in _denied(writing, statement)}
    elif statement.slot:
        own = [one for one in writing.of_slot(statement.slot) if one.slot == statement.slot]
        parent = statement.slot.partition("/")[0]
        denials = [one for one in writing.of_slot(parent) if one.slot == parent and one.is_negative]
        found |= {one.id: one for one in (*own, *denials)}
    return list(found.values())


def _denied(writing: Writing, statement: Statement) -> list[Fact]:
    """What a denial ends: what its slot holds, as far as it is about the same."""
    if statement.slot == "love":
        return [one for slot in LOVE for one in writing.of_slot(slot)]
    about = set(content_stems(statement.value))
    slots = set(statement.slot.split("/"))
    found = [
        one
        for one in writing.of_slot(statement.slot)
        if not about - slots or about & set(content_stems(one.text))
    ]
    longest = max(statement.value.split(), key=len, default="")
    if len(longest) > 2 and statement.kind in {"taste", "belonging", "hobby", "work"}:
        stemmed = stem(longest.lower())
        found += [
            one
            for one in writing.saying(stemmed)
            if about and about <= set(content_stems(one.text)) and one.kind != "people"
        ]
    return found


def _saying(writing: Writing, words: str) -> list[Fact]:
    """Facts that may change and name something, as whole words."""
    named = re.compile(rf"\b{re.escape(words.strip())}(?!\w)", re.IGNORECASE)
    return [
        one
        for one in writing.saying(words.strip())
        if one.kind not in LASTING and named.search(one.text)
    ]


def corrected(
    writing: Writing, correction: Correction, session: str
) -> tuple[Fact, Statement] | None:
    """The fact that a correction is about, and what is true instead; `None` where there is none."""
    if correction.old:
        old = re.compile(rf"\b{re.escape(correction.old)}(?!\w)", re.IGNORECASE)
        candidates = [one for one in writing.saying(correction.old) if old.search(one.text)]
    else:
        since = (datetime.now(UTC) - CORRECTED_WITHIN).isoformat(timespec="microseconds")
        recent = [one for one in writing.of_session(session, since) if one.value]
        candidates = [one for one in recent if one.value in one.text]
        old = re.compile(re.escape(candidates[-1].value)) if candidates else re.compile("")
    if not candidates:
        return None
    fact = candidates[-1]
    right = old.sub(lambda match: correction.new, fact.text)
    value = old.sub(lambda match: correction.new, fact.value)
    return fact, Statement(right, fact.kind, fact.slot, value, correction.source_text)


def is_known(statement: Statement, facts: Sequence[Fact]) -> bool:
    """Whether facts say the same already, word for word."""
    said = _plain(statement.text)
    return any(_plain(one.text) == said for one in facts)


def same_figures_and_names(left: str, right: str) -> bool:
    """Whether two texts that mean much the same also name the same, in the same order."""
    return _exact(left) == _exact(right)


def _exact(text: str) -> list[str]:
    return [word.lower() for word in re.findall(r"\b(?:[A-Z][\w'-]*|\w*\d\w*)\b", text[1:])]


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
