"""When an adapter ships: the verdict on figures made by hand."""

from dataclasses import replace

import pytest

from plugins.instruct.training.comparison import Measured, Standing, judgement, verdict
from plugins.instruct.training.judging import Judged

TEST = Measured(
    loss=2.0, exact=0.1, f1=0.3, rouge_l=0.4, looping=0.0, n_examples=50, n_responses=50
)
BETTER = replace(TEST, loss=1.0, rouge_l=0.5)
GENERAL = replace(TEST, loss=1.0, f1=0.5)


def judged(*scores: float | None) -> Judged:
    return Judged("some/judge", scores)


def test_one_that_is_better_and_has_forgotten_nothing_ships() -> None:
    ships, reason = verdict(Standing(TEST, GENERAL), Standing(BETTER, GENERAL))
    assert ships
    assert reason == (
        "It beats its base on the test examples: a loss of 1.000 after 2.000, ROUGE-L 0.500 after "
        "0.400; on general examples F1 of words 0.500 after 0.500, a loss of 1.000 after 1.000."
    )


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (TEST, "no better than its base"),
        (replace(BETTER, loss=float("nan")), "no better than its base"),
        (replace(BETTER, rouge_l=0.39), "finds the words of the test examples less well"),
        (replace(BETTER, looping=0.06), "6% of its responses repeat themselves"),
    ],
)
def test_one_that_is_worse_on_the_test_examples_does_not(after: Measured, reason: str) -> None:
    ships, said = verdict(Standing(TEST, GENERAL), Standing(after, GENERAL))
    assert not ships
    assert reason in said


@pytest.mark.parametrize(
    ("before", "after", "ships"),
    [
        (GENERAL, replace(GENERAL, f1=0.46), True),
        (GENERAL, replace(GENERAL, f1=0.44), False),
        (GENERAL, replace(GENERAL, loss=1.24), True),
        (GENERAL, replace(GENERAL, loss=1.26), False),
        (GENERAL, replace(GENERAL, loss=float("nan")), False),
        (replace(GENERAL, f1=0.04), replace(GENERAL, f1=0.0, loss=9.0), True),
        (None, None, True),
    ],
    ids=["f1 by chance", "f1", "loss by chance", "loss", "no loss", "knew nothing", "unmeasured"],
)
def test_one_that_has_forgotten_much_does_not(
    before: Measured | None, after: Measured | None, ships: bool
) -> None:
    does_ship, reason = verdict(Standing(TEST, before), Standing(BETTER, after))
    assert does_ship == ships
    assert ships or "It has forgotten general tasks: F1 of words" in reason
    assert ships or "--general FILE --replay 0.2, or lower --learning-rate or --rank" in reason


@pytest.mark.parametrize(
    ("scores", "ships"), [((50, 60), True), ((40, 60), True), ((40, 59), False)]
)
def test_the_judge_s_mean_decides(scores: tuple[float, float], ships: bool) -> None:
    before, after = Standing(TEST, None, judged(40, 60)), Standing(BETTER, None, judged(*scores))
    does_ship, reason = verdict(before, after)
    assert does_ship == ships
    assert f"the judge some/judge gives it {sum(scores) / 2:.1f} of 100 after 50.0" in reason


def test_with_a_judge_other_words_are_no_fault() -> None:
    worded = replace(BETTER, rouge_l=0.1)
    before, after = Standing(TEST, None, judged(40)), Standing(worded, None, judged(80))
    assert verdict(before, after)[0]


def test_only_what_both_were_scored_on_is_compared() -> None:
    before = Standing(TEST, None, judged(10, 90, None, 50))
    found = judgement(before, Standing(BETTER, None, judged(20, None, 100, 60)))
    assert found is not None
    assert (found.before, found.after, found.n_scored, found.n_unreadable) == (30, 40, 2, 2)
    assert "no readable score for 2 of 4 examples" in str(found)
