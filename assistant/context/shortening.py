"""Shortens a passage to the run of its sentences that fits a question best."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from assistant.schema import Passage
from ingest.sentences import sentence_spans
from ingest.words import content_words

LEAST_TOKENS = 24
"""A shorter piece of a passage says little out of its place."""
ENDING = re.compile(r"(?<=\w{3})(?:ies|ing|ed|es|s|y)$")
"""Enough to match the forms of English words, such as singular and plural."""


def word_weights(question: str, texts: Iterable[str]) -> dict[str, float]:
    """The question's words that stand in these texts; the fewer have one the more it tells."""
    asked = _stems(question)
    n_having = Counter(word for text in texts for word in asked & _stems(text))
    most = max(n_having.values(), default=0)
    return {word: math.log((most + 1) / n + 1) for word, n in n_having.items()}


def shortened(
    passage: Passage,
    room_tokens: int,
    weights: Mapping[str, float],
    count_tokens: Callable[[str], int],
) -> Passage | None:
    """The run of whole sentences that has most of the question's words, verbatim.

    Args:
        passage: What is shortened.
        room_tokens: Longest run.
        weights: The question's words, as `word_weights` gives them.
        count_tokens: Counts the tokens of a text.

    Returns:
        The passage with the run's text, start and end; `None` where no run that fits is worth it.
    """
    if room_tokens < LEAST_TOKENS or not weights:
        return None
    spans = sentence_spans(passage.text)
    sentences = [passage.text[start:end] for start, end in spans]
    values = [sum(weights.get(word, 0.0) for word in _stems(one)) for one in sentences]
    run = _best_run(values, [count_tokens(one) for one in sentences], room_tokens)
    if run is None:
        return None
    start, end = spans[run.start][0], spans[run.stop - 1][1]
    text = passage.text[start:end]
    if not LEAST_TOKENS <= count_tokens(text) <= room_tokens:
        return None
    return replace(passage, text=text, start=passage.start + start, end=passage.start + end)


def _best_run(values: Sequence[float], costs: Sequence[int], room: int) -> range | None:
    """The neighbours of the greatest value together that cost no more than there is room."""
    best, best_value = None, 0.0
    stop, cost, value = 0, 0, 0.0
    for start in range(len(values)):
        while stop < len(values) and cost + costs[stop] <= room:
            cost, value, stop = cost + costs[stop], value + values[stop], stop + 1
        if value > best_value + 1e-9:
            best, best_value = range(start, stop), value
        if stop == start:  # one sentence alone is too long
            stop = start + 1
        else:
            cost, value = cost - costs[start], value - values[start]
    return best


def _stems(text: str) -> frozenset[str]:
    return frozenset(ENDING.sub("", word) for word in content_words(text))
