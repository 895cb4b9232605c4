"""What a training is expected to take of the memory."""

from pathlib import Path

import pytest
import torch

from assistant.errors import InputError
from plugins.instruct.bases import load_base
from plugins.instruct.training import memory
from plugins.instruct.training.memory import needed_bytes, refuse_too_large
from plugins.instruct.training.options import Method, TrainingOptions
from tests.plugins.instruct.tiny_models import tiny_llama


def test_the_less_is_trained_the_less_it_takes(tmp_path: Path) -> None:
    model = load_base(str(tiny_llama(tmp_path)), torch.float32).model
    methods: tuple[Method, ...] = ("prompt", "lora", "full")
    needed = [needed_bytes(model, TrainingOptions(method=one, batch_tokens=1)) for one in methods]
    assert needed == sorted(needed)


def test_a_base_in_4_bits_keeps_less_of_each_token(tmp_path: Path) -> None:
    model = load_base(str(tiny_llama(tmp_path)), torch.bfloat16).model
    lora, qlora = (
        needed_bytes(model, TrainingOptions(method=method, batch_tokens=10_000))
        for method in ("lora", "qlora")
    )
    # Two layers of 64 numbers keep 34 bytes of each, or 2 and once 34; what is in bfloat16 grows.
    n_numbers = sum(one.numel() for one in model.parameters())
    assert lora - qlora == 10_000 * 64 * (2 * 34 - (2 * 2 + 34)) - 2 * n_numbers


def test_on_a_gpu_the_weights_need_room_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load_base(str(tiny_llama(tmp_path)), torch.float32).model
    needed = []
    for has_gpu in (True, False):
        monkeypatch.setattr(torch.cuda, "is_available", lambda has_gpu=has_gpu: has_gpu)
        needed.append(needed_bytes(model, TrainingOptions()))
    assert needed[0] - needed[1] == 4 * sum(one.numel() for one in model.parameters())


@pytest.mark.parametrize(("method", "way"), [("full", "--method lora"), ("lora", "--method qlora")])
def test_a_method_that_takes_less_is_named(
    method: Method, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load_base(str(tiny_llama(tmp_path)), torch.float32).model
    monkeypatch.setattr(memory, "free_bytes", lambda: 1000)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    with pytest.raises(
        InputError, match=f"lower --batch-tokens .* choose {way}, or name a smaller"
    ):
        refuse_too_large(model, TrainingOptions(method=method))
