"""What a chat may choose of the instruct model: the adapter that answers, and how it writes."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from assistant.errors import InputError, SettingsError
from assistant.plugin import Option
from assistant.settings import InstructSettings
from plugins.instruct.adapters.inspection import WHOLE, Adapter, inspected
from plugins.instruct.adapters.library import Library
from plugins.instruct.base_names import settled, version_of
from plugins.instruct.sampling import Sampling

PLUGIN = "instruct"
ADAPTER = "adapter"
ALONE = "."
"""Stands for the base alone: no folder has this name."""
TEMPERATURES = (0.0, 0.3, 0.7, 1.0)
LENGTHS = (32, 64, 128, 256, 512, 1024)


class Choices:
    """The choices of every chat, made anew each time: adapters come and go.

    Args:
        settings: What stands chosen where a chat chooses nothing.
        library: The adapters.
    """

    def __init__(self, settings: InstructSettings, library: Library) -> None:
        self._settings = settings
        self._library = library

    def options(self) -> tuple[Option, ...]:
        """All that may be chosen."""
        return self._adapter(), self._temperature(), self._length()

    def adapter(self, options: Mapping[str, str]) -> Path | None:
        """The folder of the adapter that a turn's options name; `None` for the base alone.

        Raises:
            InputError: It cannot be used any more.
            SettingsError: None is named, and the active one is gone.
        """
        value = options.get(f"{PLUGIN}.{ADAPTER}")
        if value is None:
            return self._library.active()
        if value == ALONE:
            return None
        fitting = self._fitting()
        if value not in fitting:
            raise InputError(
                f"The adapter {value!r} is gone or damaged: choose another in the chat's settings, "
                "or begin a new chat to see which there are."
            )
        return fitting[value].folder

    def sampling(self, options: Mapping[str, str], sampling: Sampling) -> Sampling:
        """How a turn's options let the model write.

        Raises:
            InputError: They hold what cannot be chosen.
        """
        return replace(
            sampling,
            temperature=float(self._temperature().chosen(PLUGIN, options)),
            max_tokens=int(self._length().chosen(PLUGIN, options)),
        )

    def _adapter(self) -> Option:
        fitting = self._fitting()
        return Option(
            ADAPTER,
            "Adapter",
            {ALONE: "Base alone", **{value: _label(value, one) for value, one in fitting.items()}},
            self._active(fitting),
            "What was trained on top of the base of the instruct model, which /instruct asks.",
        )

    def _active(self, fitting: Mapping[str, Adapter]) -> str:
        """What stands for the active adapter; empty where it cannot be used."""
        try:
            folder = self._library.active()
        except SettingsError:  # answers will say so
            return ""
        if folder is None:
            return ALONE
        folder = folder.resolve()
        return next((value for value, one in fitting.items() if one.folder.resolve() == folder), "")

    def _fitting(self) -> dict[str, Adapter]:
        """The sound adapters of the base by what stands for each, that of the setting included."""
        found = {adapter.name: adapter for adapter in self._library.adapters()}
        chosen = Path(self._library.chosen).resolve()
        if self._library.chosen and chosen.parent != self._library.folder:
            found[f"{ALONE}/{chosen.name}"] = inspected(chosen)
        return {value: adapter for value, adapter in found.items() if self._fits(adapter)}

    def _fits(self, adapter: Adapter) -> bool:
        config = adapter.config
        return (
            config is not None
            and not adapter.damage
            and config.method != WHOLE
            and settled(config.base) == settled(self._settings.base)
            and config.base_version == version_of(self._settings.base)
        )

    def _temperature(self) -> Option:
        known = sorted({*TEMPERATURES, self._settings.temperature})
        return Option(
            "temperature",
            "Temperature",
            {f"{one:g}": f"{one:g}" if one else "0, the most probable words" for one in known},
            f"{self._settings.temperature:g}",
            "How freely the instruct model draws its words.",
        )

    def _length(self) -> Option:
        longest = self._settings.max_tokens
        known = [*(one for one in LENGTHS if one < longest), longest]
        return Option(
            "max_tokens",
            "Longest response",
            {str(one): f"{one} tokens" for one in known},
            str(longest),
            "Where the instruct model ends at the latest.",
        )


def _label(value: str, adapter: Adapter) -> str:
    """For a person; the library may have one of the same name as that of the setting."""
    notes = [] if value == adapter.name else ["of the settings"]
    if adapter.config is None or not adapter.config.beats_base:
        notes.append("no better than the base")
    return f"{adapter.name} ({', '.join(notes)})" if notes else adapter.name
