"""The adapters that were trained here, and which of them answers. Loads no model."""

import difflib
import shutil
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.errors import InputError, SettingsError
from assistant.training.workplace import OWN
from plugins.instruct.adapters.active import read_active, write_active
from plugins.instruct.adapters.folder import CONFIG, AdapterConfig
from plugins.instruct.adapters.inspection import WHOLE, Adapter, inspected


class Library:
    """The adapters in a folder.

    Args:
        folder: Each folder in it that holds an `instruct.json` is one.
        chosen: The folder that the setting names; it wins over `active.json`. Empty for none.
    """

    def __init__(self, folder: Path, chosen: str = "") -> None:
        self.folder = folder.resolve()
        self.chosen = chosen

    def adapters(self) -> list[Adapter]:
        """All of them by name, the damaged ones too."""
        return [inspected(folder) for folder in self._folders().values()]

    def find(self, name: str) -> Adapter:
        """The adapter of a name.

        Raises:
            InputError: There is none.
        """
        return inspected(self._known(name))

    def folder_of(self, given: str) -> Path:
        """The folder of an adapter that is named, or whose folder is given; a name goes first.

        Raises:
            InputError: It is neither.
        """
        if given not in self._folders() and Path(given).is_dir():
            return Path(given)
        return self._known(given)

    def active(self) -> Path | None:
        """The folder of the adapter that answers where none is named; `None` for the base alone.

        Raises:
            SettingsError: It is gone, or `active.json` is damaged.
        """
        if self.chosen:
            return Path(self.chosen)
        name = read_active(self.folder)
        if name and name not in self._folders():
            raise SettingsError(
                f"The active adapter {name!r} is gone from {self.folder}: choose another with "
                "`assistant adapters use NAME`, or the base alone with `assistant adapters use "
                "--none`.",
                "ASSISTANT_INSTRUCT__ADAPTER",
            )
        return self.folder / name if name else None

    def is_active(self, folder: Path) -> bool:
        """Whether the adapter in a folder answers where none is named.

        Raises:
            SettingsError: `active.json` is damaged.
        """
        if self.chosen:
            return Path(self.chosen).resolve() == folder.resolve()
        return self.folder / read_active(self.folder) == folder

    def use(self, name: str, anyway: bool = False) -> AdapterConfig:
        """Makes an adapter the active one, and returns what it is.

        Args:
            name: Its name.
            anyway: Also where it does not beat its base.

        Raises:
            InputError: There is none of this name, or it is damaged, a base of its own, or no
                better than its base.
            SettingsError: The choice cannot be written.
        """
        adapter = self.find(name)
        config = adapter.sound_config()
        if config.method == WHOLE:
            raise InputError(
                f"{name} was trained whole, so it is a base and no adapter: set "
                f"ASSISTANT_INSTRUCT__BASE={adapter.folder} to use it."
            )
        if not config.beats_base and not anyway:
            raise InputError(
                f"{name} is not activated, for an active adapter must beat its base. "
                f"{config.reason} `assistant adapters use {name} --anyway` activates it all the "
                "same."
            )
        write_active(self.folder, name)
        return config

    def use_none(self) -> None:
        """Lets the base answer alone. Raises `SettingsError` where that cannot be written."""
        write_active(self.folder, "")

    def leave(self, name: str) -> None:
        """Lets the base answer alone where `active.json` names this adapter.

        Raises:
            SettingsError: `active.json` is damaged or cannot be written.
        """
        if read_active(self.folder) == name:
            self.use_none()

    def remove(self, name: str) -> bool:
        """Deletes an adapter, of a link the link alone; returns whether it was active.

        Raises:
            InputError: There is none of this name, a training is at work in it, or it cannot be
                deleted.
            SettingsError: `active.json` is damaged or cannot be written.
        """
        folder = self._known(name)
        _refuse_at_work(folder)
        was_active = self.is_active(folder)
        self.leave(name)
        try:
            if folder.is_symlink():
                folder.unlink()
            else:
                (folder / CONFIG).unlink()  # first: what is half gone is no adapter
                shutil.rmtree(folder)
        except OSError as error:
            raise InputError(
                f"{folder} cannot be removed ({error.strerror}): see who may write there, and "
                "delete the folder yourself."
            ) from error
        return was_active

    def _folders(self) -> dict[str, Path]:
        if not self.folder.is_dir():
            return {}
        folders = sorted(one for one in self.folder.iterdir() if (one / CONFIG).is_file())
        return {folder.name: folder for folder in folders}

    def _known(self, name: str) -> Path:
        """The folder of a name: always one that was seen in the library, never a path."""
        folders = self._folders()
        if name in folders:
            return folders[name]
        close = difflib.get_close_matches(name, folders, n=1)
        hint = f"Did you mean {close[0]}? " if close else ""
        known = f"Known are {', '.join(folders)}." if folders else "There are none yet."
        raise InputError(f"There is no adapter {name!r} in {self.folder}. {hint}{known}")


def _refuse_at_work(folder: Path) -> None:
    lock = folder / OWN / "lock"
    if folder.is_symlink() or not lock.exists():
        return
    try:
        with FileLock(lock, timeout=0):
            pass
    except Timeout as error:
        raise InputError(
            f"A training is at work in {folder}, so it cannot be removed: wait for it, or stop it."
        ) from error
