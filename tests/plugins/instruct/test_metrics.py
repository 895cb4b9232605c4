"""How responses are compared: values worked out by hand, or by the official scorers where said."""

import time
from itertools import combinations
from random import Random

import pytest

from plugins.instruct.metrics import exact_match, loops, rouge_l, token_f1


@pytest.mark.parametrize(
    ("response", "wanted", "same"),
    [
        ("Yes", "yes", True),
        ("The  Eiffel Tower.", "eiffel tower", True),
        ("They didn't like it!", "they didnt like it", True),
        ("“the cat”", "“cat”", False),  # evaluate-v1.1.py makes it “ cat”
        ("Theatre", "atre", False),
        ("Yes, it is", "Yes", False),
        ("★★★", "★★★★", False),
        ("A", "A", True),
        ("A", "B", False),
        ("", "A", False),
        ("the", "", False),
        ("", "", True),
    ],
)
def test_exact_match_sees_past_case_punctuation_articles_and_spaces(
    response: str, wanted: str, same: bool
) -> None:
    assert exact_match(response, wanted) is same


@pytest.mark.parametrize(
    ("response", "wanted", "f1"),
    [
        # Of two words one is right, and it is all that was wanted: 2 · 1/2 · 1 / (1/2 + 1).
        ("Lord Heseltine", "Heseltine", 2 / 3),
        # Of "big", "big", "dog" the wanted "big", "dog", "dog" has two; three words on both sides.
        ("big big dog", "a big dog, the dog", 2 / 3),
        ("very very good", "very very bad", 2 / 3),
        ("Heseltine, Lord", "lord heseltine", 1.0),
        ("Paris", "London", 0.0),
        ("A", "A", 1.0),
        ("", "Paris", 0.0),
        ("Paris", "", 0.0),
        ("", "", 0.0),
    ],
)
def test_token_f1_counts_each_word_as_often_as_it_occurs(
    response: str, wanted: str, f1: float
) -> None:
    assert token_f1(response, wanted) == pytest.approx(f1)


@pytest.mark.parametrize(
    ("response", "wanted", "f1"),
    [
        # "the cat down" is common: three of four words, and three of five.
        ("The cat sat down.", "down the cat lay down", 2 * 3 / 9),
        # The example of Lin 2004, section 3.1: "police the gunman" is common, and "the gunman".
        ("police killed the gunman", "police kill the gunman", 3 / 4),
        ("the gunman kill police", "police kill the gunman", 2 / 4),
        # Worked out by rouge_score 0.1.2: apostrophes and letters beyond a to z part words.
        ("Amanda didn't bake naïve cookies", "Amanda did not bake cookies", 0.5),
        ("Tab shares rose 4.4 %", "shares rose 4.4 %", 2 * 4 / 9),
        ("one two", "three", 0.0),
        ("", "three", 0.0),
        ("★", "★", 0.0),
    ],
)
def test_rouge_l_counts_the_longest_common_subsequence(
    response: str, wanted: str, f1: float
) -> None:
    assert rouge_l(response, wanted) == pytest.approx(f1)


def test_rouge_l_finds_the_longest_of_all_subsequences() -> None:
    random = Random(0)
    for _ in range(50):
        said, right = (random.choices("abc", k=random.randint(1, 8)) for _ in range(2))
        common = _subsequences(said) & _subsequences(right)
        longest = max(map(len, common))
        f1 = 2 * longest / (len(said) + len(right))
        assert rouge_l(" ".join(said), " ".join(right)) == pytest.approx(f1)


def test_rouge_l_of_two_texts_of_500_words_takes_less_than_50_ms() -> None:
    random = Random(0)
    said, right = (" ".join(f"w{random.randrange(200)}" for _ in range(500)) for _ in range(2))
    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        rouge_l(said, right)
        seconds.append(time.perf_counter() - started)
    assert min(seconds) < 0.05


@pytest.mark.parametrize(
    "text",
    [
        "no no no no",
        "It was Very, very, very, VERY good.",
        "so on, so on, so on, so on",
        "he is a man. he is a man. he is a man.",
        "First: the police said that a man was arrested on monday. "
        "The police said that a man was arrested on Monday.",
        "one two three four five six seven eight one two three four five six seven eight",
        "- - - -",
        "the lalalalala song",
    ],
)
def test_a_text_that_repeats_itself_loops(text: str) -> None:
    assert loops(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "positive",
        "no no no",
        "so on, so on, so on",
        "he is a man. he is a man.",
        "one two three four five six seven one two three four five six seven",
        "he is a man. she is a man. he is a man. she was a man.",
        "the police said that the police said no",
        "The cat and the dog and the bird and the fish and the cow.",
        "★★★★★",
        "1000000000000",
        "hahaha, that is lalala",
    ],
)
def test_a_text_that_does_not_go_round_in_circles_does_not_loop(text: str) -> None:
    assert not loops(text)


def _subsequences(words: list[str]) -> set[tuple[str, ...]]:
    return {chosen for n in range(len(words) + 1) for chosen in combinations(words, n)}
