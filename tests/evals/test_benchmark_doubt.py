"""Whether the model knows what it makes up, on a real model of Llama's architecture."""

from pathlib import Path

import pytest

from tests.evals.measuring import measured
from tests.plugins.instruct.tiny_models import examples, tiny_llama, write_p3


def test_doubt_is_compared_with_what_was_right(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ASSISTANT_INSTRUCT__BASE", str(tiny_llama(tmp_path / "llama")))
    file = write_p3(tmp_path / "rows.jsonl", examples(200, "sort"), "imdb_Movie")
    metrics = measured("doubt", 12, file)
    assert metrics["right"] == 0  # it was never trained, and is as unsure as can be
    assert metrics["roc_auc"] is None
    assert metrics["at_threshold"]["doubted_of_wrong"] == 1
    assert metrics["validation_threshold"] > metrics["at_threshold"]["threshold"]
