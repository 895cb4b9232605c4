"""`assistant classify` and `assistant train spam`, from their entry point."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant.cli.lines import waiting_lines
from tests.command import Command
from tests.paths import REPOSITORY
from tests.plugins.spam.tiny_models import messages, tiny_bert

SPAM = "URGENT! You have won a £1000 prize. Call 09061701461 now to claim."


def test_a_message_is_classified(command: Command) -> None:
    line = command("classify", "--json", SPAM).line
    assert line["text"] == SPAM
    assert line["label"] == "spam"
    assert 0.9 < line["probability"] <= 1
    assert command("classify", "see you at lunch").stdout.startswith("ham: probability of spam 0.0")


def test_a_batch_is_classified_in_order_and_a_bad_line_answered_in_its_place(
    command: Command,
) -> None:
    texts = [SPAM, "see you at lunch", "", "ok"]
    lines = [json.dumps({"text": text}) for text in texts]
    lines[2:2] = ["no json", json.dumps({"message": "x"}), json.dumps({"text": None})]
    ran = command("classify", "--batch", "-", stdin="\n".join(lines))
    assert ran.exit_code == 1
    assert ["error" in line for line in ran.lines] == [False] * 2 + [True] * 3 + [False] * 2
    assert [line.get("label") for line in ran.lines[:2]] == ["spam", "ham"]
    assert [line.get("text") for line in ran.lines[5:]] == ["", "ok"]


def test_a_program_may_wait_for_each_answer() -> None:
    arguments = [sys.executable, "-c", "from assistant.cli import main; main()"]
    with subprocess.Popen(
        [*arguments, "classify", "--batch", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for text in (SPAM, "see you at lunch"):
            process.stdin.write(json.dumps({"text": text}) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["text"] == text
        process.stdin.close()
    assert process.returncode == 0


def test_lines_come_together_as_far_as_they_are_there() -> None:
    taken = waiting_lines(range(10), at_most=4)
    first = next(taken)
    time.sleep(0.2)  # the reader goes on, as far as there is room for four
    rest = list(taken)
    assert [*first, *(one for some in rest for one in some)] == list(range(10))
    assert max(map(len, [first, *rest])) == 4
    assert list(waiting_lines([], at_most=4)) == []


def test_what_goes_wrong_while_lines_are_read_is_not_swallowed(command: Command) -> None:
    ran = command("classify", "--batch", "no/such/file")
    assert ran.exit_code == 1
    assert "cannot be opened" in ran.stderr


def test_another_classifier_is_one_variable_away(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ASSISTANT_SPAM__ADAPTER", str(tmp_path))
    ran = command("classify", "hello")
    assert ran.exit_code == 1
    assert "holds no classifier" in ran.stderr


# Training


@pytest.fixture
def data(tmp_path: Path) -> Path:
    file = tmp_path / "mail.tsv"
    lines = [f"{'spam' if one.is_spam else 'ham'}\t{one.text}" for one in messages(40, 100)]
    file.write_text("\n".join(lines))
    return file


def test_training_prints_a_line_an_epoch_and_then_what_came_of_it(
    command: Command, data: Path, tmp_path: Path
) -> None:
    base = tiny_bert(tmp_path / "bert")
    options = ("--base", base, "--epochs", 2, "--seed", 3, "--out", tmp_path / "out", "--json")
    ran = command("train", "spam", "--data", data, *map(str, options))
    assert ran.exit_code == 0, ran.stderr
    *epochs, result = ran.lines
    assert [line["epoch"] for line in epochs] == [1, 2]
    assert result["adapter"] == str(tmp_path / "out")
    assert result["config"]["seed"] == 3
    assert result["metrics"]["test"]["n_messages"] == result["config"]["messages"]["test"]


def test_training_says_in_words_what_came_of_it_and_how_to_use_it(
    command: Command, data: Path, tmp_path: Path
) -> None:
    base = str(tiny_bert(tmp_path / "bert"))
    ran = command("train", "spam", "--data", data, "--base", base, "--epochs", "1", "--refit")
    assert "accuracy" in ran.stdout
    assert "ASSISTANT_SPAM__ADAPTER=" in ran.stdout
    assert "Epoch 1: loss" in ran.stderr


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "at least one message"),
        ("text,when\nhello,now\nbye,then\n", "label"),
        ("label,text\nspam,a b\nmaybe,c d\n", "maybe"),
        ("spam\thello\n" * 30, "ham"),
    ],
)
def test_bad_data_is_refused_before_anything_is_loaded(
    content: str, reason: str, command: Command, tmp_path: Path
) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(content)
    ran = command("train", "spam", "--data", file)
    assert ran.exit_code == 1
    assert reason in ran.stderr


@pytest.mark.parametrize("option", ["--strategy", "--pool", "--balance"])
def test_a_misspelt_option_is_wrong_usage(option: str, command: Command, data: Path) -> None:
    assert command("train", "spam", "--data", data, option, "some").exit_code == 2
