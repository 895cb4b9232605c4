"""Keeps the chat page to itself, whatever another web page, a document or a model may try."""

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from filelock import FileLock

from assistant.errors import SettingsError

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

CSP = b"content-security-policy"
HEADERS = {
    # The page's custom elements are compiled in the browser, hence unsafe-eval.
    CSP: (
        b"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
        b"style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        b"connect-src 'self' blob: data:; worker-src 'self' blob:; frame-src 'self' blob:; "
        b"object-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    ),
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}

FILES = "/project/file/"
SANDBOX = b"sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""For documents: one that is opened by its address must not run as a part of the page."""

SECRET_BYTES = 32


class SourceKeys:
    """Keys without which the address of a document shows nothing.

    A document's id can be guessed and its key cannot, so that an upload stays with those who were
    given a link to it. The secret behind the keys is kept in a file: links survive a restart.

    Raises:
        SettingsError: The file cannot be used.
    """

    def __init__(self, file: Path) -> None:
        self._secret = _read_or_make(file)

    def key(self, collection: str, document_id: int) -> str:
        """The key of a document: HMAC-SHA256, 64 hexadecimal digits.

        The collection is in it, for ids begin anew with a new index.
        """
        said = f"source {document_id} {collection}".encode()
        return hmac.new(self._secret, said, hashlib.sha256).hexdigest()

    def fits(self, key: str, collection: str, document_id: int) -> bool:
        """Whether this is the document's key; takes as long for every wrong one."""
        own = self.key(collection, document_id).encode()
        return hmac.compare_digest(own, key.encode(errors="replace"))


def _read_or_make(file: Path) -> bytes:
    """The secret of a state folder; the first process to ask makes it, for its owner only."""
    try:
        with FileLock(file.with_suffix(".lock")):
            if not file.exists():
                fresh = file.with_suffix(".new")
                fresh.unlink(missing_ok=True)
                fresh.touch(mode=0o600, exist_ok=False)
                fresh.write_bytes(secrets.token_bytes(SECRET_BYTES))
                fresh.replace(file)
        secret = file.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"ASSISTANT_HOME must be a folder that can be written, got {file.parent} "
            f"({error.strerror}): set it to another.",
            "ASSISTANT_HOME",
        ) from error
    if len(secret) != SECRET_BYTES:
        raise SettingsError(
            f"{file} must hold {SECRET_BYTES} bytes, got {len(secret)}: delete it, and a new one "
            "is made. Links to sources in earlier answers end with it.",
            "ASSISTANT_HOME",
        )
    return secret


class SameOrigin:
    """ASGI middleware that refuses requests and websockets which another web page has sent.

    A browser says in `Origin` which page is asking. Without this, any page that a person has open
    could talk to the chat, for it needs no login.
    """

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or ends it with status 403."""
        if scope["type"] not in ("http", "websocket") or _is_own(dict(scope["headers"])):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4403})
        else:
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b"Another page has sent this."})


def _is_own(headers: dict[bytes, bytes]) -> bool:
    origin, host = headers.get(b"origin"), headers.get(b"host", b"")
    return origin is None or urlsplit(origin).netloc == host


class SecurityHeaders:
    """ASGI middleware that adds the headers to every response that has none of its own."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on and adds the headers to what comes back."""

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                own = list(message.get("headers", []))
                added = HEADERS | ({CSP: SANDBOX} if scope["path"].startswith(FILES) else {})
                for name, _ in own:
                    added.pop(name.lower(), None)
                message["headers"] = [*own, *added.items()]
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)
