"""The rows of a document: how they are written, read, and taken out."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.documents import Page
from ingest.splitter import Chunk
from ingest.vectors import to_bytes


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """One document of the index.

    Attributes:
        source: The path as it was ingested, or the web address.
        path: The file, absolute.
        stamp: The file's size and times when it was read; empty where they are not sure.
        recipe: How it was split and embedded; another recipe means that it must be done again.
        ingested_at: UTC, ISO 8601.
    """

    id: int
    collection: str
    source: str
    path: Path
    stamp: str
    sha256: str
    recipe: str
    title: str
    n_pages: int
    n_passages: int
    ingested_at: str


COLUMNS = ", ".join(column.name for column in fields(StoredDocument))


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document that is ready to be stored.

    Attributes:
        chunks: Its passages.
        vectors: `(n_chunks, 384)` float32, L2-normalised.
    """

    source: str
    path: Path
    stamp: str
    sha256: str
    recipe: str
    title: str
    n_pages: int
    pages: Sequence[Page]
    chunks: Sequence[Chunk]
    vectors: NDArray[np.float32]


def documents_of(rows: Iterable[Sequence[object]]) -> list[StoredDocument]:
    """Documents from rows of `COLUMNS`."""
    names = [column.name for column in fields(StoredDocument)]
    records = (dict(zip(names, row, strict=True)) for row in rows)
    return [
        StoredDocument(**{**one, "path": Path(os.fsdecode(one["path"]))})  # type: ignore[arg-type]
        for one in records
    ]


def sources(connection: sqlite3.Connection, collection: str) -> dict[int, str]:
    """Of each document of a collection that has passages: its source by its id."""
    rows = connection.execute(
        "SELECT id, source FROM documents "
        "WHERE collection = ? AND removed_run IS NULL AND n_passages > 0",
        (collection,),
    )
    return dict(rows.fetchall())


def beginnings(
    connection: sqlite3.Connection, document_ids: Iterable[int]
) -> Iterator[tuple[int, int, int, str, str, str, str]]:
    """Of each of these documents that has passages: what it is called.

    Returns:
        Its id, that of its first passage, how many it has, its source, its title, and the first
        passage's context and heading.
    """
    for document_id in document_ids:
        yield from connection.execute(
            "SELECT documents.id, first_passage_id, n_passages, source, title, context, heading "
            "FROM documents JOIN passages ON passages.id = first_passage_id "
            "WHERE documents.id = ?",
            (document_id,),
        )


def insert(
    connection: sqlite3.Connection, document: NewDocument, collection: str, run: int | None
) -> None:
    """Writes a document with its pages, passages and vectors."""
    (first_id,) = connection.execute(
        "SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'passages'"
    ).fetchone()
    document_id = connection.execute(
        "INSERT INTO documents (collection, source, path, stamp, sha256, recipe, title, n_pages, "
        "n_passages, first_passage_id, ingested_at, run) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            collection,
            document.source,
            os.fsencode(document.path),
            document.stamp,
            document.sha256,
            document.recipe,
            document.title,
            document.n_pages,
            len(document.chunks),
            first_id,
            now(),
            run,
        ),
    ).lastrowid
    connection.executemany(
        "INSERT INTO pages (document_id, position, number, language, text) VALUES (?, ?, ?, ?, ?)",
        (
            (document_id, position, page.number, page.language, page.text)
            for position, page in enumerate(document.pages)
        ),
    )
    connection.executemany(
        'INSERT INTO passages (id, document_id, page_position, start, "end", heading, context, '
        "text) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                passage_id,
                document_id,
                chunk.page,
                chunk.start,
                chunk.end,
                chunk.heading,
                chunk.context,
                document.pages[chunk.page].text[chunk.start : chunk.end],
            )
            for passage_id, chunk in enumerate(document.chunks, first_id)
        ),
    )
    connection.executemany(
        "INSERT INTO vectors (passage_id, vector) VALUES (?, ?)",
        zip(
            range(first_id, first_id + len(document.chunks)),
            to_bytes(document.vectors),
            strict=True,
        ),
    )
    connection.execute(
        "INSERT INTO passages_fts (rowid, context, text) "
        "SELECT id, context, text FROM passages WHERE document_id = ?",
        (document_id,),
    )


def take_out(connection: sqlite3.Connection, document_id: int, run: int | None) -> int:
    """Removes a document, or only hides it where a run is named that may be taken back.

    What the same run has brought in itself needs no hiding.
    """
    if run is not None:
        hidden = connection.execute(
            "UPDATE documents SET removed_run = ?1 WHERE id = ?2 AND run IS NOT ?1",
            (run, document_id),
        )
        if hidden.rowcount:
            return hidden.rowcount
    connection.execute(
        "DELETE FROM passages_fts WHERE rowid IN (SELECT id FROM passages WHERE document_id = ?)",
        (document_id,),
    )
    rows = connection.execute(
        "DELETE FROM documents WHERE id = ? RETURNING path", (document_id,)
    ).fetchall()
    for (path,) in rows:
        connection.execute(
            "DELETE FROM contexts WHERE path = ?1 "
            "AND NOT EXISTS (SELECT 1 FROM documents WHERE path = ?1)",
            (path,),
        )
    return len(rows)


def take_out_kept(connection: sqlite3.Connection, document: StoredDocument) -> None:
    """Removes what an undo would bring back of a document that is removed for good."""
    rows = connection.execute(
        "SELECT id FROM documents WHERE collection = ? AND removed_run IS NOT NULL "
        "AND (path = ? OR sha256 = ?)",
        (document.collection, os.fsencode(document.path), document.sha256),
    ).fetchall()
    for (document_id,) in rows:
        take_out(connection, document_id, None)


def now() -> str:
    """The time in UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")
