"""State in SQLite files or in a real PostgreSQL: the same tables, the same rules."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, func, insert, select

from assistant.database import database_url, open_database, reading
from assistant.errors import SettingsError
from assistant.settings import Settings

metadata = MetaData()
notes = Table(
    "notes", metadata, Column("id", Integer, primary_key=True), Column("text", String(2000))
)


def add_colour(connection):
    connection.exec_driver_sql("ALTER TABLE notes ADD COLUMN colour VARCHAR(20)")


def test_the_tables_are_made_once_and_brought_up_to_date_later(state_settings: Settings):
    with open_database(state_settings, "notes", [metadata.create_all]).begin() as connection:
        connection.execute(insert(notes).values(text="kept"))

    engine = open_database(state_settings, "notes", [metadata.create_all, add_colour])

    with reading(engine) as connection:
        rows = connection.exec_driver_sql("SELECT text, colour FROM notes").all()
    assert rows == [("kept", None)]


def test_databases_of_two_names_have_versions_of_their_own(state_settings: Settings):
    open_database(state_settings, "notes", [metadata.create_all, add_colour])

    open_database(state_settings, "other", [lambda connection: None])


def test_what_a_newer_version_has_written_is_refused(state_settings: Settings):
    open_database(state_settings, "notes", [metadata.create_all, add_colour])

    with pytest.raises(SettingsError, match="version 2, this one knows 1"):
        open_database(state_settings, "notes", [metadata.create_all])


def test_a_step_that_fails_changes_nothing(state_settings: Settings):
    def fail(connection):
        add_colour(connection)
        connection.exec_driver_sql("SELECT no_such_column FROM notes")

    open_database(state_settings, "notes", [metadata.create_all])

    with pytest.raises(SettingsError, match="cannot be used"):
        open_database(state_settings, "notes", [metadata.create_all, fail])
    open_database(state_settings, "notes", [metadata.create_all, add_colour])


def test_many_open_a_new_database_and_write_at_once(state_settings: Settings):
    def write(at: int) -> None:
        engine = open_database(state_settings, "notes", [metadata.create_all])
        for _ in range(10):
            with engine.begin() as connection:
                count = connection.scalar(select(func.count()).select_from(notes))
                connection.execute(insert(notes).values(text=f"{at} after {count}"))
        engine.dispose()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(8)))

    with reading(open_database(state_settings, "notes", [metadata.create_all])) as connection:
        assert connection.scalar(select(func.count()).select_from(notes)) == 80


def test_reading_does_not_wait_for_a_writer(state_settings: Settings):
    engine = open_database(state_settings, "notes", [metadata.create_all])
    with engine.begin() as writing, reading(engine) as connection:
        writing.execute(insert(notes).values(text="not yet"))

        assert connection.scalar(select(func.count()).select_from(notes)) == 0


def test_deleted_text_is_overwritten_in_the_file(tmp_path: Path):
    settings = Settings(home=tmp_path)
    engine = open_database(settings, "notes", [metadata.create_all])
    with engine.begin() as connection:
        connection.execute(insert(notes).values(text="a very private matter"))
        connection.execute(notes.delete())
    engine.dispose()

    with sqlite3.connect(tmp_path / "notes.db") as plain:
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"a very private matter" not in (tmp_path / "notes.db").read_bytes()


@pytest.mark.parametrize(
    "address", ["mysql://me:hush@host/db", "postgresql://me:hush@host", "hush", "sqlite:///x.db"]
)
def test_another_kind_of_database_is_refused_without_its_password(address: str):
    with pytest.raises(SettingsError, match="must be the address of a PostgreSQL") as caught:
        database_url(Settings(database_url=SecretStr(address)), "notes")
    assert "hush" not in str(caught.value)


def test_a_server_that_is_down_is_told_without_its_password():
    settings = Settings(database_url=SecretStr("postgresql://me:hush@127.0.0.1:1/db"))

    with pytest.raises(SettingsError, match="cannot be used") as caught:
        open_database(settings, "notes", [metadata.create_all])
    assert "hush" not in str(caught.value)


def test_a_file_that_is_no_database_is_told(tmp_path: Path):
    (tmp_path / "notes.db").write_bytes(b"this is no database" * 100)

    with pytest.raises(SettingsError, match="file is not a database"):
        open_database(Settings(home=tmp_path), "notes", [metadata.create_all])


def test_the_asynchronous_address_is_of_the_same_database(state_settings: Settings):
    url = database_url(state_settings, "notes", asynchronous=True)

    assert url.database == database_url(state_settings, "notes").database
    assert create_engine(url.set(drivername=url.get_backend_name())) is not None
