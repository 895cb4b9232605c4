"""What bases are called."""

import hashlib
from functools import cache
from pathlib import Path

BUILT_IN = "built-in"
"""The base that comes with the product; it lies in `SHIPPED`."""
SHIPPED = Path(__file__).parent / "shipped"
UNTRAINED = "minilm"
"""The embedder's weights as a prefix language model that has still to learn to write."""


def settled(name: str) -> str:
    """A base by a name that means the same from every working directory."""
    is_folder = name not in (BUILT_IN, UNTRAINED) and Path(name).is_dir()
    return str(Path(name).resolve()) if is_folder else name


def weights_digest(folder: Path) -> str:
    """The hash of the weights in a folder."""
    digest = hashlib.sha256()
    for file in sorted(folder.glob("*.safetensors")):
        with file.open("rb") as weights:
            digest.update(hashlib.file_digest(weights, "sha256").digest())
    return digest.hexdigest()


@cache
def version_of(name: str) -> str:
    """Which built-in base this is, for another comes with another assistant; empty for the rest."""
    return weights_digest(SHIPPED)[:16] if name == BUILT_IN else ""
