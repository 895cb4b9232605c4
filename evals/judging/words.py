"""Words as the judge compares them: without endings, numbers by their value."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from evals.judging.lexicon import IRREGULAR, NEGATORS, NUMBERS, ORDINALS, PLAIN, SCALES

WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[^\W_]+|%")
CONTRACTED = re.compile(r"\b(ca|wo|sha|\w+?) ?n['’]t\b", re.IGNORECASE)
WHOLE = {"ca": "can", "wo": "will", "sha": "shall"}
BEGINS = re.compile(r"(?:^|[.!?:…\n][\"'”’)\]]*\s*|[\"“‘(`]\s*)$")
ENDINGS = ("ings", "ing", "edly", "ed", "ies", "ied", "es", "s", "ly", "er", "ers", "e", "y")
SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text.

    Attributes:
        text: As it stands there.
        key: What forms of the same word have in common: its stem, or a number's value.
        is_name: Whether it begins with a capital that no beginning of a sentence explains.
        value: Of a number, in figures or in words.
        is_plain: Whether every text has it, such as "the".
        is_negation: Whether it denies.
    """

    text: str
    key: str
    is_name: bool = False
    value: float | None = None
    is_plain: bool = False
    is_negation: bool = False


def words_of(text: str) -> list[Word]:
    """The words of a text, in order: "isn't" is "is not", "two million" one number."""
    text = CONTRACTED.sub(lambda match: f"{WHOLE.get(match[1].lower(), match[1])} not", text)
    matches = list(WORD.finditer(text))
    words = [_word(match.group()) for match in matches]
    for at, match in enumerate(matches):
        if words[at].is_name and BEGINS.search(text[max(0, match.start() - 4) : match.start()]):
            follows = at + 1 < len(words) and words[at + 1].text[:1].isupper()
            words[at] = replace(words[at], is_name=follows and not words[at].is_plain)
    return list(_scaled(words))


@lru_cache(maxsize=100_000)
def _word(text: str) -> Word:
    lowered = text.casefold().replace("’", "'").removesuffix("'s").removesuffix("'")
    lowered = "percent" if lowered == "%" else lowered
    value = _value(lowered)
    is_plain = lowered in PLAIN
    return Word(
        text,
        stem(lowered) if value is None else f"{value:.12g}",
        is_name=text[:1].isupper() and value is None and lowered not in ("i", "i'm"),
        value=value,
        is_plain=is_plain,
        is_negation=lowered in NEGATORS,
    )


def _value(word: str) -> float | None:
    """What a number in figures or in words is worth."""
    if word in NUMBERS:
        return float(NUMBERS[word])
    if not word[0].isdigit():
        return None
    try:
        return float(word.replace(",", "") if _has_thousands(word) else word.replace(",", "."))
    except ValueError:
        return None


def _has_thousands(word: str) -> bool:
    head, *groups = word.split(",")
    wholes = [group.partition(".")[0] for group in groups]
    return bool(groups) and len(head) <= 3 and all(len(whole) == 3 for whole in wholes)


def _scaled(words: list[Word]) -> Iterator[Word]:
    """Joins "two" and "million", "twenty" and "five"."""
    pending: Word | None = None
    for word in words:
        scale = SCALES.get(word.text.casefold())
        if pending is not None and pending.value is not None:
            if scale is not None:
                value = pending.value * scale
            elif word.value is not None and _completes(pending.value, word):
                value = pending.value + word.value
            else:
                yield pending
                pending = word
                continue
            text = f"{pending.text} {word.text}"
            pending = replace(pending, text=text, key=f"{value:.12g}", value=value)
            continue
        if pending is not None:
            yield pending
        pending = word
    if pending is not None:
        yield pending


def _completes(tens: float, word: Word) -> bool:
    return tens in range(20, 100, 10) and word.text.isalpha() and 0 < (word.value or 0) < 10


def stem(word: str) -> str:
    """A word without its ending; "bought" is "buy", "third" is "3rd"."""
    if word in ORDINALS:
        return f"{ORDINALS[word]}th"
    if word in IRREGULAR:
        word = IRREGULAR[word]
    if re.fullmatch(r"\d+(?:st|nd|rd|th)", word):
        return f"{word[:-2]}th"
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            if ending == "s" and word.endswith("ss"):
                continue
            word = word.removesuffix(ending)
            break
    if len(word) > SHORTEST_STEM and word[-1] == word[-2] and word[-1] not in "aeiousl":
        word = word[:-1]
    return word
