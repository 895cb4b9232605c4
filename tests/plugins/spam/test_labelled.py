"""Messages to learn from: every defect is refused with its place."""

import json
from pathlib import Path

import pytest

from assistant.errors import InputError
from plugins.spam.messages import MIN_PER_CLASS, LabelledMessage, read_labelled
from tests.ingest.reading import write

ROWS = [("spam", f"WIN prize {n}") for n in range(10)] + [("ham", f"Hi {n}") for n in range(10)]
TABLE = "".join(f"{label},{text}\n" for label, text in ROWS)
MAIL = "From anna@example.org Fri May  3 10:00:00 2024\nSubject: Plan\n\nWe meet.\n\n"


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as refused:
        read_labelled(path)
    return str(refused.value)


def test_labelled_rows_are_read_in_order_with_their_place(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", f"label,text\n{TABLE}")
    messages = read_labelled(path)
    assert len(messages) == 20
    assert messages[0] == LabelledMessage("WIN prize 0", True, 2, str(path))
    assert messages[-1] == LabelledMessage("Hi 9", False, 21, str(path))


def test_json_lines_are_read(tmp_path: Path) -> None:
    lines = [json.dumps({"label": label, "text": text}) for label, text in ROWS]
    messages = read_labelled(write(tmp_path / "a.jsonl", "\n".join(lines)))
    assert [message.is_spam for message in messages] == [True] * 10 + [False] * 10


def test_a_table_without_labels_is_refused_with_its_columns(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "text,verdict\nHi,ham\n")
    assert refusal(path) == (
        "a.csv must have a column of labels, got the columns 'text', 'verdict': name it one of "
        "label, category, class, type, target, spam, is_spam, v1, or begin each line with its "
        "label and a tab."
    )


def test_lines_without_labels_are_refused(tmp_path: Path) -> None:
    assert "got a file without a header" in refusal(write(tmp_path / "a.txt", "Hi\nHello\n"))


def test_a_mailbox_by_itself_is_refused_with_the_way_out(tmp_path: Path) -> None:
    assert "put it into a folder as spam.mbox" in refusal(write(tmp_path / "a.mbox", MAIL))


@pytest.mark.parametrize("label", ["maybe", ""])
def test_an_unknown_label_is_refused_with_its_line(tmp_path: Path, label: str) -> None:
    path = write(tmp_path / "a.csv", f"label,text\n{TABLE}{label},Hello\n")
    assert refusal(path).startswith("a.csv, line 22: the label must be one of spam, junk, 1, true")
    assert f"got {label!r}" in refusal(path)


def test_a_line_without_a_label_among_labelled_ones_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", TABLE.replace(",", "\t") + "Hello\n")
    assert refusal(path).startswith("a.tsv, line 21: the label must be one of")


def test_a_record_without_a_label_is_refused(tmp_path: Path) -> None:
    assert "line 1: the label must be one of" in refusal(
        write(tmp_path / "a.jsonl", '{"text": "Hi"}')
    )


@pytest.mark.parametrize(
    ("n_spam", "n_ham"), [(0, 10), (10, 0), (MIN_PER_CLASS - 1, 10), (10, MIN_PER_CLASS - 1)]
)
def test_too_few_messages_of_a_class_are_refused_with_the_counts(
    tmp_path: Path, n_spam: int, n_ham: int
) -> None:
    path = write(tmp_path / "a.tsv", "spam\tWIN\n" * n_spam + "ham\tHi\n" * n_ham)
    assert f"got {n_spam} of spam and {n_ham} of ham" in refusal(path)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert "must have at least one message" in refusal(write(tmp_path / "a.csv", ""))


def test_a_message_far_too_long_is_refused_with_its_length(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", f"label,text\n{TABLE}ham,{'a' * 100_001}\n")
    assert "line 22: a message must have at most 100,000 characters, got 100,001" in refusal(path)


def test_a_message_of_the_longest_length_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", f"label,text\n{TABLE}ham,{'a' * 100_000}\n")
    assert len(read_labelled(path)) == 21


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "a.csv").startswith("There is no file ")


def test_a_folder_says_the_class_by_the_names_in_it(tmp_path: Path) -> None:
    write(tmp_path / "Spam.mbox", MAIL * 10)
    (tmp_path / "ham_2024" / "may").mkdir(parents=True)
    for number in range(10):
        write(tmp_path / "ham_2024" / "may" / f"{number}.eml", f"Subject: B\n\nHi {number}.\n")
    write(tmp_path / "ham_2024" / ".hidden", "\x00")
    write(tmp_path / "notes.pdf", "\x00")
    messages = read_labelled(tmp_path)
    assert [message.is_spam for message in messages] == [True] * 10 + [False] * 10
    assert messages[9] == LabelledMessage("Plan\nWe meet.", True, 10, str(tmp_path / "Spam.mbox"))
    assert messages[10].text == "B\nHi 0."


@pytest.mark.parametrize("names", [(), ("spam.txt",), ("ham.txt", "harmless.txt")])
def test_a_folder_without_both_classes_is_refused(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name in names:
        write(tmp_path / name, "Hi\n" * 10)
    assert "must hold files or folders of both classes" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [("", "must have at least one message"), ("spam\tHi\n", "line 1: by its file it is ham")],
)
def test_a_defect_within_a_folder_is_refused(tmp_path: Path, content: str, reason: str) -> None:
    write(tmp_path / "spam.txt", "WIN\n" * 10)
    write(tmp_path / "ham.txt", "Hi\n" * 10)
    assert len(read_labelled(tmp_path)) == 20
    assert reason in refusal(write(tmp_path / "ham2.txt", content).parent)


def test_an_unknown_ending_within_a_folder_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "spam.txt", "WIN\n" * 10)
    write(tmp_path / "ham.docx", "Hi\n")
    assert "got ham.docx" in refusal(tmp_path)
