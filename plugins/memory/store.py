"""Facts in the database: every statement is bound to one user."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    Connection,
    Engine,
    Row,
    Select,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from assistant.database import open_database, reading
from assistant.settings import Settings
from plugins.memory.fact import Fact
from plugins.memory.tables import STEPS, facts, versions

COLUMNS = [facts.c[field.name] for field in fields(Fact)]
Changed = list[tuple[Fact, NDArray[np.float32]]]
"""Facts that were written, each with its vector."""


class FactStore:
    """The facts of all users.

    Raises:
        SettingsError: The database cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        self._engine = open_database(settings, "memory", STEPS)

    def facts(self, user: str, *, with_replaced: bool = False) -> list[Fact]:
        """A user's facts, oldest first; those that hold, or all that ever did."""
        query = _of(user).order_by(facts.c.said_at, facts.c.id)
        if not with_replaced:
            query = query.where(facts.c.replaced_by == "")
        with reading(self._engine) as connection:
            return [_fact(row) for row in connection.execute(query)]

    def version(self, user: str) -> tuple[int, int]:
        """How often a user's facts were written, and the version of the last deletion."""
        query = select(versions.c.version, versions.c.deleted).where(versions.c.user == user)
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return (row[0], row[1]) if row else (0, 0)

    def changed_since(self, user: str, version: int) -> Changed:
        """A user's facts that were written behind a version, in the order of writing."""
        query = (
            select(*COLUMNS, facts.c.vector)
            .where(facts.c.user == user, facts.c.changed > version)
            .order_by(facts.c.changed)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [(_fact(row[:-1]), np.frombuffer(row[-1], np.float32)) for row in rows]

    @contextmanager
    def writing(self, user: str) -> Iterator["Writing"]:
        """A transaction on one user's facts; other writers of the same user wait."""
        with self._engine.begin() as connection:
            yield Writing(connection, user, _next_version(connection, self._engine, user))

    def mark_used(self, user: str, ids: Sequence[str], when: str) -> None:
        """Notes when an answer rested on facts."""
        with self._engine.begin() as connection:
            connection.execute(
                update(facts)
                .where(facts.c.user == user, facts.c.id.in_(ids))
                .values(last_used=when)
            )

    def overwrite_deleted(self) -> None:
        """Empties SQLite's log of writes, which still holds what was deleted."""
        if self._engine.dialect.name != "sqlite":
            return
        connection = self._engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()

    def close(self) -> None:
        """Closes the connections."""
        self._engine.dispose()


class Writing:
    """What may be done to a user's facts within a transaction."""

    def __init__(self, connection: Connection, user: str, version: int) -> None:
        self._connection = connection
        self._user = user
        self._version = version

    def add(self, fact: Fact, vector: NDArray[np.float32]) -> None:
        """Keeps a fact."""
        row = {**asdict(fact), "vector": vector.tobytes(), "changed": self._version}
        self._connection.execute(insert(facts).values(row))

    def replace(self, ids: Sequence[str], by: str) -> None:
        """Has facts make place for a newer one; they stay in its history."""
        self._connection.execute(
            update(facts)
            .where(facts.c.user == self._user, facts.c.id.in_(ids))
            .values(replaced_by=by, changed=self._version)
        )

    def facts(self) -> list[Fact]:
        """All that the user has, also those that newer ones have replaced."""
        return [_fact(row) for row in self._connection.execute(_of(self._user))]

    def rewrite(self, fact: Fact, vector: NDArray[np.float32]) -> None:
        """Puts another text and another source in the place of a fact's own."""
        self._connection.execute(
            update(facts)
            .where(facts.c.user == self._user, facts.c.id == fact.id)
            .values(
                text=fact.text,
                source_text=fact.source_text,
                vector=vector.tobytes(),
                changed=self._version,
            )
        )

    def delete(self, ids: Sequence[str]) -> list[Fact]:
        """Deletes facts, and the older ones that they have replaced.

        Returns:
            Those of the given ones that were there.
        """
        rows = self._connection.execute(_of(self._user).where(facts.c.id.in_(ids)))
        found = [_fact(row) for row in rows]
        doomed, newest = {fact.id for fact in found}, [fact.id for fact in found]
        while newest:
            older = select(facts.c.id).where(
                facts.c.user == self._user, facts.c.replaced_by.in_(newest)
            )
            newest = [row[0] for row in self._connection.execute(older) if row[0] not in doomed]
            doomed.update(newest)
        self._connection.execute(
            delete(facts).where(facts.c.user == self._user, facts.c.id.in_(doomed))
        )
        self._connection.execute(
            update(versions).where(versions.c.user == self._user).values(deleted=self._version)
        )
        return found


def _next_version(connection: Connection, engine: Engine, user: str) -> int:
    """Counts a write. PostgreSQL locks the row by it, so that writers of a user take turns."""
    dialect = postgresql if engine.dialect.name == "postgresql" else sqlite
    first: Any = dialect.insert(versions).values(user=user, version=1, deleted=0)
    counted = first.on_conflict_do_update(
        index_elements=[versions.c.user], set_={"version": versions.c.version + 1}
    )
    return int(connection.execute(counted.returning(versions.c.version)).scalar_one())


def _of(user: str) -> Select[Any]:
    return select(*COLUMNS).where(facts.c.user == user)


def _fact(row: Row[Any] | Sequence[Any]) -> Fact:
    return Fact(*row)
