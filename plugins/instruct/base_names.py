"""What bases are called."""

from pathlib import Path

UNTRAINED = "minilm"
"""The embedder's weights as a prefix language model that has still to learn to write."""


def settled(name: str) -> str:
    """A base by a name that means the same from every working directory."""
    return str(Path(name).resolve()) if name != UNTRAINED and Path(name).is_dir() else name
