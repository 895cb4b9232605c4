"""Files that are dropped into chats: each chat's in a folder and a collection of its own."""

import shutil
from pathlib import Path, PurePath

from assistant.schema import SHARED, new_id
from ingest.store import PassageStore

MAX_NAME_BYTES = 200


class Uploads:
    """Keeps the files of chats, and forgets them with their passages.

    Args:
        store: The passages, those of the chats included.
        folder: Where the files are kept.
    """

    def __init__(self, store: PassageStore, folder: Path) -> None:
        self._store = store
        self._folder = folder

    def keep(self, path: str, name: str, collection: str) -> str:
        """Copies a file, under its own name, to a place of its own in a chat's folder."""
        last = PurePath(name.replace("\0", "")).name.encode(errors="ignore")[-MAX_NAME_BYTES:]
        own = last.decode(errors="ignore")
        folder = self._folder / collection / new_id()
        folder.mkdir(parents=True)
        return str(shutil.copyfile(path, folder / ("file" if own in ("", "..") else own)))

    def forget(self, collection: str) -> None:
        """Deletes the files of one chat."""
        self._store.remove(self._store.documents(collection))
        shutil.rmtree(self._folder / collection, ignore_errors=True)

    def sweep(self, copies: Path) -> None:
        """Deletes the files of all chats, and the folders with copies of them."""
        for collection in {one.collection for one in self._store.documents(None)} - {SHARED}:
            self.forget(collection)
        shutil.rmtree(self._folder, ignore_errors=True)
        for folder in copies.iterdir():
            shutil.rmtree(folder, ignore_errors=True)
