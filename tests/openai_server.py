"""An OpenAI-compatible model server on loopback, with a queue of replies and a log of calls."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from assistant.chats.subject import SYSTEM as NAMING

SILENCE_SECONDS = 30


@dataclass(frozen=True)
class Says:
    """A streamed answer, complete with usage and `[DONE]`."""

    pieces: tuple[str, ...]
    prompt_tokens: int = 11
    completion_tokens: int = 7
    finish_reason: str = "stop"


@dataclass(frozen=True)
class Refuses:
    """An error instead of an answer."""

    status: int
    message: str = "no"
    code: str | None = None


@dataclass(frozen=True)
class BreaksOff:
    """Pieces of an answer, then the connection is closed: no finish reason, no `[DONE]`.

    With `chunked` the body is left without its end, as HTTP/1.1 servers do when they crash;
    without it the body ends where the connection does, and HTTP itself has nothing to complain of.
    """

    pieces: tuple[str, ...]
    chunked: bool = True


@dataclass(frozen=True)
class FailsMidway:
    """Pieces of an answer, then an error event in the stream."""

    pieces: tuple[str, ...]
    message: str = "out of memory"


@dataclass(frozen=True)
class FallsSilent:
    """Pieces of an answer, then nothing more until the server is stopped.

    Without `headers` not even the status line is sent.
    """

    pieces: tuple[str, ...] = ()
    headers: bool = True


@dataclass(frozen=True)
class CallsTools:
    """An answer that calls these tools and says nothing."""

    names: tuple[str, ...]
    pieces: tuple[str, ...] = ()


Behaviour = Says | CallsTools | Refuses | BreaksOff | FailsMidway | FallsSilent


class OpenAIServer:
    """Serves `/v1/chat/completions`; each call takes the next behaviour from the queue.

    Attributes:
        replies: What is done with a call when the queue is empty.
    """

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.name_of_chats = "A chat with a model"
        self.replies: Callable[[dict[str, Any]], Behaviour] = lambda call: Refuses(418, "no reply")
        self._queue: deque[Behaviour] = deque()
        self._stopped = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.api_base = f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def will(self, *behaviours: Behaviour) -> None:
        self._queue.extend(behaviours)

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stopped.set()
        self._http.shutdown()
        self._http.server_close()

    def prompt(self, call: int = -1) -> str:
        """All that a call told the model, as one text."""
        return "\n".join(message["content"] for message in self.calls[call]["messages"])

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments: object) -> None:
                pass

            def do_POST(self) -> None:
                call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if call["messages"][0]["content"] == NAMING:  # beside the conversation
                    self._stream(Says((server.name_of_chats,)))
                    return
                server.calls.append({"path": self.path, **call})
                server.keys.append(self.headers.get("Authorization", ""))
                behaviour = server._queue.popleft() if server._queue else server.replies(call)
                if isinstance(behaviour, Refuses):
                    self._refuse(behaviour)
                else:
                    self._stream(behaviour)

            def _refuse(self, refusal: Refuses) -> None:
                error = {"message": refusal.message, "type": "error", "code": refusal.code}
                body = json.dumps({"error": error}).encode()
                self.send_response(refusal.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def _stream(self, behaviour: Behaviour) -> None:
                self.close_connection = True
                if not getattr(behaviour, "headers", True):
                    server._stopped.wait(SILENCE_SECONDS)
                    return
                chunked = getattr(behaviour, "chunked", True)
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                if chunked:
                    self.send_header("Transfer-Encoding", "chunked")
                else:
                    self.send_header("Connection", "close")
                self.end_headers()
                for data in events(behaviour):
                    line = f"data: {data}\n\n".encode()
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line) if chunked else line)
                    self.wfile.flush()
                if isinstance(behaviour, BreaksOff):
                    time.sleep(0.1)  # a client drops what it has not read when the cut arrives
                if isinstance(behaviour, FallsSilent):
                    server._stopped.wait(SILENCE_SECONDS)
                if isinstance(behaviour, Says | CallsTools | FailsMidway):
                    self.wfile.write(b"0\r\n\r\n")

        return Handler


def events(behaviour: Behaviour) -> Iterator[str]:
    """The data of each server-sent event."""
    for piece in behaviour.pieces:
        yield _chunk({"role": "assistant", "content": piece}, None)
    if isinstance(behaviour, CallsTools):
        for at, name in enumerate(behaviour.names):
            called = {"name": name, "arguments": "{}"}
            call = {"index": at, "id": f"call-{at}", "type": "function", "function": called}
            yield _chunk({"role": "assistant", "tool_calls": [call]}, None)
        yield _chunk({}, "tool_calls" if behaviour.names else "stop")
        yield "[DONE]"
    if isinstance(behaviour, FailsMidway):
        yield json.dumps({"error": {"message": behaviour.message, "code": 500}})
    if isinstance(behaviour, Says):
        yield _chunk({}, behaviour.finish_reason)
        usage = {
            "prompt_tokens": behaviour.prompt_tokens,
            "completion_tokens": behaviour.completion_tokens,
            "total_tokens": behaviour.prompt_tokens + behaviour.completion_tokens,
        }
        yield json.dumps({**json.loads(_chunk({}, None)), "choices": [], "usage": usage})
        yield "[DONE]"


def _chunk(delta: dict[str, Any], finish_reason: str | None) -> str:
    return json.dumps(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "test",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}],
        }
    )
