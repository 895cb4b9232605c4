"""Which documents a question names."""

import pytest

from ingest.naming import Name, Names, name_of, years

FILES = (
    "3M_2018_10K", "3M_2022_10K", "BESTBUY_2017_10K", "BESTBUY_2019_10K", "FOOTLOCKER_2022_8K",
    "lease of Harbour Street", "rental agreement 2020", "privacy-and-security",
)  # fmt: skip
NAMES = Names([Name(n, file, 10 * n, 10) for n, file in enumerate(FILES)])


@pytest.mark.parametrize(
    ("question", "file"),
    [
        ("What is the FY2018 capital expenditure of 3M?", "3M_2018_10K"),
        ("Is 3M capital-intensive as of FY22?", "3M_2022_10K"),
        ("What were Best Buy's inventories in 2016?", "BESTBUY_2017_10K"),
        ("And best buy’s from 2016 to 2019?", "BESTBUY_2019_10K"),
        ("What does Foot Locker's 8-K say?", "FOOTLOCKER_2022_8K"),
        ("when does the lease on harbour street end", "lease of Harbour Street"),
    ],
)
def test_a_question_names_a_document(question: str, file: str) -> None:
    best = NAMES.named_by(question)[0]
    assert FILES[best.passages.start // 10] == file
    assert len(best.passages) == 10
    assert 0 < best.closeness <= 1


@pytest.mark.parametrize(
    "question", ["What is the capital expenditure?", "Who signed in 2018?", "", "and of the 10-K?"]
)
def test_what_many_documents_share_names_none(question: str) -> None:
    assert NAMES.named_by(question) == []


def test_the_right_year_is_closer_than_another() -> None:
    first, second = NAMES.named_by("What did 3M sell in 2022?")
    assert (first.passages.start, second.passages.start) == (10, 0)
    assert first.closeness > second.closeness


def test_no_document_is_named_where_there_is_none() -> None:
    assert Names([]).named_by("What did 3M sell in 2022?") == []


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


def test_a_name_is_file_title_and_subject() -> None:
    context = "Annual report > ACME INC, fiscal year 2021 > Risks"
    name = name_of("reports/acme_21.pdf", "Annual report", context, "Part I > Risks")
    assert name == "acme_21 Annual report Annual report > ACME INC, fiscal year 2021"
