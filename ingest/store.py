"""Keeps documents, passages and vectors in SQLite; searches them by FAISS and by FTS5 BM25.

SQLite is the source of truth; the FAISS indexes in `vectors.py` follow it version by version.
"""

import contextlib
import os
import sqlite3
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import StoreError
from assistant.schema import SHARED, Passage
from ingest.documents import Page
from ingest.embedder import DIM
from ingest.splitter import Chunk
from ingest.vectors import StoredVectors, VectorIndexes

BUSY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """One document of the index.

    Attributes:
        source: The path as it was ingested.
        path: The same, absolute.
        recipe: How it was split and embedded; another recipe means that it must be done again.
        ingested_at: UTC, ISO 8601.
    """

    id: int
    collection: str
    source: str
    path: Path
    sha256: str
    recipe: str
    title: str
    n_pages: int
    n_passages: int
    ingested_at: str


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document that is ready to be stored.

    Attributes:
        chunks: Its passages.
        vectors: `(n_chunks, 384)` float32, L2-normalised.
    """

    source: str
    path: Path
    sha256: str
    recipe: str
    title: str
    n_pages: int
    pages: Sequence[Page]
    chunks: Sequence[Chunk]
    vectors: NDArray[np.float32]


class _Connection(sqlite3.Connection):
    """A connection whose failures are sentences."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        try:
            return super().execute(sql, parameters)
        except sqlite3.DatabaseError as error:
            raise StoreError(
                f"The passage index passages.db failed ({error}): if that goes on, delete the "
                "folder index in ASSISTANT_HOME and ingest the documents again.",
                Path(),
            ) from error


