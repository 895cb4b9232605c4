"""The instruct benchmark on a real model of Llama's architecture, made in a moment."""

from dataclasses import replace
from pathlib import Path

import pytest

from evals.benchmarks.instruct_data import read_split
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


def test_records_with_defects_are_left_out_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = examples(100, "sort")
    bad = [replace(one, response="") for one in good[:2]]
    split = read_split(write_p3(tmp_path / "rows.jsonl", [*good, *bad], "imdb_Movie"), "rows")
    assert len(split.train) + len(split.validation) + len(split.test) == 100
    told = capsys.readouterr().err
    assert "2 records have defects and are left out, the first: rows.jsonl, line 101" in told
