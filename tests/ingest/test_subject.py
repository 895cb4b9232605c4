import pytest

from ingest.documents import Document, Page
from ingest.subject import subject_of


def subject(*pages: str) -> str:
    return subject_of(
        Document("Title", tuple(Page(n, text, ()) for n, text in enumerate(pages)), 1)
    )


@pytest.mark.parametrize(
    ("beginning", "said"),
    [
        (
            "ACME WIDGETS, INC.\nFORM 10-K\nFor the fiscal year ended December 31, 2023",
            "ACME WIDGETS, INC, FORM 10-K, fiscal year ended December 31, 2023",
        ),
        ("Harbour Group\nAnnual Report\nFY2022", "Harbour Group, Annual Report, FY2022"),
        ("Second quarter of 2021 results", "Second quarter of 2021"),
        ("Q3 2020\nEarnings release", "Earnings release, Q3 2020"),
        ("Guide to the pump\nRevision 4.2", "Revision 4.2"),
        ("Lease of the flat, dated 3 May 2019", "dated 3 May 2019"),
        ("Date of Report: March 5, 2024", "March 5, 2024"),
        ("The fox is red.", ""),
        ("", ""),
    ],
)
def test_the_beginning_says_whose_a_document_is_and_for_when(beginning: str, said: str) -> None:
    assert subject(beginning) == said


def test_nothing_is_said_twice() -> None:
    assert subject("Annual Report\nannual report\nAnnual Report") == "Annual Report"


def test_only_the_beginning_counts() -> None:
    assert subject("A story. " * 400 + "\nHarbour Group") == ""
    assert subject("One.", "Two.", "Harbour Group") == ""
    assert subject("One.", "Harbour Group") == "Harbour Group"


@pytest.mark.parametrize(
    "line", ["the whole company", "Note: sold by Acme Inc", "Inc", "A" * 70 + " Inc"]
)
def test_a_sentence_that_ends_like_a_name_is_none(line: str) -> None:
    assert subject(line) == ""


def test_a_beginning_made_to_be_slow_is_read_at_once() -> None:
    assert subject("date of report " + "of " * 1000) == ""
    assert subject("years ended " * 250) == ""
    assert subject("revision " * 333) == ""
