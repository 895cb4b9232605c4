"""Talks with the memory plugin as the engine does."""

import asyncio
from dataclasses import dataclass, replace

from assistant.context import ContextFilter, Contribution
from assistant.schema import Answer, Citation, Passage, Route, Timings, Turn, Usage
from plugins.memory.plugin import MemoryPlugin


@dataclass(frozen=True)
class Reply:
    """What came of a turn."""

    text: str
    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]
    score: float


class Chat:
    """A person's chat, in which the memory answers what it takes for its own."""

    def __init__(self, plugin: MemoryPlugin) -> None:
        self.plugin = plugin

    def say(self, text: str, user: str = "ann", **fields: object) -> Reply:
        """Says something; the reply is empty where the memory leaves it to others."""
        turn = replace(Turn(text, user=user, session="chat"), **fields)
        pick = self.plugin.affinity(turn)
        gathered = self.plugin.gather(turn)
        context = ContextFilter(3000, len).pack(text, [Contribution("memory", gathered, 5000)])
        score = pick.score if pick else 0.0
        pieces = asyncio.run(self._answer(turn, context)) if score or turn.plugin else []
        said = "".join(piece for piece in pieces if isinstance(piece, str))
        cited = tuple(piece for piece in pieces if isinstance(piece, Citation))
        answer = Answer(
            turn.id, said, Route(()), "", context.passages, cited, Usage(), Timings(0, 0, 0, 0)
        )
        self.plugin.observe(turn, answer)
        self.plugin.close()
        return Reply(said, cited, context.passages, score)

    async def _answer(self, turn, context):
        return [piece async for piece in self.plugin.respond(turn, context)]

    def facts(self, user: str = "ann") -> list[str]:
        """The texts of what is kept."""
        return [fact.text for fact in self.plugin.memories.facts(user)]
