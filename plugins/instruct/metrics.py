"""How a response is compared with the one that was wanted."""

import re
import string
from collections import Counter
from collections.abc import Sequence

ARTICLE = re.compile(r"\b(a|an|the)\b")

WITHOUT_PUNCTUATION = str.maketrans("", "", string.punctuation)

WORD = re.compile(r"[a-z0-9]+")

LOOPS = ((8, 2), (3, 3), (1, 4))
"""From how many words on a phrase is a loop if it stands how many times in a row."""

LOOP_IN_WORD = re.compile(r"([^\W\d_]{2,8})\1{4}")
"""Two to eight letters that stand five times in a row."""


def exact_match(response: str, wanted: str) -> bool:
    """Whether both are the same in lower case, without punctuation, articles and extra spaces.

    SQuAD's exact match (Rajpurkar et al. 2016, section 6.1; evaluate-v1.1.py), but for one thing:
    an answer of articles alone keeps them, so that the choice "A" is not the same as nothing.
    """
    return _answer_words(response) == _answer_words(wanted)


def token_f1(response: str, wanted: str) -> float:
    """The harmonic mean of precision and recall of words, each counted as often as it occurs.

    SQuAD's F1 (Rajpurkar et al. 2016, section 6.1; evaluate-v1.1.py) for one wanted answer, its
    words as `exact_match` has them; 0 where either has none.
    """
    said, right = _answer_words(response), _answer_words(wanted)
    return _f1((Counter(said) & Counter(right)).total(), len(said), len(right))


def rouge_l(response: str, wanted: str) -> float:
    """F1 of the longest common subsequence of words.

    ROUGE-L of one sentence (Lin 2004, section 3.1, equations 2 to 4 with beta 1). Words are those
    of Google's rouge_score without stemming: runs of a to z and digits, in lower case; 0 where
    either has none.
    """
    said, right = WORD.findall(response.lower()), WORD.findall(wanted.lower())
    return _f1(_n_common(said, right), len(said), len(right))


def loops(text: str) -> bool:
    """Whether a text repeats itself at once, as a generation that is stuck does.

    It does where one or two words stand four times or more in a row, three to seven words three
    times, eight or more words twice, or two to eight letters of a word five times. Words are what
    spaces part, in lower case and without the punctuation around them.
    """
    plain = text.lower()
    words = [word.strip(string.punctuation) or word for word in plain.split()]
    return LOOP_IN_WORD.search(plain) is not None or any(
        _longest_echo(words, n_words) >= n_words * (_times(n_words) - 1)
        for n_words in range(1, len(words) // 2 + 1)
    )


def _answer_words(text: str) -> list[str]:
    plain = text.lower().translate(WITHOUT_PUNCTUATION)
    return ARTICLE.sub(" ", plain).split() or plain.split()


def _f1(n_common: int, n_said: int, n_right: int) -> float:
    return 2 * n_common / (n_said + n_right) if n_common else 0.0


def _n_common(said: Sequence[str], right: Sequence[str]) -> int:
    """Length of the longest common subsequence, one step of whole-number arithmetic per word.

    Bit-parallel (Hyyrö 2004, "Bit-parallel LCS-length computation revisited"): the zeros of `row`
    are the places of `right` where the length grows.
    """
    places: dict[str, int] = {}
    for place, word in enumerate(right):
        places[word] = places.get(word, 0) | 1 << place
    everywhere = row = (1 << len(right)) - 1
    for word in said:
        matches = row & places.get(word, 0)
        row = (row + matches | row - matches) & everywhere
    return len(right) - row.bit_count()


def _times(n_words: int) -> int:
    return next(times for least, times in LOOPS if n_words >= least)


def _longest_echo(words: Sequence[str], distance: int) -> int:
    """The most words in a row that are the same as the word so many places before."""
    longest = now = 0
    for word, before in zip(words[distance:], words, strict=False):
        now = now + 1 if word == before else 0
        longest = max(longest, now)
    return longest
