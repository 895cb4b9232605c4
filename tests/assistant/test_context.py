import math
import time

import pytest

from assistant.context import ContextFilter, Contribution
from assistant.schema import Passage, Share

LONG = (
    "The harbour was built in 1874. Its northern pier is made of granite from the quarry near the "
    "town and has been repaired twice since then. The lighthouse keeper earned 90 crowns a month "
    "and lived in the tower with his whole family. Ships from the south bring salt, wine and oil."
)


def passage(text: str, score: float, source: str = "a.txt", page: int | None = None) -> Passage:
    return Passage(f"{source}:{text}", source, page, 0, len(text), "", text, score)


def count_words(text: str) -> int:
    return len(text.split())


def pack(budget: int, *passages: Passage, question: str = "What is asked?"):
    return ContextFilter(budget, count_words).pack(question, [Contribution("rag", passages)])


def test_the_strongest_passages_stand_first_and_last() -> None:
    ranked = [passage(f"text {n}", 0.9 - n / 100) for n in range(5)]
    shuffled = [ranked[n] for n in (3, 0, 4, 2, 1)]
    context = pack(100, *shuffled)
    assert context.passages == tuple(ranked[n] for n in (0, 2, 4, 3, 1))
    assert (context.n_tokens, context.dropped) == (10, ())


def test_passages_are_kept_up_to_the_budget() -> None:
    first, second = passage("one two three", 0.9), passage("four five", 0.8)
    assert pack(5, first, second).passages == (first, second)
    tight = pack(4, first, second)
    assert (tight.passages, tight.n_tokens) == ((first,), 3)
    assert [(drop.passage, drop.reason, drop.n_tokens) for drop in tight.dropped] == [
        (second, "it has 2 tokens and 1 are left", 2)
    ]


def test_a_smaller_passage_takes_the_room_that_a_larger_one_cannot() -> None:
    best, large, small = passage("best", 0.9), passage("one two three", 0.8), passage("four", 0.7)
    context = pack(2, best, large, small)
    assert context.passages == (best, small)
    assert [drop.passage for drop in context.dropped] == [large]


def test_two_short_passages_are_worth_more_than_a_long_one_that_is_a_little_better() -> None:
    best, long = passage("best", 0.9), passage("one " * 400, 0.8)
    short, shorter = passage("two " * 150, 0.79), passage("three " * 150, 0.78)
    assert set(pack(401, best, long, short, shorter).passages) == {best, short, shorter}


@pytest.mark.parametrize(
    "repeat",
    ["The fox runs.", "the  FOX runs", " The\nfox\nruns. ", "A fox runs!", "The fox ru-\nns."],
)
def test_a_repeat_is_dropped_the_better_one_kept_and_both_are_named(repeat: str) -> None:
    better = passage("Dogs bark. The fox runs.", 0.9, "a.txt", page=3)
    worse = passage(repeat, 0.8, "b.txt")
    context = pack(100, worse, better)
    assert context.passages == (better,)
    assert [(drop.passage, drop.reason) for drop in context.dropped] == [
        (worse, "a.txt, page 3, says the same and fits better")
    ]


@pytest.mark.parametrize(
    "other",
    [
        "The fox does not run.",
        "The fox ran.",
        "The 2 foxes run. It costs $15.",
        "The 2 foxes run. It costs €1.5.",
        "The 2 foxes run. It costs $1.5. The fox sleeps.",
        "It runs the fox.",
    ],
)
def test_what_differs_by_a_word_or_a_figure_is_no_repeat(other: str) -> None:
    better = passage("The fox runs. The 2 foxes run. It costs $1.5.", 0.9)
    assert len(pack(100, better, passage(other, 0.8, "b.txt")).passages) == 2


def test_the_best_passage_is_kept_even_where_it_alone_exceeds_the_budget() -> None:
    best, next_best = passage("one two three", 0.9), passage("four", 0.8)
    context = pack(2, next_best, best)
    assert (context.passages, context.n_tokens) == ((best,), 3)


