"""Runs a benchmark as the command does, with settings of its own."""

from pathlib import Path
from typing import Any

from assistant.runtime import Runtime
from assistant.settings import Settings
from evals.benchmarks import run


def make_runtime(**settings: Any) -> Runtime:
    return Runtime(Settings(**settings))


def measured(name: str, limit: int, data: Path | None = None) -> dict[str, Any]:
    result = run(name, make_runtime, data, limit)
    metrics = result["metrics"]
    assert isinstance(metrics, dict)
    return metrics
