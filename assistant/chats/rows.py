"""What is asked of the tables: by the page through Chainlit's data layer, by the commands directly.

Every function that is given a user sees and changes that user's rows alone: what is another's is as
what does not exist.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from assistant.chats.tables import elements, feedbacks, steps, threads, users

UPSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def now() -> str:
    """The time as Chainlit writes it: ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def upsert(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Writes a row of a thread; one of that id in another thread stays as it is."""
    own = {key: value for key, value in row.items() if key in table.c}
    statement = UPSERTS[connection.dialect.name](table).values(own)
    new = {key: statement.excluded[key] for key in own if key not in ("id", "threadId")}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_=new,
            where=table.c.threadId == statement.excluded["threadId"],
        )
    )


def user_id(connection: Connection, user: str) -> str:
    """The id of a user's row, which is made where there is none."""
    known = connection.scalar(select(users.c.id).where(users.c.identifier == user))
    if known is not None:
        return str(known)
    fresh = str(uuid4())
    connection.execute(
        insert(users).values(id=fresh, identifier=user, metadata={}, createdAt=now())
    )
    return fresh


def owns(connection: Connection, user: str, thread: str) -> bool:
    """Whether a thread is there and is the user's."""
    return connection.scalar(select(threads.c.id).where(_own(user, thread))) is not None


def names_of(connection: Connection, user: str, wanted: Sequence[str]) -> dict[str, str]:
    """The names of those of some threads that are there and are the user's, by their ids."""
    query = select(threads.c.id, threads.c.name).where(of_user(user), threads.c.id.in_(wanted))
    return {row.id: row.name or "" for row in connection.execute(query)}


def add_thread(connection: Connection, user: str, thread: str, name: str) -> None:
    """Makes a thread where there is none of that id."""
    if connection.scalar(select(threads.c.id).where(threads.c.id == thread)) is None:
        time = now()
        connection.execute(
            insert(threads).values(
                id=thread,
                name=name,
                userId=user_id(connection, user),
                userIdentifier=user,
                createdAt=time,
                updatedAt=time,
            )
        )


def change_thread(connection: Connection, user: str, thread: str, **values: Any) -> bool:
    """Changes columns of a user's thread; returns whether there is one."""
    changed = connection.execute(update(threads).where(_own(user, thread)).values(**values))
    return changed.rowcount > 0


def read_thread(connection: Connection, user: str, thread: str) -> Row[Any] | None:
    """A user's thread."""
    return connection.execute(select(threads).where(_own(user, thread))).one_or_none()


def remove_thread(connection: Connection, user: str, thread: str) -> bool:
    """Deletes a thread with all that is in it; returns whether there was one."""
    return connection.execute(delete(threads).where(_own(user, thread))).rowcount > 0


def list_threads(
    connection: Connection,
    user: ColumnElement[bool],
    search: str = "",
    *,
    value: int | None = None,
    behind: str | None = None,
    most: int | None = None,
) -> Sequence[Row[Any]]:
    """A user's threads, the one used last first.

    Args:
        connection: To the database.
        user: Whose: a condition on the threads.
        search: Words that must all be in a thread's name or its messages.
        value: Only threads with such a thumb.
        behind: The thread before the first of these.
        most: No more than so many.
    """
    wanted: Select[Any] = select(threads).where(user)
    for word in search.split():
        said = select(steps.c.id).where(
            steps.c.threadId == threads.c.id,
            steps.c.type.in_(("user_message", "assistant_message")),
            steps.c.output.icontains(word, autoescape=True),
        )
        wanted = wanted.where(or_(threads.c.name.icontains(word, autoescape=True), said.exists()))
    if value is not None:
        rated = select(feedbacks.c.id).where(
            feedbacks.c.threadId == threads.c.id, feedbacks.c.value == value
        )
        wanted = wanted.where(rated.exists())
    last = connection.execute(select(threads).where(user, threads.c.id == behind)).one_or_none()
    if last is not None:
        wanted = wanted.where(
            or_(
                threads.c.updatedAt < last.updatedAt,
                and_(threads.c.updatedAt == last.updatedAt, threads.c.id < last.id),
            )
        )
    ordered = wanted.order_by(threads.c.updatedAt.desc(), threads.c.id.desc()).limit(most)
    return connection.execute(ordered).all()


def count_messages(connection: Connection, thread_ids: Sequence[str]) -> dict[str, int]:
    """How many messages persons have sent, by thread."""
    counted = (
        select(steps.c.threadId, func.count().label("n"))
        .where(steps.c.threadId.in_(thread_ids), steps.c.type == "user_message")
        .group_by(steps.c.threadId)
    )
    return {row.threadId: row.n for row in connection.execute(counted)}


def read_steps(connection: Connection, thread: str) -> Sequence[Row[Any]]:
    """The steps of a thread with their thumbs, oldest first, each behind the one it belongs to."""
    joined = steps.outerjoin(feedbacks, feedbacks.c.forId == steps.c.id)
    columns: list[Any] = [
        *steps.c,
        feedbacks.c.id.label("feedback_id"),
        feedbacks.c.value.label("feedback_value"),
        feedbacks.c.comment.label("feedback_comment"),
    ]
    return connection.execute(
        select(*columns)
        .select_from(joined)
        .where(steps.c.threadId == thread)
        .order_by(steps.c.createdAt, steps.c.type.desc())
    ).all()


def read_elements(connection: Connection, thread: str) -> Sequence[Row[Any]]:
    """The elements of a thread."""
    return connection.execute(select(elements).where(elements.c.threadId == thread)).all()


def of_user(user: str) -> ColumnElement[bool]:
    """The condition that a thread is a user's."""
    return threads.c.userIdentifier == user


def _own(user: str, thread: str) -> ColumnElement[bool]:
    return and_(threads.c.id == thread, threads.c.userIdentifier == user)
