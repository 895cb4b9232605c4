"""Conversations for the faces: what there is, whole ones, what is added, and their end."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from sqlalchemy import Row, select

from assistant import wording
from assistant.chats import rows
from assistant.chats.records import Chat, Conversation, Exchange, answer_metadata
from assistant.chats.subject import name_from
from assistant.chats.tables import open_chats, steps, threads
from assistant.database import overwrite_log, reading
from assistant.errors import InputError
from assistant.schema import Answer, Summary, Turn
from assistant.settings import Settings
from assistant.uploads import Uploads, collection_of

RUN = "on_message"
"""What Chainlit calls the step between a message and what came of it."""
AUTHOR = "Assistant"


class Chats:
    """The conversations of all users, each reached only with its user's name.

    Args:
        settings: Say where the database is.
        uploads: The files of the conversations.

    Raises:
        SettingsError: The database cannot be used.
    """

    def __init__(self, settings: Settings, uploads: Uploads) -> None:
        self._engine = open_chats(settings)
        self.uploads = uploads

    def listing(self, user: str, search: str = "") -> list[Chat]:
        """A user's conversations, the one used last first; those with all words of a search."""
        with reading(self._engine) as connection:
            found = rows.list_threads(connection, rows.of_user(user), search)
            counts = rows.count_messages(connection, [row.id for row in found])
        return [
            Chat(
                row.id,
                row.userIdentifier,
                row.name or "",
                row.createdAt,
                row.updatedAt,
                counts.get(row.id, 0),
            )
            for row in found
        ]

    def read(self, user: str, chat: str) -> Conversation:
        """A whole conversation.

        Raises:
            InputError: The user has none of that id.
        """
        with reading(self._engine) as connection:
            thread = rows.read_thread(connection, user, chat)
            if thread is None:
                raise InputError(
                    f"There is no chat {chat!r}: `assistant chats list` shows which there are."
                )
            said = rows.read_steps(connection, chat)
            hung = rows.read_elements(connection, chat)
        summary = Summary(thread.summary, thread.summarised) if thread.summary else None
        return Conversation(
            chat,
            user,
            thread.name or "",
            thread.createdAt,
            _exchanges(said, hung),
            summary,
            thread.options or {},
        )

    def open(self, user: str, session: str) -> Conversation:
        """The conversation of that id or, in the terminal, of that name; a new one is empty."""
        chat = session
        with reading(self._engine) as connection:
            if not (_is_id(session) and rows.owns(connection, user, session)):
                chat = str(uuid5(NAMESPACE_URL, f"{user}\0{session}"))
            if not rows.owns(connection, user, chat):
                return Conversation(chat, user, session, "")
        return self.read(user, chat)

    def owns(self, user: str, chat: str) -> bool:
        """Whether a conversation is there and is the user's."""
        with reading(self._engine) as connection:
            return rows.owns(connection, user, chat)

    def names(self, user: str, chats: Sequence[str]) -> dict[str, str]:
        """The names of those of some conversations that are still there, by their ids."""
        with reading(self._engine) as connection:
            return rows.names_of(connection, user, chats)

    def add(self, turn: Turn, answer: Answer, name: str = "") -> None:
        """Adds what was asked and answered outside the page, in the form that the page resumes."""
        with self._engine.begin() as connection:
            rows.add_thread(connection, turn.user, turn.session, name or name_from(turn.text))
            rows.change_thread(connection, turn.user, turn.session, updatedAt=rows.now())
            for step in _steps(turn, answer):
                rows.upsert(connection, steps, step)

    def rename(self, user: str, chat: str, name: str, instead_of: str | None = None) -> bool:
        """Names a conversation; where another name is given, only one that is still called so."""
        with self._engine.begin() as connection:
            thread = rows.read_thread(connection, user, chat)
            if thread is None or instead_of not in (None, thread.name):
                return False
            return rows.change_thread(connection, user, chat, name=name)

    def keep_options(self, user: str, chat: str, options: Mapping[str, str]) -> bool:
        """Keeps what was chosen for a conversation; returns whether there is one."""
        with self._engine.begin() as connection:
            return rows.change_thread(connection, user, chat, options=dict(options))

    def keep_summary(self, user: str, chat: str, summary: Summary) -> None:
        """Keeps a model's notes on the beginning of a conversation."""
        with self._engine.begin() as connection:
            values = {"summary": summary.text, "summarised": summary.n_messages}
            rows.change_thread(connection, user, chat, **values)

    def remove(self, user: str, chat: str) -> bool:
        """Deletes a conversation: messages, thumbs, files, passages, and nothing is left.

        Returns:
            Whether there was one.
        """
        with self._engine.begin() as connection:
            removed = rows.remove_thread(connection, user, chat)
        if removed:
            self.uploads.forget(collection_of(user, chat))
            overwrite_log(self._engine)
        return removed

    def remove_all(self, user: str) -> int:
        """Deletes all conversations of a user; returns how many there were."""
        return sum(self.remove(user, chat.id) for chat in self.listing(user))

    def collections(self) -> set[str]:
        """The passage collections of all conversations."""
        with reading(self._engine) as connection:
            every = connection.execute(select(threads.c.userIdentifier, threads.c.id))
            return {collection_of(user, chat) for user, chat in every}

    def paths(self, user: str, chat: str, files: Sequence[str]) -> tuple[str, ...]:
        """Where files of a conversation are kept, in their order; those that are gone left out."""
        collection = collection_of(user, chat)
        found = (self.uploads.find(collection, file) for file in files)
        return tuple(str(path) for path in found if path is not None)

    def file(self, user: str, chat: str, file: str) -> Path | None:
        """Where a file of a user's conversation is kept; `None` where there is no such file."""
        return self.uploads.find(collection_of(user, chat), file)

    def close(self) -> None:
        """Closes the database."""
        self._engine.dispose()


