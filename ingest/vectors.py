"""Search by vectors over the collections, following SQLite document by document.

Each collection has an exact index in memory. Above `APPROXIMATE_FROM` passages most of them move
to an approximate one in a file; the exact one then holds only the documents that came since, and
what was removed since is passed over. FAISS's own format is no pickle: reading it runs nothing.
"""

import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import faiss
import numpy as np
from numpy.typing import NDArray

from ingest import approximate
from ingest.approximate import Ids, Vectors
from ingest.database import Database, collection_version
from ingest.embedder import DIM

APPROXIMATE_FROM = 50_000
"""Number of passages from which a collection is searched approximately."""

LARGEST_CHANGE = 0.1
"""Share of documents added or removed since from which the approximate index is built anew."""

READ_AT_ONCE = 20_000
UNFINISHED_SECONDS = 3600
"""Age from which an unfinished file belongs to a process that has died."""

log = logging.getLogger(__name__)

Spans = dict[int, tuple[int, int]]
"""Id of a document: id of its first passage, number of its passages."""


def to_bytes(vectors: Vectors) -> list[bytes]:
    """Vectors as SQLite holds them: float16, little-endian."""
    return [row.tobytes() for row in vectors.astype("<f2")]


def from_bytes(blobs: Iterable[bytes]) -> Vectors:
    """The vectors of some rows: `(n, 384)` float32."""
    return np.frombuffer(b"".join(blobs), dtype="<f2").reshape(-1, DIM).astype(np.float32)


