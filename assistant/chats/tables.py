"""The tables of conversations, in the form that Chainlit's data layer reads and writes.

A thread is a conversation, a step is a message or what led to it, an element is what hangs on a
message. Beside Chainlit's columns, a thread has when it was last used, what was chosen for it in
the settings panel, and a model's notes of its beginning.
"""

import json
from typing import Any

from sqlalchemy import (
    URL,
    Boolean,
    Column,
    Connection,
    Dialect,
    Engine,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    create_engine,
    text,
)

from assistant.database import database_url, open_database, prepare
from assistant.settings import Settings

NAME = "chats"
"""Of the database; on PostgreSQL, where rooms share one, also of the schema that holds the tables:
Chainlit's own statements name them without one, and another room may have users too."""


class JsonText(TypeDecorator[Any]):
    """Lists and objects as JSON in a column of text, which is what Chainlit expects."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        """As it is stored."""
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        """As it was given."""
        return None if value is None else json.loads(value)


def _text(name: str, **options: Any) -> Column[str]:
    return Column(name, Text, **options)


def _json(name: str) -> Column[Any]:
    return Column(name, JsonText)


def _thread_id(**options: Any) -> Column[str]:
    return Column(
        "threadId", Text, ForeignKey("threads.id", ondelete="CASCADE"), index=True, **options
    )


metadata = MetaData()

users = Table(
    "users",
    metadata,
    _text("id", primary_key=True),
    _text("identifier", nullable=False, unique=True),
    _json("metadata"),
    _text("createdAt"),
)

threads = Table(
    "threads",
    metadata,
    _text("id", primary_key=True),
    _text("createdAt", nullable=False),
    _text("updatedAt", nullable=False),
    _text("name"),
    Column("userId", Text, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    _text("userIdentifier", nullable=False),
    _json("tags"),
    _json("metadata"),
    _json("options"),
    _text("summary"),
    Column("summarised", Integer),
    Index("threads_of_a_user", "userId", "updatedAt"),
)

steps = Table(
    "steps",
    metadata,
    _text("id", primary_key=True),
    _text("name", nullable=False),
    _text("type", nullable=False),
    _thread_id(nullable=False),
    _text("parentId"),
    Column("streaming", Boolean, nullable=False, default=False),
    Column("waitForAnswer", Boolean),
    Column("isError", Boolean),
    _json("metadata"),
    _json("tags"),
    _text("input"),
    _text("output"),
    _text("createdAt"),
    _text("command"),
    _json("modes"),
    _text("start"),
    _text("end"),
    _json("generation"),
    _text("showInput"),
    _text("language"),
    Column("defaultOpen", Boolean),
    Column("autoCollapse", Boolean),
)

elements = Table(
    "elements",
    metadata,
    _text("id", primary_key=True),
    _thread_id(nullable=False),
    _text("type"),
    _text("url"),
    _text("chainlitKey"),
    _text("name", nullable=False),
    _text("display"),
    _text("objectKey"),
    _text("size"),
    Column("page", Integer),
    _text("language"),
    _text("forId"),
    _text("mime"),
    _json("props"),
    Column("autoPlay", Boolean),
    _json("playerConfig"),
)

feedbacks = Table(
    "feedbacks",
    metadata,
    _text("id", primary_key=True),
    Column("forId", Text, ForeignKey("steps.id", ondelete="CASCADE"), nullable=False, unique=True),
    _thread_id(nullable=False),
    Column("value", Integer, nullable=False),
    _text("comment"),
)


def _make_tables(connection: Connection) -> None:
    is_shared = connection.dialect.name == "postgresql"
    if is_shared:
        connection.execute(text(f"CREATE SCHEMA {NAME}"))
        connection.execute(text(f"SET LOCAL search_path TO {NAME}"))
    metadata.create_all(connection)
    if is_shared:
        connection.execute(text("SET LOCAL search_path TO DEFAULT"))


STEPS = (_make_tables,)


def open_chats(settings: Settings) -> Engine:
    """Opens the database of conversations.

    Raises:
        SettingsError: It cannot be reached, or a newer version of the assistant has written it.
    """
    open_database(settings, NAME, STEPS).dispose()
    engine = create_engine(chats_url(settings), pool_pre_ping=True)
    prepare(engine)
    return engine


def chats_url(settings: Settings, *, asynchronous: bool = False) -> URL:
    """The address of the database, from which its tables are found by their bare names."""
    url = database_url(settings, NAME, asynchronous=asynchronous)
    if url.get_backend_name() == "postgresql":
        return url.update_query_dict({"options": f"-csearch_path={NAME}"})
    return url
