"""Files of chats: each chat's in a folder and a passage collection of its own."""

import hashlib
import shutil
from collections.abc import Collection
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from assistant.schema import new_id

if TYPE_CHECKING:  # it takes long to import, and commands name collections at once
    from ingest.store import PassageStore

CHAT_COLLECTION = "chat-"
MAX_NAME_BYTES = 200


def collection_of(user: str, chat: str) -> str:
    """The collection of a user's chat, which is also its folder's name.

    It is made of both: whoever forges the id of another's chat finds a place of his own. Neither
    can name a path.
    """
    digest = hashlib.sha256(f"{user}\0{chat}".encode(errors="surrogatepass"))
    return f"{CHAT_COLLECTION}{digest.hexdigest()[:32]}"


class Uploads:
    """Keeps the files of chats, and forgets them with their passages.

    Args:
        store: The passages, those of the chats included.
        folder: Where the files are kept.
    """

    def __init__(self, store: "PassageStore", folder: Path) -> None:
        self._store = store
        self._folder = folder

    def keep(self, file: str | bytes, name: str, collection: str, file_id: str) -> str:
        """Keeps a file under its own name, in a place of its own in a chat's folder.

        Args:
            file: The path of the file to copy, or its content.
            name: The file's name, as its sender says.
            collection: The chat's.
            file_id: Word of letters, digits and dashes; the file of an earlier call stays.

        Returns:
            The path.
        """
        known = self.find(collection, file_id)
        if known is not None:
            return str(known)
        place = self._folder / collection / file_id
        unfinished = place.with_name(f"{file_id}.{new_id()}")
        unfinished.mkdir(parents=True)
        if isinstance(file, bytes):
            (unfinished / _own_name(name)).write_bytes(file)
        else:
            shutil.copyfile(file, unfinished / _own_name(name))
        try:
            unfinished.rename(place)
        except OSError:  # another has kept the same file meanwhile
            shutil.rmtree(unfinished)
        return str(place / _own_name(name))

    def find(self, collection: str, file_id: str) -> Path | None:
        """Where a file is kept; `None` where it is not."""
        if not file_id.replace("-", "").isalnum():
            return None
        return next(iter((self._folder / collection / file_id).glob("*")), None)

    def forget_file(self, collection: str, file_id: str) -> None:
        """Deletes one file with its passages."""
        file = self.find(collection, file_id)
        if file is not None:
            documents = self._store.documents(collection)
            self._store.remove([one for one in documents if one.path == file])
            shutil.rmtree(file.parent, ignore_errors=True)

    def forget(self, collection: str) -> None:
        """Deletes the files of one chat with their passages."""
        self._store.remove(self._store.documents(collection))
        shutil.rmtree(self._folder / collection, ignore_errors=True)

    def sweep(self, known: Collection[str], copies: Path) -> None:
        """Deletes the files of chats that are no more, and the folders with copies of files.

        Args:
            known: The collections of the chats that are there.
            copies: Where the page keeps what is sent to it.
        """
        indexed = {one.collection for one in self._store.documents(None)}
        kept = {folder.name for folder in self._folder.glob(f"{CHAT_COLLECTION}*")}
        for collection in {*indexed, *kept} - {*known}:
            if collection.startswith(CHAT_COLLECTION):
                self.forget(collection)
        for folder in copies.iterdir():
            shutil.rmtree(folder, ignore_errors=True)


def _own_name(name: str) -> str:
    last = PurePath(name.replace("\0", "")).name.encode(errors="ignore")[-MAX_NAME_BYTES:]
    own = last.decode(errors="ignore")
    return "file" if own in ("", "..") else own
