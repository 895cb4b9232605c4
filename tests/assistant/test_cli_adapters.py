"""`assistant adapters …`, and `train instruct` and `instruct` as far as they rest on it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from plugins.instruct.adapters.folder import read_config
from tests.command import Command, Ran, run_command
from tests.paths import REPOSITORY
from tests.plugins.instruct.tiny_models import examples, tiny_llama, write_alpaca

ROW = {
    "name", "base", "method", "beats_base", "reason", "active", "bytes", "trained_at", "folder",
}  # fmt: skip
REQUEST = ("instruct", "sort", "--input", "ban fet col")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a base and data to train on."""
    place = tmp_path_factory.mktemp("place")
    tiny_llama(place / "llama")
    write_alpaca(place / "the words (sorted).json", examples(300, "sort"))
    return place


def train(command: Command, place: Path, *options: str) -> Ran:
    data = place / "the words (sorted).json"
    sizes = ("--batch-tokens", "1024", "--base", place / "llama")
    return command("train", "instruct", "--data", data, *sizes, *options, "--json")


@pytest.fixture(scope="module")
def trained(place: Path) -> Iterator[Ran]:
    """A training whose adapter beats its base, with `place / "home"` as state folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASSISTANT_HOME", str(place / "home"))
        command = partial(run_command, patch)
        yield train(command, place, "--epochs", "5", "--learning-rate", "0.01")


@pytest.fixture
def home(trained: Ran, place: Path, tmp_path: Path) -> Path:
    """A state folder with an active adapter, for a test to change."""
    return Path(shutil.copytree(place / "home", tmp_path / "home"))


@pytest.fixture
def assistant(home: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("ASSISTANT_HOME", str(home))
    monkeypatch.setenv("ASSISTANT_INSTRUCT__BASE", str(place / "llama"))
    return partial(run_command, monkeypatch)


def lost(folder: Path) -> None:
    """Makes of an adapter one that does not beat its base."""
    replace(read_config(folder), beats_base=False, reason="It is no better.").write(folder)


# Training


def test_what_beats_its_base_is_active_when_it_is_trained(trained: Ran, assistant: Command) -> None:
    assert trained.exit_code == 0, trained.stderr
    assert Path(trained.lines[-1]["adapter"]).name == "the-words-sorted"
    assert "the-words-sorted is active now" in trained.stderr
    assert assistant("adapters", "list", "--json").line["active"] is True


def test_what_does_not_beat_its_base_is_kept_and_not_active(
    assistant: Command, home: Path, place: Path
) -> None:
    ran = train(assistant, place, "--epochs", "1", "--alpha", "1000", "--learning-rate", "0.9")
    assert ran.exit_code == 0
    assert "the-words-sorted is not activated, for an active adapter must beat" in ran.stderr
    row = assistant("adapters", "list", "--json").line
    assert (row["beats_base"], row["active"]) == (False, False)
    assert row["reason"] in ran.stderr


# What there is


def test_a_list_is_one_adapter_a_line(assistant: Command, home: Path, place: Path) -> None:
    row = assistant("adapters", "list", "--json").line
    assert set(row) >= ROW
    assert (row["name"], row["base"], row["method"]) == (
        "the-words-sorted", str(place / "llama"), "lora",
    )  # fmt: skip
    assert row["folder"] == str(home / "adapters" / "the-words-sorted")
    told = assistant("adapters", "list").stdout
    assert all(word in told for word in ("the-words-sorted", "better", "lora", "llama", "yes"))


def test_a_damaged_one_is_listed_with_its_reason(assistant: Command, home: Path) -> None:
    (home / "adapters" / "the-words-sorted" / "instruct.json").write_text("{")
    ran = assistant("adapters", "list", "--json")
    assert ran.exit_code == 0
    assert (ran.line["damaged"], ran.line["base"]) == (True, None)
    assert "instruct.json cannot be read" in ran.line["reason"]
    ran = assistant("adapters", "list")
    assert "damaged" in ran.stdout
    assert "instruct.json cannot be read" in ran.stderr


def test_where_there_are_none_the_way_to_one_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path))
    ran = run_command(monkeypatch, "adapters", "list")
    assert (ran.exit_code, ran.stdout) == (0, "")
    assert "assistant train instruct --data FILE" in ran.stderr


def test_a_list_waits_for_no_library_of_models(home: Path) -> None:
    heavy = "{'torch', 'transformers', 'peft'} & {*sys.modules}"
    code = (
        "import sys; from assistant.cli import app\n"
        "sys.argv = ['assistant', 'adapters', 'list', '--json']\n"
        f"app(standalone_mode=False); print({heavy} or 'none')"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={"ASSISTANT_HOME": str(home)},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    row, loaded = ran.stdout.splitlines()
    assert json.loads(row)["name"] == "the-words-sorted"
    assert loaded == "none"


def test_a_card_is_shown_to_people_and_figures_to_programs(assistant: Command) -> None:
    assert "# Instruct adapter: lora" in assistant("adapters", "show", "the-words-sorted").stdout
    shown = assistant("adapters", "show", "the-words-sorted", "--json").line
    assert shown["metrics"]["after"]["loss"] < shown["metrics"]["before"]["loss"]
    assert shown["training"]["learning_rate"] == 0.01
    assert set(shown) >= ROW


def test_an_unknown_name_is_a_sentence_with_the_nearest(assistant: Command, tmp_path: Path) -> None:
    out = ("--out", tmp_path / "out")
    for arguments in (["show"], ["use"], ["remove"], ["export", *out], ["merge", *out]):
        ran = assistant("adapters", *arguments, "the-words")
        assert ran.exit_code == 1
        assert "There is no adapter 'the-words'" in ran.stderr
        assert "Did you mean the-words-sorted?" in ran.stderr


# Which one answers


def test_the_active_adapter_answers_where_none_is_named(assistant: Command, home: Path) -> None:
    folder = str(home / "adapters" / "the-words-sorted")
    active = assistant(*REQUEST, "--json").line
    named = assistant(*REQUEST, "--adapter", "the-words-sorted", "--json").line
    given = assistant(*REQUEST, "--adapter", folder, "--json").line
    alone = assistant(*REQUEST, "--adapter", "", "--json").line
    assert active["adapter"] == named["adapter"] == given["adapter"] == folder
    assert active["output"] == named["output"] == given["output"] != alone["output"]
    assert alone["adapter"] == ""
    assert assistant("adapters", "use", "--none", "--json").line == {"active": None}
    none = assistant(*REQUEST, "--json").line
    assert (none["adapter"], none["output"]) == ("", alone["output"])


def test_a_choice_says_on_which_base_it_answers(assistant: Command, place: Path) -> None:
    assistant("adapters", "use", "--none")
    told = assistant("adapters", "use", "the-words-sorted").stdout
    assert f"ASSISTANT_INSTRUCT__BASE is its base, {place / 'llama'}" in told
    assert assistant("adapters", "list", "--json").line["active"] is True


def test_one_that_lost_is_used_only_if_it_is_wanted_anyway(assistant: Command, home: Path) -> None:
    lost(home / "adapters" / "the-words-sorted")
    assistant("adapters", "use", "--none")
    ran = assistant("adapters", "use", "the-words-sorted")
    assert ran.exit_code == 1
    assert "It is no better." in ran.stderr
    ran = assistant("adapters", "use", "the-words-sorted", "--anyway", "--json")
    assert (ran.exit_code, ran.line) == (0, {"active": "the-words-sorted"})


@pytest.mark.parametrize("arguments", [[], ["the-words-sorted", "--none"]])
def test_a_name_or_none_is_wrong_usage_otherwise(arguments: list[str], assistant: Command) -> None:
    assert assistant("adapters", "use", *arguments).exit_code == 2


def test_a_setting_that_wins_over_the_choice_is_said_to(
    assistant: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_INSTRUCT__ADAPTER", str(home / "elsewhere"))
    ran = assistant("adapters", "use", "--none")
    assert ran.exit_code == 0
    assert f"ASSISTANT_INSTRUCT__ADAPTER={home / 'elsewhere'} is set and wins" in ran.stderr


# Out of the library


def test_a_merged_model_answers_as_the_adapter_did(
    assistant: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_adapter = assistant(*REQUEST, "--json").line["output"]
    out = tmp_path / "merged"
    ran = assistant("adapters", "merge", "the-words-sorted", "--out", out, "--json")
    assert ran.line == {"adapter": "the-words-sorted", "folder": str(out)}
    monkeypatch.setenv("ASSISTANT_INSTRUCT__BASE", str(out))
    assert assistant(*REQUEST, "--adapter", "", "--json").line["output"] == with_adapter


def test_an_export_is_told_in_words_and_does_not_overwrite(
    assistant: Command, tmp_path: Path
) -> None:
    command = ("adapters", "export", "the-words-sorted", "--out", tmp_path / "out")
    assert f"Written to {tmp_path / 'out'}." in assistant(*command).stdout
    again = assistant(*command)
    assert again.exit_code == 1
    assert "must be a new folder or an empty one" in again.stderr


def test_a_removed_one_is_gone_and_the_others_are_removed_though_one_is_unknown(
    assistant: Command, home: Path
) -> None:
    ran = assistant("adapters", "remove", "../adapters", "the-words-sorted", "--json")
    assert (ran.exit_code, ran.line) == (1, {"removed": 1})
    assert "There is no adapter '../adapters'" in ran.stderr
    assert "the-words-sorted was active: the base answers alone now." in ran.stderr
    assert assistant("adapters", "list", "--json").stdout == ""
    assert list((home / "adapters").iterdir()) == []
