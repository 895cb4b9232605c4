"""The study of low-rank adapters on a real model of Llama's architecture."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from evals.benchmarks import lora
from evals.benchmarks.watched import Watched
from tests.evals.measuring import measured
from tests.plugins.instruct.tiny_models import examples, tiny_llama, write_alpaca


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Data for a study of one way, on the base in `tmp_path / "llama"`."""
    base = tiny_llama(tmp_path / "llama")
    monkeypatch.setenv("ASSISTANT_INSTRUCT__BASE", str(base))
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(lora, "WAYS", {"rank 2": ("--rank", "2")})
    return write_alpaca(tmp_path / "rows.json", examples(200, "sort"))


def test_ways_are_compared_and_a_study_goes_on_where_it_was(
    rows: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    metrics = measured("lora", 1, rows)
    way = metrics["ways"]["rank 2"]
    assert way["loss"]["mean"] < metrics["base"]["loss"]
    assert way["trained_parameters"] > 0
    assert way["peak_mb"] > 50
    figure = tmp_path / "home" / "lora-study" / "lora.png"
    assert figure.read_bytes().startswith(b"\x89PNG")

    monkeypatch.setattr(lora, "watch", None)  # nothing is run again
    assert measured("lora", 1, rows) == metrics


def test_a_kept_run_is_that_of_the_same_base_way_and_code_only(
    rows: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ran: list[Sequence[str]] = []
    figures = dict.fromkeys(lora.MEASURED, 1.0)
    result = {
        "metrics": {"before": figures, "after": figures},
        "config": {"trained_parameters": 1, "bytes": 1},
    }

    def watch(command: Sequence[str], environment: dict[str, str]) -> Watched:
        ran.append(command)
        return Watched(json.dumps(result), 1.0, 1.0, 1.0)

    def n_runs() -> int:
        ran.clear()
        measured("lora", 1, rows)
        return len(ran)

    monkeypatch.setattr(lora, "watch", watch)
    assert (n_runs(), n_runs()) == (1, 0)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASSISTANT_INSTRUCT__BASE", "llama")
    assert n_runs() == 0
    monkeypatch.setattr(lora, "WAYS", {"rank 2": ("--rank", "2", "--alpha", "1")})
    assert n_runs() == 1
    monkeypatch.setattr(lora, "FORMAT", lora.FORMAT + 1)
    assert n_runs() == 1
    tiny_llama(tmp_path / "llama", is_tied=True)
    assert n_runs() == 1
