"""Chainlit's data layer on our tables: what the page writes, lists and resumes."""

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from chainlit.context import context
from chainlit.data.sql_alchemy import SQLAlchemyDataLayer
from chainlit.data.storage_clients.base import BaseStorageClient
from chainlit.data.utils import queue_until_user_message
from chainlit.element import Element
from chainlit.types import Feedback, PageInfo, PaginatedResponse, Pagination, ThreadFilter
from sqlalchemy import Connection, delete, select, text

from assistant.chats import rows
from assistant.chats.store import Chats
from assistant.chats.subject import LONGEST_CHARS, name_from
from assistant.chats.tables import chats_url, elements, feedbacks, steps, threads
from assistant.database import prepare
from assistant.security import asking
from assistant.settings import Settings
from assistant.uploads import Uploads, collection_of

log = logging.getLogger(__name__)
Result = TypeVar("Result")


class ChatFiles(BaseStorageClient):  # type: ignore[misc]  # Chainlit has no types
    """The files of chats as Chainlit stores files: keys are COLLECTION/FILE."""

    def __init__(self, uploads: Uploads) -> None:
        self._uploads = uploads

    async def upload_file(
        self,
        object_key: str,
        data: bytes | str,
        mime: str = "",  # noqa: ARG002
        overwrite: bool = True,  # noqa: ARG002
        content_disposition: str | None = None,
    ) -> dict[str, Any]:
        """Keeps a file under the name in the content's disposition."""
        collection, _, file = object_key.partition("/")
        content = data.encode() if isinstance(data, str) else data
        name = content_disposition or file
        await asyncio.to_thread(self._uploads.keep, content, name, collection, file)
        return {"object_key": object_key}

    async def delete_file(self, object_key: str) -> bool:
        """Deletes a file with its passages."""
        collection, _, file = object_key.partition("/")
        await asyncio.to_thread(self._uploads.forget_file, collection, file)
        return True

    async def get_read_url(self, object_key: str) -> str:
        """Nothing: an address is made of the chat and the file, and asks for the login."""
        raise NotImplementedError(object_key)

    async def close(self) -> None:
        """There is nothing to close."""


