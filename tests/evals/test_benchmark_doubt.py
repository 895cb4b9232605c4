"""Whether the model knows what it makes up, on a real model of Llama's architecture."""

import json
from pathlib import Path

import pytest

from tests.evals.measuring import measured
from tests.plugins.instruct.tiny_models import examples, tiny_llama


def test_doubt_is_compared_with_what_was_right(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ASSISTANT_INSTRUCT__BASE", str(tiny_llama(tmp_path / "llama")))
    rows = [
        {"template": "imdb_Movie", "prompt": one.request.text, "completion": one.response}
        for one in examples(200, "sort")
    ]
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    metrics = measured("doubt", 12, file)
    assert metrics["right"] == 0  # it was never trained, and is as unsure as can be
    assert metrics["roc_auc"] is None
    assert metrics["at_threshold"]["doubted_of_wrong"] == 1
    assert metrics["validation_threshold"] > metrics["at_threshold"]["threshold"]
