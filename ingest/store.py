"""Keeps documents, passages and vectors in SQLite, the source of truth, and finds them there.

A document is put, replaced or removed whole. What a run of an ingest replaces or removes is kept,
unseen by all but `undo`, until the next run that changes something.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.cache import Cache
from assistant.schema import SHARED, Passage
from ingest import lexical
from ingest.database import Database, collection_version
from ingest.naming import Named, NameIndex
from ingest.records import (
    COLUMNS,
    NewDocument,
    StoredDocument,
    documents_of,
    insert,
    now,
    take_out,
    take_out_kept,
)
from ingest.retrieval.outline import Outline, Outlines
from ingest.vectors import VectorIndexes

CACHED_SEARCHES = 64
"""A question is routed and searched for by its vector, one after the other."""

_Nearest = tuple[bytes, int, tuple[str, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking a run back did: documents taken out, put back, and given their old path."""

    removed: int
    restored: int
    moved_back: int


class PassageStore:
    """The passage index in a folder. Safe to use from several threads and processes.

    Raises:
        StoreError: The database in the folder cannot be opened.
    """

    def __init__(self, folder: Path) -> None:
        self._database = Database(folder / "passages.db")
        self._vectors = VectorIndexes(self._database, folder)
        self._names = NameIndex(self._database)
        self._nearest: Cache[_Nearest, list[tuple[int, float]]] = Cache(CACHED_SEARCHES)
        self._outlines = Outlines(self._database)

    def close(self) -> None:
        """Closes every connection."""
        self._database.close()

    # Writing

    def begin_run(self) -> int:
        """Begins a run that `undo` can take back, and forgets what the runs before it replaced."""
        with self._database.transaction() as connection:
            # First: without what it has replaced, the run before could only be taken back by half.
            connection.execute("DELETE FROM runs")
            connection.execute("DELETE FROM moves")
            run = connection.execute("INSERT INTO runs (started_at) VALUES (?)", (now(),)).lastrowid
        rows = connection.execute(
            f"SELECT {COLUMNS} FROM documents WHERE removed_run IS NOT NULL AND removed_run < ?",
            (run,),
        ).fetchall()
        for document in documents_of(rows):
            with self._database.transaction() as connection:
                take_out(connection, document.id, None)
        assert run is not None
        return run

    def put(
        self,
        document: NewDocument,
        collection: str = SHARED,
        run: int | None = None,
        earlier: StoredDocument | None = None,
    ) -> None:
        """Stores a document whole, in place of earlier ones.

        Args:
            document: The document; one with the same path makes room for it.
            collection: Where it goes.
            run: The run that it belongs to; without one, earlier documents are gone for good.
            earlier: A document under another path that makes room too.
        """
        with self._database.transaction(collection) as connection:
            rows = connection.execute(
                "SELECT id FROM documents "
                "WHERE collection = ? AND (path = ? OR id = ?) AND removed_run IS NULL",
                (collection, os.fsencode(document.path), earlier.id if earlier else None),
            ).fetchall()
            for (document_id,) in rows:
                take_out(connection, document_id, run)
            insert(connection, document, collection, run)

    def move(
        self, document: StoredDocument, source: str, path: Path, stamp: str, run: int | None
    ) -> None:
        """Gives a document the path where its file is now."""
        with self._database.transaction(document.collection) as connection:
            if run is not None:
                connection.execute(
                    "INSERT INTO moves (run, document_id, source, path) "
                    "SELECT ?, id, source, path FROM documents WHERE id = ?",
                    (run, document.id),
                )
            connection.execute(
                "UPDATE OR IGNORE documents SET source = ?, path = ?, stamp = ? WHERE id = ?",
                (source, os.fsencode(path), stamp, document.id),
            )

    def restamp(self, stamps: Iterable[tuple[StoredDocument, str]]) -> None:
        """Notes the times of files whose content was found unchanged."""
        with self._database.transaction() as connection:
            connection.executemany(
                "UPDATE documents SET stamp = ? WHERE id = ?",
                [(stamp, document.id) for document, stamp in stamps],
            )

    def remove(self, documents: Iterable[StoredDocument], run: int | None = None) -> int:
        """Removes documents with their pages and passages; returns how many there were.

        Without a run they are gone for good, from the disk too, and with them what the last run
        has kept of the same file or content.
        """
        removed = 0
        collections = set()
        for document in documents:
            collections.add(document.collection)
            with self._database.transaction(document.collection) as connection:
                removed += take_out(connection, document.id, run)
                if run is None:
                    take_out_kept(connection, document)
        for name in collections:
            if not self.count([name]):  # a chat's uploads, say
                self._vectors.forget(name)
                self._names.forget(name)
        self._outlines.forget()
        return removed

    def wipe(self) -> None:
        """Overwrites the words of removed documents that the full-text index still holds."""
        lexical.wipe(self._database.connection())

    def undo(self) -> Undone | None:
        """Takes the last run back; `None` where there is none that can be taken back."""
        with self._database.transaction(SHARED) as connection:
            (run,) = connection.execute("SELECT max(id) FROM runs").fetchone()
            if run is None:
                return None
            added = connection.execute("SELECT id FROM documents WHERE run = ?", (run,)).fetchall()
            for (document_id,) in added:
                take_out(connection, document_id, None)
            moved = connection.execute(
                "UPDATE OR IGNORE documents SET source = moves.source, path = moves.path "
                "FROM moves WHERE moves.document_id = documents.id AND moves.run = ?",
                (run,),
            ).rowcount
            restored = connection.execute(
                "UPDATE OR IGNORE documents SET removed_run = NULL WHERE removed_run = ?", (run,)
            ).rowcount
            connection.execute("DELETE FROM moves")
            connection.execute("DELETE FROM runs")
        return Undone(len(added), restored, moved)

    def settle(
        self,
        collection: str = SHARED,
        on_progress: Callable[[int, int], None] = lambda done, of: None,
    ) -> None:
        """Builds the approximate vector index where the collection has outgrown the exact one."""
        self._vectors.settle(collection, on_progress)

    def keep_sentence(self, key: str, path: Path, text: str) -> None:
        """Keeps a sentence that a model wrote for a passage of this file."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO contexts (key, path, text) VALUES (?, ?, ?)",
                (key, os.fsencode(path), text),
            )

    # Reading

    def sentences(self, keys: Iterable[str]) -> dict[str, str]:
        """The sentences that are kept under these keys."""
        connection = self._database.connection()
        rows = (
            connection.execute("SELECT key, text FROM contexts WHERE key = ?", (key,)).fetchone()
            for key in keys
        )
        return dict(row for row in rows if row)

    def documents(self, collection: str | None = SHARED) -> list[StoredDocument]:
        """The documents of a collection, or of all for `None`, by source."""
        return self._select("?1 IS NULL OR collection = ?1", collection)

    def document(self, document_id: int) -> StoredDocument | None:
        """A document by its id, or `None` where it is gone."""
        return next(iter(self._select("id = ?", document_id)), None)

    def document_of(self, passage: Passage) -> StoredDocument | None:
        """The document that a passage comes from, or `None` where it is gone."""
        condition = "id = (SELECT document_id FROM passages WHERE passages.id = ?)"
        return next(iter(self._select(condition, passage.id)), None)

    def _select(self, condition: str, *values: object) -> list[StoredDocument]:
        rows = self._database.connection().execute(
            f"SELECT {COLUMNS} FROM documents "
            f"WHERE ({condition}) AND removed_run IS NULL ORDER BY source",
            values,
        )
        return documents_of(rows)

    def versions(self, collections: Sequence[str]) -> tuple[int, ...]:
        """How often each of these collections was written to."""
        connection = self._database.connection()
        return tuple(collection_version(connection, name) for name in collections)

    def count(self, collections: Sequence[str] = (SHARED,)) -> int:
        """How many passages these collections have."""
        (n_passages,) = (
            self._database.connection()
            .execute(
                "SELECT coalesce(sum(n_passages), 0) FROM documents "
                f"WHERE removed_run IS NULL AND collection IN ({_marks(collections)})",
                list(collections),
            )
            .fetchone()
        )
        return int(n_passages)

    def page_of(self, document_id: int, number: int | None) -> str | None:
        """The text of a document's page as it was stored, or `None` where it has none."""
        return self._page("documents.id = ? AND number IS ?", document_id, number)

    def page_text(self, collection: str, source: str, page: int | None) -> str | None:
        """The text of a page as it was stored, or `None` where there is no such page."""
        return self._page("collection = ? AND source = ? AND number IS ?", collection, source, page)

    def _page(self, condition: str, *values: object) -> str | None:
        row = (
            self._database.connection()
            .execute(
                "SELECT text FROM pages JOIN documents ON documents.id = document_id "
                f"WHERE removed_run IS NULL AND {condition}",
                values,
            )
            .fetchone()
        )
        return row[0] if row else None

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Passages by id, their score 0; those that are gone are left out."""
        rows = self._database.connection().execute(
            'SELECT passages.id, source, number, start, "end", heading, passages.text, collection, '
            "language FROM passages JOIN documents ON documents.id = passages.document_id "
            "JOIN pages ON pages.document_id = passages.document_id AND position = page_position "
            f"WHERE passages.id IN ({_marks(ids)}) AND removed_run IS NULL",
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
                language=row[8],
            )
            for row in rows
        }

    def search_dense(
        self, vector: NDArray[np.float32], top_k: int, collections: Sequence[str]
    ) -> list[tuple[int, float]]:
        """Ids and cosines of the passages nearest to a unit vector, nearest first."""
        key = (vector.tobytes(), top_k, tuple(collections), self.versions(collections))
        return list(self._nearest.get(key, lambda: self._found(vector, top_k, collections)))

    def _found(
        self, vector: NDArray[np.float32], top_k: int, collections: Sequence[str]
    ) -> list[tuple[int, float]]:
        hits = [hit for name in collections for hit in self._vectors.search(name, vector, top_k)]
        return sorted(hits, key=lambda hit: -hit[1])[:top_k]

    def search_lexical(
        self, words: Sequence[str], top_k: int, collections: Sequence[str]
    ) -> list[tuple[int, float]]:
        """Ids and BM25 scores (higher is better) of passages with any of these words."""
        return lexical.search(
            self._database.connection(),
            words,
            top_k,
            lambda ids: self._vectors.current(collections, ids),
        )

    def cosines(self, vector: NDArray[np.float32], ids: Iterable[int]) -> dict[int, float]:
        """Cosine of each passage with a unit vector."""
        return self._vectors.cosines(vector, ids)

    def vectors(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """The vectors of these passages, `(n, 384)`: zeros for those that are gone."""
        return self._vectors.stored(ids)

    def named_by(self, question: str, collections: Sequence[str], n_most: int) -> list[Named]:
        """The documents that a question names, at most so many, the most clearly named first."""
        named = [one for name in collections for one in self._names.named_by(question, name)]
        return sorted(named, key=lambda one: -one.closeness)[:n_most]

    def cosines_in(self, vector: NDArray[np.float32], passages: range) -> dict[int, float]:
        """Cosine of each passage of a document with a unit vector."""
        return self._vectors.cosines_in(vector, passages)

    def outline(self, passages: range, words: Iterable[str]) -> Outline | None:
        """A document as a search looks into it; `None` where it has one page, or is too large."""
        return self._outlines.of(passages, words)

    def documents_around(self, ids: Sequence[int]) -> list[range]:
        """The ids of all passages of each document that has one of these, in their order."""
        rows = {
            row[0]: range(row[1], row[1] + row[2])
            for row in self._database.connection().execute(
                "SELECT passages.id, first_passage_id, n_passages FROM passages "
                "JOIN documents ON documents.id = document_id "
                f"WHERE passages.id IN ({_marks(ids)}) AND removed_run IS NULL",
                list(ids),
            )
        }
        return list(dict.fromkeys(rows[key] for key in ids if key in rows))

    def check(self) -> list[str]:
        """What is wrong with the index, as sentences; empty when all is well."""
        return self._database.problems()


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
