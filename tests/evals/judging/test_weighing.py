import numpy as np
import pytest

from evals.judging.weighing import QUOTED, Weighing, load_weighing, probability


def stump() -> Weighing:
    """One tree that asks once: above 0.5 for, else against."""
    column = lambda *values: np.array([values])  # noqa: E731
    return Weighing(
        names=("cover",),
        feature=column(0, 0, 0),
        threshold=column(0.5, 0.0, 0.0),
        left=column(1, 1, 2),
        right=column(2, 1, 2),
        value=column(0.0, -2.0, 3.0),
        depth=1,
        baseline=0.5,
        sentence=(2.0, 1.0),
        answer=(1.0, -1.0, 0.5),
    )


def test_a_tree_is_followed_to_its_leaf_and_scaled() -> None:
    # (0.5 - 2) * 2 + 1 and (0.5 + 3) * 2 + 1; a signal at the threshold goes left.
    found = stump().log_odds([{"cover": 0.5}, {"cover": 0.6}])
    assert found.tolist() == [-2.0, 8.0]


def test_an_answer_weighs_the_mean_and_the_number_of_its_sentences() -> None:
    # 8 counts as 3, so the mean is 0.5; two sentences: 0.5 - ln 2 + 0.5.
    expected = 1 / (1 + np.exp(-(1 - np.log(2))))
    assert stump().whole(np.array([-2.0, 8.0])) == pytest.approx(expected)


def test_an_answer_of_quotes_is_as_sure_as_a_quote() -> None:
    assert stump().whole(np.array([QUOTED, QUOTED])) == pytest.approx(probability(QUOTED))


def test_no_log_odds_are_too_large_for_a_probability() -> None:
    assert probability(np.array([-1e9, 0.0, 1e9])).tolist() == pytest.approx([0, 0.5, 1], abs=1e-9)


def test_the_shipped_trees_end_in_leaves() -> None:
    weighing = load_weighing()
    nodes = np.zeros(len(weighing.feature), np.int64)
    trees = np.arange(len(nodes))
    random = np.random.default_rng(0)
    for _ in range(weighing.depth):
        goes_left = random.random(len(nodes)) < 0.5
        nodes = np.where(goes_left, weighing.left[trees, nodes], weighing.right[trees, nodes])
    assert (weighing.left[trees, nodes] == nodes).all()
    assert (weighing.right[trees, nodes] == nodes).all()
