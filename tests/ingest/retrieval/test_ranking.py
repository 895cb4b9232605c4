"""Two searches fused into one, and the order in which passages are shown."""

import numpy as np
import pytest

from assistant.schema import Passage
from ingest.retrieval.fusion import convex, reciprocal_ranks
from ingest.retrieval.variety import pages_first, varied


def test_the_convex_combination_is_nine_parts_cosine_and_one_part_words() -> None:
    fused = convex({1: 0.5, 2: -0.2}, {2: 4.0, 3: 8.0})
    assert fused == pytest.approx({1: 0.45, 2: 0.05, 3: 0.1})


def test_either_search_may_be_missing() -> None:
    assert convex({1: 0.5}, {}, weight=0.0) == {1: 0.5}
    assert convex({}, {1: 3.0, 2: 6.0}, weight=1.0) == {1: 0.5, 2: 1.0}
    assert convex({}, {}) == reciprocal_ranks({}, {}) == {}


def test_reciprocal_ranks_add_up_as_a_share_of_the_best() -> None:
    fused = reciprocal_ranks({1: 0.9, 2: 0.5}, {1: 3.0, 3: 2.0})
    assert fused == pytest.approx({1: 1.0, 2: 61 / 62 / 2, 3: 61 / 62 / 2})


def test_of_each_page_one_passage_comes_first() -> None:
    passages = [
        Passage(str(n), source, page, 0, 1, "", "x", 1.0 - n / 10)
        for n, (source, page) in enumerate(
            [("a", 1), ("a", 1), ("b", 1), ("a", 2), ("c", None), ("c", None)]
        )
    ]
    firsts, others = pages_first(passages)
    assert [one.id for one in firsts] == ["0", "2", "3", "4", "5"]
    assert [one.id for one in others] == ["1"]


def test_what_repeats_a_better_passage_steps_back() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
    assert varied([0.8, 0.79, 0.7], vectors, 3) == [0, 2, 1]


def test_what_is_far_better_stays_first() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
    assert varied([0.9, 0.8, 0.1], vectors, 2) == [0, 1]


def test_no_more_passages_than_there_are_or_are_wanted() -> None:
    vectors = np.eye(2, dtype=np.float32)
    assert varied([0.1, 0.2], vectors, 9) == [1, 0]
    assert varied([0.1, 0.2], vectors, 1) == [1]
