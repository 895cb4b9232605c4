import pytest

from evals.judging.words import stem, words_of


def keys(text: str) -> list[str]:
    return [word.key for word in words_of(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bought", "buys"),
        ("stopped", "stops"),
        ("third", "3rd"),
        ("companies", "company"),
        ("quickly", "quick"),
        ("walls", "wall"),
    ],
)
def test_forms_of_a_word_are_the_same(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5,016,723", 5_016_723),
        ("3.5", 3.5),
        ("3,5", 3.5),
        ("twenty-five", 25),
        ("2 million", 2_000_000),
        ("two million", 2_000_000),
        ("12 thousand", 12_000),
    ],
)
def test_numbers_are_known_by_their_value(text: str, value: float) -> None:
    [word] = words_of(text)
    assert word.value == value


def test_numbers_side_by_side_stay_apart() -> None:
    assert keys("between 20 5 and 1999 7") == ["between", "20", "5", "and", "1999", "7"]


@pytest.mark.parametrize(
    "text", ["It isn't new.", "It is n't new.", "It isn’t new.", "It is not new."]
)
def test_contracted_denials_are_denials(text: str) -> None:
    assert [word.text for word in words_of(text)] == ["It", "is", "not", "new"]
    assert words_of(text)[2].is_negation


def test_a_capital_at_the_beginning_of_a_sentence_makes_no_name() -> None:
    names = [
        word.text
        for word in words_of("Cats sleep. Roofs in Graz are warm. Anna Berg knows.")
        if word.is_name
    ]
    assert names == ["Graz", "Anna", "Berg"]


@pytest.mark.parametrize("text", ["", " \n", "🙂", "…", "[]"])
def test_what_has_no_words_has_none(text: str) -> None:
    assert words_of(text) == []
