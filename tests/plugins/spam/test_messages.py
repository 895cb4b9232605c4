"""Files of messages: tables of every make, text, e-mails, and what is no such file."""

import json
import time
from itertools import islice
from pathlib import Path

import pytest

from assistant.errors import InputError
from plugins.spam.messages import FileMessage, read_messages
from tests.ingest.reading import write

SPAM, HAM = "WIN a prize, now", "See you at noon"


def texts(path: Path) -> list[str]:
    return [message.text for message in read_messages(path)]


def read(path: Path) -> list[tuple[int, str, bool | None]]:
    return [(message.number, message.text, message.label) for message in read_messages(path)]


@pytest.mark.parametrize(
    "name", ["text", "Message", "MSG", "sms", "body", "content", "mail", "Email", "v2"]
)
def test_the_column_of_messages_is_found_by_its_name(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "a.csv", f"a long description,{name}\n{'x' * 50},{HAM}\n")
    assert texts(path) == [HAM]


@pytest.mark.parametrize(
    "name", ["label", "Category", "CLASS", "type", "target", "spam", "Is Spam", "is_spam", "v1"]
)
def test_the_column_of_labels_is_found_by_its_name(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "a.csv", f"text,{name}\n{HAM},ham\nWIN,spam\n")
    assert [message.label for message in read_messages(path)] == [False, True]


@pytest.mark.parametrize(
    ("written", "label"),
    [
        *((one, True) for one in ("spam", "SPAM", " Junk ", "1", "True", "yes")),
        *((one, False) for one in ("ham", "not spam", "Legit", "legitimate", "0", "FALSE", "no")),
        *((one, None) for one in ("", "maybe", "2")),
    ],
)
def test_labels_have_many_spellings(tmp_path: Path, written: str, label: bool | None) -> None:
    path = write(tmp_path / "a.csv", f"label,text\n{written},{HAM}\n")
    assert [message.label for message in read_messages(path)] == [label]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("label,comment", f"ham,{HAM}"),
        ("id,comment,label", f"17,{HAM},ham"),
        ("label,id,comment,place", f"ham,17,{HAM},Rome"),
    ],
    ids=["the only other", "beside a number", "the most letters"],
)
def test_a_column_of_messages_by_another_name_is_found(
    tmp_path: Path, header: str, row: str
) -> None:
    assert read(write(tmp_path / "a.csv", f"{header}\n{row}\n")) == [(2, HAM, False)]


