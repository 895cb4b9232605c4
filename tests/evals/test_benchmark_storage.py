"""What storing in few bytes costs, on a model that began as the embedder."""

from pathlib import Path

import pytest
import torch

from assistant.errors import InputError
from evals.benchmarks import instruct_storage
from plugins.instruct.bases import load_base
from plugins.instruct.training import storage
from tests.evals.measuring import measured
from tests.plugins.instruct.tiny_models import examples, tiny_llama, write_alpaca

WHOLE, EIGHT, FOUR = "as trained", "8 bits of the difference", "4 bits of the difference"


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    return write_alpaca(tmp_path / "rows.jsonl", examples(200, "sort"))


def test_fewer_bits_take_fewer_bytes_and_cost_little(
    rows: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    base = load_base("minilm", torch.float32)
    torch.manual_seed(0)
    with torch.no_grad():
        for weight in base.model.parameters():
            weight.add_(torch.randn_like(weight) * 1e-3)
    base.model.save_pretrained(tmp_path / "base")
    base.tokenizer.save_pretrained(tmp_path / "base")
    monkeypatch.setenv("ASSISTANT_INSTRUCT__BASE", str(tmp_path / "base"))
    ways = {way: storage.WAYS[way] for way in (WHOLE, EIGHT, FOUR)}
    for module in (storage, instruct_storage):
        monkeypatch.setattr(module, "WAYS", ways)
    metrics = measured("instruct-storage", 4, rows)
    assert list(metrics) == [WHOLE, EIGHT, FOUR]
    megabytes = [metrics[way]["megabytes"] for way in ways]
    assert megabytes[0] > 3 * megabytes[1] > 5 * megabytes[2]
    for way in (EIGHT, FOUR):
        assert metrics[way]["loss"] == pytest.approx(metrics[WHOLE]["loss"], abs=0.05)


def test_another_kind_of_model_is_refused(
    rows: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ASSISTANT_INSTRUCT__BASE", str(tiny_llama(tmp_path / "llama")))
    with pytest.raises(InputError, match="trained whole on minilm, got a llama"):
        measured("instruct-storage", 4, rows)