@dataclass(slots=True)
class _Collection:
    """What is in memory of one collection. Its lock is held while it is read or changed."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    version: int = -1
    exact: Any = None
    in_exact: Spans = field(default_factory=dict)
    file: str = ""
    approximate: Any = None
    in_file: Spans = field(default_factory=dict)
    n_in_file: int = 0
    removed: Ids = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    starts: Ids = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    stops: Ids = field(default_factory=lambda: np.empty(0, dtype=np.int64))


class VectorIndexes:
    """Nearest passages of each collection.

    Args:
        database: Holds the vectors.
        folder: Where the files of approximate indexes are kept.
    """

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._collections: dict[str, _Collection] = {}
        self._lock = threading.Lock()

    def search(self, collection: str, vector: Vectors, top_k: int) -> list[tuple[int, float]]:
        """Ids and cosines of the passages nearest to a unit vector, nearest first."""
        held = self._held(collection)
        faiss.omp_set_num_threads(1)  # cores that wait for each other take longer for one query
        with held.lock:
            self._catch_up(collection, held)
            hits: list[tuple[int, float]] = []
            if held.exact.ntotal:
                cosines, ids = held.exact.search(vector[None], min(top_k, held.exact.ntotal))
                hits = list(zip(ids[0].tolist(), cosines[0].tolist(), strict=True))
            if _size(held) == 0:  # a chat's uploads, say, that are gone
                self._collections.pop(collection, None)
            if held.approximate is not None:
                near = approximate.search(held.approximate, vector, top_k, held.removed)
                hits += self.cosines(vector, near).items()
        return sorted(hits, key=lambda hit: -hit[1])[:top_k]

    def current(self, collections: Sequence[str], ids: Sequence[int]) -> set[int]:
        """Those of these ids that belong to current passages of the collections."""
        wanted = np.array(ids, dtype=np.int64)
        belongs = np.zeros(len(wanted), dtype=np.bool_)
        for collection in collections:
            held = self._held(collection)
            with held.lock:
                self._catch_up(collection, held)
                at = np.searchsorted(held.starts, wanted, side="right") - 1
                if len(held.starts):
                    belongs |= (at >= 0) & (wanted < held.stops[at])
        return set(wanted[belongs].tolist())

    def stored(self, ids: Sequence[int]) -> Vectors:
        """The vectors of these passages, `(n, 384)`: zeros for those that are gone."""
        rows = dict(self._rows(ids))
        return from_bytes(rows.get(key, bytes(2 * DIM)) for key in ids)

    def cosines(self, vector: Vectors, ids: Iterable[int]) -> dict[int, float]:
        """Cosine of each of these passages with a unit vector; those that are gone are left out."""
        return _cosines(self._rows(list(ids)), vector)

    def _rows(self, ids: Sequence[int]) -> list[tuple[int, bytes]]:
        return (
            self._database.connection()
            .execute(
                "SELECT passage_id, vector FROM vectors "
                f"WHERE passage_id IN ({','.join('?' * len(ids))})",
                list(ids),
            )
            .fetchall()
        )

    def cosines_in(self, vector: Vectors, passages: range) -> dict[int, float]:
        """Cosine of each passage of a document with a unit vector."""
        rows = (
            self._database.connection()
            .execute(
                "SELECT passage_id, vector FROM vectors WHERE passage_id BETWEEN ? AND ?",
                (passages.start, passages.stop - 1),
            )
            .fetchall()
        )
        return _cosines(rows, vector)

    def settle(
        self, collection: str, on_progress: Callable[[int, int], None] = lambda done, of: None
    ) -> None:
        """Builds the approximate index where the collection has become too large without one.

        Args:
            collection: Its name.
            on_progress: Called with the number of passages that are in, and of all.
        """
        held = self._held(collection)
        with held.lock:
            self._catch_up(collection, held)
            n_passages, is_due = _size(held), _is_due(held)
        if not is_due:
            return
        if n_passages >= APPROXIMATE_FROM:
            self._build(collection, on_progress)
        else:
            self._install(collection, None, {})

    def forget(self, collection: str) -> None:
        """Frees what is held in memory and in a file of a collection that is empty."""
        self._collections.pop(collection, None)
        has_file = (
            self._database.connection()
            .execute("SELECT 1 FROM approximate_indexes WHERE collection = ?", (collection,))
            .fetchone()
        )
        if has_file:
            self._install(collection, None, {})

    def _held(self, collection: str) -> _Collection:
        with self._lock:
            return self._collections.setdefault(collection, _Collection())

    # Following the database

    def _catch_up(self, collection: str, held: _Collection) -> None:
        """Brings what is in memory to the state of the database, document by document."""
        connection = self._database.connection()
        if held.exact is not None and held.version == collection_version(connection, collection):
            return
        with self._database.snapshot() as connection:
            version = collection_version(connection, collection)
            self._open_file(connection, collection, held)
            current = _spans(connection, collection)
            in_memory = {key: span for key, span in current.items() if key not in held.in_file}
            self._follow(connection, held, in_memory)
            held.removed = _ids(span for key, span in held.in_file.items() if key not in current)
            spans = sorted(current.values())
            held.starts = np.array([first for first, _ in spans], dtype=np.int64)
            held.stops = np.array([first + n for first, n in spans], dtype=np.int64)
        held.version = version

    def _open_file(
        self, connection: sqlite3.Connection, collection: str, held: _Collection
    ) -> None:
        """Maps the collection's approximate index, if it has another now than the one held."""
        row = connection.execute(
            "SELECT file, spans FROM approximate_indexes WHERE collection = ?", (collection,)
        ).fetchone()
        name, spans = row or ("", b"")
        if name == held.file:
            return
        index = approximate.opened(self._folder / name) if name else None
        if name and index is None:
            log.warning("The vector index %s is missing or damaged: all is searched exactly.", name)
        held.file, held.approximate, held.exact = name, index, None
        held.in_file = {} if index is None else _unpacked(spans)
        held.n_in_file = sum(n for _, n in held.in_file.values())

    def _follow(self, connection: sqlite3.Connection, held: _Collection, wanted: Spans) -> None:
        """Brings the exact index to these documents."""
        if held.exact is None:
            held.exact, held.in_exact = _exact_index(), {}
        gone = _ids(span for key, span in held.in_exact.items() if key not in wanted)
        if len(gone):
            held.exact.remove_ids(gone)
        added = [span for key, span in wanted.items() if key not in held.in_exact]
        for ids, vectors in _stored(connection, added):
            held.exact.add_with_ids(vectors, ids)
        held.in_exact = wanted

    # Building the approximate index

    def _build(self, collection: str, on_progress: Callable[[int, int], None]) -> None:
        unfinished = self._folder / f"{uuid4().hex}.tmp"
        try:
            with self._database.snapshot() as connection:
                spans = _spans(connection, collection)
                n_vectors = sum(n for _, n in spans.values())
                approximate.build(
                    unfinished,
                    _sample(connection, spans),
                    n_vectors,
                    _stored(connection, spans.values()),
                    lambda n_done: on_progress(n_done, n_vectors),
                )
            self._install(collection, unfinished, spans)
        except (OSError, RuntimeError) as error:  # a full disk, say: exact search goes on
            log.warning("The vector index could not be built: %s", error)
        finally:
            unfinished.unlink(missing_ok=True)

    def _install(self, collection: str, unfinished: Path | None, spans: Spans) -> None:
        """Puts a finished file, or none, in place; files that nothing refers to are deleted."""
        with self._database.transaction(collection) as connection:
            connection.execute(
                "DELETE FROM approximate_indexes WHERE collection = ?", (collection,)
            )
            if unfinished is not None:
                file = unfinished.replace(unfinished.with_suffix(".faiss"))
                connection.execute(
                    "INSERT INTO approximate_indexes (collection, file, spans) VALUES (?, ?, ?)",
                    (collection, file.name, _packed(spans)),
                )
        with self._database.transaction() as connection:  # nobody else puts a file in place now
            used = {name for (name,) in connection.execute("SELECT file FROM approximate_indexes")}
            for other in self._folder.glob("*.faiss"):
                if other.name not in used:
                    _delete(other)
        for other in self._folder.glob("*.tmp"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - other.stat().st_mtime > UNFINISHED_SECONDS:
                    _delete(other)


def _cosines(rows: Sequence[tuple[int, bytes]], vector: Vectors) -> dict[int, float]:
    if not rows:
        return {}
    cosines = from_bytes(row[1] for row in rows) @ vector
    return dict(zip((row[0] for row in rows), cosines.tolist(), strict=True))


def _exact_index() -> Any:
    """An index that compares all vectors, in float16 as they are stored: less memory to read."""
    quantizer = faiss.ScalarQuantizer
    flat = faiss.IndexScalarQuantizer(DIM, quantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    return faiss.IndexIDMap2(flat)


def _size(held: _Collection) -> int:
    return int(held.exact.ntotal) + held.n_in_file - len(held.removed)


def _is_due(held: _Collection) -> bool:
    """Whether so much is searched exactly, or passed over, that building the file anew pays."""
    if held.approximate is None:
        return _size(held) >= APPROXIMATE_FROM
    return bool(held.exact.ntotal + len(held.removed) > LARGEST_CHANGE * held.n_in_file)


def _spans(connection: sqlite3.Connection, collection: str) -> Spans:
    rows = connection.execute(
        "SELECT id, first_passage_id, n_passages FROM documents "
        "WHERE collection = ? AND removed_run IS NULL AND n_passages > 0",
        (collection,),
    )
    return {key: (first, n) for key, first, n in rows}


def _stored(
    connection: sqlite3.Connection, spans: Iterable[tuple[int, int]]
) -> Iterator[tuple[Ids, Vectors]]:
    """The vectors of some documents, with their ids, a bounded number at a time."""
    ids: list[int] = []
    blobs: list[bytes] = []
    for first, n in sorted(spans):
        rows = connection.execute(
            "SELECT passage_id, vector FROM vectors WHERE passage_id BETWEEN ? AND ?",
            (first, first + n - 1),
        )
        for passage_id, blob in rows:
            ids.append(passage_id)
            blobs.append(blob)
        if len(ids) >= READ_AT_ONCE:
            yield np.array(ids, dtype=np.int64), from_bytes(blobs)
            ids, blobs = [], []
    if ids:
        yield np.array(ids, dtype=np.int64), from_bytes(blobs)


def _sample(connection: sqlite3.Connection, spans: Spans) -> Vectors:
    """Vectors drawn at random from all documents, to learn the groups from."""
    ids = _ids(spans.values())
    wanted = approximate.TRAINED_PER_CENTROID * approximate.n_centroids(len(ids))
    chosen = np.random.default_rng(approximate.SEED).permutation(ids)[:wanted]
    rows = (
        connection.execute("SELECT vector FROM vectors WHERE passage_id = ?", (one,)).fetchone()
        for one in np.sort(chosen).tolist()
    )
    return from_bytes(row[0] for row in rows)


def _ids(spans: Iterable[tuple[int, int]]) -> Ids:
    """The ids of the passages of some documents."""
    ranges = [np.arange(first, first + n, dtype=np.int64) for first, n in spans]
    return np.concatenate(ranges) if ranges else np.empty(0, dtype=np.int64)


def _packed(spans: Spans) -> bytes:
    rows = [(key, first, n) for key, (first, n) in spans.items()]
    return np.array(rows, dtype="<i8").tobytes()


def _unpacked(blob: bytes) -> Spans:
    rows: NDArray[np.int64] = np.frombuffer(blob, dtype="<i8").reshape(-1, 3)
    return {key: (first, n) for key, first, n in rows.tolist()}


def _delete(file: Path) -> None:
    with contextlib.suppress(OSError):  # another process may have it open where that forbids it
        file.unlink()
