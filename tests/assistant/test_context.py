import pytest

from assistant.context import ContextFilter
from assistant.schema import Passage


def passage(text: str, score: float, source: str = "a.txt") -> Passage:
    return Passage(text, source, None, 0, len(text), "", text, score)


def count_words(text: str) -> int:
    return len(text.split())


def pack(budget: int, *passages: Passage):
    return ContextFilter(budget, count_words).pack(passages)


def test_passages_are_packed_best_first() -> None:
    low, high, middle = passage("low", 0.6), passage("high", 0.9), passage("middle", 0.7)
    context = pack(10, low, high, middle)
    assert context.passages == (high, middle, low)
    assert (context.n_tokens, context.dropped) == (3, ())


def test_passages_are_kept_up_to_the_budget() -> None:
    first, second = passage("one two three", 0.9), passage("four five", 0.8)
    assert pack(5, first, second).passages == (first, second)
    tight = pack(4, first, second)
    assert (tight.passages, tight.n_tokens) == ((first,), 3)
    assert [(drop.passage, drop.reason) for drop in tight.dropped] == [
        (second, "it has 2 tokens and 1 are left")
    ]


def test_a_smaller_passage_takes_the_room_that_a_larger_one_cannot() -> None:
    best, large, small = passage("best", 0.9), passage("one two three", 0.8), passage("four", 0.7)
    context = pack(2, best, large, small)
    assert context.passages == (best, small)
    assert [drop.passage for drop in context.dropped] == [large]


@pytest.mark.parametrize("repeat", ["The fox.", "the  FOX.", " The\nfox. "])
def test_a_repeat_is_dropped_and_the_better_one_kept(repeat: str) -> None:
    better, worse = passage("The fox.", 0.9, "a.txt"), passage(repeat, 0.8, "b.txt")
    context = pack(100, worse, better)
    assert context.passages == (better,)
    assert [(drop.passage, drop.reason) for drop in context.dropped] == [
        (worse, "it repeats a better passage word for word")
    ]


def test_a_repeat_of_what_was_too_long_is_no_repeat() -> None:
    long, again = (passage("one two three", 0.8, source) for source in ("a.txt", "b.txt"))
    context = pack(3, passage("best", 0.9), long, again)
    assert [drop.reason for drop in context.dropped] == ["it has 3 tokens and 2 are left"] * 2


def test_the_best_passage_is_kept_even_where_it_alone_exceeds_the_budget() -> None:
    best, next_best = passage("one two three", 0.9), passage("four", 0.8)
    context = pack(2, next_best, best)
    assert (context.passages, context.n_tokens) == ((best,), 3)


def test_nothing_gathered_is_an_empty_context() -> None:
    context = pack(10)
    assert (context.passages, context.dropped, context.n_tokens) == ((), (), 0)


def test_a_passage_far_below_the_best_is_dropped() -> None:
    best, near, far = passage("best", 0.8), passage("near", 0.41), passage("far", 0.1)
    context = pack(100, far, near, best)
    assert context.passages == (best, near)
    assert [drop.passage for drop in context.dropped] == [far]


def test_every_passage_is_either_kept_or_dropped_with_a_reason() -> None:
    passages = [passage(f"word {n % 4} " * (n % 5 + 1), 0.5 + n / 100) for n in range(40)]
    context = pack(20, *passages)
    assert len(context.passages) + len(context.dropped) == 40
    assert all(drop.reason for drop in context.dropped)
    assert context.n_tokens == sum(count_words(one.text) for one in context.passages) <= 20
