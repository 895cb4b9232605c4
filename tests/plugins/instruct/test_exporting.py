"""Adapters on their way out: for other tools, and merged into their base."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

from assistant.errors import InputError, SettingsError
from plugins.instruct.adapters.exporting import export, merge, pack
from plugins.instruct.adapters.folder import read_config
from plugins.instruct.adapters.inspection import Adapter, inspected
from plugins.instruct.adapters.switching import Adapters
from plugins.instruct.bases import Base, load_base
from plugins.instruct.responding import responses
from plugins.instruct.sampling import Sampling
from plugins.instruct.training.data import Data
from plugins.instruct.training.options import TrainingOptions
from plugins.instruct.training.train import train
from tests.plugins.instruct.tiny_models import examples, tiny_llama

REQUESTS = [one.request for one in examples(20, "sort", seed=1)]
GREEDY = Sampling(max_tokens=8)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_llama(tmp_path_factory.mktemp("llama"))


@pytest.fixture(scope="module")
def adapter(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Adapter:
    folder = tmp_path_factory.mktemp("adapters") / "sort"
    data = Data("sort", (tuple(examples(300, "sort")),))
    options = TrainingOptions(str(base), epochs=2, batch_tokens=1024, learning_rate=1e-2)
    train(data, options, folder)
    return inspected(folder)


def changed(adapter: Adapter, folder: Path, **fields: str) -> Adapter:
    """A copy that calls itself something else."""
    shutil.copytree(adapter.folder, folder)
    replace(read_config(folder), **fields).write(folder)
    return inspected(folder)


def said_with(base: Base, adapter: Adapter) -> list[str]:
    adapters = Adapters(base)
    with adapters.used(adapter.folder):
        return responses(base, REQUESTS, GREEDY)


# Merging


def test_a_merged_model_answers_as_base_and_adapter_did(
    base: Path, adapter: Adapter, tmp_path: Path
) -> None:
    merge(adapter, tmp_path / "merged")
    alone, both = (load_base(str(base), torch.float32) for _ in range(2))
    merged = load_base(str(tmp_path / "merged"), torch.float32)
    expected = said_with(both, adapter)
    assert responses(merged, REQUESTS, GREEDY) == expected
    assert responses(alone, REQUESTS, GREEDY) != expected
    prompt = torch.tensor([merged.prompting.prompt(REQUESTS[0])])
    with torch.no_grad():
        torch.testing.assert_close(merged.model(prompt).logits, both.model(prompt).logits)


def test_a_merged_model_has_the_weights_type_of_its_base(
    base: Path, adapter: Adapter, tmp_path: Path
) -> None:
    half = tmp_path / "half"
    shutil.copytree(base, half)
    AutoModelForCausalLM.from_pretrained(base, dtype=torch.bfloat16).save_pretrained(half)
    merge(changed(adapter, tmp_path / "on-half", base=str(half)), tmp_path / "merged")
    assert load_base(str(tmp_path / "merged"), dtype=None).model.dtype == torch.bfloat16


@pytest.mark.parametrize("method", ["full", "prompt"])
def test_only_low_rank_adapters_are_merged(method: str, adapter: Adapter, tmp_path: Path) -> None:
    other = changed(adapter, tmp_path / "other", method=method)
    other = replace(other, damage="")
    with pytest.raises(InputError, match=f"was trained by {method}: `assistant adapters export"):
        merge(other, tmp_path / "merged")
    assert not (tmp_path / "merged").exists()


def test_only_models_that_were_trained_whole_are_packed(adapter: Adapter, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="sort was trained by lora: `assistant adapters export"):
        pack(adapter, tmp_path / "packed", 8)
    assert not (tmp_path / "packed").exists()


def test_a_base_that_is_gone_is_said_to_be(adapter: Adapter, tmp_path: Path) -> None:
    other = changed(adapter, tmp_path / "other", base=str(tmp_path / "gone"))
    with pytest.raises(SettingsError, match="cannot be loaded"):
        merge(other, tmp_path / "merged")
    assert [one.name for one in tmp_path.iterdir()] == ["other"]


# Exporting


def test_an_export_is_what_peft_reads(base: Path, adapter: Adapter, tmp_path: Path) -> None:
    export(adapter, tmp_path / "out")
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == [
        "README.md", "adapter_config.json", "adapter_model.safetensors",
    ]  # fmt: skip
    plain = load_base(str(base), torch.float32)
    model = PeftModel.from_pretrained(plain.model, tmp_path / "out")
    said = responses(replace(plain, model=model), REQUESTS, GREEDY)
    assert said == said_with(load_base(str(base), torch.float32), adapter)


def test_an_export_of_a_model_that_was_trained_whole_is_what_transformers_reads(
    base: Path, adapter: Adapter, tmp_path: Path
) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(base, whole)
    replace(read_config(adapter.folder), method="full").write(whole)
    export(inspected(whole), tmp_path / "out")
    assert not (tmp_path / "out" / "instruct.json").exists()
    said = responses(load_base(str(tmp_path / "out"), torch.float32), REQUESTS, GREEDY)
    assert said == responses(load_base(str(base), torch.float32), REQUESTS, GREEDY)


# Where it goes


@pytest.mark.parametrize("write", [export, merge])
def test_a_folder_that_holds_something_is_left_as_it_is(
    write: object, adapter: Adapter, tmp_path: Path
) -> None:
    (tmp_path / "mine").write_text("mine")
    for folder in (tmp_path, tmp_path / "mine"):
        with pytest.raises(InputError, match="must be a new folder or an empty one"):
            write(adapter, folder)
    assert [one.name for one in tmp_path.iterdir()] == ["mine"]


def test_an_empty_folder_and_one_below_new_ones_are_taken(adapter: Adapter, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "a" / "b"):
        export(adapter, folder)
        assert (folder / "adapter_model.safetensors").exists()
        assert len(list(folder.parent.glob(".*"))) == 0


def test_what_cannot_be_written_whole_is_not_there_at_all(
    adapter: Adapter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copyfile = shutil.copyfile

    def full(source: Path, target: Path) -> None:
        if source.name == "adapter_model.safetensors":
            raise OSError(28, "No space left on device")
        copyfile(source, target)

    monkeypatch.setattr("plugins.instruct.adapters.exporting.shutil.copyfile", full)
    with pytest.raises(InputError, match=r"cannot be written .*No space left on device"):
        export(adapter, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_adapter_is_not_exported(adapter: Adapter, tmp_path: Path) -> None:
    damaged = changed(adapter, tmp_path / "damaged")
    (damaged.folder / "adapter_config.json").unlink()
    with pytest.raises(InputError, match=r"damaged is damaged: adapter_config.json is missing"):
        export(inspected(damaged.folder), tmp_path / "out")
