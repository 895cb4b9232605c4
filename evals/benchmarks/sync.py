"""How long does it take to bring a folder up to date, when nothing, little or much has changed?

Data: none; a folder of small text, Markdown, HTML, CSV and JSON files is made, three sentences
each. An item of the limit is a file; 10,000 without one. In turn:

- `first`: all files are new;
- `unchanged`: nothing has happened;
- `touched`: every file has a new time of change and its old content;
- `moved`: the folder has another name;
- `pruned`: every other file is gone, with `--prune`.

Each is the command `assistant ingest` in a fresh process: `process_seconds` is from its start to
its exit, `seconds` what its report says. The files are left alone for a while before each, for
times that are only just past are not trusted.
"""

import os
import time
from pathlib import Path
from random import Random
from typing import Any

from evals.benchmarks.command import ingest
from evals.benchmarks.harness import Figures, temporary_home, tracked
from evals.benchmarks.made_files import TEXT_WRITERS, made_file
from evals.benchmarks.protocols import MakeRuntime
from ingest.sync import UNSURE_SECONDS

N_FILES = 10_000
SENTENCES = 3
IN_A_FOLDER = 500
SEED = 11
COUNTS = ("added", "updated", "moved", "unchanged", "deleted")


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:  # noqa: ARG001 - every benchmark takes the same
    """Times an ingest after each kind of change."""
    n_files = limit or N_FILES
    with temporary_home() as home, temporary_home() as work:
        folder, renamed = work / "documents", work / "renamed"
        files = _make(folder, n_files)
        metrics = {"first": _sync(home, folder), "unchanged": _sync(home, folder)}
        for file in files:
            os.utime(file)
        metrics["touched"] = _sync(home, folder)
        folder.rename(renamed)
        metrics["moved"] = _sync(home, renamed)
        for file in files[::2]:
            (renamed / file.relative_to(folder)).unlink()
        metrics["pruned"] = _sync(home, renamed, "--prune")
    return Figures(metrics, n_files)


def _make(folder: Path, n_files: int) -> list[Path]:
    random, endings = Random(SEED), list(TEXT_WRITERS)  # noqa: S311 - not for secrets
    files = [
        folder / f"{number // IN_A_FOLDER:03}" / f"note-{number:06}{endings[number % len(endings)]}"
        for number in range(n_files)
    ]
    for file in tracked(files, "Making files"):
        file.parent.mkdir(parents=True, exist_ok=True)
        made_file(file, random, SENTENCES)
    return files


def _sync(home: Path, *arguments: str | Path) -> dict[str, Any]:
    time.sleep(UNSURE_SECONDS)
    watched, report = ingest(home, *arguments)
    return {
        "process_seconds": watched.seconds,
        "seconds": report["seconds"],
        "peak_mb": watched.peak_mb,
        **{name: report[name] for name in COUNTS},
        "failed": len(report["failed"]),
    }
