"""The spam plugin: judges messages that are pasted, and files of messages."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.errors import AssistantError
from assistant.plugin import Plugin, Services, read_examples, takes
from assistant.schema import (
    Advance,
    Answer,
    Completion,
    Context,
    Gauge,
    Part,
    Pick,
    Response,
    Turn,
)
from ingest.embedder import MAX_TOKENS
from plugins.spam import file_check
from plugins.spam.classifier import SpamClassifier
from plugins.spam.corrections import Corrections
from plugins.spam.explain import strongest, weigh_words
from plugins.spam.messages import read_messages
from plugins.spam.request import find_request

MODEL = "spam classifier"
NOTHING = (
    "Paste the message behind the question, such as “Is this spam? …”, or drop a CSV, TSV, mbox or "
    "EML file here: then I say how probable it is that it is spam."
)
SURE = 0.9
N_SPECIAL = 2
"""Tokens that stand around a message."""
AT_ONCE = 512
"""Messages of a file that are classified before the progress is shown again."""
N_WORDS = 5
LINK = re.compile(r"https?:|www\.|\w\.(?:com|net|org|info|uk|co|ly|me)\b", re.IGNORECASE)
FILE = re.compile(
    r"\b(file|table|mailbox|mbox|csv|tsv|eml|messages|mails|e-mails|emails|these|them)\b",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\d{5}")


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be judged: files, or else a message, which may be missing."""

    message: str
    files: tuple[Path, ...] = ()


class Spam(Plugin):
    """Says whether a message is spam."""

    name = "spam"
    description = (
        "Says whether a message is spam, how probable that is and which words speak for it."
    )
    examples = read_examples(Path(__file__).with_name("examples.txt"))
    command = "spam"
    command_icon = "shield-alert"
    file_endings = (".csv", ".tsv", ".mbox", ".eml")
    file_offer = "Look for spam in it"
    uses_context = False

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self.classifier = SpamClassifier.from_settings(services.settings)
        self._corrections = Corrections(services.settings.spam_corrections)

    def warm_up(self) -> None:
        """Loads the classifier."""
        self.classifier.warm_up()

    def affinity(self, turn: Turn) -> Pick | None:
        """Whether the message asks for a verdict on another message."""
        if find_request(turn.text) is None:
            return None
        return Pick(self.name, 1.0, "it asks whether a message is spam")

    async def respond(self, turn: Turn, context: Context) -> Response:  # noqa: ARG002 - no passages
        """Judges the pasted message, or every message of a file."""
        task = self._task(turn)
        judgements = [self._judge_file(file) for file in task.files] or [self._judge(task.message)]
        for position, judgement in enumerate(judgements):
            if position:
                yield "\n\n"
            try:
                async for piece in judgement:
                    yield piece
            except AssistantError as error:  # one file's, and the others follow
                yield _as_code(str(error))
        yield Completion(MODEL)

    def rated(self, turn: Turn, answer: Answer, good: bool) -> str:  # noqa: ARG002 - judged anew
        """Keeps a message whose verdict was wrong for the next training."""
        task = self._task(turn)
        if good:
            return "Thank you."
        if task.files or not task.message:
            return "Paste a message that was judged wrong on its own, and say so there."
        is_spam = self.classifier.classify([task.message])[0].label != "spam"
        self._corrections.add(task.message, is_spam, turn.user)
        label = "spam" if is_spam else "no spam"
        return f"Noted as {label}: the next `assistant train spam` learns from it."

    def _task(self, turn: Turn) -> Task:
        """What a turn asks to be judged."""
        request = find_request(turn.text)
        message = request.message if request else turn.text.strip()
        files = tuple(Path(file) for file in turn.attached if takes(self, file))
        if files or message:
            return Task(message, files)
        said_before = _last_message(turn)
        earlier = [Path(file) for file in turn.uploads if takes(self, file)]
        if earlier and (FILE.search(turn.text) or not said_before):
            return Task("", (earlier[-1],))
        return Task(said_before)

    async def _judge(self, message: str) -> AsyncIterator[str | Part]:
        if not message:
            yield NOTHING
            return
        for piece in await asyncio.to_thread(self._verdict, message):
            yield piece

    def _verdict(self, message: str) -> list[str | Part]:
        """The verdict in words, and what is drawn below it."""
        [verdict] = self.classifier.classify([message])
        is_spam, probability = verdict.label == "spam", verdict.probability
        weighed = weigh_words(message, self.classifier.logits)
        words = ", ".join(f"“{word}”" for word in strongest(weighed, is_spam, N_WORDS))
        sentences = [
            f"This looks like {'spam' if is_spam else 'an ordinary message, not spam'}: the "
            f"probability of spam is {_percent(probability)}.",
            f"What speaks most {'for' if is_spam else 'against'} it: {words}." if words else "",
            _advice(probability, message),
        ]
        if self.services.embedder.count_tokens(message) > MAX_TOKENS - N_SPECIAL:
            sentences.append(f"Only its first {MAX_TOKENS} tokens were read.")
        gauge = Gauge("Probability of spam", probability, "ham", "spam")
        return [" ".join(filter(None, sentences)), gauge, weighed]

    async def _judge_file(self, file: Path) -> AsyncIterator[str | Part]:
        messages = await asyncio.to_thread(lambda: list(read_messages(file)))
        label = f"Classifying {file.name}"
        found = []
        for start in range(0, len(messages), AT_ONCE):
            yield Advance(label, start, len(messages))
            texts = [message.text for message in messages[start : start + AT_ONCE]]
            found.append(await asyncio.to_thread(self.classifier.probabilities, texts))
        yield Advance(label, len(messages), len(messages))
        probabilities = np.concatenate(found)
        yield file_check.summary(_as_code(file.name), probabilities)
        for part in await asyncio.to_thread(file_check.parts, file, messages, probabilities):
            yield part


def _last_message(turn: Turn) -> str:
    """What the person wrote before: "Is it spam?" may ask about it."""
    for message in reversed(turn.history):
        if message.role == "user":
            request = find_request(message.text)
            return request.message if request else message.text.strip()
    return ""


def _as_code(text: str) -> str:
    """Text that is neither formatted nor made a link of, wherever it is shown."""
    return f"`{text.replace('`', '')}`"


def _percent(probability: float) -> str:
    """In percent, never quite 0 or 100: nobody is that sure."""
    if probability < 0.001:
        return "below 0.1 %"
    return "above 99.9 %" if probability > 0.999 else f"{probability:.1%}".replace("%", " %")


def _advice(probability: float, message: str) -> str:
    if 1 - SURE < probability < SURE:
        return "That is not sure: ask the sender by a way that you know before you answer or pay."
    if probability < SURE:
        return "The words alone were judged, not the sender: give no passwords or codes away."
    if LINK.search(message):
        return "Do not open its link; delete it."
    if NUMBER.search(message):
        return "Do not call or text the number in it; delete it."
    return "Do not answer it; delete it."
