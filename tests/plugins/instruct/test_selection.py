"""Examples for the prompt: each way to choose them, with the values worked out by hand."""

import os
import subprocess
import sys
import tracemalloc
from collections.abc import Sequence

import numpy as np
import pytest

from assistant.errors import InputError
from ingest.embedder import MiniLMEmbedder
from plugins.instruct.examples import Example, Request
from plugins.instruct.selection import (
    SELECTIONS,
    ExamplePool,
    Selection,
    _generator,
    candidate_sets,
    closest_last,
    shortest,
)
from plugins.instruct.vote_k import diverse, nearest_neighbours, vote_k
from tests.paths import REPOSITORY

REVIEWS = [
    Example(Request("Is this film review positive or negative?", text), answer)
    for text, answer in [
        ("A wonderful, moving film.", "positive"),
        ("Two dull hours that I want back.", "negative"),
        ("The actors were splendid.", "positive"),
    ]
]
SUMS = [Example(Request(f"What is {a} plus {b}?"), str(a + b)) for a, b in [(2, 3), (40, 2)]]
FRENCH = [
    Example(Request("Translate into French.", text), answer)
    for text, answer in [("Good morning", "Bonjour"), ("Thank you very much", "Merci beaucoup")]
]
EXAMPLES = [*REVIEWS, *SUMS, *FRENCH]
REQUEST = Request("Translate into French.", "Good morning, my friend")


def n_letters(sets: Sequence[Sequence[Example]], request: Request) -> list[float]:
    """Stands for the entropy of a model's answer behind each set."""
    return [sum(len(example.response) for example in examples) for examples in sets]


@pytest.fixture(scope="module")
def pool(embedder: MiniLMEmbedder) -> ExamplePool:
    return ExamplePool(EXAMPLES, embedder)


def similarities(
    embedder: MiniLMEmbedder, request: Request, examples: Sequence[Example]
) -> list[float]:
    vectors = embedder.encode([request.text, *(example.request.text for example in examples)])
    return (vectors[1:] @ vectors[0]).tolist()


# What holds for every way


@pytest.mark.parametrize("how", SELECTIONS)
def test_the_closest_example_comes_last(
    pool: ExamplePool, embedder: MiniLMEmbedder, how: Selection
) -> None:
    chosen = pool.select(REQUEST, how, 4, n_letters)
    found = similarities(embedder, REQUEST, chosen)
    assert len(set(found)) == 4
    assert found == sorted(found)


@pytest.mark.parametrize("how", SELECTIONS)
def test_more_examples_than_there_are_is_all_of_them(pool: ExamplePool, how: Selection) -> None:
    chosen = pool.select(REQUEST, how, 100, n_letters)
    assert sorted(chosen, key=EXAMPLES.index) == EXAMPLES


@pytest.mark.parametrize("how", SELECTIONS)
@pytest.mark.parametrize(
    "request_",
    [SUMS[1].request, Request("what is  40 PLUS 2?\n"), Request("What is", "40 plus 2?")],
)
def test_a_request_that_is_in_the_pool_does_not_get_its_own_answer(
    pool: ExamplePool, how: Selection, request_: Request
) -> None:
    chosen = pool.select(request_, how, 100, n_letters)
    assert len(chosen) == len(EXAMPLES) - 1
    assert SUMS[1] not in chosen


@pytest.mark.parametrize("how", SELECTIONS)
def test_a_pool_of_nothing_but_the_request_has_nothing_to_give(
    embedder: MiniLMEmbedder, how: Selection
) -> None:
    twice = ExamplePool([SUMS[0], SUMS[0]], embedder)
    assert twice.select(SUMS[0].request, how, 3, n_letters) == []


@pytest.mark.parametrize("how", SELECTIONS)
def test_fewer_than_one_example_is_refused(pool: ExamplePool, how: Selection) -> None:
    with pytest.raises(InputError, match="k must be at least 1, got 0"):
        pool.select(REQUEST, how, 0, n_letters)


def test_an_unknown_way_is_refused_with_those_there_are(pool: ExamplePool) -> None:
    with pytest.raises(InputError, match="'nearest': choose one of random, similar, diverse, mdl"):
        pool.select(REQUEST, "nearest", 2)  # type: ignore[arg-type]


def test_an_empty_pool_is_refused(embedder: MiniLMEmbedder) -> None:
    with pytest.raises(InputError, match="no examples to select from"):
        ExamplePool([], embedder)


@pytest.mark.parametrize("name", ["n_diverse", "n_candidates"])
def test_numbers_below_one_are_refused(embedder: MiniLMEmbedder, name: str) -> None:
    with pytest.raises(InputError, match=f"{name} must be at least 1, got 0"):
        ExamplePool(EXAMPLES, embedder, **{name: 0})


