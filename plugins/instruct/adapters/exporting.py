"""Takes an adapter out of the library: as it is, or merged into its base."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from safetensors import SafetensorError

from assistant.errors import InputError
from plugins.instruct.adapters.folder import CARD, CONFIG, CURVES, METRICS, TRAINING
from plugins.instruct.adapters.inspection import WHOLE, Adapter

OUR_OWN = (CONFIG, METRICS, TRAINING, CURVES)
"""What no other tool reads."""
LOW_RANK = ("lora", "qlora")
"""The methods whose result can be added to the weights of its base."""


def export(adapter: Adapter, folder: Path) -> None:
    """Writes what other tools read: PEFT's files, or those of a model that was trained whole.

    Args:
        adapter: Stays where it is.
        folder: A new one or an empty one.

    Raises:
        InputError: The adapter is damaged, or the folder cannot be written or holds something.
    """
    adapter.sound_config()
    with _written(folder) as place:
        for file in sorted(adapter.folder.iterdir()):
            if file.is_file() and file.name not in OUR_OWN and not file.name.startswith("."):
                shutil.copyfile(file, place / file.name)


def merge(adapter: Adapter, folder: Path) -> None:
    """Writes the base with an adapter added to its weights, and its tokenizer, as transformers do.

    The weights have the type that the base's are stored in.

    Args:
        adapter: Stays where it is.
        folder: A new one or an empty one.

    Raises:
        InputError: The adapter is damaged or none that can be merged, or the folder cannot be
            written or holds something.
        SettingsError: The base or the adapter cannot be loaded.
    """
    config = adapter.sound_config()
    if config.method not in LOW_RANK:
        raise InputError(
            f"Only adapters of the methods {' and '.join(LOW_RANK)} can be merged into their base, "
            f"and {_written_otherwise(adapter.name, config.method)}"
        )
    _refuse_filled(folder)  # before anything is loaded
    # Imported here: PyTorch takes seconds, which an export need not wait for.
    from plugins.instruct.adapters.switching import Adapters
    from plugins.instruct.bases import load_base

    base = load_base(config.base, dtype=None)
    model = Adapters(base).merged(adapter.folder)
    base.tokenizer.model_max_length = base.n_context
    with _written(folder) as place:
        model.save_pretrained(place)
        base.tokenizer.save_pretrained(place)


def pack(adapter: Adapter, folder: Path, bits: int) -> None:
    """Writes a model that was trained whole on the built-in base in few bytes; see `packing`.

    Args:
        adapter: Stays where it is.
        folder: A new one or an empty one.
        bits: Of each number, 4 or 8.

    Raises:
        InputError: It is damaged or another kind of model, `bits` is neither, or the folder cannot
            be written or holds something.
        SettingsError: The model cannot be loaded.
    """
    config = adapter.sound_config()
    if config.method != WHOLE:
        raise InputError(
            "Only models that were trained whole can be packed, and "
            f"{_written_otherwise(adapter.name, config.method)}"
        )
    _refuse_filled(folder)  # before anything is loaded
    # Imported here: PyTorch takes seconds.
    from plugins.instruct.bases import load_base
    from plugins.instruct.packing import pack as packed

    model = load_base(str(adapter.folder), dtype=None).model
    with _written(folder) as place:
        packed(model, place, bits)
        for file in (adapter.folder / name for name in (CARD, METRICS, TRAINING, CURVES)):
            if file.is_file():
                shutil.copyfile(file, place / file.name)


def _written_otherwise(name: str, method: str) -> str:
    return (
        f"{name} was trained by {method}: `assistant adapters export {name} --out FOLDER` writes "
        "it as it is."
    )


@contextmanager
def _written(folder: Path) -> Iterator[Path]:
    """A folder beside, which takes the place of another when all is in it.

    Raises:
        InputError: The folder holds something or cannot be written.
    """
    _refuse_filled(folder)
    folder = folder.resolve()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as beside:
            place = Path(beside) / folder.name
            place.mkdir()
            yield place
            place.replace(folder)
    except (OSError, SafetensorError) as error:
        raise InputError(f"{folder} cannot be written ({error}): give another --out.") from error


def _refuse_filled(folder: Path) -> None:
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise InputError(
            f"--out must be a new folder or an empty one, and {folder} holds something: name "
            "another."
        )
