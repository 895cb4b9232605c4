"""The words of a prompt as the prompt writes them, and where a response runs along them."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from plugins.instruct.surface.sentence_starts import QUOTES, SentenceStarts, Start

CONTINUED = "##"
"""Begins every piece of a word but the first."""
COMMON_IDS = 3500
"""BERT's vocabulary is sorted by frequency; words before this place are hardly ever names."""
MIN_WORDS, MIN_WORDS_AT_QUOTE, MIN_WORDS_AT_BREAK = 2, 3, 5
"""A stretch of so many words brings the prompt's spaces along, those at quotation marks, which open
or close, and its line breaks."""


@dataclass(frozen=True, slots=True)
class PromptWord:
    """A word or a punctuation mark of the prompt.

    Attributes:
        key: As the vocabulary writes it: lower case, without accents.
        text: As the prompt writes it.
        gap: What stands before it, mostly a space or nothing.
        min_words: The shortest stretch up to here whose gap can be relied on.
        may_start: Whether it may begin a sentence, so that its capital says nothing.
        is_common: Whether it is one of the commonest words.
    """

    key: str
    text: str
    gap: str
    min_words: int
    may_start: bool
    is_common: bool


def read_prompt(tokenizer: Any, text: str) -> list[PromptWord]:
    """The words and marks of a prompt in order.

    Args:
        tokenizer: A BERT's, a fast one.
        text: The prompt, of any length.
    """
    starts = SentenceStarts()
    words: list[PromptWord] = []
    read_until, before = 0, ""
    for key, start, end, is_common in _joined(_pieces(tokenizer, text)):
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1  # an accent that is a character of its own
        gap = text[read_until:start]
        min_words = MIN_WORDS_AT_QUOTE if {key, before} & QUOTES else MIN_WORDS
        min_words = MIN_WORDS_AT_BREAK if "\n" in gap else min_words
        may_start = starts.next(key, gap) > Start.NO
        words.append(PromptWord(key, text[start:end], gap, min_words, may_start, is_common))
        read_until, before = end, key
    return words


def _pieces(tokenizer: Any, text: str) -> Iterator[tuple[str, int, int, bool]]:
    """Pieces of words: token, start and end in the text, and whether it is a common one."""
    read = tokenizer(
        text,
        add_special_tokens=False,
        truncation=False,
        return_offsets_mapping=True,
        verbose=False,
    )
    tokens = tokenizer.convert_ids_to_tokens(read.input_ids)
    for token, id_, (start, end) in zip(tokens, read.input_ids, read.offset_mapping, strict=True):
        yield token, start, end, id_ < COMMON_IDS


def _joined(pieces: Iterable[tuple[str, int, int, bool]]) -> list[tuple[str, int, int, bool]]:
    words: list[tuple[str, int, int, bool]] = []
    for token, start, end, is_common in pieces:
        if token.startswith(CONTINUED) and words:
            key, first, _, _ = words[-1]
            words[-1] = (key + token.removeprefix(CONTINUED), first, end, False)
        else:
            words.append((token, start, end, is_common))
    return words


class Alignment:
    """Where the response's latest words stand in the prompt, found from what is behind alone.

    Args:
        words: The prompt's.
    """

    def __init__(self, words: list[PromptWord]) -> None:
        self.words = words
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, word in enumerate(words):
            self._places[word.key].append(place)
        self._n_followed = 0
        self._lengths: dict[int, int] = {}

    def follow(self, key: str) -> None:
        """Goes on to the response's next word."""
        before = self._lengths
        self._n_followed += 1
        self._lengths = {place: before.get(place - 1, 0) + 1 for place in self._places.get(key, ())}

    def is_extract(self) -> bool:
        """Whether all words so far are one stretch of the prompt."""
        return self._n_followed in self._lengths.values()

    def everywhere(self) -> list[PromptWord]:
        """The latest word wherever it stands in the prompt."""
        return [self.words[place] for place in self._lengths]

    def longest(self, next_piece: str) -> list[int]:
        """Where the longest stretch of words that ends with the latest one stands in the prompt.

        Args:
            next_piece: How the response goes on; the word behind a stretch may begin like it.
        """
        lengths = {
            place: length + self._goes_on(place, next_piece)
            for place, length in self._lengths.items()
        }
        longest = max(lengths.values(), default=0)
        return [place for place, length in lengths.items() if length == longest]

    def gap(self, places: Iterable[int]) -> str | None:
        """What stands before the latest word at the first place whose stretch tells, if any."""
        for place in places:
            if self._lengths[place] >= self.words[place].min_words:
                return self.words[place].gap
        return None

    def _goes_on(self, place: int, next_piece: str) -> bool:
        if not next_piece or place + 1 == len(self.words):
            return False
        return self.words[place + 1].key.startswith(next_piece)