class PassageStore:
    """The passage index in a folder. Safe to use from several threads and processes.

    Raises:
        StoreError: The database in the folder cannot be opened.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._database = folder / "passages.db"
        self._local = threading.local()
        # Weak: a thread's connection ends with the thread.
        self._connections: weakref.WeakSet[sqlite3.Connection] = weakref.WeakSet()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._connection().executescript(
                resources.files("ingest").joinpath("schema.sql").read_text("utf-8")
            )
        except (OSError, sqlite3.DatabaseError, StoreError) as error:
            raise StoreError(
                f"The passage index {self._database} cannot be opened ({error}): move the file "
                "away and ingest the documents again.",
                self._database,
            ) from error
        (identity,) = self._connection().execute("SELECT id FROM identity").fetchone()
        self._vectors = VectorIndexes(folder, identity, self._stored_vectors)

    def close(self) -> None:
        """Closes every connection."""
        for connection in list(self._connections):
            with contextlib.suppress(sqlite3.ProgrammingError):
                connection.close()
        self._connections.clear()
        self._local = threading.local()

    # Writing

    def put(self, document: NewDocument, collection: str = SHARED) -> None:
        """Stores a document whole, in place of an earlier one with the same path."""
        with self._transaction(collection) as connection:
            connection.execute(
                "DELETE FROM passages_fts WHERE rowid IN (SELECT passages.id FROM passages "
                "JOIN documents ON documents.id = document_id WHERE collection = ? AND path = ?)",
                (collection, os.fsencode(document.path)),
            )
            connection.execute(
                "DELETE FROM documents WHERE collection = ? AND path = ?",
                (collection, os.fsencode(document.path)),
            )
            document_id = connection.execute(
                "INSERT INTO documents (collection, source, path, sha256, recipe, title, n_pages, "
                "ingested_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    collection,
                    document.source,
                    os.fsencode(document.path),
                    document.sha256,
                    document.recipe,
                    document.title,
                    document.n_pages,
                    datetime.now(UTC).isoformat(timespec="seconds"),
                ),
            ).lastrowid
            connection.executemany(
                "INSERT INTO pages (document_id, position, number, text) VALUES (?, ?, ?, ?)",
                (
                    (document_id, position, page.number, page.text)
                    for position, page in enumerate(document.pages)
                ),
            )
            for chunk, vector in zip(document.chunks, document.vectors, strict=True):
                passage_id = connection.execute(
                    'INSERT INTO passages (document_id, page_position, start, "end", heading, '
                    "vector) VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        document_id,
                        chunk.page,
                        chunk.start,
                        chunk.end,
                        chunk.heading,
                        vector.astype("<f4").tobytes(),
                    ),
                ).lastrowid
                text = document.pages[chunk.page].text[chunk.start : chunk.end]
                connection.execute(
                    "INSERT INTO passages_fts (rowid, context, text) VALUES (?, ?, ?)",
                    (passage_id, chunk.context, text),
                )

    def remove(self, documents: Iterable[StoredDocument]) -> int:
        """Removes documents with their pages and passages; returns how many there were."""
        removed = 0
        for document in documents:
            with self._transaction(document.collection) as connection:
                connection.execute(
                    "DELETE FROM passages_fts WHERE rowid IN "
                    "(SELECT id FROM passages WHERE document_id = ?)",
                    (document.id,),
                )
                cursor = connection.execute("DELETE FROM documents WHERE id = ?", (document.id,))
                removed += cursor.rowcount
        return removed

    # Reading

    def documents(self, collection: str | None = SHARED) -> list[StoredDocument]:
        """The documents of a collection, or of all for `None`, by source."""
        if collection is None:
            return self._documents("true")
        return self._documents("collection = ?", collection)

    def _documents(self, condition: str, *values: object) -> list[StoredDocument]:
        rows = self._connection().execute(
            "SELECT documents.id, collection, source, path, sha256, recipe, title, n_pages, "
            "(SELECT count(*) FROM passages WHERE document_id = documents.id), ingested_at "
            f"FROM documents WHERE {condition} ORDER BY source",
            values,
        )
        names = [column.name for column in fields(StoredDocument)]
        records = (dict(zip(names, row, strict=True)) for row in rows)
        return [
            StoredDocument(**{**one, "path": Path(os.fsdecode(one["path"]))}) for one in records
        ]

    def count(self, collections: Sequence[str] = (SHARED,)) -> int:
        """How many passages these collections have."""
        return sum(self._vectors.count(name, self._version(name)) for name in collections)

    def document(self, document_id: int) -> StoredDocument | None:
        """A document by its id, or `None` where it is gone."""
        return next(iter(self._documents("documents.id = ?", document_id)), None)

    def document_of(self, passage: Passage) -> StoredDocument | None:
        """The document that a passage comes from, or `None` where it is gone."""
        condition = "documents.id = (SELECT document_id FROM passages WHERE id = ?)"
        return next(iter(self._documents(condition, passage.id)), None)

    def page_of(self, document_id: int, number: int | None) -> str | None:
        """The text of a document's page as it was stored, or `None` where it has none."""
        row = (
            self._connection()
            .execute(
                "SELECT text FROM pages WHERE document_id = ? AND number IS ?",
                (document_id, number),
            )
            .fetchone()
        )
        return row[0] if row else None

    def page_text(self, collection: str, source: str, page: int | None) -> str | None:
        """The text of a page as it was stored, or `None` where there is no such page."""
        row = (
            self._connection()
            .execute(
                "SELECT text FROM pages JOIN documents ON documents.id = document_id "
                "WHERE collection = ? AND source = ? AND number IS ?",
                (collection, source, page),
            )
            .fetchone()
        )
        return row[0] if row else None

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Passages by id, their score 0; those that are gone are left out."""
        rows = self._connection().execute(
            'SELECT passages.id, source, number, start, "end", heading, '
            'substr(pages.text, start + 1, "end" - start), collection FROM passages '
            "JOIN documents ON documents.id = passages.document_id "
            "JOIN pages ON pages.document_id = passages.document_id AND position = page_position "
            f"WHERE passages.id IN ({_marks(ids)})",
            list(ids),
        )
        return {
            row[0]: Passage(
                id=str(row[0]),
                source=row[1],
                page=row[2],
                start=row[3],
                end=row[4],
                heading=row[5],
                text=row[6],
                score=0.0,
                collection=row[7],
            )
            for row in rows
        }

    def search_dense(
        self, vector: NDArray[np.float32], top_k: int, collections: Sequence[str]
    ) -> list[tuple[int, float]]:
        """Ids and cosines of the passages nearest to a unit vector, nearest first."""
        hits = [
            hit
            for name in collections
            for hit in self._vectors.search(name, self._version(name), vector, top_k)
        ]
        return sorted(hits, key=lambda hit: -hit[1])[:top_k]

    def search_lexical(
        self, words: Sequence[str], top_k: int, collections: Sequence[str]
    ) -> list[tuple[int, float]]:
        """Ids and BM25 scores (higher is better) of passages with any of these words."""
        if not words:
            return []
        query = " OR ".join('"' + word.replace('"', '""') + '"' for word in words)
        rows = self._connection().execute(
            "SELECT passages_fts.rowid, -bm25(passages_fts) AS score FROM passages_fts "
            "JOIN passages ON passages.id = passages_fts.rowid "
            "JOIN documents ON documents.id = document_id "
            f"WHERE passages_fts MATCH ? AND collection IN ({_marks(collections)}) "
            "ORDER BY score DESC LIMIT ?",
            [query, *collections, top_k],
        )
        return list(rows)

    def cosines(self, vector: NDArray[np.float32], ids: Sequence[int]) -> dict[int, float]:
        """Cosine of each passage with a unit vector."""
        rows = self._connection().execute(
            f"SELECT id, vector FROM passages WHERE id IN ({_marks(ids)})",
            list(ids),
        )
        return {row[0]: float(np.frombuffer(row[1], dtype="<f4") @ vector) for row in rows}

    def check(self) -> list[str]:
        """What is wrong with the index, as sentences; empty when all is well."""
        try:
            return self._check()
        except sqlite3.DatabaseError as error:
            return [f"The database is damaged ({error})."]

    def _check(self) -> list[str]:
        connection = self._connection()
        problems = [
            row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"
        ]
        for table in ("pages", "passages"):
            (orphans,) = connection.execute(
                f"SELECT count(*) FROM {table} WHERE document_id NOT IN (SELECT id FROM documents)"
            ).fetchone()
            if orphans:
                problems.append(f"{orphans} {table} belong to no document.")
        (unindexed,) = connection.execute(
            "SELECT (SELECT count(*) FROM passages) - (SELECT count(*) FROM passages_fts)"
        ).fetchone()
        if unindexed:
            problems.append(f"The full-text index differs from the passages by {unindexed}.")
        return problems

    # Vectors

    def _version(self, collection: str) -> int:
        row = (
            self._connection()
            .execute("SELECT version FROM collections WHERE name = ?", (collection,))
            .fetchone()
        )
        return row[0] if row else 0

    def _stored_vectors(self, collection: str) -> StoredVectors:
        with self._snapshot() as connection:
            version = self._version(collection)
            rows = connection.execute(
                "SELECT passages.id, vector FROM passages "
                "JOIN documents ON documents.id = document_id WHERE collection = ?",
                (collection,),
            ).fetchall()
        vectors = np.frombuffer(b"".join(row[1] for row in rows), dtype="<f4")
        ids = np.array([row[0] for row in rows], dtype=np.int64)
        return StoredVectors(version, ids, vectors.reshape(-1, DIM))

    # Connections

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self._database,
                timeout=BUSY_SECONDS,
                isolation_level=None,
                factory=_Connection,
                check_same_thread=False,  # each thread has its own; `close` closes them all
            )
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")  # what is removed is overwritten
            self._local.connection = connection
            self._connections.add(connection)
        return connection

    @contextmanager
    def _transaction(self, collection: str) -> Iterator[sqlite3.Connection]:
        """A write that happens whole or not at all, and moves the collection's version on."""
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute(
                "INSERT INTO collections (name, version) VALUES (?, 1) "
                "ON CONFLICT (name) DO UPDATE SET version = version + 1",
                (collection,),
            )
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _snapshot(self) -> Iterator[sqlite3.Connection]:
        """Reads that see one state of the database."""
        connection = self._connection()
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            connection.execute("COMMIT")


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
