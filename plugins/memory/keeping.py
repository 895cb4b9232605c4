"""Decides what a new statement does to the facts that are kept: it joins or replaces them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from assistant.schema import new_id
from plugins.memory.contradicting import are_beside, features
from plugins.memory.extract.corrections import put_right, wrong_value
from plugins.memory.extract.people import SOMEONE
from plugins.memory.fact import Fact
from plugins.memory.judging import likelihood
from plugins.memory.statement import Correction, Statement

IMPORTANCE = {
    "identity": 1.0, "health": 1.0, "instruction": 0.9, "people": 0.9, "decision": 0.8, "work": 0.8,
    "plan": 0.7, "project": 0.7, "note": 0.7, "detail": 0.6, "taste": 0.5, "hobby": 0.5,
    "belonging": 0.4, "history": 0.4,
}  # fmt: skip
"""How much a fact of each kind matters, in [0, 1]."""
LEAST_LIKELIHOOD = 0.35
"""Of a contradiction by which an older fact makes place."""
N_NEAREST = 24
"""Facts that are nearest in meaning to a new one, among which it may contradict some."""
ONE_FOR_LIFE = frozenset(("name", "birthday", "origin", "native language"))
"""Slots that only a statement of the same one changes."""
SAME_COSINE = 0.93
"""Two facts that are so near say the same, if they name the same."""
SUBJECT = re.compile(rf"(?i:my|our|the) (?i:{SOMEONE}) (?P<name>[A-Z]\w+)\b")
"""What a statement on somebody with a name begins with: of two people, one denies no other."""
CORRECTED_WITHIN = timedelta(hours=1)
"""How long "I meant …" may refer to what was said last."""


@dataclass(frozen=True, slots=True)
class Near:
    """A fact that holds, and its similarity to a new one."""

    fact: Fact
    cosine: float


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


def nearest(facts: Sequence[Fact | None], cosines: NDArray[np.float32], slot: str) -> list[Near]:
    """The facts that are nearest in meaning to a new one, and those of its slot."""
    nearest_rows = set(np.argsort(-cosines)[:N_NEAREST].tolist())
    return [
        Near(fact, float(cosines[row]))
        for row, fact in enumerate(facts)
        if fact is not None and (row in nearest_rows or (slot and fact.slot == slot))
    ]


def gives_way(statement: Statement, near: Sequence[Near]) -> list[Fact]:
    """The facts that a statement takes the place of."""
    best = max((one.cosine for one in near), default=0.0)
    return [one.fact for one in near if _is_contradicted(one, statement, best - one.cosine)]


def _is_contradicted(old: Near, new: Statement, behind: float) -> bool:
    if new.slot and old.fact.slot == new.slot:
        return True
    is_beside = are_beside(new.text, old.fact.text, new.is_revision)
    if is_beside or old.fact.slot in ONE_FOR_LIFE:
        return False
    ours, theirs = SUBJECT.match(new.text), SUBJECT.match(old.fact.text)
    if ours and theirs and ours["name"] != theirs["name"]:
        return False
    found = features(new.text, old.fact.text, old.cosine, new.is_revision, behind)
    return likelihood("contradiction", found) >= LEAST_LIKELIHOOD


def is_known(statement: Statement, near: Sequence[Near]) -> bool:
    """Whether facts say the same already, be it in other words."""
    return any(
        _plain(one.fact.text) == _plain(statement.text)
        or (one.cosine >= SAME_COSINE and _exact(one.fact.text) == _exact(statement.text))
        for one in near
    )


def corrected(
    facts: Sequence[Fact], correction: Correction, session: str
) -> list[tuple[Fact, Statement]]:
    """The facts that a correction is about, each with what is true instead.

    Args:
        facts: Those that hold, oldest first.
        correction: The right value, and the wrong one if it is named.
        session: The conversation in which it is put right.
    """
    others = [one for one in facts if one.source_text != correction.source_text]
    if correction.old:
        return _put_right(others, correction)
    since = (datetime.now(UTC) - CORRECTED_WITHIN).isoformat(timespec="microseconds")
    recent = [one for one in others if one.session == session and one.said_at >= since]
    for fact in reversed(recent):
        wrong = wrong_value(fact.text, fact.value, correction.new)
        if wrong:
            return _put_right(recent, replace(correction, old=wrong))
    if correction.adds and recent:
        text = f"{recent[-1].text} (put right: {correction.new})"
        return [(recent[-1], _statement(recent[-1], text, correction))]
    return []


def _put_right(facts: Sequence[Fact], correction: Correction) -> list[tuple[Fact, Statement]]:
    texts = ((fact, put_right(fact.text, correction)) for fact in facts)
    return [(fact, _statement(fact, text, correction)) for fact, text in texts if text is not None]


def _statement(fact: Fact, text: str, correction: Correction) -> Statement:
    value = put_right(fact.value, correction) or correction.new
    return Statement(text, fact.kind, fact.slot, value, correction.source_text)


def _exact(text: str) -> list[str]:
    return [word.lower() for word in re.findall(r"\b(?:[A-Z][\w'-]*|\w*\d\w*)\b", text[1:])]


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
