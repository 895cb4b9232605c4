"""Whole trainings on a real causal language model, small enough for a test."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file

from assistant.errors import InputError, SettingsError
from plugins.instruct.adapters.folder import read_config
from plugins.instruct.examples import Preference
from plugins.instruct.training import memory
from plugins.instruct.training.data import Data
from plugins.instruct.training.options import TrainingOptions
from plugins.instruct.training.progress import Step
from plugins.instruct.training.train import Trained, train
from tests.plugins.instruct.tiny_models import examples, tiny_llama

SORT = Data("sort", (tuple(examples(300, "sort")),))
FLIP = tuple(examples(300, "flip"))


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tiny_llama(tmp_path_factory.mktemp("llama")))


def trained(folder: Path, base: str, data: Data = SORT, **options: Any) -> Trained:
    on_step: Callable[[Step], None] = options.pop("on_step", lambda step: None)
    chosen = {"batch_tokens": 1024, "learning_rate": 5e-3, "epochs": 2, **options}
    return train(data, TrainingOptions(base=base, **chosen), folder, "abc", on_step)


@pytest.fixture(scope="module")
def knowing(llama: str, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A base that was trained whole, to sort words."""
    return trained(tmp_path_factory.mktemp("whole"), llama, method="full", epochs=4)


def test_training_everything_beats_weights_that_never_learnt(knowing: Trained) -> None:
    assert knowing.config.beats_base
    assert knowing.after.test.loss < knowing.before.test.loss - 1
    assert knowing.after.test.rouge_l > knowing.before.test.rouge_l
    assert knowing.n_trained == knowing.n_all


def test_an_adapter_beats_its_base_and_is_small(knowing: Trained, tmp_path: Path) -> None:
    adapter = trained(tmp_path / "a", str(knowing.folder), Data("flip", (FLIP,)), epochs=3)
    assert adapter.config.beats_base, adapter.config.reason
    assert adapter.after.test.loss < adapter.before.test.loss
    assert adapter.n_trained < adapter.n_all / 3
    weights = load_file(tmp_path / "a" / "adapter_model.safetensors")
    assert sum(one.numel() for one in weights.values()) == adapter.n_trained


def test_an_adapter_that_does_not_win_is_kept_and_says_why(
    knowing: Trained, tmp_path: Path
) -> None:
    again = trained(tmp_path / "a", str(knowing.folder), learning_rate=0.5, epochs=1)
    config = read_config(tmp_path / "a")
    assert not config.beats_base
    assert config.reason == again.config.reason
    assert "no better than its base on the test examples" in config.reason


def test_the_folder_tells_how_it_was_trained(knowing: Trained) -> None:
    config = json.loads((knowing.folder / "training.json").read_text())
    assert (config["seed"], config["commit"], config["method"]) == (0, "abc", "full")
    assert config["data_sha256"] == SORT.sha256()
    figures = json.loads((knowing.folder / "metrics.json").read_text())
    assert figures["after"]["loss"] == pytest.approx(knowing.after.test.loss, abs=1e-4)
    assert len(figures["epochs"]) == len(knowing.history)
    card = (knowing.folder / "README.md").read_text()
    assert knowing.config.reason in card
    assert (knowing.folder / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_preferences_turn_what_examples_taught(knowing: Trained, tmp_path: Path) -> None:
    asked = [(one, flipped.response) for one, flipped in zip(SORT.examples, FLIP, strict=True)]
    pairs = tuple(Preference(one.request, other, one.response) for one, other in asked)
    data = Data("both", SORT.files, pairs)
    tuned = trained(tmp_path / "a", str(knowing.folder), data, epochs=4, learning_rate=3e-2)
    assert tuned.preferred is not None
    assert tuned.preferred > 0.9
    assert len(tuned.history) > 4
    assert "tuned on preferences" in (tmp_path / "a" / "README.md").read_text()


class Killed(BaseException):
    """As an interrupt from outside."""


def test_a_training_that_was_killed_ends_as_one_that_was_not(
    llama: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugins.instruct.training.progress.CHECKPOINT_SECONDS", 0)
    whole = trained(tmp_path / "whole", llama)
    n_seen = 0

    def kill(step: Step) -> None:
        nonlocal n_seen
        n_seen += 1
        if n_seen == 9:
            raise Killed

    with pytest.raises(Killed):
        trained(tmp_path / "cut", llama, on_step=kill)
    left = [file for file in (tmp_path / "cut").rglob("checkpoint-*/*") if file.is_file()]
    assert {file.suffix for file in left} <= {".safetensors", ".json", ".md"}  # no pickle
    steps: list[Step] = []
    resumed = trained(tmp_path / "cut", llama, on_step=steps.append)
    assert len(steps) < sum(1 for _ in whole.history) * steps[0].n_steps
    weights = [
        load_file(tmp_path / name / "adapter_model.safetensors") for name in ("whole", "cut")
    ]
    assert all((weights[0][name] == weights[1][name]).all() for name in weights[0])
    assert resumed.after == whole.after


def test_too_little_memory_is_said_before_it_is_taken(
    llama: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "free_bytes", lambda: 1000)
    with pytest.raises(InputError, match=r"takes about .* GB of memory, and 0.0 GB are free"):
        trained(tmp_path / "a", llama)


def test_examples_that_are_all_too_long_are_refused(llama: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No example for train and validation and test is left"):
        trained(tmp_path / "a", llama, max_tokens=3)


def test_a_base_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be loaded"):
        trained(tmp_path / "a", str(tmp_path))


def test_layers_that_the_base_lacks_are_refused(llama: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no layers that --target nose,mouth names"):
        trained(tmp_path / "a", llama, target="nose,mouth")
