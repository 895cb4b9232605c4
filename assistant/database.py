"""Where state lives: SQLite files in the state folder, or one PostgreSQL database for all of it.

Every room keeps tables of its own in a database that it names, such as "memory". With SQLite that
is a file of that name in the state folder; with PostgreSQL the rooms share a database.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from assistant.errors import SettingsError
from assistant.settings import Settings

BUSY_SECONDS = 60
"""How long a write waits for the one before it."""
DRIVERS = {
    ("sqlite", False): "sqlite",
    ("sqlite", True): "sqlite+aiosqlite",
    ("postgresql", False): "postgresql+psycopg",
    ("postgresql", True): "postgresql+psycopg",
}
MIGRATION_LOCK = 5_062_026
"""The PostgreSQL advisory lock under which tables are made and changed."""
Step = Callable[[Connection], None]
"""Takes a database from one version of its tables to the next."""

_versions = Table(
    "schema_versions",
    MetaData(),
    Column("name", String(40), primary_key=True),
    Column("version", Integer, nullable=False),
)


def database_url(settings: Settings, name: str, *, asynchronous: bool = False) -> URL:
    """The address of a room's database, for SQLAlchemy.

    Args:
        settings: The settings.
        name: The room's word for it, such as "memory".
        asynchronous: Whether it is for SQLAlchemy's asyncio extension.

    Raises:
        SettingsError: The setting names no PostgreSQL database.
    """
    given = settings.database_url.get_secret_value()
    if not given:
        file = settings.home / f"{name}.db"
        return URL.create(DRIVERS["sqlite", asynchronous], database=str(file))
    try:
        url = make_url(given)
    except ArgumentError:
        url = None
    # What was given is not repeated: there may be a password in it.
    if url is None or url.get_backend_name() != "postgresql" or not url.database:
        raise SettingsError(
            "ASSISTANT_DATABASE_URL must be the address of a PostgreSQL database, such as "
            "postgresql://user:password@host/name, or empty for SQLite files in the state folder.",
            "ASSISTANT_DATABASE_URL",
        )
    return url.set(drivername=DRIVERS["postgresql", asynchronous])


def database_address(settings: Settings, name: str) -> str:
    """The address of a room's database as text, its password included: for whoever opens it alone.

    Raises:
        SettingsError: The setting names no PostgreSQL database.
    """
    return database_url(settings, name).render_as_string(hide_password=False)


def open_database(settings: Settings, name: str, steps: Sequence[Step]) -> Engine:
    """Opens a room's database and brings its tables up to date.

    `engine.begin()` is for writing: on SQLite one writer at a time, the others wait. `reading` is
    for the rest.

    Args:
        settings: Say where it is.
        name: The room's word for it.
        steps: All there have ever been, oldest first: the first makes the tables.

    Raises:
        SettingsError: It cannot be reached, or a newer version of the assistant has written it.
    """
    engine = create_engine(database_url(settings, name), pool_pre_ping=True)
    prepare(engine)
    try:
        _migrate(engine, name, steps)
    except SQLAlchemyError as error:
        shown = engine.url.render_as_string(hide_password=True)
        engine.dispose()
        reason = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        raise SettingsError(
            f"The database {shown} cannot be used ({reason}): check ASSISTANT_HOME and "
            "ASSISTANT_DATABASE_URL.",
            "ASSISTANT_DATABASE_URL",
        ) from error
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection for reading, which waits for no writer and sees one state all along."""
    with engine.connect().execution_options(reading=True) as connection:
        yield connection


def overwrite_log(engine: Engine) -> None:
    """Empties SQLite's log of writes, which still holds what was deleted."""
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()


def prepare(engine: Engine) -> None:
    """Has SQLite read and write at once, wait for other writers, and overwrite what is deleted."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)


def _set_up(connection: Any, record: Any) -> None:  # noqa: ARG001 - SQLAlchemy's form
    connection.isolation_level = None  # transactions begin below, and not before the first write
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Takes the write lock at once: one that began by reading could not wait for it later."""
    is_reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")


def _migrate(engine: Engine, name: str, steps: Sequence[Step]) -> None:
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        _versions.create(connection, checkfirst=True)
        own = _versions.c.name == name
        version = connection.scalar(select(_versions.c.version).where(own))
        if version is None:
            connection.execute(_versions.insert().values(name=name, version=0))
        if (version or 0) > len(steps):
            raise SettingsError(
                f"A newer assistant has written the database {name!r} (version {version}, this one "
                f"knows {len(steps)}): install that one, or set ASSISTANT_HOME to another folder.",
                "ASSISTANT_HOME",
            )
        for step in steps[version or 0 :]:
            step(connection)
        connection.execute(_versions.update().where(own).values(version=len(steps)))
