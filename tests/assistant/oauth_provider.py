"""An OAuth provider on loopback, which vouches for whom a test says."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class OAuthProvider:
    """What it says of whoever comes next, and where it is asked."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.person: dict[str, Any] = {}

    @property
    def variables(self) -> dict[str, str]:
        """Chainlit's own variables for it."""
        return {
            "OAUTH_GENERIC_CLIENT_ID": "an id",
            "OAUTH_GENERIC_CLIENT_SECRET": "a secret",
            "OAUTH_GENERIC_AUTH_URL": f"{self.address}/authorize",
            "OAUTH_GENERIC_TOKEN_URL": f"{self.address}/token",
            "OAUTH_GENERIC_USER_INFO_URL": f"{self.address}/person",
            "OAUTH_GENERIC_SCOPES": "email",
        }


@contextmanager
def oauth_provider(port: int = 0) -> Iterator[OAuthProvider]:
    """A provider that runs until the block ends."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(provider.person)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self._say({"access_token": "a token"})

        def _say(self, value: Any) -> None:
            body = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *of: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Answers)
    provider = OAuthProvider(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
