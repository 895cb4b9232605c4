"""The file that says which adapter is active: `{"adapter": "hotel"}`."""

import json
import os
import tempfile
from pathlib import Path

from assistant.errors import SettingsError

ACTIVE = "active.json"
"""It lies beside the adapters."""


def read_active(library: Path) -> str:
    """The name of the active adapter; empty where there is none.

    Raises:
        SettingsError: The file is damaged.
    """
    path = library / ACTIVE
    try:
        return str(json.loads(path.read_text("utf-8"))["adapter"])
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"{path} does not say which adapter is active ({error!r}): say it with `assistant "
            "adapters use NAME` or `assistant adapters use --none`.",
            "ASSISTANT_INSTRUCT__ADAPTER",
        ) from error


def write_active(library: Path, name: str) -> None:
    """Makes an adapter the active one, or none where the name is empty.

    The file is there whole or as it was before.

    Raises:
        SettingsError: It cannot be written.
    """
    path = library / ACTIVE
    try:
        if name:
            _write(path, json.dumps({"adapter": name}) + "\n")
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be written ({error.strerror}): see who may write there, or give "
            "another ASSISTANT_HOME.",
            "ASSISTANT_HOME",
        ) from error


def _write(path: Path, text: str) -> None:
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=".", delete=False
    ) as file:
        file.write(text)
    try:
        os.replace(file.name, path)
    except OSError:
        Path(file.name).unlink()
        raise
