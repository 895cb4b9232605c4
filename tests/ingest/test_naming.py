"""Which documents a question names."""

from pathlib import Path

import pytest

from ingest.database import Database
from ingest.naming import Name, NameIndex, Names, name_of
from ingest.store import PassageStore
from tests.ingest.stored import document, stored

FILES = (
    "3M_2018_10K", "3M_2022_10K", "BESTBUY_2017_10K", "BESTBUY_2019_10K", "FOOTLOCKER_2022_8K",
    "lease of Harbour Street", "rental agreement 2020", "privacy-and-security",
    "ACME_2023Q2_report", "ACME_2023_report", "American Express Company", "minutes 2022-07-01",
    "COSTCO_2021_10K", "BOEING_2018_10K",
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
        ("What did Acme sell in Q2 of FY2023?", "ACME_2023Q2_report"),
        ("What did Acme sell in FY2023?", "ACME_2023_report"),
        ("What was sold in the second quarter of 2023?", "ACME_2023Q2_report"),
        ("Does AMEX pay dividends?", "American Express Company"),
        ("Who was there on 1st July 2022?", "minutes 2022-07-01"),
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


def test_what_names_more_of_the_question_is_closer() -> None:
    first, second = NAMES.named_by("Foot Locker and the lease of Harbour Street")[:2]
    assert (first.passages.start // 10, second.passages.start // 10) == (5, 4)
    assert first.closeness > second.closeness > 0


@pytest.mark.parametrize(
    "question", ["Which company is it?", "Who has 2 of them?", "is amex here?"]
)
def test_words_of_every_company_and_small_numbers_name_none(question: str) -> None:
    assert NAMES.named_by(question) == []


def test_a_removed_name_is_forgotten() -> None:
    names = Names([Name(1, "apples", 1, 1), Name(2, "pears", 2, 1), Name(3, "plums", 3, 1)])
    names.remove(2)
    assert names.named_by("pears") == []
    assert [one.passages.start for one in names.named_by("plums and apples")] == [1, 3]


def test_names_follow_the_index_document_by_document(tmp_path: Path) -> None:
    store = PassageStore(tmp_path)
    names = NameIndex(Database(tmp_path / "passages.db"))
    for name in ("apples", "pears", "plums"):
        store.put(document(name, "Fruit."))
    assert len(names.named_by("pears", "shared")) == 1
    store.remove([stored(store, "pears")])
    store.put(document("quinces", "Fruit."))
    assert names.named_by("pears", "shared") == []
    assert len(names.named_by("quinces", "shared")) == 1
    store.move(stored(store, "plums"), "damsons", Path("/damsons"), "", None)
    assert names.named_by("damsons", "elsewhere") == []
    assert len(names.named_by("damsons", "shared")) == 1


def test_a_name_is_file_title_and_subject() -> None:
    context = "Annual report > ACME INC, fiscal year 2021 > Risks"
    name = name_of("reports/acme_21.pdf", "Annual report", context, "Part I > Risks")
    assert name == "acme_21 Annual report Annual report > ACME INC, fiscal year 2021"
