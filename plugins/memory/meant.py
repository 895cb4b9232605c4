"""Finds the facts that a request to forget means: by name, or by where they were said."""

import re
from collections.abc import Callable, Sequence

from assistant.schema import Turn
from plugins.memory.cues import denies
from plugins.memory.extract.extractor import extract
from plugins.memory.extract.spelling import mended
from plugins.memory.fact import Fact
from plugins.memory.forget_requests import (
    PART,
    THE_CHAT_BEFORE,
    THE_FIRST,
    THE_LAST,
    THE_LAST_FIGURE,
    TO_REMEMBER,
)
from plugins.memory.forgetting import Doomed, all_but, matching
from plugins.memory.memories import Memories
from plugins.memory.questions import content_stems
from plugins.memory.requests import Request
from plugins.memory.second_person import to_second_person
from plugins.memory.statement import Extraction, Statement

SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
OWN = re.compile(r"(?:I|we|my|our)\b", re.IGNORECASE)


def doomed(memories: Memories, turn: Turn, request: Request) -> list[Doomed]:
    """What of a user's facts a turn asks to forget."""
    if not request.what:
        return all_but(memories, turn.user, request.but)
    places = [PLACES[one] for one in request.what if one in PLACES]
    said_there = [one for place in places for one in place(memories, turn)]
    named = [
        one
        for what in request.what
        if what not in PLACES
        for one in matching(memories, turn.user, what, request.but, is_sure=request.is_sure)
    ]
    ids = {one.id for one in said_there}
    narrowed = [one for one in named if one.fact.id in ids]
    if THE_CHAT_BEFORE in request.what and named:
        return _each_once(narrowed or [Doomed(one) for one in said_there])
    return _each_once([*named, *(Doomed(one) for one in said_there)])


def told_beside(text: str, request: Request, gone: Sequence[Fact]) -> Extraction:
    """What a message that asks to forget tells besides: what is to be remembered or is so now.

    Nothing that shares a word with what is gone.
    """
    barred = {stem for one in gone for stem in content_stems(one.text)}
    barred |= {stem for what in request.what for stem in content_stems(what)}
    pieces = [one for sentence in SENTENCE.split(mended(text)) for one in _pieces(sentence)]
    beside = [
        one for one in pieces if not any(one in part or part in one for part in request.parts)
    ]
    found = [(piece, one) for piece in beside for one in extract(piece).statements]
    kept = [
        one for piece, one in found
        if (TO_REMEMBER.match(piece) or _is_so_now(one))
        and not barred & set(content_stems(one.text))
    ]  # fmt: skip
    return Extraction(tuple(kept))


def _pieces(sentence: str) -> list[str]:
    return [sentence] if TO_REMEMBER.match(sentence) else PART.split(sentence)


def _is_so_now(one: Statement) -> bool:
    return bool(OWN.match(one.text)) and one.is_revision and not denies(one.text)


def _said_last(memories: Memories, turn: Turn) -> list[Fact]:
    """The facts of the message before this one, or those of which the answer to it told."""
    own = [one.text for one in turn.history if one.role == "user"]
    found = _said_in(memories, turn, own[-1]) if own else []
    if found or not turn.history:
        return found
    answer = turn.history[-1].text
    return [one for one in memories.facts(turn.user) if to_second_person(one.text) in answer]


def _said_last_with_a_number(memories: Memories, turn: Turn) -> list[Fact]:
    return [one for one in _said_last(memories, turn) if any(map(str.isdigit, one.text))]


def _said_first(memories: Memories, turn: Turn) -> list[Fact]:
    """The facts of the first message of the chat that told any."""
    own = (one.text for one in turn.history if one.role == "user")
    return next(filter(None, (_said_in(memories, turn, one) for one in own)), [])


def _said_before(memories: Memories, turn: Turn) -> list[Fact]:
    """The facts of the user's chat before this one."""
    others = [one for one in memories.facts(turn.user) if one.session != turn.session]
    return [one for one in others if one.session == others[-1].session]


def _said_in(memories: Memories, turn: Turn, message: str) -> list[Fact]:
    own = [one for one in memories.facts(turn.user) if one.session == turn.session]
    said = set(_words(message))
    return [one for one in own if said.issuperset(_words(one.source_text))]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", mended(text).lower())


def _each_once(found: Sequence[Doomed]) -> list[Doomed]:
    """Each fact once; of one of which several parts go, only what stays in every case."""
    rests: dict[str, list[Doomed]] = {}
    for one in found:
        rests.setdefault(one.fact.id, []).append(one)
    return [min(ones, key=lambda one: len(one.rest)) for ones in rests.values()]


PLACES: dict[str, Callable[[Memories, Turn], list[Fact]]] = {
    THE_LAST: _said_last,
    THE_LAST_FIGURE: _said_last_with_a_number,
    THE_FIRST: _said_first,
    THE_CHAT_BEFORE: _said_before,
}
