"""Chainlit's sessions, as the page's websocket opens them."""

import os
import tempfile
from typing import Any
from uuid import uuid4

os.environ.setdefault("CHAINLIT_APP_ROOT", tempfile.mkdtemp())  # it writes where it is imported

from chainlit.context import init_ws_context
from chainlit.session import WebsocketSession
from chainlit.user import PersistedUser

from assistant.chats.data_layer import ChatDataLayer
from assistant.security import asking


async def _nowhere(*arguments: Any) -> None:
    """A browser that is not there."""


def enter(user: str, user_id: str, thread: str) -> None:
    """Makes a session with a first message the one that is being served."""
    persisted = PersistedUser(identifier=user, id=user_id, createdAt="")
    session = WebsocketSession(
        id=str(uuid4()), socket_id=str(uuid4()), emit=_nowhere, emit_call=_nowhere, user_env={},
        client_type="webapp", user=persisted, thread_id=thread,
    )  # fmt: skip
    session.has_first_interaction = True
    init_ws_context(session)
    asking.set(user)


async def begin(layer: ChatDataLayer, user: str, thread: str, said: str = "Hello there") -> None:
    """Opens a chat with its first message."""
    enter(user, "known to the database", thread)
    await layer.update_thread(thread, name=said, user_id="known to the database")
    await layer.create_step(step(thread, said))


def step(thread: str, text: str, **fields: Any) -> dict[str, Any]:
    """A message as Chainlit writes it."""
    own = {"id": str(uuid4()), "threadId": thread, "name": "ada", "type": "user_message"}
    time = "2026-05-12T10:00:00Z"
    more = {"output": text, "streaming": False, "createdAt": time, "tags": ["a"], "metadata": {}}
    return {**own, **more, **fields}
