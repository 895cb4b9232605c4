"""Short-term memory: what a model gets to see of what was said before in a conversation.

The newest turns go to it in full, older ones as a running summary, within a budget of tokens. The
summary is a model's where one is connected, and else made of the older turns' own sentences.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.errors import ModelError
from assistant.plugin import LanguageModel
from assistant.schema import Message, Summary, Turn
from ingest.sentences import sentence_spans, without_marks

SUMMARY_SHARE = 0.3
"""Of the budget, where not everything fits it in full."""
EXCHANGE = 2
"""Messages of one turn: what was asked, and the answer."""
INTRODUCTION = "In short, this is what was said before in our conversation:"
ACKNOWLEDGEMENT = "I will keep that in mind."
LEAST_WORDS = 3
LONGEST_SENTENCE_CHARS = 400
NUMBER = re.compile(r"\d")
NAME = re.compile(r"\w[,;:]? [A-Z]\w")
"""A capital letter behind another word of the sentence."""
ABOUT_THEMSELVES = re.compile(r"\b(i|i'm|im|me|my|mine|we|we're|us|our|ours)\b", re.IGNORECASE)
FIXED = re.compile(
    r"\b(agreed?|always|budget|called|chose[n]?|choose|deadline|decid\w+|due|fixe[sd]|from now on|"
    r"important|instead|limit|must|named?|need|never|note that|only|pick(?:ed)?|plan|prefer\w*|"
    r"remember|settled?|use|want|will)\b",
    re.IGNORECASE,
)
"""Words of decisions, wishes and rules."""

SYSTEM = (
    "You keep the notes of a conversation. You are given the notes so far and what was said since. "
    "Write the notes anew, in at most 200 words: plain sentences, every name, number, date, wish "
    "and decision as it stands now, what the person said before what the assistant said. Write "
    "nothing but the notes."
)


class ShortTermMemory:
    """Fits what was said before into a budget.

    Args:
        budget_tokens: The messages' tokens altogether, the summary included.
        count_tokens: Counts the tokens of a text.
    """

    def __init__(self, budget_tokens: int, count_tokens: Callable[[str], int]) -> None:
        self._budget_tokens = budget_tokens
        self._count_tokens = count_tokens

    def window(self, turn: Turn) -> Turn:
        """The turn with as much of its history as fits: a summary, then the newest turns.

        The newest turn of the history is kept in full even where it alone exceeds the budget.
        """
        n_older = self.n_older(turn.history)
        if not n_older:
            return turn
        summary = (
            Message("user", f"{INTRODUCTION}\n{self._summary(turn, n_older)}"),
            Message("assistant", ACKNOWLEDGEMENT),
        )
        return replace(turn, history=(*summary, *turn.history[n_older:]))

    def n_older(self, history: Sequence[Message]) -> int:
        """How many of the oldest messages do not fit in full."""
        costs = [self._count_tokens(message.text) for message in history]
        if sum(costs) <= self._budget_tokens:
            return 0
        left = int(self._budget_tokens * (1 - SUMMARY_SHARE))
        first = len(history)
        while first > 0:
            start = max(0, first - EXCHANGE)
            left -= sum(costs[start:first])
            if left < 0 and first < len(history):
                break
            first = start
        return first

    def _summary(self, turn: Turn, n_older: int) -> str:
        """The model's notes as far as they go, then sentences of what they do not cover."""
        notes, n_covered = "", 0
        if turn.summary is not None and turn.summary.n_messages <= n_older:
            notes, n_covered = turn.summary.text.strip(), turn.summary.n_messages
        left = int(self._budget_tokens * SUMMARY_SHARE) - self._count_tokens(notes)
        return "\n".join(
            filter(None, [notes, self._extract(turn.history[n_covered:n_older], left)])
        )

    def _extract(self, messages: Sequence[Message], budget_tokens: int) -> str:
        """The weightiest sentences that fit, as lines in the order in which they were said."""
        candidates: dict[str, float] = {}
        for message in messages:
            for sentence in _sentences(message.text):
                weight = _weight(sentence, message.role)
                line = f"- {'I' if message.role == 'user' else 'You'} said: {sentence}"
                if weight > 0:
                    candidates.setdefault(line, weight)
        chosen = set()
        for line in sorted(candidates, key=lambda line: -candidates[line]):
            cost = self._count_tokens(line)
            if cost <= budget_tokens:
                chosen.add(line)
                budget_tokens -= cost
        return "\n".join(line for line in candidates if line in chosen)

    async def summarise(self, llm: LanguageModel, turn: Turn) -> Summary | None:
        """The model's notes of what does not fit in full any more.

        Args:
            llm: Writes them.
            turn: One with the whole history, and the notes so far where there are some.

        Returns:
            `None` where there is nothing new to note, or the model did not answer.
        """
        n_older = await asyncio.to_thread(self.n_older, turn.history)
        n_noted = turn.summary.n_messages if turn.summary else 0
        if n_older <= n_noted:
            return None
        said = "\n\n".join(
            f"{'The person' if one.role == 'user' else 'The assistant'}: {one.text}"
            for one in turn.history[n_noted:n_older]
        )
        notes = turn.summary.text if turn.summary else "(none)"
        request = Message("user", f"Notes so far:\n{notes}\n\nSaid since:\n{said}")
        try:
            pieces = [piece async for piece in llm.chat((request,), SYSTEM, turn.options)]
        except ModelError:
            return None
        text = "".join(piece for piece in pieces if isinstance(piece, str)).strip()
        return Summary(text, n_older) if text else None


def _sentences(text: str) -> list[str]:
    plain = without_marks(text)
    spans = sentence_spans(plain)
    return [" ".join(plain[start:end].split())[:LONGEST_SENTENCE_CHARS] for start, end in spans]


def _weight(sentence: str, role: str) -> float:
    """How much is lost without a sentence; 0 or less for what need not be kept."""
    if len(sentence.split()) < LEAST_WORDS:
        return 0.0
    weight = 2.0 * bool(NUMBER.search(sentence)) + 1.5 * bool(NAME.search(sentence))
    weight += 2.0 * bool(FIXED.search(sentence))
    if role == "user":
        weight += 1.0 + bool(ABOUT_THEMSELVES.search(sentence))
    return weight - 3.0 * sentence.endswith("?") - 2.0 * (role == "assistant")
