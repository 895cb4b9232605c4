"""The exceptions that this application raises on purpose.

    AssistantError
    ├── InputError      what a person typed or attached cannot be served
    ├── SettingsError   an option is unknown or out of range        .option
    ├── DocumentError   one document cannot be read                 .path
    ├── StoreError      the passage index cannot be opened or read  .path
    ├── PluginError     a plugin is refused, unknown or failed      .plugin
    └── ModelError      the language model did not answer           .model

Each message is a sentence with the rule, the value and the way out. Only a face turns one
into a chat message or a terminal line.
"""

from pathlib import Path


class AssistantError(Exception):
    """Base of every error that a face may show as it stands."""


class InputError(AssistantError):
    """What a person typed or attached cannot be served."""


class SettingsError(AssistantError):
    """An option is unknown or out of range."""

    def __init__(self, message: str, option: str) -> None:
        super().__init__(message)
        self.option = option


class DocumentError(AssistantError):
    """One document cannot be read; the others still can."""

    def __init__(self, message: str, path: Path) -> None:
        super().__init__(message)
        self.path = path

    def __reduce__(self) -> tuple[type["DocumentError"], tuple[str, Path]]:
        """Travel whole between worker processes."""
        return type(self), (str(self), self.path)


class StoreError(AssistantError):
    """The passage index cannot be opened or read."""

    def __init__(self, message: str, path: Path) -> None:
        super().__init__(message)
        self.path = path


class PluginError(AssistantError):
    """A plugin is refused, unknown, or failed where nothing could take its place."""

    def __init__(self, message: str, plugin: str) -> None:
        super().__init__(message)
        self.plugin = plugin


class ModelError(AssistantError):
    """The language model did not answer."""

    def __init__(self, message: str, model: str) -> None:
        super().__init__(message)
        self.model = model
