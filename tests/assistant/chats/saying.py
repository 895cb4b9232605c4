"""Turns that were asked and answered."""

from assistant.chats.store import Chats
from assistant.schema import Answer, Citation, Passage, Route, Timings, Turn, Usage

PASSAGE = Passage("1", "docs/lease.pdf", 3, 0, 9, "", "The lease.", 0.9)


def cited(turn: Turn, text: str) -> Answer:
    """An answer that cites the passage."""
    citation = Citation(1, PASSAGE.source, PASSAGE.page, PASSAGE.text, 0, 9)
    return Answer(
        turn.id, text, Route(()), "extractive", (PASSAGE,), (citation,), Usage(),
        Timings(0, 0, 0, 0), plugin="rag",
    )  # fmt: skip


def say(chats: Chats, user: str, session: str, asked: str, answer: str = "I see.") -> Turn:
    """Asks in a conversation that may be new; returns the turn."""
    conversation = chats.open(user, session)
    turn = Turn(asked, user=user, session=conversation.id, history=conversation.history)
    chats.add(turn, cited(turn, answer), session)
    return turn
