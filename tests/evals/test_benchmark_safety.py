"""The benchmarks of what must not go wrong: kills, damaged files, citations."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.runtime import Runtime
from assistant.settings import Settings
from evals.benchmarks import crash, killing, run
from tests.paths import EXAMPLES


def make_runtime(**settings: Any) -> Runtime:
    return Runtime(Settings(**settings))


def measured(name: str, limit: int, data: Path | None = None) -> dict[str, Any]:
    result = run(name, make_runtime, data, limit)
    metrics = result["metrics"]
    assert isinstance(metrics, dict)
    return metrics


# Kills


@pytest.mark.slow
def test_crash_end_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crash, "N_FILES", 21)
    monkeypatch.setattr(crash, "SENTENCES", 4)
    monkeypatch.setattr(crash, "DOCTOR_EVERY", 2)
    metrics = measured("crash", 2)
    assert (metrics["kills"], metrics["checks_ok"], metrics["orphans"]) == (2, 2, 0)
    assert (metrics["doctors"], metrics["doctors_ok"]) == (1, 1)
    assert metrics["equal"] is True
    assert metrics["passages"] > 21
    assert (metrics["problems"], metrics["failed"]) == ([], 0)


def test_a_process_that_is_left_running_is_found_by_its_mark() -> None:
    environment = {**os.environ, killing.MARK: "left-running"}
    sleep = [sys.executable, "-c", "import time; print(flush=True); time.sleep(60)"]
    with subprocess.Popen(sleep, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert [one.pid for one in killing.marked("left-running")] == [process.pid]
        assert list(killing.marked("another")) == []
        process.kill()


def indexed(*texts: str, angle: float = 0.0) -> crash.Indexed:
    vectors = np.array([[np.cos(angle), np.sin(angle)]] * len(texts), dtype=np.float32)
    return crash.Indexed([("a.txt", None, 0, len(text), text) for text in texts], vectors)


@pytest.mark.parametrize(
    ("other", "is_equal"),
    [
        (indexed("one", "two"), True),
        (indexed("one", "two", angle=0.02), True),  # cosine 0.9998
        (indexed("one", "two", angle=0.1), False),  # cosine 0.995
        (indexed("one"), False),
        (indexed("one", "twp"), False),
    ],
)
def test_indexes_are_equal_with_the_same_passages_and_nearly_the_same_vectors(
    other: crash.Indexed, is_equal: bool
) -> None:
    assert crash.compare(indexed("one", "two"), other)["equal"] is is_equal


def test_the_passages_of_an_index_are_read_in_order(home: Path) -> None:
    found = crash.passages_of(home)
    assert found.vectors.shape == (len(found.rows), 384)
    assert found.rows == sorted(found.rows, key=lambda row: (row[0], row[1] or 0, row[2]))
    assert {row[0] for row in found.rows} == {
        f"examples/docs/{file.name}" for file in EXAMPLES.iterdir()
    }
