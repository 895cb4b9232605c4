"""The `assistant` command as a benchmark runs it: in a process of its own, from this checkout."""

import json
import os
import sys
from pathlib import Path
from typing import Any

from evals.benchmarks.watched import Watched, watch

ROOT = Path(__file__).parents[2]
MAIN = "from assistant.cli import main; main()"


def assistant(*arguments: str | Path) -> list[str]:
    """Program and arguments of the command, with JSON on its standard output."""
    return [sys.executable, "-c", MAIN, *map(str, arguments), "--json"]


def environment(home: Path) -> dict[str, str]:
    """The variables that let a fresh process find this checkout, and its state."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return {"ASSISTANT_HOME": str(home), "PYTHONPATH": path}


def ingest(
    home: Path, *arguments: str | Path, one_core: bool = False
) -> tuple[Watched, dict[str, Any]]:
    """Runs `assistant ingest` to its end; what it took, and its report.

    Raises:
        AssistantError: It failed otherwise than by files that cannot be read.
    """
    watched = watch(
        assistant("ingest", *arguments), environment(home), may_fail=True, one_core=one_core
    )
    return watched, json.loads(watched.output)
