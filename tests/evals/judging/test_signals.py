import pytest

from evals.judging.passages import Beside, Passages
from evals.judging.signals import AGAINST, signals
from evals.judging.vectors import WordVectors

TEXTS = (
    "Anna Berg bought the mill in 1987. She did not sell it.",
    "Otto Lang repaired the old bridge near Graz. The bridge had fallen into the river.",
)


@pytest.fixture(scope="module")
def vectors() -> WordVectors:
    return WordVectors()


def read(sentence: str, vectors: WordVectors) -> dict[str, float]:
    return signals(Beside(sentence, Passages(TEXTS, vectors), vectors))


def test_a_sentence_that_stands_there_has_every_signal_at_its_best(vectors: WordVectors) -> None:
    found = read("Anna Berg bought the mill in 1987.", vectors)
    assert {found[name] for name in ("soft_best", "exact_best", "bigrams_best", "density")} == {1.0}
    assert {name for name in AGAINST if found[name]} == {"n_fragments", "n_sources"}


@pytest.mark.parametrize(
    ("sentence", "signal", "value"),
    [
        ("Anna Berg bought the mill in 1988.", "numbers_missing", 1.0),
        ("Anna Lang bought the mill in 1987.", "names_not_best", 0.5),
        ("Anna Roth bought the mill in 1987.", "names_missing", 0.5),
        ("Anna Berg never bought the mill in 1987.", "negation_added", 1.0),
        ("She did sell it.", "negation_dropped", 1.0),
        ("Otto Lang repaired the new bridge near Graz.", "opposite", 1.0),
        ("Did Anna Berg buy the mill?", "asks", 1.0),
        ("I like my mill.", "personal", 0.5),
    ],
)
def test_each_signal_sees_what_it_is_made_for(
    vectors: WordVectors, sentence: str, signal: str, value: float
) -> None:
    assert read(sentence, vectors)[signal] == pytest.approx(value)


def test_names_in_each_other_s_place_are_seen_but_not_in_the_passive(vectors: WordVectors) -> None:
    text = "Anna Berg hired Otto Lang."
    passages = Passages([text], vectors)
    swapped, passive = (
        signals(Beside(sentence, passages, vectors))["names_turned_active"]
        for sentence in ("Otto Lang hired Anna Berg.", "Otto Lang was hired by Anna Berg.")
    )
    assert (swapped > 0, passive) == (True, 0.0)


def test_a_sentence_put_together_from_two_has_two_sources(vectors: WordVectors) -> None:
    one, two = (
        read(sentence, vectors)["n_sources"] * len(sentence.split())
        for sentence in ("Anna Berg bought the mill.", "Anna Berg bought the old bridge near Graz.")
    )
    assert (one, two) == (pytest.approx(1), pytest.approx(2))


def test_a_word_like_it_stands_for_a_word_but_not_for_a_name_or_number(
    vectors: WordVectors,
) -> None:
    like, name = (
        read(sentence, vectors)["soft_best"] - read(sentence, vectors)["exact_best"]
        for sentence in (
            "Anna Berg purchased the mill in 1987.",
            "Anna Burg bought the mill in 1986.",
        )
    )
    assert like > 0.1
    assert name == pytest.approx(0, abs=1e-3)
