"""Keeps fetched pages as files, which the loaders read like any others."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from assistant.errors import DocumentError
from ingest.web.client import OK, Response
from ingest.web.kinds import as_utf_8, is_text, suffix_of

NAME_CHARS = 16


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page that was fetched.

    Attributes:
        url: Its address, behind all redirects and without a fragment.
        path: The file that it was kept as.
    """

    url: str
    path: Path


def keep(response: Response, folder: Path) -> Fetched:
    """Writes a page to the folder, in place of what its address held before.

    Raises:
        DocumentError: The server did not send the page, or it is of a kind that no loader reads.
    """
    url = response.url
    if response.status != OK:
        raise DocumentError(
            f"{url} answers with status {response.status} instead of 200: check the address, and "
            "whether the page can be read without signing in.",
            Path(url),
        )
    suffix = suffix_of(response.content_type, urlsplit(url).path, response.data)
    if not suffix:
        raise DocumentError(
            f"Pages of the kind {response.content_type or 'unknown'!r} are not read, and {url} is "
            "one: give the address of a document.",
            Path(url),
        )
    data = as_utf_8(response.data, response.charset) if is_text(suffix) else response.data
    name = hashlib.sha256(url.encode()).hexdigest()[:NAME_CHARS]
    path = folder / f"{name}{suffix}"
    _write(path, data)
    for other in folder.glob(f"{name}.*"):
        if other != path:  # the address held another kind of document before
            other.unlink()
    return Fetched(url, path)


def _write(path: Path, data: bytes) -> None:
    """Writes a file so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        file.write(data)
    try:
        os.replace(file.name, path)
    except OSError:
        Path(file.name).unlink()
        raise
