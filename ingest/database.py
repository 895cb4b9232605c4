"""The SQLite file of the passage index: a connection for each thread, transactions, snapshots."""

import contextlib
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from assistant.errors import StoreError

BUSY_SECONDS = 60
SCHEMA_VERSION = 2
"""Counted up when schema.sql changes what an older index holds."""

INVARIANTS = (
    (
        "SELECT count(*) FROM pages WHERE document_id NOT IN (SELECT id FROM documents)",
        "{} pages belong to no document.",
    ),
    (
        "SELECT count(*) FROM passages WHERE document_id NOT IN (SELECT id FROM documents)",
        "{} passages belong to no document.",
    ),
    (
        "SELECT count(*) FROM passages LEFT JOIN vectors ON passage_id = id "
        "WHERE passage_id IS NULL",
        "{} passages have no vector.",
    ),
    (
        "SELECT count(*) FROM documents WHERE n_passages != "
        "(SELECT count(*) FROM passages WHERE document_id = documents.id AND passages.id BETWEEN "
        "first_passage_id AND first_passage_id + n_passages - 1)",
        "{} documents are not whole.",
    ),
    (
        "SELECT abs((SELECT count(*) FROM passages) - (SELECT count(*) FROM passages_fts_docsize))",
        "The full-text index differs from the passages by {}.",
    ),
    (
        "SELECT count(*) FROM passages JOIN pages ON pages.document_id = passages.document_id AND "
        "position = page_position WHERE length(pages.text) < 200000 AND "
        'substr(pages.text, start + 1, "end" - start) != passages.text '
        "AND instr(CAST(pages.text AS BLOB), x'00') = 0",  # where SQLite's substr would end
        "{} passages differ from their page.",
    ),
)
"""Queries that count what is wrong, and the sentence for each."""


class _Connection(sqlite3.Connection):
    """A connection whose failures are sentences."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        with _sentences():
            return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
        with _sentences():
            return super().executemany(sql, parameters)


def _use_wal(connection: sqlite3.Connection) -> None:
    """Sets the journal; SQLite does not wait by itself where others do so at the same time."""
    ends = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except StoreError as error:
            if "locked" not in str(error) or time.monotonic() > ends:
                raise
            time.sleep(0.01)
        else:
            return


@contextmanager
def _sentences() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise StoreError(
            f"The passage index passages.db failed ({error}): if the disk is full, free some "
            "space; if that goes on, delete the folder index in ASSISTANT_HOME and ingest the "
            "documents again.",
            Path(),
        ) from error


class Database:
    """One SQLite file. Safe to use from several threads and processes.

    Raises:
        StoreError: It cannot be opened, or another version of the assistant has made it.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._local = threading.local()
        # Weak: a thread's connection ends with the thread.
        self._connections: weakref.WeakSet[sqlite3.Connection] = weakref.WeakSet()
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            version = self._version()
            if version == 0:
                self._create()
        except (OSError, sqlite3.DatabaseError, StoreError) as error:
            raise StoreError(
                f"The passage index {file} cannot be opened ({error}): move the file away and "
                "ingest the documents again.",
                file,
            ) from error
        if version not in (0, SCHEMA_VERSION):
            raise StoreError(
                f"The passage index {file} is of version {version}, this program reads "
                f"{SCHEMA_VERSION}: delete the folder {file.parent} and ingest the documents "
                "again.",
                file,
            )

    def connection(self) -> sqlite3.Connection:
        """The connection of this thread."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self.file,
                timeout=BUSY_SECONDS,
                isolation_level=None,
                factory=_Connection,
                check_same_thread=False,  # each thread has its own; `close` closes them all
            )
            _use_wal(connection)
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")  # what is removed is overwritten
            connection.execute("PRAGMA cache_size = -16000")  # 16 MB
            self._local.connection = connection
            self._connections.add(connection)
        return connection

    @contextmanager
    def transaction(self, *collections: str) -> Iterator[sqlite3.Connection]:
        """A write that happens whole or not at all, and moves these collections' versions on."""
        connection = self.connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            for collection in collections:
                connection.execute(
                    "INSERT INTO collections (name, version) VALUES (?, 1) "
                    "ON CONFLICT (name) DO UPDATE SET version = version + 1",
                    (collection,),
                )
            connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(StoreError):  # SQLite rolls back by itself on a full disk
                connection.execute("ROLLBACK")
            raise

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Reads that see one state of the database."""
        connection = self.connection()
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            connection.execute("COMMIT")

    def problems(self) -> list[str]:
        """What is wrong with the index, as sentences; empty when all is well."""
        connection = self.connection()
        found: list[str] = []
        try:
            checked = connection.execute("PRAGMA integrity_check")
            found += [row[0] for row in checked if row[0] != "ok"]
            for query, problem in INVARIANTS:
                (n_wrong,) = connection.execute(query).fetchone()
                if n_wrong:
                    found.append(problem.format(n_wrong))
            connection.execute(
                "INSERT INTO passages_fts (passages_fts, rank) VALUES ('integrity-check', 1)"
            )
        except (sqlite3.DatabaseError, StoreError) as error:
            found.append(f"The database is damaged ({error}).")
        return found

    def close(self) -> None:
        """Closes every connection."""
        for connection in list(self._connections):
            with contextlib.suppress(sqlite3.ProgrammingError):
                connection.close()
        self._connections.clear()
        self._local = threading.local()

    def _version(self) -> int:
        """The schema's version: 0 for a new file, 1 for one from before versions were written."""
        version, is_new = (
            self.connection()
            .execute(
                "SELECT user_version, NOT EXISTS (SELECT 1 FROM sqlite_master) "
                "FROM pragma_user_version"
            )
            .fetchone()
        )
        return int(version) or (0 if is_new else 1)

    def _create(self) -> None:
        schema = resources.files("ingest").joinpath("schema.sql").read_text("utf-8")
        self.connection().executescript(
            f"BEGIN IMMEDIATE;\n{schema}\nPRAGMA user_version = {SCHEMA_VERSION};\nCOMMIT;"
        )


def collection_version(connection: sqlite3.Connection, collection: str) -> int:
    """How often a collection was written to; what is held of it in memory is valid for one."""
    row = connection.execute(
        "SELECT version FROM collections WHERE name = ?", (collection,)
    ).fetchone()
    return row[0] if row else 0
