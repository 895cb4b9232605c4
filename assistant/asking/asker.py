"""Says what a turn asks for, by the configured model where a message leans on those before it."""

import asyncio
import logging
import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.asking.follow_up import OPENER, standalone
from assistant.asking.several import MOST, several
from assistant.errors import ModelError
from assistant.llm import LOCAL
from assistant.plugin import LanguageModel
from assistant.routing.parts import Parts, split
from assistant.schema import Message, Turn

log = logging.getLogger(__name__)

LONGEST_CHARS = 400
"""A longer message says what it is about itself; a longer line is no question."""
N_BEFORE = 6
"""Earlier messages that are looked at."""
DEADLINE_SECONDS = 4.0
KNOWN_SHARE = 0.5
"""So many of a rewritten question's words must have been said: else it is something else."""
LONG_WORD = re.compile(r"\w{4,}")
QUESTIONS = re.compile(r"(?:[^?]+\?+\s*){2,}")
"""A message of nothing but questions brings no text along."""
LIST_MARK = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
SYSTEM = (
    "You are given a conversation. Rewrite the person's last message so that it can be understood "
    "without the conversation: put in the names, years and things that it leaves out or points at. "
    f"One line for each thing that it asks for, at most {MOST}; one line where it asks for one. "
    "Write in the person's language. Do not answer, and write nothing but the lines."
)


class Asker:
    """Makes stand-alone questions of messages.

    Args:
        llm: Is asked where a message leans on those before it, unless it runs in this process and
            would take longer than the search; `None` to go by rules alone.
    """

    def __init__(self, llm: LanguageModel | None = None) -> None:
        self._llm = llm

    async def asked(self, turn: Turn) -> tuple[str, ...]:
        """What a turn asks for, a question each; empty where that is its text as it stands."""
        asked = by_rules(turn)
        leans = asked != by_rules(replace(turn, history=()))
        if self._llm is not None and leans and not self._llm.name.startswith(LOCAL):
            return await self._rewritten(self._llm, turn) or asked
        return asked

    async def _rewritten(self, llm: LanguageModel, turn: Turn) -> tuple[str, ...]:
        """The model's lines; none where they are late or unusable."""
        messages = (*turn.history[-N_BEFORE:], Message("user", turn.text))
        said = "\n".join(
            f"{'Person' if one.role == 'user' else 'Assistant'}: {one.text}" for one in messages
        )
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                reply = llm.chat((Message("user", said),), SYSTEM, turn.options)
                text = "".join([piece async for piece in reply if isinstance(piece, str)])
        except (TimeoutError, ModelError) as error:
            log.warning("The model rewrote no question, so the rules do: %s", error or "too late")
            return ()
        return _usable(text, said)


def by_rules(turn: Turn) -> tuple[str, ...]:
    """What a turn asks for, by rules alone; empty where that is its text as it stands."""
    parts = split(turn.text)
    if QUESTIONS.fullmatch(turn.text[: LONGEST_CHARS + 1]):
        parts = Parts(turn.text.strip())
    if parts.pasted or len(parts.asked) > LONGEST_CHARS:
        return ()
    before, answer = _said_before(turn.history)
    asked: list[str] = []
    for part in several(parts.asked):
        asked.append(standalone(part, before, answer))
        before, answer = asked[-1], ""
    return () if asked in ([turn.text], [parts.asked]) else tuple(dict.fromkeys(asked))


def _said_before(history: Sequence[Message]) -> tuple[str, str]:
    """The last question of the history, standing alone, and what was answered to it."""
    before, answer = "", ""
    for message in history[-N_BEFORE:]:
        asked = split(message.text).asked
        if message.role == "assistant":
            answer = message.text if before else ""
        elif len(asked) <= LONGEST_CHARS and not OPENER.fullmatch(asked):
            before, answer = standalone(asked, before, answer), ""
    return before, answer


def _usable(text: str, said: str) -> tuple[str, ...]:
    """The lines of a model's reply; none where one of them is no rewritten question."""
    lines = [LIST_MARK.sub("", line).strip(" \"'“”") for line in text.splitlines()]
    lines = [line for line in lines if line]
    known = set(LONG_WORD.findall(said.lower()))
    for line in lines:
        words = set(LONG_WORD.findall(line.lower()))
        if len(line) > LONGEST_CHARS or len(words & known) < KNOWN_SHARE * len(words):
            return ()
    return tuple(dict.fromkeys(lines)) if len(lines) <= MOST else ()
