"""Several adapters on one base in memory, switched without loading anything anew."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from safetensors import SafetensorError

from assistant.errors import SettingsError
from plugins.instruct.adapters.folder import ADAPTER, read_config
from plugins.instruct.base_names import settled
from plugins.instruct.bases import Base


class Adapters:
    """The adapters that were loaded on a base; not safe to use from several threads at once.

    Args:
        base: Gets the adapters' layers beside its own.
    """

    def __init__(self, base: Base) -> None:
        self._base = base
        self._peft: Any = None
        self._names: dict[Path, str] = {}

    @contextmanager
    def used(self, folder: Path | None) -> Iterator[None]:
        """Lets the base speak with an adapter, or without one where none is named.

        Raises:
            SettingsError: The folder holds no adapter, or one of another base.
        """
        if folder is not None:
            self._peft_with(folder.resolve())
            yield
        elif self._peft is None:
            yield
        else:
            with self._peft.disable_adapter():
                yield

    def merged(self, folder: Path) -> Any:
        """The base's model with an adapter added to its weights; nothing can be switched after it.

        Raises:
            SettingsError: The folder holds no adapter, or one of another base.
        """
        self._peft_with(folder.resolve())
        return self._peft.merge_and_unload()

    def _peft_with(self, folder: Path) -> None:
        if folder not in self._names:
            self._load(folder)
        self._peft.set_adapter(self._names[folder])

    def _load(self, folder: Path) -> None:
        config = read_config(folder)
        if not (folder / ADAPTER).exists():
            raise SettingsError(
                f"{folder} holds a model that was trained whole: name it as the base, in "
                "ASSISTANT_INSTRUCT__BASE.",
                "ASSISTANT_INSTRUCT__ADAPTER",
            )
        if settled(config.base) != self._base.name:
            raise SettingsError(
                f"The adapter in {folder} was trained on {config.base}, and the base is "
                f"{self._base.name}: set ASSISTANT_INSTRUCT__BASE to the adapter's, or name "
                "another adapter.",
                "ASSISTANT_INSTRUCT__ADAPTER",
            )
        from peft import PeftModel

        name = f"adapter-{len(self._names)}"
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # PEFT asks transformers by old names
                if self._peft is None:
                    self._peft = PeftModel.from_pretrained(
                        self._base.model, folder, adapter_name=name
                    )
                else:
                    self._peft.load_adapter(folder, adapter_name=name)
        except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
            raise SettingsError(
                f"The adapter in {folder} cannot be loaded ({error!r}): train it again.",
                "ASSISTANT_INSTRUCT__ADAPTER",
            ) from error
        self._names[folder] = name
