"""What lies in an adapter's folder, and whether it is whole. Loads no model."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from assistant.errors import InputError, SettingsError
from plugins.instruct.adapters.folder import (
    ADAPTER,
    ADAPTER_CONFIG,
    CONFIG,
    METRICS,
    TRAINING,
    AdapterConfig,
    read_config,
)

WHOLE = "full"
"""The method whose result is a base of its own and no adapter."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """What a training has left.

    Attributes:
        config: What it is; `None` where that cannot be read.
        damage: Why it cannot be used, in a sentence; empty where it can.
        n_bytes: What its files take.
        trained_at: UTC, ISO 8601; empty where that cannot be read.
    """

    folder: Path
    config: AdapterConfig | None
    damage: str
    n_bytes: int
    trained_at: str

    @property
    def name(self) -> str:
        """That of its folder."""
        return self.folder.name

    def sound_config(self) -> AdapterConfig:
        """What it is.

        Raises:
            InputError: It is damaged.
        """
        if self.config is None or self.damage:
            raise InputError(f"{self.name} is damaged: {self.damage} Train it again.")
        return self.config

    def metrics(self) -> Any:
        """What base and adapter came to, as JSON has it; `None` where that cannot be read."""
        return _json(self.folder / METRICS)

    def training(self) -> Any:
        """How it was trained, likewise."""
        return _json(self.folder / TRAINING)


def inspected(folder: Path) -> Adapter:
    """What lies in a folder; one that is damaged says so and raises nothing."""
    config, damage, n_bytes, trained_at = None, "", 0, ""
    try:
        n_bytes = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
        seconds = (folder / CONFIG).stat().st_mtime
        trained_at = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
        config = read_config(folder)
        damage = _damage(folder, config)
    except SettingsError as error:
        damage = f"{CONFIG} cannot be read ({error.__cause__!r})."
    except OSError as error:
        damage = f"It cannot be read ({error!r})."
    return Adapter(folder, config, damage, n_bytes, trained_at)


def _damage(folder: Path, config: AdapterConfig) -> str:
    """Which of its files is missing or cut off; of the weights only the heads are read."""
    needed = ("config.json",) if config.method == WHOLE else (ADAPTER_CONFIG, ADAPTER)
    for name in needed:
        if not (folder / name).is_file():
            return f"{name} is missing."
    weights = sorted(folder.glob("*.safetensors"))
    for file in weights:
        try:
            with safe_open(file, "np"):
                pass
        except SafetensorError as error:
            return f"{file.name} is not whole ({error})."
    return "" if weights else "Its weights are missing."


def _json(file: Path) -> Any:
    try:
        # A figure that is none is null: JSON knows no NaN.
        return json.loads(file.read_text("utf-8"), parse_constant=lambda name: None)
    except (OSError, ValueError):
        return None