def test_the_progress_counts_every_example_though_equal_ones_are_embedded_once(
    embedder: MiniLMEmbedder,
) -> None:
    n_done: list[int] = []
    numbers = [Example(Request(f"Spell {number}."), "") for number in range(1030)]
    ExamplePool([*numbers, numbers[0], numbers[0]], embedder, on_progress=n_done.append)
    assert n_done == [1026, 6]


def test_of_equally_close_examples_the_earlier_counts_as_closer() -> None:
    found = closest_last(np.float32([0.1, 0.9, 0.5, 0.9, 1.0]), np.array([0, 1, 2, 3]), 3)
    assert found.tolist() == [2, 3, 1]


def test_many_equally_close_examples_keep_their_order() -> None:
    alternating = np.arange(1000, dtype=np.float32) % 2
    assert closest_last(alternating, np.arange(1000), 3).tolist() == [5, 3, 1]


# Random


def test_a_request_draws_the_same_examples_again(
    pool: ExamplePool, embedder: MiniLMEmbedder
) -> None:
    again = ExamplePool(EXAMPLES, embedder)
    assert pool.select(REQUEST, "random", 3) == again.select(REQUEST, "random", 3)


def test_another_request_draws_anew(pool: ExamplePool) -> None:
    drawn = [pool.select(Request(f"Spell {number}."), "random", 1)[0] for number in range(60)]
    assert all(example in drawn for example in EXAMPLES)


def test_another_seed_draws_others(embedder: MiniLMEmbedder) -> None:
    pools = [ExamplePool(EXAMPLES, embedder, seed) for seed in range(20)]
    drawn = [pool.select(REQUEST, "random", 1)[0] for pool in pools]
    assert len({example.request for example in drawn}) > 3


def test_another_process_draws_the_same() -> None:
    """Python's own hash of a text would not."""
    code = (
        "from plugins.instruct.selection import _generator as g; print(g(7, 'é').integers(10**9))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONHASHSEED": "12345"},
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    assert int(printed) == _generator(7, "é").integers(10**9)


# Similar


def test_similar_examples_are_the_nearest(pool: ExamplePool) -> None:
    assert pool.select(REQUEST, "similar", 2) == [FRENCH[1], FRENCH[0]]


def test_similar_examples_follow_the_request(pool: ExamplePool) -> None:
    assert set(pool.select(Request("What is 7 plus 8?"), "similar", 2)) == set(SUMS)


# Diverse

# Most have an edge to 0; of the rest 3 and 5 are those that 4 votes for, 4 is 3's and 5's.
GRAPH = np.array([[1, 2], [0, 2], [0, 1], [0, 4], [3, 5], [4, 0]])


def test_vote_k_prefers_those_whose_voters_have_no_neighbour_yet() -> None:
    # First 0 with four votes. Then 4 gets 0.1 of each of 3 and 5, but 3 and 5 all of 4's vote.
    assert vote_k(GRAPH, 6).tolist() == [0, 3, 1, 4, 2, 5]


def test_vote_k_prefers_the_many_where_it_discounts_little() -> None:
    # Now 4 gets 1 / 1.5 of each of two, more than one vote.
    assert vote_k(GRAPH, 2, discount=1.5).tolist() == [0, 4]


def test_vote_k_discounts_for_each_neighbour_that_was_chosen() -> None:
    # When 0 and 1 are chosen, 3 gets 0.01 of each of five, 2 gets 0.1 of one.
    voters = [[0, 1, 3]] * 5
    graph = np.array([[1, 4, 5], [0, 4, 5], [0, 1, 4], [0, 1, 4], *voters, [0, 2, 6]])
    assert vote_k(graph, 3).tolist() == [0, 1, 2]


def test_equal_scores_are_equal_in_whatever_order_their_votes_are_summed() -> None:
    # When 0 is chosen, 1 gets 0.1 + 0.1 + 1, and 2, 9 and 10 get as much in another order.
    graph = [[9, 10], [0, 9], [0, 10], [0, 1], [0, 1], [2, 9], [1, 10], [0, 2], [0, 2]]
    assert vote_k(np.array([*graph, [0, 10], [0, 9]]), 2).tolist() == [0, 1]


def test_neighbours_are_the_nearest_others() -> None:
    angles = np.radians([0, 10, 40, 90])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert nearest_neighbours(vectors, 2).tolist() == [[1, 2], [0, 2], [1, 0], [2, 1]]


def test_of_equally_near_neighbours_the_first_are_taken() -> None:
    vectors = np.tile(np.float32([0.6, 0.8]), (4, 1))
    assert nearest_neighbours(vectors, 2).tolist() == [[1, 2], [0, 2], [0, 1], [0, 1]]


