"""The tables of the database "golden"."""

from sqlalchemy import Column, Connection, Index, MetaData, String, Table, Text

metadata = MetaData()

questions = Table(
    "golden_questions",
    metadata,
    Column("user", String(200), primary_key=True),
    Column("id", String(12), primary_key=True),
    Column("added_at", String(40), nullable=False),
    Column("content", Text, nullable=False),  # JSON
)

runs = Table(
    "golden_runs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("user", String(200), nullable=False),
    Column("name", String(200), nullable=False, default=""),  # of a baseline
    Column("started_at", String(40), nullable=False),
    Column("content", Text, nullable=False),  # JSON
    Index("golden_runs_of_user", "user", "started_at"),
)


def make(connection: Connection) -> None:
    """The first step: makes the tables."""
    metadata.create_all(connection)


STEPS = (make,)
"""All that were ever taken, oldest first."""
