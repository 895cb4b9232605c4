"""What the page on quality shows."""

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evals.quality import (
    SCORES,
    by,
    drifts,
    interval,
    over_time,
    read_answers,
    thumbs,
    worst,
)
from evals.records import THUMB
from evals.tracker import TruLensTracker
from tests.evals.many_records import write
from tests.evals.recording import Fixed, record, said

NOW = datetime(2026, 1, 31, 12)


def answers(**columns: list[object]) -> pd.DataFrame:
    """Answers of this moment, all alike but for what is given."""
    n = len(next(iter(columns.values())))
    alike = {
        "id": [str(position) for position in range(n)],
        "at": [NOW] * n,
        "seconds": [0.5] * n,
        "plugin": ["rag"] * n,
        "sources": [["a.txt"]] * n,
        **{score: [0.5] * n for score in (*SCORES, THUMB)},
    }
    return pd.DataFrame(alike | columns)


def test_recorded_answers_are_read_back_newest_first(tmp_path: Path) -> None:
    write(tmp_path, 30)
    address = f"sqlite:///{tmp_path / 'evals.db'}"
    tracker = TruLensTracker(address, Fixed(ValueError("no luck")), lambda: {"model": "other"})
    _, _, answer = one = said()
    record(tracker, *one)
    tracker.rate(answer.id, good=False)
    tracker.close()
    found = read_answers(address)
    assert len(found) == 31
    assert found["at"].is_monotonic_decreasing
    newest = found.iloc[0]
    assert (newest["id"], newest["question"], newest["user"]) == (answer.id, one[0].text, "anna")
    assert (newest["model"], newest["tokens"], newest["cost_usd"]) == ("a model", 18, 0.25)
    assert newest["sources"] == ["a.txt"]
    assert newest["seconds"] == pytest.approx(0.1, abs=0.001)
    assert newest[THUMB] == 0.0
    assert newest[list(SCORES)].isna().all()
    assert "no luck" in newest["not_scored"]
    assert found.loc[1:, list(SCORES)].notna().all(axis=None)


def test_a_database_without_answers_is_no_answers(tmp_path: Path) -> None:
    write(tmp_path, 0)
    assert read_answers(f"sqlite:///{tmp_path / 'evals.db'}").empty


def test_an_interval_holds_the_mean_and_stays_in_range() -> None:
    mean, low, high, n = interval(pd.Series([0.9, 1.0, 1.0, None]))
    assert (round(mean, 4), high, n) == (0.9667, 1.0, 3)
    assert 0.9 < low < mean
    assert interval(pd.Series([0.4])) == (0.4, 0.4, 0.4, 1)
    assert interval(pd.Series([], dtype=float))[3] == 0


def test_means_are_by_day() -> None:
    days = [NOW, NOW, NOW - timedelta(days=1)]
    table = over_time(answers(at=[*days], Groundedness=[0.2, 0.4, 0.9]))
    grounded = table[table["score"] == "Groundedness"]
    assert grounded["mean"].tolist() == pytest.approx([0.9, 0.3])
    assert grounded["n"].tolist() == [1, 2]


def test_an_answer_from_two_documents_counts_for_both() -> None:
    table = by(answers(sources=[["a.txt", "b.txt"], ["a.txt"], []]), "sources")
    assert dict(zip(table["sources"], table["answers"], strict=True)) == {"a.txt": 2, "b.txt": 1}


def test_what_nobody_scored_is_no_number_in_the_table() -> None:
    table = by(answers(Groundedness=[np.nan, np.nan]), "plugin")
    assert table["Groundedness"].isna().all()
    assert table["answers"].tolist() == [2]


def test_thumbs_down_come_first_and_then_the_lowest_score() -> None:
    given = answers(
        Groundedness=[0.9, 0.1, 0.5, np.nan],
        **{"Context Relevance": [0.9, 0.9, 0.9, np.nan], "Answer Relevance": [0.9] * 3 + [np.nan]},
        Thumb=[0.0, np.nan, 1.0, np.nan],
    )
    assert worst(given, 10)["id"].tolist() == ["0", "1", "2"]  # of the last nothing is known
    assert worst(given, 1)["id"].tolist() == ["0"]


def test_thumbs_agree_with_a_score_that_orders_them() -> None:
    given = answers(Groundedness=[0.9, 0.8, 0.2], Thumb=[1.0, 1.0, 0.0])
    table = thumbs(given).set_index("score")
    assert table.loc["Groundedness", "agreement"] == 1.0
    assert table.loc["Answer Relevance", "agreement"] == 0.5
    assert table.loc["Groundedness", "down"] == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("fall", "n", "is_told"), [(0.3, 60, True), (0.3, 20, False), (0.02, 60, False)]
)
def test_there_is_alarm_where_a_score_has_fallen_by_more_than_chance(
    fall: float, n: int, is_told: bool
) -> None:
    noise = np.random.default_rng(0).normal(0, 0.05, 2 * n)
    at = [NOW - timedelta(days=10)] * n + [NOW] * n
    scores = np.r_[np.full(n, 0.8), np.full(n, 0.8 - fall)] + noise
    told = list(drifts(answers(at=[*at], Groundedness=[*scores]), NOW))
    assert [one.score for one in told] == (["Groundedness"] if is_told else [])
    if is_told:
        assert "has fallen from 0.8" in told[0].sentence
