"""Keeps what a long study has done, so that one that was stopped goes on where it was."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


def kept(folder: Path, recipe: object, run: Callable[[], Any]) -> Any:
    """What a run came to: from a file if it was done before, else by doing it.

    Args:
        folder: Where done runs are kept; is made.
        recipe: All that decides what comes of the run; JSON-ready.
        run: Its result is JSON-ready.
    """
    digest = hashlib.sha256(json.dumps(recipe).encode()).hexdigest()
    file = folder / f"{digest[:16]}.json"
    if file.exists():
        return json.loads(file.read_text("utf-8"))
    result = run()
    folder.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".part")
    partial.write_text(json.dumps(result), "utf-8")
    partial.replace(file)
    return result
