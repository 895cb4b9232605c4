"""Short names for conversations."""

import re

from assistant.errors import ModelError
from assistant.plugin import LanguageModel
from assistant.schema import Message
from ingest.sentences import sentence_spans

LONGEST_CHARS = 60
MOST_WORDS_OF_A_MODEL = 10
UNTITLED = "Chat"
COURTESY = re.compile(
    r"(?:(?:hi|hello|hey|good (?:morning|afternoon|evening)|thanks|thank you|ok(?:ay)?|so|well|"
    r"please|kindly|there|assistant)\b|(?:can|could|would|will) you\b|(?:tell|show) me\b|"
    r"explain(?: to me)?\b|i(?:'d| would) like to know\b|i want to know\b|do you know\b)"
    r"[\s,.!:;–-]*",
    re.IGNORECASE,
)
"""What opens a message and says nothing of its subject."""
COMMAND = re.compile(r"^/[a-z]+\s+")
EDGES = " \t\n\"'“”‘’*_#.`"

SYSTEM = (
    "You name conversations. Give the subject of the one that begins as follows in at most six "
    "words, in the person's language, without quotes and without a full stop. Write nothing else."
)


def name_from(message: str) -> str:
    """A name made of the first thing that a message says."""
    text = " ".join(COMMAND.sub("", message.strip()).split())
    spans = sentence_spans(text)
    sentences = [_without_courtesy(text[start:end]) for start, end in spans]
    said = next((one for one in sentences if len(one.split()) > 1), "") or next(
        filter(None, sentences), text
    )
    said = said.strip(EDGES)
    return _cut(said[:1].upper() + said[1:]) or UNTITLED


async def name_by_model(llm: LanguageModel, question: str, answer: str) -> str:
    """The model's name for a conversation; empty where it gives none that could be one."""
    beginning = Message("user", f"The person: {question[:2000]}\n\nThe assistant: {answer[:2000]}")
    try:
        pieces = [piece async for piece in llm.chat((beginning,), SYSTEM)]
    except ModelError:
        return ""
    said = "".join(piece for piece in pieces if isinstance(piece, str)).strip().partition("\n")[0]
    name = " ".join(said.split()).strip(EDGES)
    return name if 0 < len(name.split()) <= MOST_WORDS_OF_A_MODEL else ""


def _without_courtesy(sentence: str) -> str:
    while (match := COURTESY.match(sentence)) and match.end() > 0:
        sentence = sentence[match.end() :]
    return sentence


def _cut(text: str) -> str:
    """As much of a text as a name may have, cut between words."""
    if len(text) <= LONGEST_CHARS:
        return text
    head, _, _ = text[: LONGEST_CHARS - 1].rpartition(" ")
    return f"{head or text[: LONGEST_CHARS - 1]}…"
