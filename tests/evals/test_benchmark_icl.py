"""Examples in the prompt against none, on a real model that answers as its examples do."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from peft import LoraConfig, get_peft_model

from assistant.errors import InputError
from evals.benchmarks.bootstrap import mean_with_interval
from plugins.instruct.adapters.folder import AdapterConfig
from plugins.instruct.bases import load_base
from plugins.instruct.selection import SELECTIONS
from tests.evals.measuring import measured
from tests.plugins.instruct.imitating import asked
from tests.plugins.instruct.tiny_models import write_alpaca


def write(file: Path, n: int, padding: str = "") -> Path:
    return write_alpaca(
        file,
        [
            replace(one, request=replace(one.request, input=one.request.input + padding))
            for one in asked(n, "side", 9)
        ],
    )


@pytest.fixture
def home(imitating: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("ASSISTANT_INSTRUCT__BASE", str(imitating))
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_every_way_is_compared_with_none_on_the_same_requests(home: Path, tmp_path: Path) -> None:
    metrics = measured("icl", 12, write(tmp_path / "rows.json", 120))
    ways = metrics["ways"]
    assert list(ways) == ["zero-shot", *SELECTIONS]
    assert metrics["adapter"] is None
    assert 90 < metrics["n_pool"] < 120
    alone = ways.pop("zero-shot")
    assert alone["exact match"] == {"mean": 0.0, "low": 0.0, "high": 0.0}
    assert alone["examples"] == 0
    for row in ways.values():
        assert row["exact match"]["mean"] > 0.8
        assert row["exact match"]["mean"] == row["token F1"]["mean"] == row["ROUGE-L"]["mean"]
        assert 2 < row["examples"] < 8  # eight cannot be read beside the room for the response
        assert alone["prompt_tokens"] < row["prompt_tokens"] <= 128 - 64
        assert row["looping"] == 0
        assert row["seconds_per_response"] > 0
    assert (home / "icl-study" / metrics["figure"]).read_bytes().startswith(b"\x89PNG")


def test_the_active_adapter_answers_too(home: Path, imitating: Path, tmp_path: Path) -> None:
    folder = untrained_adapter(imitating, home / "adapters" / "same")
    (folder.parent / "active.json").write_text(json.dumps({"adapter": "same"}))
    metrics = measured("icl", 3, write(tmp_path / "rows.json", 60))
    alone, adapter = metrics["ways"]["zero-shot"], metrics["ways"]["adapter"]
    assert metrics["adapter"] == str(folder)
    assert list(metrics["ways"]) == ["zero-shot", *SELECTIONS, "adapter"]
    assert adapter["prompt_tokens"] == alone["prompt_tokens"]
    assert adapter["exact match"] == alone["exact match"]


def untrained_adapter(base: Path, folder: Path) -> Path:
    """One that changes nothing."""
    model = load_base(str(base), None).model
    get_peft_model(model, LoraConfig(target_modules="all-linear")).save_pretrained(str(folder))
    AdapterConfig(str(base), "lora", True, "It is as good.").write(folder)
    return folder


def test_examples_that_the_base_cannot_read_are_refused(home: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must leave 64 of the 128 tokens"):
        measured("icl", 12, write(tmp_path / "rows.json", 60, " ban" * 100))


def test_a_mean_of_nothing_has_no_interval() -> None:
    assert mean_with_interval([]) == {"mean": None, "low": None, "high": None}
