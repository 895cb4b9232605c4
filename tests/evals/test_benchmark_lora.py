"""The study of low-rank adapters on a real model of Llama's architecture."""

import json
from pathlib import Path

import pytest

from evals.benchmarks import lora
from tests.evals.measuring import measured
from tests.plugins.instruct.tiny_models import examples, tiny_llama


def test_ways_are_compared_and_a_study_goes_on_where_it_was(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    base = tiny_llama(tmp_path / "llama")
    monkeypatch.setenv("ASSISTANT_INSTRUCT__BASE", str(base))
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(lora, "WAYS", {"rank 2": ("--rank", "2")})
    rows = [
        {"instruction": one.request.instruction, "input": one.request.input, "output": one.response}
        for one in examples(200, "sort")
    ]
    file = tmp_path / "rows.json"
    file.write_text(json.dumps(rows))
    metrics = measured("lora", 1, file)
    way = metrics["ways"]["rank 2"]
    assert way["loss"]["mean"] < metrics["base"]["loss"]
    assert way["trained_parameters"] > 0
    assert way["peak_mb"] > 50
    figure = tmp_path / "home" / "lora-study" / "lora.png"
    assert figure.read_bytes().startswith(b"\x89PNG")

    monkeypatch.setattr(lora, "watch", None)  # nothing is run again
    assert measured("lora", 1, file) == metrics
