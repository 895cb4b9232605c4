"""The years, quarters and days that a text names."""

import pytest

from ingest.periods import Period, moments, period_of, quarters, years


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FY2018 and 2019", {2018, 2019}),
        ("FY 18, FY’21", {2018, 2021}),
        ("report_2020_final", {2020}),
        ("the year ended January 28, 2017", {2017}),
        ("12018, 20190 and room 18", set()),
    ],
)
def test_years(text: str, found: set[int]) -> None:
    assert years(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("AMCOR_2023Q2_10Q", {(2023, 2)}),
        ("Q2 of FY2024 and Q3 2022", {(2024, 2), (2022, 3)}),
        ("4Q 2023, 1Q23", {(2023, 4), (2023, 1)}),
        ("the second quarter of fiscal year 2021", {(2021, 2)}),
        ("Q5 2020, FAQ4 2020, Q2", set()),
    ],
)
def test_quarters(text: str, found: set[tuple[int, int]]) -> None:
    assert quarters(text) == found


@pytest.mark.parametrize(
    "text", ["1st July 2022", "July 1, 2022", "jul. 1st 2022", "dated-2022-07-01", "1. July 2022"]
)
def test_a_day_is_the_same_however_it_is_written(text: str) -> None:
    assert moments(text) == {"2022-07-01"}


def test_a_quarter_is_a_moment_too() -> None:
    assert moments("Q2 of FY2024") == {"2024q2"}


@pytest.mark.parametrize(
    ("document", "agreement"),
    [
        ("2024Q2", 1.0),
        ("2024", 0.75),
        ("2024Q3", 0.75),
        ("2025", 0.375),
        ("2019", 0.0),
        ("", 0.0),
    ],
)
def test_how_well_a_document_serves_a_quarter(document: str, agreement: float) -> None:
    assert period_of(document).agreement(period_of("Q2 of FY2024")) == agreement


def test_a_later_report_holds_earlier_years() -> None:
    asked = period_of("from 2016 to 2018")
    documents = ("2018", "2019", "2017", "2020")
    assert [period_of(one).agreement(asked) for one in documents] == [1.0, 0.5, 0.0, 0.0]
    assert [period_of(one).agreement(asked) for one in ("2016",)] == [0.3]


def test_without_a_year_asked_for_none_agrees() -> None:
    assert Period(frozenset({2020}), frozenset()).agreement(period_of("how much?")) == 0.0
