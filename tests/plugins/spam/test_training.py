"""Whole trainings on real models of two architectures, small enough for a test."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from assistant.errors import InputError, SettingsError
from assistant.training.workplace import workplace
from ingest.minilm import read_weights
from plugins.spam.classifier import SpamClassifier
from plugins.spam.fast_base import merged
from plugins.spam.folder import FILES
from plugins.spam.messages import LabelledMessage
from plugins.spam.training.data import Data
from plugins.spam.training.loop import Step
from plugins.spam.training.options import TrainingOptions
from plugins.spam.training.train import Trained, divide, train
from tests.plugins.spam.tiny_models import BOTH, HAM, SPAM, messages, tiny_bert, tiny_gpt2

DATA = Data(messages(40, 100), name="made up")
CLEAR = [f"{SPAM[0]} {SPAM[1]} {BOTH[0]} {BOTH[1]}", f"{HAM[0]} {HAM[1]} {BOTH[0]} {BOTH[1]}"]


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tiny_bert(tmp_path_factory.mktemp("bert")))


@pytest.fixture(scope="module")
def gpt2(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tiny_gpt2(tmp_path_factory.mktemp("gpt2")))


def trained(folder: Path, **options: object) -> Trained:
    given = {"learning_rate": 0.01, "epochs": 15, "patience": 15, **options}
    return train(DATA, TrainingOptions(**given), folder)  # type: ignore[arg-type]


@pytest.mark.parametrize("strategy", ["lora", "full", "last-two", "last-block", "head"])
def test_every_strategy_learns_and_what_is_saved_says_the_same(
    strategy: str, bert: str, tmp_path: Path
) -> None:
    result = trained(tmp_path, base=bert, strategy=strategy)
    assert result.history[-1].train_loss < result.history[0].train_loss
    texts, is_spam, split = divide(DATA, 0)
    said = SpamClassifier(tmp_path).probabilities([texts[one] for one in split.test])
    n_errors = int(((said >= 0.5) != is_spam[split.test]).sum())
    assert n_errors == result.test.n_errors
    if strategy in ("lora", "full"):
        assert result.test.f1 > 0.9


def test_each_strategy_trains_more_than_the_one_before(bert: str, tmp_path: Path) -> None:
    numbers = [
        trained(tmp_path, base=bert, strategy=strategy, epochs=1).n_trained
        for strategy in ("head", "last-block", "last-two", "full")
    ]
    assert numbers == sorted(set(numbers))
    assert numbers[0] == 2 * 32 + 2


@pytest.mark.parametrize("pool", ["cls", "mean", "last"])
def test_every_pool_is_saved_with_the_classifier(pool: str, bert: str, tmp_path: Path) -> None:
    result = trained(tmp_path, base=bert, pool=pool)
    spam, ham = SpamClassifier(tmp_path).probabilities(CLEAR)
    assert spam > 0.5 > ham
    assert result.test.f1 > 0.9


@pytest.mark.parametrize("balance", ["undersample", "oversample", "weights"])
def test_evened_out_classes_do_not_shift_the_probabilities(
    balance: str, bert: str, tmp_path: Path
) -> None:
    result = trained(tmp_path, base=bert, balance=balance, epochs=20)
    config = json.loads((tmp_path / "classifier.json").read_text())
    assert config["shift"] < -0.5  # fewer than half of the messages are spam
    assert result.test.f1 > 0.8


def test_a_decoder_serves_as_base_with_its_last_token(gpt2: str, tmp_path: Path) -> None:
    result = trained(tmp_path, base=gpt2, pool="last")
    spam, ham = SpamClassifier(tmp_path).probabilities(CLEAR)
    assert spam > 0.5 > ham
    assert result.test.f1 > 0.9
    assert SpamClassifier(tmp_path).probabilities([""]).shape == (1,)


class KilledError(Exception):
    pass


def test_a_training_that_is_killed_ends_with_the_same_weights(
    bert: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugins.spam.training.loop.CHECKPOINT_SECONDS", 0)
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    options = TrainingOptions(base=bert, epochs=3, learning_rate=0.01)
    train(DATA, options, whole)
    steps: list[Step] = []

    def kill_at(number: int) -> None:
        def count(step: Step) -> None:
            steps.append(step)
            if len(steps) == number:
                raise KilledError

        with pytest.raises(KilledError):
            train(DATA, options, killed, on_step=count)

    kill_at(2)  # in the first epoch
    kill_at(7)  # in the second
    train(DATA, options, killed, on_step=steps.append)
    assert not (killed / ".training").exists()
    places = [(step.epoch, step.step) for step in steps]
    assert len(set(places)) >= len(places) - 2  # each kill costs the step that it fell into
    for file in ("adapter_model.safetensors", "head.safetensors"):
        first, second = load_file(whole / file), load_file(killed / file)
        assert all(torch.equal(first[name], second[name]) for name in first)


def test_a_checkpoint_of_other_options_is_not_taken_up(bert: str, tmp_path: Path) -> None:
    def stop(step: Step) -> None:
        if step.epoch == 2:
            raise KilledError

    options = TrainingOptions(base=bert, epochs=3, learning_rate=0.01)
    with pytest.raises(KilledError):
        train(DATA, options, tmp_path, on_step=stop)
    epochs: list[int] = []
    other = TrainingOptions(base=bert, epochs=3, learning_rate=0.01, seed=1)
    train(DATA, other, tmp_path, on_step=lambda step: epochs.append(step.epoch))
    assert set(epochs) == {1, 2, 3}


def test_training_stops_when_the_validation_loss_stops_falling(bert: str, tmp_path: Path) -> None:
    result = trained(tmp_path, base=bert, epochs=60, patience=2, learning_rate=0.05)
    losses = [epoch.validation_loss for epoch in result.history]
    assert len(losses) < 60
    assert min(losses) < min(losses[-2:])


def test_a_folder_says_what_was_trained_on_what_and_how_well(bert: str, tmp_path: Path) -> None:
    result = trained(tmp_path, base=bert, seed=4)
    files = {file.name for file in tmp_path.iterdir()}
    assert {"adapter_model.safetensors", "curves.png", "README.md"} <= files
    training = json.loads((tmp_path / "training.json").read_text())
    assert training["seed"] == 4
    assert training["data_sha256"] == DATA.sha256()
    assert training["messages"] == result.split
    assert json.loads((tmp_path / "metrics.json").read_text())["test"]["f1"] == round(
        result.test.f1, 5
    )
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert f"{result.test.accuracy:.4f}" in (tmp_path / "README.md").read_text()


def test_corrections_are_trained_on_and_win_over_the_file(bert: str, tmp_path: Path) -> None:
    wrong = DATA.messages[0]
    corrected = LabelledMessage(wrong.text, not wrong.is_spam, 1, "corrections")
    data = Data(DATA.messages, (corrected,))
    texts, is_spam, split = divide(data, 0)
    assert texts.count(wrong.text) == 1
    assert is_spam[texts.index(wrong.text)] == corrected.is_spam
    assert texts.index(wrong.text) in split.train


def test_the_built_in_base_is_trained_by_its_own_name_and_runs_without_transformers(
    tmp_path: Path,
) -> None:
    result = trained(tmp_path, rank=2, epochs=1, learning_rate=0.003)
    config = json.loads((tmp_path / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == "sentence-transformers/all-MiniLM-L6-v2"
    texts, is_spam, split = divide(DATA, 0)
    said = SpamClassifier(tmp_path).probabilities([texts[one] for one in split.test])
    assert abs(int(((said >= 0.5) != is_spam[split.test]).sum()) - result.test.n_errors) <= 1


def test_merging_gives_the_weights_that_peft_gives(tmp_path: Path) -> None:
    from peft import PeftModel
    from transformers import BertModel

    from ingest.embedder import model_dir

    trained(tmp_path, rank=2, epochs=1)
    base = BertModel.from_pretrained(model_dir(), add_pooling_layer=False)
    theirs = PeftModel.from_pretrained(base, tmp_path).merge_and_unload().state_dict()
    ours = merged(read_weights(model_dir()), tmp_path)
    changed = [
        name for name, one in read_weights(model_dir()).items() if not torch.equal(one, ours[name])
    ]
    assert len(changed) == 36  # six linear layers in each of six blocks
    assert all(torch.allclose(ours[name], theirs[name], atol=1e-5) for name in changed)


# What cannot be used


@pytest.mark.parametrize("base", ["no/such-model", "."])
def test_a_base_that_cannot_be_had_is_refused_in_words(
    base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("plugins.spam.base.allow_hub", lambda: None)  # a test stays offline
    with pytest.raises(SettingsError, match=r"'minilm', which is always there"):
        trained(tmp_path / "out", base=base)


def test_a_folder_without_a_classifier_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ASSISTANT_SPAM__ADAPTER"):
        SpamClassifier(tmp_path).probabilities(["hello"])


@pytest.mark.parametrize("file", ["head.safetensors", "adapter_model.safetensors"])
def test_a_damaged_classifier_is_refused_in_words(file: str, bert: str, tmp_path: Path) -> None:
    trained(tmp_path, base=bert, epochs=1)
    (tmp_path / file).write_bytes(b"\0" * 40)
    with pytest.raises(SettingsError, match="cannot be loaded"):
        SpamClassifier(tmp_path).probabilities(["hello"])


def test_a_folder_with_other_files_is_left_alone(bert: str, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(InputError, match="holds other files"):
        trained(tmp_path, base=bert, epochs=1)
    assert [file.name for file in tmp_path.iterdir()] == ["README.md"]
    with pytest.raises(InputError, match="another folder than the base's"):
        trained(Path(bert), base=bert, epochs=1)


def test_two_trainings_do_not_write_into_one_folder(bert: str, tmp_path: Path) -> None:
    with (
        workplace(tmp_path / "out", FILES, bert),
        pytest.raises(InputError, match="Another training"),
    ):
        trained(tmp_path / "out", base=bert, epochs=1)


def test_a_damaged_checkpoint_costs_time_only(bert: str, tmp_path: Path) -> None:
    with workplace(tmp_path, FILES, bert) as place:
        (place.own / "measured.safetensors").write_bytes(b"\0" * 40)
    assert trained(tmp_path, base=bert, epochs=1).history[0].epoch == 1


def test_an_earlier_classifier_is_replaced_whole(bert: str, tmp_path: Path) -> None:
    trained(tmp_path, base=bert, epochs=1)
    (tmp_path / "notes.txt").write_text("mine")
    trained(tmp_path, base=bert, epochs=1, strategy="head")
    assert not (tmp_path / "adapter_model.safetensors").exists()
    assert (tmp_path / "notes.txt").exists()
    assert SpamClassifier(tmp_path).probabilities(CLEAR).shape == (2,)


def test_no_texts_need_no_model() -> None:
    assert SpamClassifier(Path("nowhere")).probabilities([]).tolist() == []
    assert isinstance(SpamClassifier(Path("nowhere")).logits([]), np.ndarray)
