"""What a training writes down as it goes, so that one that was killed goes on where it was."""

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

log = logging.getLogger(__name__)


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
    """The latest state of one training, in a file.

    Args:
        file: Is made with the first checkpoint, in a folder that is there.
        recipe: Hash of the options and the data; a state of another recipe is not taken up.
    """

    def __init__(self, file: Path, recipe: str) -> None:
        self._file = file
        self._recipe = recipe

    def save(self, progress: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> None:
        """Replaces the last state; a kill at any moment leaves the old one or the new one."""
        fresh = self._file.with_suffix(".new")
        state = {"recipe": self._recipe, "progress": json.dumps(progress)}
        save_file({name: one.contiguous() for name, one in tensors.items()}, fresh, state)
        with fresh.open("rb+") as written:
            os.fsync(written.fileno())
        fresh.replace(self._file)

    def load(self) -> Saved | None:
        """The last state; `None` where there is none of this recipe, or a damaged one."""
        if not self._file.exists():
            return None
        try:
            with safe_open(self._file, "pt") as opened:
                state = opened.metadata()
                if state["recipe"] != self._recipe:
                    return None
                tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118 - no mapping
                return Saved(json.loads(state["progress"]), tensors)
        except (OSError, SafetensorError, KeyError, TypeError, ValueError):
            log.warning("The checkpoint %s is damaged; the training starts anew.", self._file.name)
            return None
