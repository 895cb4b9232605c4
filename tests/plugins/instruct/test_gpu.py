"""Training and serving on a CUDA device, in 16 bits and in 4."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch

from assistant.settings import InstructSettings
from plugins.instruct.adapters.exporting import merge
from plugins.instruct.adapters.folder import read_config
from plugins.instruct.adapters.inspection import inspected
from plugins.instruct.adapters.switching import Adapters
from plugins.instruct.bases import load_base
from plugins.instruct.examples import Request
from plugins.instruct.four_bits import is_four_bit, n_numbers
from plugins.instruct.model import InstructModel
from plugins.instruct.responding import responses
from plugins.instruct.sampling import Sampling
from plugins.instruct.training.data import Data
from plugins.instruct.training.options import TrainingOptions
from plugins.instruct.training.train import Trained, train
from plugins.instruct.written import Written
from tests.plugins.instruct.tiny_models import examples, tiny_llama

EARLY, LATE = Request("flip", "ban fet col"), Request("flip", "han ket mol")
GREEDY = Sampling(max_tokens=8)
pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device"),
]
in_four_bits = pytest.mark.skipif(
    find_spec("bitsandbytes") is None, reason="bitsandbytes is not installed"
)


def learn(task: str, base: Path, folder: Path, **options: Any) -> Trained:
    data = Data(task, (tuple(examples(300, task)),))
    chosen = {"batch_tokens": 1024, "learning_rate": 1e-2, "epochs": 3, **options}
    return train(data, TrainingOptions(base=str(base), **chosen), folder)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that sorts words, trained whole on the device."""
    untrained = tiny_llama(tmp_path_factory.mktemp("llama"), n_spare=4)
    folder = tmp_path_factory.mktemp("base")
    torch.cuda.reset_peak_memory_stats()
    trained = learn("sort", untrained, folder, method="full", learning_rate=5e-3, epochs=4)
    assert trained.config.beats_base, trained.config.reason
    assert torch.cuda.max_memory_allocated() > 4 * trained.n_all
    return folder


@pytest.fixture(scope="module")
def in_four(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return learn("flip", base, tmp_path_factory.mktemp("flip"), method="qlora")


def said(model: InstructModel, adapter: Path | None) -> str:
    asked = [model.stream(one, GREEDY, adapter, Written()) for one in (EARLY, LATE)]
    return " ".join("".join(pieces) for pieces in asked)


@pytest.mark.parametrize("method", ["lora", "prompt"])
def test_an_adapter_is_trained_and_served_in_16_bits(
    method: str, base: Path, tmp_path: Path
) -> None:
    options = {"learning_rate": 3e-2, "rank": 4} if method == "prompt" else {}
    trained = learn("flip", base, tmp_path / "flip", method=method, **options)
    assert trained.config.beats_base, trained.config.reason
    model = InstructModel(InstructSettings(base=str(base)))
    alone = said(model, None)
    assert said(model, trained.folder) != alone
    assert said(model, None) == alone


@in_four_bits
def test_a_base_in_4_bits_has_its_layers_in_4_bits_and_as_many_numbers(base: Path) -> None:
    plain = load_base(str(base), torch.float32).model
    packed = load_base(str(base), torch.float32, four_bit=True).model
    assert packed.device.type == "cuda"
    assert sum(is_four_bit(one) for one in packed.parameters()) == 2 * 7  # of each layer
    assert n_numbers(packed) == n_numbers(plain)


@in_four_bits
def test_qlora_beats_its_base_and_says_how_it_was_trained(in_four: Trained) -> None:
    assert in_four.config.beats_base, in_four.config.reason
    assert in_four.after.test.loss < in_four.before.test.loss
    assert read_config(in_four.folder).method == "qlora"
    assert in_four.n_trained < in_four.n_all / 3


@in_four_bits
def test_an_adapter_of_a_base_in_4_bits_works_on_it_in_any_precision(
    base: Path, in_four: Trained, tmp_path: Path
) -> None:
    requests = [one.request for one in examples(20, "flip", seed=1)]
    plain = load_base(str(base), torch.float32)
    alone = responses(plain, requests, GREEDY)
    with Adapters(plain).used(in_four.folder) as used:
        assert responses(used, requests, GREEDY) != alone
    merge(inspected(in_four.folder), tmp_path / "merged")
    merged = load_base(str(tmp_path / "merged"), torch.float32)
    assert responses(merged, requests, GREEDY) != alone


@in_four_bits
def test_a_base_is_served_in_4_bits_with_adapters(base: Path, in_four: Trained) -> None:
    model = InstructModel(InstructSettings(base=str(base), four_bit=True))
    alone = said(model, None)
    assert set(alone.split()) <= {"low", "high"}
    assert said(model, in_four.folder) != alone
    assert said(model, None) == alone
