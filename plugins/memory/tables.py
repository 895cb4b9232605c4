"""The tables of the database "memory"."""

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()

facts = Table(
    "memory_facts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("user", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("slot", String(200), nullable=False),
    Column("value", Text, nullable=False),
    Column("said_at", String(40), nullable=False),
    Column("session", String(200), nullable=False),
    Column("source_text", Text, nullable=False),
    Column("importance", Float, nullable=False),
    Column("last_used", String(40), nullable=False, default=""),
    Column("is_negative", Boolean, nullable=False, default=False),
    Column("replaced_by", String(32), nullable=False, default=""),
    Column("changed", Integer, nullable=False),  # the user's version that it was written in
    Column("vector", LargeBinary, nullable=False),  # (384,) float32, L2-normalised
    Index("memory_facts_of_user", "user", "changed"),
)

versions = Table(
    "memory_versions",
    metadata,
    Column("user", String(200), primary_key=True),
    Column("version", Integer, nullable=False),  # counts the writes of a user's facts
    Column("deleted", Integer, nullable=False),  # the version of the last deletion
)


def make(connection: Connection) -> None:
    """The first step: makes the tables."""
    metadata.create_all(connection)


STEPS = (make,)
"""All that were ever taken, oldest first."""
