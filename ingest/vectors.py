"""The FAISS indexes of the collections, kept in memory and, for the shared one, in a file.

A file is valid for one version of one database, which its name says; any other is made again from
SQLite and replaced. FAISS's own format is no pickle: reading it runs nothing.
"""

import contextlib
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import faiss
import numpy as np
from numpy.typing import NDArray

from assistant.schema import SHARED
from ingest.embedder import DIM

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StoredVectors:
    """The vectors of a collection as SQLite holds them at one version.

    Attributes:
        ids: `(n,)` int64 passage ids.
        vectors: `(n, 384)` float32, L2-normalised.
    """

    version: int
    ids: NDArray[np.int64]
    vectors: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Index:
    version: int
    faiss: Any


class VectorIndexes:
    """Exact search by inner product over each collection.

    Args:
        folder: Where the file of the shared collection is kept.
        identity: Tells the database from another that was in its place before.
        load: Reads a collection's vectors from SQLite.
    """

    def __init__(self, folder: Path, identity: str, load: Callable[[str], StoredVectors]) -> None:
        self._folder = folder
        self._identity = identity
        self._load = load
        self._indexes: dict[str, _Index] = {}
        self._lock = threading.Lock()

    def search(
        self, collection: str, version: int, vector: NDArray[np.float32], top_k: int
    ) -> list[tuple[int, float]]:
        """Ids and cosines of the passages nearest to a unit vector, nearest first."""
        index = self._at(collection, version)
        if index.ntotal == 0:
            return []
        cosines, ids = index.search(vector[None], min(top_k, index.ntotal))
        return list(zip(ids[0].tolist(), cosines[0].tolist(), strict=True))

    def count(self, collection: str, version: int) -> int:
        """How many passages a collection has."""
        return int(self._at(collection, version).ntotal)

    def _at(self, collection: str, version: int) -> Any:
        """The collection's index, brought up to the database's version."""
        with self._lock:
            held = self._indexes.get(collection)
            if held is None or held.version != version:
                held = self._read(collection, version) or self._build(collection)
                self._indexes[collection] = held
            if held.faiss.ntotal == 0:
                del self._indexes[collection]
            return held.faiss

    def _read(self, collection: str, version: int) -> _Index | None:
        file = self._file(version)
        if collection == SHARED and file.exists():
            with contextlib.suppress(RuntimeError, MemoryError):  # a damaged one is built again
                index = faiss.read_index(str(file))
                if index.d == DIM:
                    return _Index(version, index)
        return None

    def _build(self, collection: str) -> _Index:
        stored = self._load(collection)
        index = faiss.IndexIDMap2(faiss.IndexFlatIP(DIM))
        if len(stored.ids):
            index.add_with_ids(stored.vectors, stored.ids)
            if collection == SHARED:
                try:
                    self._write(index, stored.version)
                except (OSError, RuntimeError) as error:  # a full disk, say: search goes on
                    log.warning("The vector index could not be saved: %s", error)
        return _Index(stored.version, index)

    def _write(self, index: Any, version: int) -> None:
        """Writes the file beside its place and moves it there, then drops the older ones."""
        unfinished = self._folder / f"{uuid4().hex}.tmp"
        faiss.write_index(index, str(unfinished))
        unfinished.replace(self._file(version))
        for old in self._folder.glob("*.faiss"):
            if old != self._file(version):
                old.unlink(missing_ok=True)

    def _file(self, version: int) -> Path:
        return self._folder / f"{self._identity}-{version}.faiss"