def test_neighbours_found_in_blocks_are_those_found_at_once() -> None:
    n_done: list[int] = []
    vectors = np.random.default_rng(0).normal(size=(600, 8)).astype(np.float32)
    at_once = vectors @ vectors.T
    np.fill_diagonal(at_once, -np.inf)
    found = nearest_neighbours(vectors, 5, n_done.append)
    assert np.array_equal(found, np.argsort(-at_once, axis=1)[:, :5])
    assert n_done == [256, 256, 88]


def test_neighbours_never_need_the_similarities_of_all_with_all() -> None:
    vectors = np.random.default_rng(0).normal(size=(5000, 4)).astype(np.float32)
    tracemalloc.start()
    nearest_neighbours(vectors, 10)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < 5000 * 5000 * 4 / 4


def test_a_diverse_pool_has_one_of_each_kind() -> None:
    random = np.random.default_rng(0)
    kinds = np.repeat(np.eye(20, 32), 20, axis=0)
    vectors = (kinds + random.normal(scale=0.02, size=kinds.shape)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert sorted((diverse(vectors, 20, lambda n_done: None) // 20).tolist()) == list(range(20))


def test_diverse_examples_are_the_nearest_of_the_diverse_pool(embedder: MiniLMEmbedder) -> None:
    pool = ExamplePool(EXAMPLES, embedder, n_diverse=3)
    kept = [EXAMPLES[place] for place in pool.choose_diverse()]
    found = similarities(embedder, REQUEST, kept)
    nearest = [kept[place] for place in np.argsort(found)[1:]]
    assert pool.select(REQUEST, "diverse", 2) == nearest
    assert len(pool.select(REQUEST, "diverse", 5)) == 3


def test_the_diverse_pool_is_chosen_once(embedder: MiniLMEmbedder) -> None:
    n_done: list[int] = []
    pool = ExamplePool(EXAMPLES, embedder, n_diverse=3)
    first = pool.choose_diverse(n_done.append)
    assert np.array_equal(pool.choose_diverse(n_done.append), first)
    assert n_done == [len(EXAMPLES)]


# By description length


def test_mdl_takes_the_set_that_needs_the_fewest_nats() -> None:
    measured = {"2": 0.7, "3": 0.2, "4": 0.2}
    sets = [[Example(Request("How many?"), response)] for response in measured]

    def code_lengths(sets: Sequence[list[Example]], request: Request) -> list[float]:
        return [measured[one[0].response] for one in sets]

    assert shortest(sets, REQUEST, code_lengths) == sets[1]


def test_mdl_asks_the_model_about_the_nearest_first_and_then_about_others(
    pool: ExamplePool,
) -> None:
    asked: list[list[Example]] = []

    def code_lengths(sets: Sequence[list[Example]], request: Request) -> list[float]:
        assert request == REQUEST
        asked.extend(sets)
        return [1.0] * len(sets)

    assert pool.select(REQUEST, "mdl", 3, code_lengths) == asked[0]
    assert asked[0] == pool.select(REQUEST, "similar", 3)
    assert 5 < len(asked) <= 10


def test_mdl_prefers_a_short_description_to_a_near_example(embedder: MiniLMEmbedder) -> None:
    pool = ExamplePool(EXAMPLES, embedder, n_candidates=50)
    assert pool.select(REQUEST, "mdl", 1, n_letters) == [SUMS[0]]  # "5"


def test_mdl_draws_from_the_thirty_nearest(embedder: MiniLMEmbedder) -> None:
    asked: set[Example] = set()

    def code_lengths(sets: Sequence[list[Example]], request: Request) -> list[float]:
        asked.update(*sets)
        return [0.0] * len(sets)

    numbers = [Example(Request(f"Spell {number}."), "") for number in range(60)]
    pool = ExamplePool(numbers, embedder, n_candidates=100)
    pool.select(REQUEST, "mdl", 8, code_lengths)
    assert asked == set(pool.select(REQUEST, "similar", 30))


def test_mdl_draws_the_same_sets_again(pool: ExamplePool, embedder: MiniLMEmbedder) -> None:
    again = ExamplePool(EXAMPLES, embedder)
    first, second = (one.select(REQUEST, "mdl", 3, n_letters) for one in (pool, again))
    assert first == second


def test_mdl_without_a_model_is_refused(pool: ExamplePool) -> None:
    with pytest.raises(InputError, match="needs a model"):
        pool.select(REQUEST, "mdl", 2)


def test_sets_are_the_nearest_and_different_ones_drawn_in_order() -> None:
    sets = candidate_sets(6, 2, 40, np.random.default_rng(0))
    assert sets[0] == (4, 5)
    assert len(set(sets)) == len(sets) > 10
    assert all(0 <= first < second < 6 for first, second in sets)


def test_no_more_sets_are_drawn_than_asked_for() -> None:
    assert len(candidate_sets(30, 8, 10, np.random.default_rng(0))) == 10


def test_a_set_of_all_is_measured_once() -> None:
    assert candidate_sets(3, 8, 10, np.random.default_rng(0)) == [(0, 1, 2)]