class ChatDataLayer(SQLAlchemyDataLayer):  # type: ignore[misc]  # Chainlit has no types
    """Keeps what the page shows, for its user alone.

    A browser chooses the ids of threads, messages and elements. So each write is bound to the
    session's own thread, and each thread to the session's own user.

    Args:
        settings: Say where the database is; its tables are there.
        chats: Deletes whole conversations, and keeps files.
        rated: Told of a thumb on an answer, by its id: up, down, or taken back.
    """

    def __init__(
        self,
        settings: Settings,
        chats: Chats,
        rated: Callable[[str, bool | None], None] = lambda answer, good: None,
    ) -> None:
        url = chats_url(settings, asynchronous=True).render_as_string(hide_password=False)
        super().__init__(url, storage_provider=ChatFiles(chats.uploads))
        prepare(self.engine.sync_engine)
        self._chats = chats
        self._rated = rated
        # In the order in which they come: an older state of a step must not replace a newer one.
        self._writing = asyncio.Lock()

    async def _write(self, change: Callable[..., Result], *arguments: Any) -> Result:
        async with self._writing, self.engine.begin() as connection:
            result: Result = await connection.run_sync(change, *arguments)
        return result

    async def _read(self, question: Callable[..., Result], *arguments: Any, **named: Any) -> Result:
        async with self.engine.connect() as connection:
            await connection.execution_options(reading=True)
            result: Result = await connection.run_sync(
                lambda one: question(one, *arguments, **named)
            )
        return result

    async def execute_sql(self, query: str, parameters: dict[str, Any]) -> Any:
        """Runs one of Chainlit's own statements; what fails is raised, not lost."""
        stored = {
            key: json.dumps(value) if isinstance(value, dict | list) else value
            for key, value in parameters.items()
        }
        async with self._writing, self.engine.begin() as connection:
            result = await connection.execute(text(query), stored)
            if not result.returns_rows:
                return result.rowcount
            return self.clean_result([dict(row._mapping) for row in result])  # noqa: SLF001

    async def update_thread(
        self,
        thread_id: str,
        name: str | None = None,
        user_id: str | None = None,
        metadata: dict[str, Any] | None = None,  # noqa: ARG002 - the rest of the database has it
        tags: list[str] | None = None,  # noqa: ARG002 - there are none
    ) -> None:
        """Makes the thread of a first message, named after it, or renames one."""
        user = asking.get() if user_id is None else _session_user()
        if user_id is not None and user is not None:
            await self._write(rows.add_thread, user, thread_id, name_from(name or ""))
        elif name is not None and name.strip():
            given = " ".join(name.split())[: 2 * LONGEST_CHARS]
            await self._write(_rename, user, thread_id, given)

    async def delete_thread(self, thread_id: str) -> None:
        """Deletes a thread with its files; Chainlit has asked whose it is."""
        user = await self.get_thread_author(thread_id)
        async with self._writing:
            await asyncio.to_thread(self._chats.remove, user, thread_id)

    async def get_thread_author(self, thread_id: str) -> str:
        """The user of a thread; empty where there is no such thread, which Chainlit says then."""
        author = await self._read(_author, thread_id)
        return author or ""

    async def get_thread(self, thread_id: str) -> dict[str, Any] | None:
        """A whole thread of whoever is asking, as the page resumes it; `None` for another's."""
        if await self.get_thread_author(thread_id) != asking.get():
            return None
        return await self._read(_whole_thread, thread_id)

    async def list_threads(
        self, pagination: Pagination, filters: ThreadFilter
    ) -> PaginatedResponse[dict[str, Any]]:
        """A page of a user's threads, the one used last first."""
        found = await self._read(
            rows.list_threads,
            threads.c.userId == filters.userId,
            filters.search or "",
            value=filters.feedback,
            behind=pagination.cursor,
            most=pagination.first + 1,
        )
        shown = [_thread_dict(row) for row in found[: pagination.first]]
        ends = (shown[0]["id"], shown[-1]["id"]) if shown else (None, None)
        return PaginatedResponse(PageInfo(len(found) > len(shown), *ends), shown)

    @queue_until_user_message()  # type: ignore[untyped-decorator]
    async def create_step(self, step_dict: dict[str, Any]) -> None:
        """Writes a step as it is now, if its chat has not been deleted meanwhile."""
        row = {**step_dict, "showInput": str(step_dict.get("showInput", "")).lower()}
        await self._write(_write_step, _session_user(), row)

    @queue_until_user_message()  # type: ignore[untyped-decorator]
    async def update_step(self, step_dict: dict[str, Any]) -> None:
        """Writes a step as it is now."""
        await self.create_step(step_dict)

    @queue_until_user_message()  # type: ignore[untyped-decorator]
    async def delete_step(self, step_id: str) -> None:
        """Deletes a step of the session's own thread."""
        await self._write(_delete_step, context.session.thread_id, step_id)

    @queue_until_user_message()  # type: ignore[untyped-decorator]
    async def create_element(self, element: Element) -> None:
        """Keeps an element of the session's own thread, with its file where it has one."""
        user, thread = _session_user(), context.session.thread_id
        if user is None or not element.for_id or element.thread_id != thread:
            return
        row = element.to_dict() | {"chainlitKey": None}
        if not element.url and element.type != "custom":
            content = element.content
            if element.path:
                content = await asyncio.to_thread(Path(element.path).read_bytes)
            key = f"{collection_of(user, thread)}/{element.id}"
            await self.storage_provider.upload_file(key, content, content_disposition=element.name)
            row |= {"objectKey": key, "url": file_address(thread, element.id)}
        await self._write(_write_element, user, row)

    @queue_until_user_message()  # type: ignore[untyped-decorator]
    async def delete_element(self, element_id: str, thread_id: str | None = None) -> None:  # noqa: ARG002
        """Deletes an element of the session's own thread, with its file."""
        key = await self._write(_delete_element, context.session.thread_id, element_id)
        if key:
            await self.storage_provider.delete_file(key)

    async def get_element(self, thread_id: str, element_id: str) -> dict[str, Any] | None:
        """An element; Chainlit has asked whose thread it is."""
        found = await self._read(rows.read_elements, thread_id)
        return next((dict(one._mapping) for one in found if one.id == element_id), None)  # noqa: SLF001

    async def upsert_feedback(self, feedback: Feedback) -> str:
        """Keeps a thumb and its comment with the run that it is about, one for each.

        Raises:
            ValueError: Whoever is asking has no such run.
        """
        answer = await self._write(_write_feedback, asking.get(), asdict(feedback))
        self._rated(answer, feedback.value == 1)
        return answer

    async def delete_feedback(self, feedback_id: str) -> bool:
        """Takes back a thumb of whoever is asking."""
        was_there = await self._write(_delete_feedback, asking.get(), feedback_id)
        if was_there:
            self._rated(feedback_id, None)
        return was_there


