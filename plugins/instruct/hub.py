"""Models of the Hugging Face hub: fetched once, and what stands in the way said in a sentence."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from huggingface_hub import constants, snapshot_download
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
)
from huggingface_hub.utils.tqdm import tqdm

from assistant.errors import SettingsError

WANTED = ["*.json", "*.safetensors", "*.txt", "*.model", "*.jinja"]
UNWANTED = ["*/*", "consolidated*"]
"""Weights in other forms, which transformers does not read."""
GIVE_A_FOLDER = "or give the folder of a causal language model that transformers can load"

OnBytes = Callable[[int, int], None]
"""Called with how many bytes are here and how many there will be, as far as it is known."""


def folder_on_disk(name: str) -> Path | None:
    """The folder of a model of the hub that was fetched whole; `None` where it was not."""
    try:
        folder = Path(_snapshot(name, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError):
        return None
    return folder if any(folder.glob("*.safetensors")) else None


def fetched(name: str, on_bytes: OnBytes) -> Path:
    """The folder of a model of the hub, fetched where it is not here yet.

    What was fetched before an interruption is kept.

    Raises:
        SettingsError: It cannot be had.
    """
    folder = folder_on_disk(name)
    if folder is not None:
        return folder
    try:
        with _online():
            return Path(_snapshot(name, tqdm_class=_telling(on_bytes)))
    except (OSError, ValueError, RuntimeError) as error:
        raise not_loaded(name, _reason(name, error)) from error


def not_loaded(name: str, reason: str) -> SettingsError:
    """What is raised where a base cannot be had."""
    told = f"The base {name!r} cannot be loaded: {reason}"
    return SettingsError(told, "ASSISTANT_INSTRUCT__BASE")


def _snapshot(name: str, **options: Any) -> str:
    return str(snapshot_download(name, allow_patterns=WANTED, ignore_patterns=UNWANTED, **options))


@contextmanager
def _online() -> Iterator[None]:
    """Lets the hub's library use the network: a person has named a model of the hub.

    It looks for HF_HUB_OFFLINE when it is imported and never again.
    """
    before, constants.HF_HUB_OFFLINE = constants.HF_HUB_OFFLINE, False
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before


def _reason(name: str, error: Exception) -> str:
    """Why a model cannot be fetched, and what to do."""
    if isinstance(error.__cause__, HfHubHTTPError):
        error = error.__cause__  # the library calls whatever a hub answers a missing file
    match error:
        case HFValidationError():
            return f"there is no such folder, and no model on the hub has such a name; {_check()}."
        case GatedRepoError():
            return (
                "it is gated on the hub. Accept its licence at "
                f"{constants.ENDPOINT}/{name} and set HF_TOKEN to a token of the account that did."
            )
        case RepositoryNotFoundError():
            return (
                f"there is no model of this name on the hub, nor a folder; {_check()}. Is it "
                "private, set HF_TOKEN to a token of an account that may read it."
            )
        case HfHubHTTPError() if error.response.status_code in (401, 403):
            return (
                "the hub does not let you read it. Set HF_TOKEN to a token of an account that may, "
                f"{GIVE_A_FOLDER}."
            )
        case LocalEntryNotFoundError() | ConnectionError() | TimeoutError():
            return (
                f"it is not here yet, and {constants.ENDPOINT} cannot be reached. Fetch it with a "
                f"network, {GIVE_A_FOLDER}."
            )
    return f"{first_line(error)} Try again, for what was fetched is kept, {GIVE_A_FOLDER}."


def _check() -> str:
    return f"check the name, {GIVE_A_FOLDER}"


def first_line(error: Exception) -> str:
    """What an error says, as a sentence."""
    line = str(error).strip().split("\n")[0].rstrip(".")
    return f"{line}." if line else f"{error!r}."


def _telling(on_bytes: OnBytes) -> type[tqdm]:
    """A bar of the hub's library that draws nothing and tells its bytes."""

    class Telling(tqdm):
        def __init__(self, *args: Any, **options: Any) -> None:
            # The library has three of them: files, bytes received and bytes written.
            self._tells = options.get("name") == "huggingface_hub.snapshot_download"
            self._n_done = 0
            silent = {**options, "disable": True}
            super().__init__(*args, **silent)  # type: ignore[no-untyped-call]

        def update(self, n: float | None = 1) -> None:
            if self._tells:
                with self.get_lock():
                    self._n_done += int(n or 0)
                    on_bytes(self._n_done, int(self.total or 0))

    return Telling
