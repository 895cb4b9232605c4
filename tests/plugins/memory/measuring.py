"""Counts what the extractor finds of what was said, and what it invents."""

from collections.abc import Sequence

from plugins.memory.choosing import choose
from plugins.memory.extract.extractor import extract
from plugins.memory.memories import Memories
from plugins.memory.questions import parse
from tests.plugins.memory.conversations import Script


def hold(memories: Memories, user: str, script: Script) -> list[str]:
    """Says all of a script; returns the facts that hold in the end."""
    for message in script.said:
        memories.keep(user, extract(message), "chat")
    return [fact.text for fact in memories.facts(user)]


def missed_and_invented(script: Script, facts: Sequence[str]) -> tuple[list[str], list[str]]:
    """What was told and not kept, and what was kept and not told."""
    told = [one.split(";") for one in script.told]
    missed = [
        ";".join(one) for one in told if not any(_says(fact, way) for fact in facts for way in one)
    ]
    invented = [fact for fact in facts if not any(_says(fact, way) for one in told for way in one)]
    return missed, invented


def wrong_answers(memories: Memories, user: str, script: Script) -> list[str]:
    """The questions that are answered wrongly, with what came."""
    return [
        f"{question} {found}"
        for question, words in script.asked
        if not _is_right(found := answers(memories, user, question), words)
    ]


def answers(memories: Memories, user: str, text: str) -> list[str]:
    """The facts that answer a question."""
    question = parse(text)
    return [fact.text for fact in choose(memories, user, question, text).facts] if question else []


def _is_right(found: Sequence[str], words: str) -> bool:
    return words.lower() in " ".join(found).lower() if words else not found


def _says(fact: str, words: str) -> bool:
    return all(word.lower() in fact.lower() for word in words.split())
