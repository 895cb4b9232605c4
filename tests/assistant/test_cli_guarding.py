"""`assistant train instruct` with general data and a judge, from its entry point."""

from pathlib import Path

import pytest

from plugins.instruct.data.reading import read_examples
from plugins.instruct.training import judging
from plugins.instruct.training.splitting import split_examples
from tests.command import Command, Ran
from tests.openai_server import OpenAIServer, Refuses, Says
from tests.plugins.instruct.tiny_models import examples, tiny_llama, write_alpaca


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a base, data to train on and general data."""
    place = tmp_path_factory.mktemp("place")
    tiny_llama(place / "llama")
    for task in ("flip", "sort"):
        write_alpaca(place / f"{task}.json", examples(120, task))
    return place


def train(command: Command, place: Path, out: Path, *options: str | Path) -> Ran:
    sizes = ("--base", place / "llama", "--batch-tokens", "1024", "--epochs", "1", "--out", out)
    return command("train", "instruct", "--data", place / "flip.json", *sizes, *options)


def test_general_data_is_measured_and_replayed_and_the_judge_heard(
    command: Command,
    model_server: OpenAIServer,
    place: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ASSISTANT_API_BASE", model_server.api_base)
    n_test = len(split_examples(read_examples(place / "flip.json")).test)
    model_server.will(*[Says(("50",))] * (1 + 2 * n_test))
    general = ("--general", place / "sort.json", "--replay", "0.25")
    ran = train(command, place, tmp_path / "a", *general, "--judge", "openai/judge", "--json")
    assert ran.exit_code == 0, ran.stderr
    result = ran.lines[-1]
    assert result["metrics"]["judge"]["judge"] == "openai/judge"
    assert result["metrics"]["judge"]["n_scored"] == n_test
    assert result["metrics"]["general"]["after"]["n_examples"] > 0
    assert (result["config"]["general"], result["config"]["replay"]) == ("sort.json", 0.25)
    sizes = result["config"]["examples"]
    assert sizes["replayed"] == pytest.approx(sizes["train"] / 3, abs=1)


def test_a_judge_that_is_down_is_one_sentence_before_the_training(
    command: Command,
    model_server: OpenAIServer,
    place: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(judging, "PAUSES_SECONDS", ())
    monkeypatch.setenv("ASSISTANT_API_BASE", model_server.api_base)
    model_server.will(Refuses(503))
    ran = train(command, place, tmp_path / "a", "--judge", "openai/judge")
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert "--judge openai/judge cannot be asked, and nothing was trained" in ran.stderr
    assert not (tmp_path / "a").exists()


def test_replay_without_general_data_is_refused(
    command: Command, place: Path, tmp_path: Path
) -> None:
    ran = train(command, place, tmp_path / "a", "--replay", "0.2")
    assert ran.exit_code == 1
    assert "--replay mixes in examples of --general, and none is given: name a file." in ran.stderr
