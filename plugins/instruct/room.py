"""Whether the weights of a base fit into this machine's memory."""

from math import prod
from pathlib import Path

import psutil
import torch
from safetensors import safe_open

from plugins.instruct.hub import not_loaded

GIBIBYTE = 2**30


def refuse_without_room(name: str, folder: Path, dtype: torch.dtype | None) -> None:
    """Refuses to load a base that would take more memory than is free.

    Args:
        name: The base's.
        folder: Where its weights lie.
        dtype: The type that they are loaded in; `None` for that which they are stored in.

    Raises:
        SettingsError: It would.
        SafetensorError: The weights are damaged.
    """
    needed = sum(_weight_bytes(file, dtype) for file in folder.glob("*.safetensors"))
    free = free_memory_bytes()
    if needed > free:
        raise not_loaded(
            name,
            f"its weights take {needed / GIBIBYTE:.1f} GB of memory, and {free / GIBIBYTE:.1f} GB "
            "are free. End other programs, or name a smaller base.",
        )


def free_memory_bytes() -> int:
    """What of the main memory is free, where weights are loaded first."""
    return int(psutil.virtual_memory().available)


def _weight_bytes(file: Path, dtype: torch.dtype | None) -> int:
    if dtype is None:
        return file.stat().st_size
    with safe_open(file, "pt") as weights:
        shapes = [one.get_shape() for one in map(weights.get_slice, weights.keys())]
    return sum(map(prod, shapes)) * dtype.itemsize
