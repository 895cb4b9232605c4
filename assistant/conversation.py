"""The answer to a message that no plugin takes: small talk, or the model's own words."""

import asyncio
from collections.abc import Sequence

from assistant.plugin import Plugin
from assistant.schema import MEMORY, Completion, Context, Message, Passage, Response, Turn

SYSTEM = (
    "You are the assistant of a person who keeps a collection of documents. No document was "
    "consulted for this message. Answer briefly, say so when you do not know, and never claim "
    "to quote a document."
)
WHAT_FOR = (
    "I answer questions from your documents, each sentence with its source: ask about something "
    "that they tell, or drop a file here and ask about that."
)
GREETING = f"Hello! {WHAT_FOR}"
NOT_FOUND = f"That is not in your documents. {WHAT_FOR}"
SMALL_TALK_SCORE = 0.5
"""Cosine with an example at which a message passes for small talk."""


class Conversation(Plugin):
    """Answers when no plugin is picked: by the language model where there is one."""

    name = "conversation"
    description = "Small talk, and whatever no plugin serves."
    examples = (
        "Hello",
        "Hi there, how are you?",
        "Good morning",
        "Hey, what's up?",
        "Nice to meet you",
        "Thanks a lot, that helped",
        "Thank you",
        "Great, perfect",
        "Ok, got it",
        "Goodbye, see you tomorrow",
        "Have a nice day",
        "Who are you?",
        "What is your name?",
        "What can you do?",
        "Are you a robot?",
        "Tell me a joke",
        "Sing me a song",
        "How is your day going?",
        "Sorry",
        "You are funny",
        "I am bored",
        "lol",
    )

    async def respond(self, turn: Turn, context: Context) -> Response:
        """Streams the model's reply; without a model, says what the assistant is for."""
        if self.services.llm is None:
            yield await asyncio.to_thread(self._canned, turn.text)
            yield Completion("extractive")
            return
        told = [one for one in context.passages if one.collection == MEMORY]
        messages = (*turn.history, Message("user", _with_facts(turn.text, told)))
        async for piece in self.services.llm.chat(messages, SYSTEM, turn.options):
            yield piece

    def _canned(self, text: str) -> str:
        vectors = self.services.embedder.encode([*self.examples, text])
        resembles_small_talk = (vectors[:-1] @ vectors[-1]).max() >= SMALL_TALK_SCORE
        return GREETING if resembles_small_talk else NOT_FOUND


def _with_facts(text: str, told: Sequence[Passage]) -> str:
    """The message behind what the person has told before: quoted material, no instruction."""
    if not told:
        return text
    notes = "\n".join(f"- {one.heading}: “{' '.join(one.text.split())}”" for one in told)
    return f"What I have told you before, as far as it matters:\n{notes}\n\n{text}"
