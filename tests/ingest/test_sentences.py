import pytest

from ingest.sentences import cited_numbers, sentence_spans, without_marks


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Wait... What?! No.", ["Wait...", "What?!", "No."]),
        ("It paid 3.5 percent. It rose.", ["It paid 3.5 percent.", "It rose."]),
        ('He said "Stop." Then he left.', ['He said "Stop."', "Then he left."]),
        ("Das Haus ist groß. Über uns.", ["Das Haus ist groß.", "Über uns."]),
        ("It costs $5. (See below.) Fine.", ["It costs $5.", "(See below.)", "Fine."]),
    ],
)
def test_a_sentence_ends_at_its_stop(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Dr. Smith met Mr. Jones on Jan. 3.",
        "See Fig. 3 and p. 12 of vol. 2.",
        "The U.S. Treasury e.g. Washington, i.e. Nobody else.",
        "J. R. Tolkien wrote it.",
        "Acme Inc. Owns it.",
    ],
)
def test_an_abbreviation_ends_no_sentence(sentence: str) -> None:
    assert sentences(f"{sentence} Another follows.") == [sentence, "Another follows."]


def test_the_word_i_is_no_initial() -> None:
    assert sentences("So did I. He knew.") == ["So did I.", "He knew."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is so [1]. That too [2, 3].", ["It is so [1].", "That too [2, 3]."]),
        ("It is so. [1] That too. [2][3] End.", ["It is so. [1]", "That too. [2][3]", "End."]),
        ("It is so. [1]", ["It is so. [1]"]),
        ("It is so. [1] That too. [2]", ["It is so. [1]", "That too. [2]"]),
        ("It is so. [1]\n\nThat too. [2]", ["It is so. [1]", "That too. [2]"]),
    ],
)
def test_a_reference_mark_belongs_to_the_sentence_before_it(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_line_break_within_a_sentence_does_not_end_it() -> None:
    text = "The line breaks here\nand the sentence goes on. Next one."
    assert sentences(text) == ["The line breaks here\nand the sentence goes on.", "Next one."]


def test_an_empty_line_ends_a_sentence_without_a_stop() -> None:
    assert sentences("A paragraph ends\n\nanother begins") == ["A paragraph ends", "another begins"]


@pytest.mark.parametrize(
    "rows",
    [
        ["Revenue 1,234 1,100", "Costs (900) (800)", "Profit $334 $300"],
        ["- first item", "- second item", "- third item"],
        ["1. first item", "2. second item", "3. third item"],
        ["Name: Anna; Town: Bonn", "Name: Bob; Town: Ulm"],
    ],
    ids=["numbers", "bullets", "numbered", "named cells"],
)
def test_each_row_of_a_table_or_list_stands_alone(rows: list[str]) -> None:
    assert sentences("\n".join(rows)) == rows


def test_a_short_line_before_a_capital_is_a_heading() -> None:
    prose = "This is a long line of text that fills the whole column here\nand ends here."
    assert sentences(f"A heading\n{prose}") == ["A heading", prose]


@pytest.mark.parametrize("text", ["", " \n\t\n "])
def test_white_space_has_no_sentences(text: str) -> None:
    assert sentence_spans(text) == []


def test_spans_leave_the_white_space_around_sentences_out() -> None:
    assert sentence_spans("  One.   Two.\n") == [(2, 6), (9, 13)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("so [1] and [3, 2] and [1]", [1, 3, 2]), ("no [x], no (2), no 3", []), ("[12]", [12])],
)
def test_cited_numbers_come_once_each_in_order(text: str, expected: list[int]) -> None:
    assert cited_numbers(text) == expected


def test_without_marks_leaves_the_words_alone() -> None:
    assert without_marks("It is so [1] and thus [2, 3].") == "It is so and thus."
