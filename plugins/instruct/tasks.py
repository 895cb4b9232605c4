"""Tells a message that brings its text along: something is asked, and here is what about."""

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from assistant.plugin import Embedder

TASKS = (
    "Is this review positive or negative?",
    "What is the sentiment of this text?",
    "What is this article about, sports or business?",
    "Do these two sentences mean the same?",
    "Summarize this conversation in a sentence",
    "Summarize the following text",
    "Give this article a title",
    "Write a headline for this text",
    "Answer the question from the passage below",
    "Read the text and answer the question",
    "Rewrite this sentence in the passive voice",
    "Correct the grammar of this sentence",
    "Fix the spelling in this text",
    "Paraphrase the following sentence",
    "Say this more politely",
    "Replace the underlined word with a synonym",
    "Write a sentence with these words",
    "Classify the following items",
    "Turn this sentence into a question",
)
"""What the model is asked to do with texts."""
LEAST = 0.4
"""Least similarity to one of them."""
TEXT_WORDS = 3
"""A text has at least so many words …"""
TASK_WORDS = 30
"""… and what is asked about it at most so many."""
BETWEEN = re.compile(r"\s*\n\s*|:\s+|[?.!]\s+(?=[\"“'])|\s+(?=[\"“])")
"""What stands between a task and a text."""


class TextTasks:
    """Compares what is asked with what the model is for.

    Args:
        embedder: Embeds both; the tasks when the first message comes.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._tasks: NDArray[np.float32] | None = None

    def nearest(self, message: str) -> tuple[float, str] | None:
        """The task that a message comes nearest to.

        Returns:
            Their cosine, `LEAST` or more, and the task; `None` where a message brings no text
            along, or asks for something else.
        """
        asked = list(_asked(message))
        if not asked:
            return None
        if self._tasks is None:
            self._tasks = self._embedder.encode(TASKS)
        similarity = self._embedder.encode(asked) @ self._tasks.T
        score = float(similarity.max())
        task = TASKS[int(similarity.max(axis=0).argmax())]
        return (min(1.0, score), task) if score >= LEAST else None


def _asked(message: str) -> Iterator[str]:
    """What may be asked: the words before the text, or those behind it."""
    parts = [part for part in BETWEEN.split(message.strip()) if part.strip()]
    if len(parts) < 2:
        return
    n_words = [len(part.split()) for part in parts]
    for asked, rest in ((0, n_words[1:]), (-1, n_words[:-1])):
        if n_words[asked] <= TASK_WORDS and sum(rest) >= TEXT_WORDS:
            yield parts[asked].strip("\"“”' ")
