"""The folder that a training writes into: its own while it lasts, and nobody else's files."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.errors import InputError

OWN = ".training"
"""A folder within it for checkpoints and half-written files; gone when all is done."""


class Workplace:
    """A folder for one training at a time.

    Args:
        folder: Where the result goes.
        names: What a training may write there; the first is the file without which the folder
            holds no result.
    """

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self.folder = folder
        self._names = names
        self.own = folder / OWN
        self.staging = self.own / "done"

    def publish(self) -> None:
        """Puts the finished result in the place of an earlier one, and clears up."""
        mark = self._names[0]
        for name in self._names:  # the first one first: what is half gone is no result
            (self.folder / name).unlink(missing_ok=True)
        written = sorted(self.staging.iterdir(), key=lambda file: file.name == mark)
        for file in written:
            file.replace(self.folder / file.name)
        shutil.rmtree(self.own, ignore_errors=True)


@contextmanager
def workplace(folder: Path, names: Sequence[str], base: str) -> Iterator[Workplace]:
    """Makes a folder ready to be written into, for this training alone.

    Args:
        folder: Where the result goes.
        names: What a training may write there, the most telling file first.
        base: What is trained: a folder or a name.

    Raises:
        InputError: It holds somebody else's files or the base, cannot be written, or another
            training is at work there.
    """
    place = Workplace(folder, names)
    if Path(base).is_dir() and Path(base).resolve() == folder.resolve():
        raise InputError(f"--out must be another folder than the base's, got {folder} for both.")
    is_ours = place.own.is_dir() or (folder / names[0]).exists()
    if folder.is_dir() and not is_ours and any(folder.iterdir()):
        raise InputError(
            f"--out must be a new folder, an empty one or an earlier training's, and {folder} "
            "holds other files: name another."
        )
    try:
        place.staging.mkdir(parents=True, exist_ok=True)
        lock = FileLock(place.own / "lock")
        lock.acquire(timeout=0)
    except Timeout as error:
        raise InputError(
            f"Another training is at work in {folder}: wait for it, or give another --out."
        ) from error
    except OSError as error:
        raise InputError(
            f"{folder} cannot be written ({error.strerror}): give another --out."
        ) from error
    try:
        yield place
    finally:
        lock.release()