def _steps(turn: Turn, answer: Answer) -> list[dict[str, Any]]:
    """The message, the run and the answer, as Chainlit would have written them."""
    asked, time = str(uuid4()), rows.now()
    common = {"threadId": turn.session, "streaming": False, "createdAt": time, "start": time}
    return [
        {
            **common,
            "id": asked,
            "name": turn.user,
            "type": "user_message",
            "output": wording.asked(turn),
            "end": time,
        },
        {**common, "id": turn.id, "name": RUN, "type": "run", "parentId": asked, "end": time},
        {
            **common,
            "id": str(uuid4()),
            "name": AUTHOR,
            "type": "assistant_message",
            "parentId": turn.id,
            "output": wording.safe(answer.text),
            "end": time,
            "metadata": answer_metadata(answer),
        },
    ]


def _exchanges(said: Sequence[Row[Any]], hung: Sequence[Row[Any]]) -> tuple[Exchange, ...]:
    """Each message of the person with the answer to it, found by the run between them."""
    runs = {step.parentId: step for step in said if step.name == RUN and step.type == "run"}
    answers = {
        step.parentId: step
        for step in said
        if step.type == "assistant_message" and "plugin" in (step.metadata or {})
    }
    exchanges = []
    for step in said:
        if step.type != "user_message":
            continue
        run = runs.get(step.id)
        answer = answers.get(run.id) if run else None
        thumb = run.feedback_value if run else None
        facts = answer.metadata if answer else {}
        files = [one for one in hung if one.forId == step.id]
        exchanges.append(
            Exchange(
                turn=run.id if run else "",
                asked="" if (step.metadata or {}).get("is_offer") else step.output or "",
                command=step.command or "",
                files=tuple(one.id for one in files),
                file_names=tuple(one.name for one in files),
                asked_at=step.createdAt or "",
                answer=wording.unsafe(answer.output or "") if answer else None,
                plugin=facts.get("plugin", ""),
                model=facts.get("model", ""),
                sources=tuple(facts.get("sources", ())),
                good=None if thumb is None else bool(thumb),
                comment=(run.feedback_comment or "") if run else "",
            )
        )
    return tuple(exchanges)


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
