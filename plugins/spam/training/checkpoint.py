"""What a training writes down as it goes, so that one that was killed goes on where it was."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from torch import Tensor

STATE = "state.json"
WEIGHTS = "state.safetensors"


@dataclass(frozen=True, slots=True)
class Saved:
    """A state of a training.

    Attributes:
        progress: JSON-ready numbers: where it was and what it had found.
        tensors: Weights and the optimizer's moments, by name.
    """

    progress: dict[str, Any]
    tensors: dict[str, Tensor]


class Checkpoints:
    """The latest state of one training, in a folder of its own.

    Args:
        folder: Is made with the first checkpoint.
        recipe: Hash of the options and the data; a state of another recipe is not taken up.
    """

    def __init__(self, folder: Path, recipe: str) -> None:
        self._folder = folder
        self._recipe = recipe

    def save(self, progress: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> None:
        """Replaces the last state; a kill at any moment leaves the old one or the new one."""
        fresh = self._folder.with_name(f"{self._folder.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        save_file({name: one.contiguous() for name, one in tensors.items()}, fresh / WEIGHTS)
        state = {"recipe": self._recipe, **progress}
        (fresh / STATE).write_text(json.dumps(state), "utf-8")
        shutil.rmtree(self._folder, ignore_errors=True)
        fresh.rename(self._folder)

    def load(self) -> Saved | None:
        """The last state; `None` where there is none of this recipe."""
        self._take_up_unfinished_rename()
        try:
            progress = json.loads((self._folder / STATE).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        if progress.pop("recipe", None) != self._recipe:
            return None
        return Saved(progress, load_file(self._folder / WEIGHTS))

    def remove(self) -> None:
        """Deletes what was written."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _take_up_unfinished_rename(self) -> None:
        fresh = self._folder.with_name(f"{self._folder.name}.new")
        if not self._folder.exists() and (fresh / STATE).exists():
            fresh.rename(self._folder)
