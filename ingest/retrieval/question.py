"""What a question asks: its sentences that ask, and the words that a page may have instead."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from ingest.periods import SHORT_YEAR, YEAR, years
from ingest.words import content_words

SENTENCE_END = re.compile(r"(?<=[.?!])\s+")
HOW_TO_ANSWER = re.compile(
    r"\b(?:your (?:answer|response)|(?:answer|respond|reply|round|report it) (?:in|to|with|as)|"
    r"answer the following|give (?:a response|an answer)|state that|explain why|help us|please)\b",
    re.IGNORECASE,
)
"""What a sentence has that says how to answer; it says little about what is looked for."""
AMOUNT = re.compile(
    r"\b(?:how (?:much|many)|amounts?|totals?|averages?|ratios?|rates?|margins?|percent(?:age)?|"
    r"numbers?|figures?|prices?|costs?|sums?|growth|increased?|decreased?|drop(?:ped)?|changed?|"
    r"higher|lower|highest|lowest|most|largest|smallest|usd|eur|gbp)\b|[%$€£]",
    re.IGNORECASE,
)
"""What a question has that asks for an amount."""


@dataclass(frozen=True)
class Question:
    """A question as it is searched for.

    Attributes:
        text: As it was given.
        also: Words that a page may have instead of the question's, from the glossary.
    """

    text: str
    also: str = ""

    @cached_property
    def asked(self) -> str:
        """Its sentences but those that only say how to answer; all of it where none is left."""
        sentences = SENTENCE_END.split(self.text.strip())
        kept = [one for one in sentences if not HOW_TO_ANSWER.search(one)]
        return " ".join(kept) or self.text

    @property
    def texts(self) -> list[str]:
        """What is embedded: what it asks and, where there are any, the other words."""
        return [self.asked, *([self.also] if self.also else [])]

    @cached_property
    def words(self) -> list[str]:
        """Its words that carry meaning, and its years as documents write them."""
        words = (one for one in content_words(self.asked) if not _is_year(one))
        return [*words, *map(str, sorted(years(self.asked)))]

    @cached_property
    def other_words(self) -> list[str]:
        """The words of the glossary that it has not itself."""
        return [one for one in content_words(self.also) if one not in self.words]

    @property
    def asks_for_amount(self) -> bool:
        """Whether figures answer it."""
        return AMOUNT.search(self.asked) is not None


def read_question(text: str, glossary: Mapping[str, str]) -> Question:
    """A question with what the glossary has for its words.

    Args:
        text: The question.
        glossary: For words in lower case, as one term each, the words to look for too.
    """
    question = Question(text)
    spoken = f" {' '.join(_spoken(question.asked))} "
    found = sorted((spoken.find(f" {term} "), also) for term, also in glossary.items())
    phrases = [phrase for at, also in found if at >= 0 for phrase in also.split(", ")]
    return Question(text, ", ".join(dict.fromkeys(phrases)))


def _spoken(text: str) -> list[str]:
    return re.findall(r"[\w&]+(?:'\w+)?", text.lower().replace("-", " "))


def _is_year(word: str) -> bool:
    return bool(YEAR.search(word) or SHORT_YEAR.fullmatch(word))
