"""A person's browser as far as the server sees it: cookies, requests, and a chat's websocket."""

from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, Queue
from typing import Any
from uuid import uuid4

import httpx
import socketio

ANSWER_SECONDS = 90


class Visitor:
    """Someone at an address, not logged in yet."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.http = httpx.Client(base_url=address, timeout=30)

    def log_in(self, name: str, password: str) -> httpx.Response:
        return self.http.post("/login", data={"username": name, "password": password})

    @property
    def cookies(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())

    @contextmanager
    def chat(self, thread: str = "", session: str = "") -> Iterator["Chat"]:
        """A chat over the websocket, as the page opens it."""
        chat = Chat(self, thread, session or str(uuid4()))
        try:
            yield chat
        finally:
            chat.close()


class Chat:
    """An open websocket, and all that came over it."""

    def __init__(self, visitor: Visitor, thread: str, session: str) -> None:
        self.session = session
        self.events: list[tuple[str, Any]] = []
        self._queue: Queue[tuple[str, Any]] = Queue()
        self._client = socketio.Client(reconnection=False)
        self._client.on("*", lambda event, *data: self._queue.put((event, data[0] if data else 0)))
        self._client.on("disconnect", lambda *reason: self._queue.put(("disconnect", None)))
        self._client.connect(
            visitor.address,
            socketio_path="/ws/socket.io",
            transports=["websocket"],
            headers={"Cookie": visitor.cookies},
            auth={
                "clientType": "webapp",
                "sessionId": session,
                "threadId": thread,
                "userEnv": "{}",
                "chatProfile": "",
            },
        )
        self._client.emit("connection_successful")

    def wait_for(self, name: str) -> Any:
        """What comes with the next event of this name."""
        while True:
            try:
                event, data = self._queue.get(timeout=ANSWER_SECONDS)
            except Empty:
                raise AssertionError(f"{name} did not come, but {self.events}") from None
            self.events.append((event, data))
            if event == name:
                return data

    def say(self, text: str) -> None:
        now = "2026-01-01T00:00:00Z"
        said = {"id": str(uuid4()), "name": "me", "type": "user_message", "output": text}
        message = {**said, "threadId": "", "createdAt": now}
        self._client.emit("client_message", {"message": message, "fileReferences": []})

    def ask(self, text: str) -> str:
        """Says something, and returns the answer."""
        self.wait_for("set_commands")
        self.say(text)
        self.wait_for("task_start")
        self.wait_for("task_end")
        said = [
            data["output"]
            for event, data in self.events
            if event in ("new_message", "update_message") and data["type"] == "assistant_message"
        ]
        return said[-1] if said else ""

    @property
    def thread(self) -> str:
        """The id of the chat."""
        return next(
            data["thread_id"] for event, data in self.events if event == "first_interaction"
        )

    @property
    def links(self) -> list[str]:
        """The addresses of the sources that were cited."""
        elements = [data for event, data in self.events if event == "element"]
        return [one["url"] for one in elements if str(one.get("url")).startswith("/source/")]

    def close(self) -> None:
        self._client.disconnect()
