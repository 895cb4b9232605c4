"""A run is compared question by question; only what chance does not explain is a regression."""

from dataclasses import replace

import pytest

from assistant.errors import InputError
from evals.golden.comparing import compare
from evals.golden.scoring import TRIAD
from tests.evals.golden.test_store import run


def worse(n_worse: int, n: int = 40) -> list[str]:
    after = run(*[0.0] * n_worse, *[1.0] * (n - n_worse))
    return [one.metric for one in compare(after, run(*[1.0] * n)).regressions()]


def test_what_is_unchanged_is_no_regression() -> None:
    assert worse(0) == []


def test_a_few_questions_that_fail_may_be_chance() -> None:
    assert worse(2) == []


def test_many_questions_that_fail_are_a_regression() -> None:
    assert worse(10) == ["right", "facts"]


def test_the_interval_is_that_of_the_paired_difference() -> None:
    """As many fail as are mended: the means are equal, and nothing is sure."""
    before, after = run(*[1.0, 0.0] * 20), run(*[0.0, 1.0] * 20)
    comparison = compare(after, before)
    [right] = [one for one in comparison.differences if one.metric == "right"]
    assert (right.before, right.after, right.n) == (0.5, 0.5, 40)
    # The mean of 40 differences of -1 or 1 deviates by 0.158; 99 % lie within 2.58 of these.
    assert right.low == pytest.approx(-0.41, abs=0.06)
    assert right.high == pytest.approx(0.41, abs=0.06)
    assert comparison.regressions() == []
    assert len(comparison.worse) == len(comparison.mended) == 20


def test_a_loss_within_the_margin_is_none() -> None:
    before, after = run(*[1.0] * 40), run(*[0.97] * 40)
    assert [one.metric for one in compare(after, before).regressions(0.02)] == ["right", "facts"]
    assert compare(after, before).regressions(0.03) == []


def test_questions_that_only_one_run_has_are_left_out_and_counted() -> None:
    comparison = compare(run(1.0, 1.0, 0.0), run(1.0, 1.0))
    assert (comparison.n_new, comparison.n_gone) == (1, 0)
    assert comparison.differences[0].n == 2
    with pytest.raises(InputError, match="no question in common"):
        compare(replace(run(1.0), outcomes=()), run(1.0))


def test_scores_of_another_judge_are_not_compared() -> None:
    metrics = {one.metric for one in compare(run(1.0, judge="new"), run(1.0)).differences}
    assert metrics & set(TRIAD) == set()


def test_what_was_changed_between_two_runs_is_said() -> None:
    after = run(1.0)
    changed = replace(
        after.configuration, model="n", prompt="q", settings={"rag.top_k": "1", "new": "x"}
    )
    after = replace(after, configuration=changed)
    assert compare(after, run(1.0)).changes == (
        "model m → n", "new none → x", "rag.top_k 8 → 1", "prompt",
    )  # fmt: skip
    assert after.configuration.version != run(1.0).configuration.version