def file_address(thread: str, file: str) -> str:
    """Where the owner of a chat gets one of its files."""
    return f"/chats/{thread}/files/{file}"


def _session_user() -> str | None:
    """The name of the user whose session this is."""
    user = context.session.user
    return None if user is None else str(user.identifier)


def _author(connection: Connection, thread: str) -> str | None:
    author = select(threads.c.userIdentifier).where(threads.c.id == thread)
    return connection.scalar(author)


def _rename(connection: Connection, user: str, thread: str, name: str) -> None:
    rows.change_thread(connection, user, thread, name=name)


def _write_step(connection: Connection, user: str | None, row: dict[str, Any]) -> None:
    is_there = user is not None and rows.change_thread(
        connection, user, row["threadId"], updatedAt=rows.now()
    )
    if is_there:
        rows.upsert(connection, steps, row)


def _write_element(connection: Connection, user: str, row: dict[str, Any]) -> None:
    if rows.owns(connection, user, row["threadId"]):
        rows.upsert(connection, elements, row)


def _delete_step(connection: Connection, thread: str, step: str) -> None:
    hung = (elements.c.forId == step) & (elements.c.threadId == thread)
    connection.execute(delete(elements).where(hung))
    connection.execute(delete(steps).where(steps.c.id == step, steps.c.threadId == thread))


def _delete_element(connection: Connection, thread: str, element: str) -> str | None:
    own = (elements.c.id == element) & (elements.c.threadId == thread)
    key = connection.scalar(select(elements.c.objectKey).where(own))
    connection.execute(delete(elements).where(own))
    return key


def _write_feedback(connection: Connection, user: str, feedback: dict[str, Any]) -> str:
    run = feedback["forId"]
    joined = threads.join(steps, steps.c.threadId == threads.c.id)
    of_run = select(threads.c.id).select_from(joined).where(steps.c.id == run, rows.of_user(user))
    thread = connection.scalar(of_run)
    if thread is None:
        raise ValueError("There is no such answer.")
    given = {"value": feedback["value"], "comment": feedback["comment"]}
    rows.upsert(connection, feedbacks, {**given, "id": run, "forId": run, "threadId": thread})
    return str(run)


def _delete_feedback(connection: Connection, user: str, feedback: str) -> bool:
    own = select(threads.c.id).where(rows.of_user(user))
    mine = (feedbacks.c.id == feedback) & feedbacks.c.threadId.in_(own)
    return connection.execute(delete(feedbacks).where(mine)).rowcount > 0


def _thread_dict(row: Any) -> dict[str, Any]:
    kept = ("id", "createdAt", "name", "userId", "userIdentifier", "tags")
    own = {key: getattr(row, key) for key in kept}
    return {**own, "createdAt": row.updatedAt, "metadata": {}, "steps": [], "elements": []}


def _whole_thread(connection: Connection, thread: str) -> dict[str, Any] | None:
    row = connection.execute(select(threads).where(threads.c.id == thread)).one_or_none()
    if row is None:
        return None
    said = [_step_dict(one) for one in rows.read_steps(connection, thread)]
    hung = [dict(one._mapping) for one in rows.read_elements(connection, thread)]  # noqa: SLF001
    return {**_thread_dict(row), "steps": said, "elements": hung}


def _step_dict(row: Any) -> dict[str, Any]:
    step = {key: getattr(row, key) for key in steps.c.keys()}  # noqa: SIM118 - columns, no mapping
    shows_input = row.showInput not in (None, "", "false")
    step |= {"input": (row.input or "") if shows_input else "", "metadata": row.metadata or {}}
    if row.feedback_value is None:
        return step
    given = {"forId": row.id, "id": row.feedback_id, "value": row.feedback_value}
    return {**step, "feedback": {**given, "comment": row.feedback_comment}}
