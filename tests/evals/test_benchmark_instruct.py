"""The instruct benchmark on a real model of Llama's architecture, made in a moment."""

from pathlib import Path

import pytest

from tests.evals.measuring import measured
from tests.plugins.instruct.tiny_models import examples, tiny_llama, write_p3


def test_families_are_measured_beside_their_baselines(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    base = tiny_llama(tmp_path / "llama")
    monkeypatch.setenv("ASSISTANT_INSTRUCT__BASE", str(base))
    file = write_p3(tmp_path / "rows.jsonl", examples(200, "sort"), "imdb_Movie")
    metrics = measured("instruct", 12, file)
    assert set(metrics) == {"sentiment", "sentiment: imdb"}
    family = metrics["sentiment"]
    assert (family["metric"], family["aim"]) == ("accuracy", 0.88)
    assert 0.2 < family["majority"]["mean"] < 0.8  # two answers, about as frequent
    assert family["copy"]["mean"] == 0
    assert family["model"]["n"] == family["majority"]["n"] > 0
