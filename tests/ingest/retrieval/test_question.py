"""What a question asks, and the words that pages have instead of its own."""

from pathlib import Path

import pytest

from assistant.errors import SettingsError
from ingest.retrieval.glossary import load_glossary
from ingest.retrieval.question import Question, read_question

GLOSSARY = load_glossary()


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (
            "What were the inventories? Round your answer to two decimal places.",
            "What were the inventories?",
        ),
        ("Who signed? If nobody did, state that and explain why.", "Who signed?"),
        ("Please explain why the lease ended", "Please explain why the lease ended"),
        ("DIO is 365 / turnover. What is DIO?", "DIO is 365 / turnover. What is DIO?"),
        ("", ""),
    ],
)
def test_a_sentence_that_only_says_how_to_answer_is_not_searched_for(text: str, asked: str) -> None:
    assert Question(text).asked == asked


def test_years_are_searched_for_as_documents_write_them() -> None:
    question = Question("What did Acme spend in FY2019 and FY 18?")
    assert question.words == ["acme", "spend", "fy", "18", "2018", "2019"]


@pytest.mark.parametrize(
    "text",
    ["How much was the capex?", "capital-expenditures of 3M", "CAPEX", "is it Capital Intensive"],
)
def test_the_glossary_knows_a_term_however_it_is_written(text: str) -> None:
    assert "purchases of property plant and equipment" in read_question(text, GLOSSARY).also


@pytest.mark.parametrize("text", ["", "capexes", "How are you?", "the quickest ratio", "?" * 9999])
def test_other_words_have_nothing_in_the_glossary(text: str) -> None:
    assert read_question(text, GLOSSARY).also == ""


def test_of_two_terms_that_say_the_same_it_is_looked_for_once() -> None:
    question = read_question("the gross margin, and the gross profit", GLOSSARY)
    assert question.also.split(", ").count("cost of sales") == 1
    assert "cost" in question.other_words
    assert "gross" not in question.other_words


@pytest.mark.parametrize(
    ("text", "is_amount"),
    [
        ("How much was it?", True),
        ("the total assets", True),
        ("Who is the CEO?", False),
        ("", False),
    ],
)
def test_an_amount_is_asked_for(text: str, is_amount: bool) -> None:
    assert Question(text).asks_for_amount is is_amount


def test_lines_of_a_glossary_of_ones_own_win(tmp_path: Path) -> None:
    file = tmp_path / "mine.txt"
    file.write_text("# mine\n\nCapex, Kündigungsfrist: outlays\n", "utf-8")
    glossary = load_glossary(str(file))
    assert (glossary["capex"], glossary["kündigungsfrist"]) == ("outlays", "outlays")
    assert glossary["ebitda"] == GLOSSARY["ebitda"]


@pytest.mark.parametrize("text", ["capex", ": words", "words:", "a: b\nno colon"])
def test_a_line_without_both_sides_is_refused_by_its_number(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mine.txt"
    file.write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=rf"Line {len(text.splitlines())} of the glossary"):
        load_glossary(str(file))


def test_a_glossary_that_is_not_there_is_refused() -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_glossary("/nowhere/glossary.txt")
