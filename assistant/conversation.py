"""The answer to a message that no plugin takes: small talk, or the model's own words."""

from collections.abc import Sequence
from pathlib import Path

from assistant.plugin import Plugin, read_examples
from assistant.refusal import REFUSAL
from assistant.schema import MEMORY, Completion, Context, Message, Passage, Response, Turn

SYSTEM = (
    "You are the assistant of a person who keeps a collection of documents. No document was "
    "consulted for this message. Answer briefly, say so when you do not know, and never claim "
    "to quote a document."
)
CANNOT = (
    "You cannot act outside of this conversation: you look nothing up, send, book or order nothing."
)
WHAT_FOR = (
    "I answer questions from your documents, each sentence with its source, say whether a message "
    "is spam, rework a text that you paste, and remember what you tell me about yourself: ask "
    "about something that the documents tell, or drop a file here and ask about that."
)
GREETING = f"Hello! {WHAT_FOR}"
NOT_FOUND = f"{REFUSAL.removesuffix('.')}, and nothing else that I can do. {WHAT_FOR}"
EXAMPLES = Path(__file__).parent / "routing"


class Conversation(Plugin):
    """Answers when no plugin is picked: by the language model where there is one."""

    name = "conversation"
    description = "Small talk, and whatever no plugin serves."
    examples = read_examples(EXAMPLES / "small_talk.txt")
    system = SYSTEM
    canned = GREETING

    async def respond(self, turn: Turn, context: Context) -> Response:
        """Streams the model's reply; without a model, says what the assistant is for."""
        if self.services.llm is None:
            yield self.canned
            yield Completion("extractive")
            return
        told = [one for one in context.passages if one.collection == MEMORY]
        messages = (*turn.history, Message("user", _with_facts(turn.text, told)))
        async for piece in self.services.llm.chat(messages, self.system, turn.options):
            yield piece


class OffTopic(Conversation):
    """Answers what no plugin serves: what all the world knows, what to do in the world."""

    name = "off-topic"
    description = "Says so where no plugin serves a message."
    examples = read_examples(EXAMPLES / "off_topic.txt")
    system = f"{SYSTEM} {CANNOT}"
    canned = NOT_FOUND


def _with_facts(text: str, told: Sequence[Passage]) -> str:
    """The message behind what the person has told before: quoted material, no instruction."""
    if not told:
        return text
    notes = "\n".join(f"- {one.heading}: “{' '.join(one.text.split())}”" for one in told)
    return f"What I have told you before, as far as it matters:\n{notes}\n\n{text}"
