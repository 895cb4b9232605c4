"""A web site on loopback, with a page for each path and a log of the requests."""

import contextlib
import gzip
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    """What a path answers.

    Attributes:
        pieces: How many pieces the body is sent in.
        pause_seconds: The wait before each piece, the headers included.
    """

    body: bytes = b""
    content_type: str | None = HTML
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pieces: int = 1
    pause_seconds: float = 0.0


def html(body: str) -> Answer:
    return Answer(f"<html><body>{body}</body></html>".encode())


def xml(body: str) -> Answer:
    return Answer(body.encode(), "application/xml")


def redirect(location: str, **headers: str) -> Answer:
    return Answer(status=302, headers={"Location": location, **headers})


def packed(body: bytes, content_type: str = HTML, times: int = 1) -> Answer:
    for _ in range(times):
        body = gzip.compress(body)
    return Answer(body, content_type, headers={"Content-Encoding": ", ".join(["gzip"] * times)})


class SiteServer:
    """Serves `answers` by path; any other path is not found."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self._stopped = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self._http.server_address[1]
        self.root = f"http://127.0.0.1:{self.port}"

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stopped.set()
        self._http.shutdown()
        self._http.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *arguments: object) -> None:
                pass

            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                server.requests.append((self.path, headers))
                answer = server.answers.get(self.path, Answer(status=404))
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    self._send(answer, server._stopped.wait if answer.pause_seconds else None)

            def _send(self, answer: Answer, wait: Callable[[float], bool] | None) -> None:
                if wait is not None:
                    wait(answer.pause_seconds)
                self.send_response(answer.status)
                if answer.content_type is not None:
                    self.send_header("Content-Type", answer.content_type)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                size = -(-len(answer.body) // answer.pieces) or 1
                for start in range(0, len(answer.body), size):
                    if wait is not None and start:
                        wait(answer.pause_seconds)
                    self.wfile.write(answer.body[start : start + size])
                    self.wfile.flush()

        return Handler
