"""The benchmarks of the index: following a folder, removal, size."""

from pathlib import Path
from random import Random
from typing import Any

import pytest

from assistant.runtime import Runtime
from assistant.settings import Settings
from evals.benchmarks import run, sync
from evals.benchmarks.made_files import WRITERS, made_file
from ingest.loaders import load


def make_runtime(**settings: Any) -> Runtime:
    return Runtime(Settings(**settings))


def measured(name: str, limit: int, data: Path | None = None) -> dict[str, Any]:
    result = run(name, make_runtime, data, limit)
    metrics = result["metrics"]
    assert isinstance(metrics, dict)
    return metrics


@pytest.mark.parametrize("ending", WRITERS)
def test_a_made_file_can_be_read_and_has_its_sentences(ending: str, tmp_path: Path) -> None:
    document = load(made_file(tmp_path / f"made{ending}", Random(1), 7))
    text = "\n".join(page.text for page in document.pages)
    assert text.count(" counts ") == 7


def test_made_files_differ_and_are_the_same_for_a_seed(tmp_path: Path) -> None:
    random = Random(3)
    one, other = (made_file(tmp_path / f"{n}.txt", random, 3).read_text() for n in (1, 2))
    assert one != other
    assert made_file(tmp_path / "3.txt", Random(3), 3).read_text() == one


def test_sync_sees_each_kind_of_change() -> None:
    steps = measured("sync", 7)
    changes = {
        name: {key: step[key] for key in sync.COUNTS if step[key]} for name, step in steps.items()
    }
    assert changes == {
        "first": {"added": 7},
        "unchanged": {"unchanged": 7},
        "touched": {"unchanged": 7},
        "moved": {"moved": 7},
        "pruned": {"unchanged": 3, "deleted": 4},
    }
    for step in steps.values():
        assert step["failed"] == 0
        assert 0 < step["seconds"] < step["process_seconds"]
