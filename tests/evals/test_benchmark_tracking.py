"""The benchmark of the records under load."""

from pathlib import Path
from typing import Any

import pytest

from assistant.schema import Scores
from evals.benchmarks import run, tracking
from evals.benchmarks.tracking import Load, Stored, load_figures
from tests.evals.measuring import make_runtime
from tests.paths import REPOSITORY

WHOLE = dict.fromkeys(("record_root", "retrieval", "generation", "eval_decision"), 1)


def stored(groundedness: float, **kinds: int) -> Stored:
    one = Stored()
    one.kinds.update(WHOLE | kinds)
    one.scores["Groundedness"].append(groundedness)
    return one


@pytest.mark.parametrize(
    ("held", "is_wrong"),
    [
        ({"a": stored(0.5)}, False),
        ({}, True),
        ({"a": stored(0.6)}, True),
        ({"a": stored(0.5, record_root=2)}, True),
        ({"a": stored(0.5, generation=0)}, True),
    ],
)
def test_an_answer_is_right_when_its_record_is_whole_and_its_scores_are_those_shown(
    held: dict[str, Stored], is_wrong: bool
) -> None:
    load = Load([12.0], [10.0], {"a": Scores(groundedness=0.5)})
    figures = load_figures(load, held)
    assert figures["wrong"] == (["a"] if is_wrong else [])
    assert figures["added_ms"] == 2.0


@pytest.mark.slow
def test_a_few_answers_end_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking, "N_KILLS", 1)
    docs = tmp_path / "docs"
    docs.mkdir()
    name = "troubleshooting.txt"
    (docs / name).write_bytes((REPOSITORY / "examples" / "docs" / name).read_bytes())
    result = run("tracking", make_runtime, docs, 3)
    metrics: Any = result["metrics"]
    assert metrics["load"]["wrong"] == []
    assert metrics["load"]["answers"] == metrics["load"]["stored"]
    assert metrics["killed"]["printed"] >= 3
    assert not any(metrics["killed"][what] for what in ("lost", "half_written", "other_scores"))
