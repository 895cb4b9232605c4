"""The answer to a message that no plugin takes: small talk, or the model's own words."""

from assistant.plugin import Plugin
from assistant.schema import Completion, Context, Message, Response, Turn

SYSTEM = (
    "You are the assistant of a person who keeps a collection of documents. No document was "
    "consulted for this message. Answer briefly, say so when you do not know, and never claim "
    "to quote a document."
)
INTRODUCTION = (
    "I answer questions from your documents, each sentence with its source. This message does "
    "not seem to be about them: ask about something that they tell, or drop a file here and ask "
    "about that."
)


class Conversation(Plugin):
    """Answers when no plugin is picked: by the language model where there is one."""

    name = "conversation"
    description = "Small talk, and whatever no plugin serves."

    async def respond(self, turn: Turn, context: Context) -> Response:  # noqa: ARG002 - no passages
        """Streams the model's reply; without a model, says what the assistant is for."""
        if self.services.llm is None:
            yield INTRODUCTION
            yield Completion("extractive")
            return
        messages = (*turn.history, Message("user", turn.text))
        async for piece in self.services.llm.chat(messages, SYSTEM):
            yield piece