def test_a_long_passage_is_shortened_to_the_sentences_that_matter_where_the_room_is_short() -> None:
    question = "What did the keeper of the lighthouse earn?"
    offset = 1000
    long = Passage("1", "h.txt", 7, offset, offset + len(LONG), "", LONG, 0.9)
    context = pack(30, long, question=question)
    (kept,) = context.passages
    assert "90 crowns" in kept.text
    assert LONG[kept.start - offset : kept.end - offset] == kept.text
    assert (kept.id, kept.page) == (long.id, long.page)
    assert context.n_tokens == count_words(kept.text) <= 30
    (drop,) = context.dropped
    assert drop.passage == long
    assert drop.n_tokens == count_words(LONG) - context.n_tokens
    assert (
        drop.reason
        == f"the {context.n_tokens} of its tokens that fit best are all there is room for"
    )


def test_a_short_passage_that_is_hardly_relevant_does_not_crowd_out_a_long_one() -> None:
    best, long, short = passage("best", 0.9), passage("one " * 400, 0.8), passage("two", 0.4)
    assert set(pack(401, best, short, long).passages) == {best, long}


def test_a_passage_that_has_none_of_the_question_s_words_is_not_shortened() -> None:
    best, long = passage("The tide.", 0.9), passage(LONG, 0.8)
    context = pack(30, best, long, question="tide")
    assert context.passages == (best,)
    assert "tokens" in context.dropped[0].reason


def test_nothing_gathered_is_an_empty_context() -> None:
    context = pack(10)
    assert (context.passages, context.dropped, context.n_tokens) == ((), (), 0)
    assert ContextFilter(10, count_words).pack("", []).shares == ()


def test_a_passage_far_below_the_best_is_dropped_though_there_is_room() -> None:
    best, near, far = passage("best", 0.8), passage("near", 0.41), passage("far", 0.1)
    context = pack(100, far, near, best)
    assert context.passages == (best, near)
    assert [(drop.passage, drop.reason) for drop in context.dropped] == [
        (far, "it fits the question far less than the best: 0.10 against 0.80")
    ]


def test_the_best_passage_is_kept_however_little_it_scores() -> None:
    assert len(pack(100, passage("best", 0.0)).passages) == 1


@pytest.mark.parametrize("score", [math.nan, math.inf, -1.0, 2.0])
def test_a_plugin_s_impossible_score_spoils_nothing(score: float) -> None:
    context = pack(100, passage("odd", score), passage("good", 0.9))
    assert "good" in [one.text for one in context.passages]


def test_every_passage_is_either_kept_or_dropped_with_a_reason() -> None:
    passages = [passage(f"word{n} " * (n % 5 + 1), 0.5 + n / 100) for n in range(40)]
    context = pack(20, *passages)
    assert len(context.passages) + len(context.dropped) == 40
    assert all(drop.reason for drop in context.dropped)
    assert context.n_tokens == sum(count_words(one.text) for one in context.passages) <= 20


def test_each_plugin_s_share_is_told_and_the_budget() -> None:
    packer = ContextFilter(6, count_words)
    given = [
        Contribution("rag", [passage("one two three", 0.9), passage("four five", 0.8)]),
        Contribution("clock", [passage("it is noon", 0.85)]),
        Contribution("memory", [passage("You like tea.", 0.5)], 20),
        Contribution("silent", []),
    ]
    context = packer.pack("?", given)
    assert context.budget_tokens == 6
    assert context.shares == (
        Share("rag", 2, 1, 3),
        Share("clock", 1, 1, 3),
        Share("memory", 1, 1, 3, 20),
        Share("silent", 0, 0, 0),
    )
    assert [drop.plugin for drop in context.dropped] == ["rag"]
    assert context.n_tokens == sum(share.n_tokens for share in context.shares)


@pytest.mark.parametrize("text", ["", " \n ", "\x00", "日本語の文章。" * 50, "x" * 5000, "?" * 500])
def test_odd_texts_are_packed_like_others(text: str) -> None:
    context = pack(3, passage("best one", 0.9), passage(text, 0.8), question="日本語の文章 x?")
    assert len(context.passages) + len(context.dropped) == 2


def test_many_long_passages_are_packed_in_a_moment() -> None:
    passages = [passage(f"In year {n} a fact was told. " * 20, 0.5 + n / 1e4) for n in range(2000)]
    huge = passage("A fact of the year was told here. Another was not. " * 5000, 0.99)
    started = time.perf_counter()
    context = pack(3000, huge, *passages, question="Which fact of which year?")
    assert time.perf_counter() - started < 3
    assert context.n_tokens <= 3000
