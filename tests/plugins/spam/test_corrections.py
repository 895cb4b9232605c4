"""Corrections: kept whatever happens, the last of a text counts."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from assistant.errors import InputError
from plugins.spam.corrections import Corrections
from plugins.spam.messages import LabelledMessage, read_labelled

AWKWARD = 'A "quoted"\nmessage\u2028 with ünicode \x00 and \ud800'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "spam" / "corrections.jsonl"


def test_nothing_was_corrected_yet(file: Path) -> None:
    assert Corrections(file).read() == []
    assert not file.parent.exists()


@pytest.mark.parametrize("text", ["WIN a prize", AWKWARD], ids=["plain", "awkward"])
def test_a_correction_is_read_as_it_was_made(file: Path, text: str) -> None:
    Corrections(file).add(text, True, "anna")
    assert Corrections(file).read() == [LabelledMessage(text, True, 1, str(file))]


def test_a_correction_says_who_made_it_when(file: Path) -> None:
    Corrections(file).add("Hi", False, "anna")
    record = json.loads(file.read_text("ascii"))
    assert datetime.fromisoformat(record.pop("corrected_at")).tzinfo is not None
    assert record == {"text": "Hi", "label": "ham", "user": "anna"}


def test_the_last_correction_of_a_text_counts(file: Path) -> None:
    corrections = Corrections(file)
    for text, is_spam in (("a", True), ("b", True), ("a", False)):
        corrections.add(text, is_spam, "anna")
    assert [(one.text, one.is_spam, one.number) for one in corrections.read()] == [
        ("b", True, 2),
        ("a", False, 3),
    ]


def test_only_their_owner_may_read_them(file: Path) -> None:
    Corrections(file).add("Hi", False, "anna")
    assert {stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()} == {0o600}


@pytest.mark.parametrize("cut", [1, 5, 40])
def test_a_line_that_a_crash_cut_off_costs_only_itself(file: Path, cut: int) -> None:
    corrections = Corrections(file)
    corrections.add("before", True, "anna")
    corrections.add("cut off", True, "anna")
    file.write_bytes(file.read_bytes()[:-cut])
    kept = ["before"] if cut > 1 else ["before", "cut off"]
    assert [one.text for one in corrections.read()] == kept
    corrections.add("after", True, "anna")
    assert [one.text for one in corrections.read()] == [*kept, "after"]


def test_many_may_correct_at_once(file: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: Corrections(file).add(f"message {n}", True, "anna"), range(100)))
    assert {one.text for one in Corrections(file).read()} == {f"message {n}" for n in range(100)}


def test_corrections_can_be_learnt_from(file: Path) -> None:
    corrections = Corrections(file)
    for n in range(20):
        corrections.add(f"message {n}", n % 2 == 0, "anna")
    assert read_labelled(file) == corrections.read()


@pytest.mark.parametrize("text", ["", " \n", "a" * 100_001], ids=["empty", "blank", "too long"])
def test_what_nobody_could_learn_from_is_refused(file: Path, text: str) -> None:
    with pytest.raises(InputError, match="must have 1 to 100,000 characters"):
        Corrections(file).add(text, True, "anna")


def test_a_file_that_cannot_be_written_is_named(file: Path) -> None:
    file.mkdir(parents=True)
    with pytest.raises(InputError, match=r"a file that can be read and written, got .*jsonl"):
        Corrections(file).add("Hi", True, "anna")
    with pytest.raises(InputError, match="a file that can be read and written"):
        Corrections(file).read()