def test_a_table_whose_names_say_nothing_is_read_by_its_letters(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", f"id,comment,place\n17,{HAM},Rome\n18,{HAM},Oslo\n")
    assert read(path) == [(2, HAM, None), (3, HAM, None)]


@pytest.mark.parametrize("ending", [".tsv", ".txt", ".csv"])
def test_a_label_and_a_tab_need_no_header(tmp_path: Path, ending: str) -> None:
    path = write(tmp_path / f"a{ending}", f"ham\t{HAM}\nspam\t{SPAM}\n")
    assert read(path) == [(1, HAM, False), (2, SPAM, True)]


@pytest.mark.parametrize(
    "text", ['"Yes', 'the "best" day', '"', '""', '"whole"', "two\ttabs", " spaces  "]
)
def test_a_quotation_mark_behind_a_label_is_just_a_character(tmp_path: Path, text: str) -> None:
    path = write(tmp_path / "a.tsv", f"spam\t{text}\nham\t{HAM}\n")
    assert texts(path) == [text, HAM]


def test_a_first_message_labelled_spam_is_no_header(tmp_path: Path) -> None:
    assert read(write(tmp_path / "a.tsv", f"spam\t{SPAM}\n")) == [(1, SPAM, True)]


def test_a_column_may_be_called_spam(tmp_path: Path) -> None:
    assert read(write(tmp_path / "a.csv", f"spam,text\n0,{HAM}\n")) == [(2, HAM, False)]


@pytest.mark.parametrize("ending", [".tsv", ".txt", ".csv"])
def test_without_columns_each_line_is_a_message(tmp_path: Path, ending: str) -> None:
    path = write(tmp_path / f"a{ending}", f"Yes, I come, really\n\n{SPAM}\n{HAM}\n")
    assert read(path) == [(1, "Yes, I come, really", None), (3, SPAM, None), (4, HAM, None)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    rows = [("text", "label"), ("\"It's me, 'tis; I|\tam\"", "ham")]
    path = write(tmp_path / "a.csv", "\n".join(map(delimiter.join, rows)))
    assert read(path) == [(2, "It's me, 'tis; I|\tam", False)]


def test_a_message_in_quotation_marks_may_have_several_lines(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'text,label\n"One\n\n""two""",ham\n\nthree,spam\n')
    assert read(path) == [(2, 'One\n\n"two"', False), (6, "three", True)]


def test_the_last_column_may_hold_commas_unquoted(tmp_path: Path) -> None:
    assert texts(write(tmp_path / "a.csv", "label,text\nham,Yes, I come, too\n")) == [
        "Yes, I come, too"
    ]


def test_cells_beyond_the_header_are_refused_where_a_message_may_be_torn(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "text,label\nHi,ham\nYes, I come,ham\n")
    with pytest.raises(InputError, match=r"a\.csv, line 3: a row must have 2 cells .* got 3"):
        texts(path)


def test_empty_cells_beyond_the_header_are_nothing(tmp_path: Path) -> None:
    assert texts(write(tmp_path / "a.csv", f"text,label\n{HAM},ham,,,\n")) == [HAM]


def test_a_quotation_mark_in_a_table_with_tabs_swallows_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", f'label\ttext\nham\t"Yes\nham\t{HAM}\nham\t"One ""two"""\n')
    assert texts(path) == ['"Yes', HAM, 'One "two"']


@pytest.mark.parametrize("text", ['"never closed', '"closed" too early'])
def test_a_torn_cell_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    path = write(tmp_path / "a.csv", f"text,label\n{HAM},ham\n{text},ham\n{HAM},ham\n")
    with pytest.raises(InputError, match=r"line 3: .* mend the quotation marks"):
        texts(path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
def test_any_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    table = "label,text\nham,Grüße vom Café für £5\n" * 1
    path = write(tmp_path / "a.csv", table.encode(encoding))
    assert read(path) == [(2, "Grüße vom Café für £5", False)]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize("ending", [".csv", ".txt"])
def test_any_line_end_ends_a_line(tmp_path: Path, ending: str, end: str) -> None:
    path = write(tmp_path / f"a{ending}", f"text\n{HAM}{end}One{end}Two\r\nThree")
    assert texts(path)[-4:] == [HAM, "One", "Two", "Three"]


def test_an_odd_line_break_within_a_message_divides_nothing(tmp_path: Path) -> None:
    assert texts(write(tmp_path / "a.txt", "One\u2028two\x85three\x0bfour")) == [
        "One\u2028two\x85three\x0bfour"
    ]


def test_json_lines_are_read(tmp_path: Path) -> None:
    rows = [{"text": "a\nb", "label": "spam"}, {"text": "c", "label": 0}, {"text": "d"}]
    path = write(tmp_path / "a.jsonl", "\n\n".join(map(json.dumps, rows)))
    assert read(path) == [(1, "a\nb", True), (3, "c", False), (5, "d", None)]


@pytest.mark.parametrize("line", ['{"text": "a"', '{"label": "spam"}', '["text"]', "[" * 10_000])
def test_a_line_that_is_no_record_is_refused_with_its_number(tmp_path: Path, line: str) -> None:
    path = write(tmp_path / "a.jsonl", f'{{"text": "a"}}\n{line}\n')
    with pytest.raises(InputError, match=r"a\.jsonl, line 2: each line must be a JSON object"):
        texts(path)


MAIL = "Subject: Plan\n\nWe meet at noon.\n\n"
FROM = "From anna@example.org Fri May  3 10:00:00 2024\n"


def test_an_e_mail_is_its_subject_and_its_body(tmp_path: Path) -> None:
    path = write(tmp_path / "a.eml", MAIL)
    assert list(read_messages(path)) == [FileMessage(1, "Plan\nWe meet at noon.", None)]


def test_each_mail_of_a_mailbox_is_a_message(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mbox", FROM + MAIL + FROM + "\n" + FROM + "Subject: B\n\n")
    assert read(path) == [(1, "Plan\nWe meet at noon.", None), (3, "B", None)]


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".txt", ".jsonl", ".eml", ".mbox"])
@pytest.mark.parametrize("content", ["", " \n\n "])
def test_a_file_without_a_message_is_refused(tmp_path: Path, ending: str, content: str) -> None:
    path = write(tmp_path / f"a{ending}", content)
    with pytest.raises(InputError, match=f"a{ending} must have at least one message"):
        texts(path)


@pytest.mark.parametrize("content", ["text,label\n", 'text,label\n"",ham\n ,spam\n'])
def test_a_table_without_a_message_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(InputError, match="must have at least one message"):
        texts(write(tmp_path / "a.csv", content))


def test_a_table_of_labels_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a column of messages, its only one is 'label'"):
        texts(write(tmp_path / "a.csv", "label\nspam\n"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"There is no file .*a\.csv"):
        texts(tmp_path / "a.csv")


def test_a_folder_by_the_name_of_a_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(InputError, match=r"a\.csv cannot be read"):
        texts(tmp_path / "a.csv")


def test_an_unknown_ending_is_refused_with_those_that_work(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\*\.csv, \*\.tsv, \*\.txt, .*, got a\.pdf"):
        texts(write(tmp_path / "a.pdf", HAM))


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".txt", ".jsonl", ".mbox"])
def test_data_by_another_name_is_refused(tmp_path: Path, ending: str) -> None:
    noise = b"\x93NUMPY\x01\x00\xff\xfe\x00\xd8\x81\x8d\x8f\x90\x9d" * 20
    with pytest.raises(InputError, match="cannot be read"):
        texts(write(tmp_path / f"a{ending}", noise))


def test_zeros_late_in_a_file_are_dropped(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "text\n" + f"{HAM}\n" * 1_000 + "On\x00e\n")
    assert texts(path)[-1] == "One"


@pytest.mark.parametrize("unit", ['"', ",", "\t", "\n", "'", '",'])
@pytest.mark.parametrize("start", ["", "text,label\n", "text\tlabel\n"])
def test_a_file_of_one_sign_over_and_over_is_read_or_refused_in_short_time(
    tmp_path: Path, start: str, unit: str
) -> None:
    path = write(tmp_path / "a.csv", start + "a" + unit * 300_000)
    started = time.process_time()
    try:
        assert texts(path)
    except InputError as refused:
        assert str(refused).endswith(".")  # noqa: PT017 - either is right
    assert time.process_time() - started < 5


def test_a_large_table_is_handed_on_row_by_row(tmp_path: Path) -> None:
    row = f'"{SPAM}, ""he said"", {"a" * 60}",spam\n'
    path = write(tmp_path / "a.csv", "text,label\n" + row * (50_000_000 // len(row)))
    started = time.process_time()
    assert len(list(islice(read_messages(path), 1_000))) == 1_000
    assert time.process_time() - started < 10
