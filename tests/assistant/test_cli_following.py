"""`assistant instruct` with examples in front of the request, from its entry point."""

import json
from functools import partial
from pathlib import Path

import pytest

from tests.command import Command, run_command
from tests.plugins.instruct.imitating import asked
from tests.plugins.instruct.tiny_models import write_alpaca

ONE = asked(1, "side", 50)[0]
REQUEST = ("instruct", "#", "--input", ONE.request.input)


@pytest.fixture
def shown(tmp_path: Path) -> Path:
    return write_alpaca(tmp_path / "sides.jsonl", asked(40, "side", 9))


@pytest.fixture
def assistant(imitating: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ASSISTANT_INSTRUCT__BASE", str(imitating))
    return partial(run_command, monkeypatch)


def test_without_examples_none_is_shown(assistant: Command) -> None:
    line = assistant(*REQUEST, "--json").line
    assert (line["n_examples"], line["examples"]) == (0, [])
    assert line["output"] in ("low", "high")


@pytest.mark.parametrize("how", ["random", "similar", "diverse", "mdl"])
def test_the_model_answers_as_the_chosen_examples_do(
    assistant: Command, shown: Path, how: str
) -> None:
    ran = assistant(*REQUEST, "--examples", shown, "--select", how, "-k", "3", "--json")
    assert ran.exit_code == 0, ran.stderr
    assert ran.line["output"] == ONE.response
    assert ran.line["n_examples"] == len(set(ran.line["examples"])) == 3
    lines = {f"line {number}" for number in range(1, 41)}
    assert set(ran.line["examples"]) <= lines


def test_of_examples_that_do_not_fit_the_furthest_are_left_out(
    assistant: Command, shown: Path
) -> None:
    few = assistant(*REQUEST, "--examples", shown, "-k", "3", "--json").line["examples"]
    all_that_fit = assistant(*REQUEST, "--examples", shown, "-k", "30", "--json").line
    assert 3 < all_that_fit["n_examples"] < 30
    assert all_that_fit["examples"][-3:] == few


def test_a_batch_chooses_anew_for_each_line(assistant: Command, shown: Path) -> None:
    lines = [
        json.dumps({"instruction": "#", "input": one.request.input}) for one in asked(4, "side", 51)
    ]
    ran = assistant("instruct", "--examples", shown, "--batch", "-", stdin="\n".join(lines))
    assert [line["output"] for line in ran.lines] == [one.response for one in asked(4, "side", 51)]
    assert len({tuple(line["examples"]) for line in ran.lines}) > 1


def test_an_input_beside_a_batch_is_wrong_usage(assistant: Command) -> None:
    ran = assistant("instruct", "--input", "ban fet col", "--batch", "-", stdin="")
    assert ran.exit_code == 2
    assert "--input goes with TEXT" in ran.stderr


def test_a_person_is_told_which_examples_are_shown(assistant: Command, shown: Path) -> None:
    ran = assistant(*REQUEST, "--examples", shown, "-k", "2")
    assert ran.stdout.strip() == ONE.response
    assert "Shown before it: line " in ran.stderr
    long = ("instruct", "#", "--input", "ban " * 95)
    ran = assistant(*long, "--examples", shown)
    assert "No example is shown before it" in ran.stderr


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--select", "mdl"], "give one with --examples FILE"),
        (["-k", "2"], "give one with --examples FILE"),
        (["--examples", "FILE", "-k", "0"], "should be greater than or equal to 1"),
        (["--examples", "FILE", "--select", "near"], "'near' is not one of 'random', 'similar'"),
    ],
)
def test_options_that_mean_nothing_are_wrong_usage(
    assistant: Command, shown: Path, options: list[str], reason: str
) -> None:
    given = [str(shown) if option == "FILE" else option for option in options]
    ran = assistant(*REQUEST, *given)
    assert ran.exit_code == 2
    assert reason in " ".join(ran.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "must have at least one record"),
        ('{"instruction": "#"}\n', "sides.jsonl, line 1"),
    ],
)
def test_a_file_without_examples_or_with_a_defect_is_refused(
    assistant: Command, tmp_path: Path, content: str, reason: str
) -> None:
    file = tmp_path / "sides.jsonl"
    file.write_text(content)
    ran = assistant(*REQUEST, "--examples", file)
    assert ran.exit_code == 1
    assert reason in ran.stderr
