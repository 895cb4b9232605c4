"""Storing a model that was trained whole in few bytes."""

from pathlib import Path

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from assistant.errors import InputError, SettingsError
from ingest.embedder import model_dir
from plugins.instruct.bases import load_base
from plugins.instruct.examples import Request
from plugins.instruct.packing import GROUP, PACKED, pack, restored, rounded, unpack
from plugins.instruct.prefix_lm import PrefixLM, from_encoder
from plugins.instruct.responding import responses
from plugins.instruct.sampling import Sampling


@pytest.fixture(scope="module")
def model() -> PrefixLM:
    """As a training might leave it: each weight a little off."""
    torch.manual_seed(0)
    model = from_encoder(model_dir()).eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(torch.randn_like(weight) * 0.01)
    return model


@pytest.mark.parametrize(("bits", "most_bytes", "most_error"), [(8, 25e6, 1e-3), (4, 13e6, 0.01)])
def test_what_is_packed_comes_back_nearly(
    model: PrefixLM, tmp_path: Path, bits: int, most_bytes: float, most_error: float
) -> None:
    pack(model, tmp_path, bits)
    assert (tmp_path / PACKED).stat().st_size < most_bytes
    back = unpack(tmp_path)
    for own, came in zip(model.parameters(), back.parameters(), strict=True):
        assert (own - came).abs().max() < most_error


def test_a_packed_model_is_a_base_that_says_what_it_said(model: PrefixLM, tmp_path: Path) -> None:
    pack(model, tmp_path, 8)
    base = load_base(str(tmp_path), torch.float32)
    base.model.eval()
    said = responses(base, [Request("good morning")], Sampling(max_tokens=4))
    base.model.load_state_dict(model.state_dict())
    assert said == responses(base, [Request("good morning")], Sampling(max_tokens=4))


@pytest.mark.parametrize("bits", [4, 8])
def test_rounding_loses_at_most_half_a_step(bits: int) -> None:
    torch.manual_seed(0)
    weight = torch.randn(3, 2 * GROUP)
    codes, scales = rounded(weight, bits)
    steps = scales.float().repeat_interleave(GROUP, dim=1)
    assert ((restored(codes, scales, bits) - weight).abs() <= steps * 0.51).all()


def test_zeros_stay_zeros() -> None:
    codes, scales = rounded(torch.zeros(2, GROUP), 4)
    assert not restored(codes, scales, 4).any()


def test_other_bits_are_refused(model: PrefixLM, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--bits must be 4 or 8, got 5"):
        pack(model, tmp_path, 5)


def test_other_models_are_refused(tmp_path: Path) -> None:
    other = LlamaForCausalLM(
        LlamaConfig(vocab_size=8, hidden_size=8, num_hidden_layers=1, num_attention_heads=1)
    )
    with pytest.raises(InputError, match="trained whole on the built-in base"):
        pack(other, tmp_path, 8)


def test_a_packed_file_that_was_cut_off_is_refused(model: PrefixLM, tmp_path: Path) -> None:
    pack(model, tmp_path, 4)
    whole = (tmp_path / PACKED).read_bytes()
    (tmp_path / PACKED).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SettingsError, match="adapters pack"):
        unpack(tmp_path)
