"""The addresses of a conversation's files and of its export, for its user alone."""

import asyncio
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from assistant.chats.markdown import as_markdown
from assistant.chats.store import Chats
from assistant.errors import InputError
from assistant.security import CSP, SANDBOX, asking

NOT_HERE = "There is nothing at this address for you."


class ChatPages:
    """The routes; whose they may show is who is asking.

    Args:
        chats: The conversations.
    """

    def __init__(self, chats: Chats) -> None:
        self._chats = chats

    def routes(self) -> list[Route]:
        """A file of a chat, and a chat as Markdown."""
        return [
            Route("/chats/{chat}/files/{file}", self._file),
            Route("/chats/{chat}/export.md", self._export),
        ]

    async def _file(self, request: Request) -> Response:
        chat, file = request.path_params["chat"], request.path_params["file"]
        path = await asyncio.to_thread(self._chats.file, asking.get(), chat, file)
        if path is None:
            return PlainTextResponse(NOT_HERE, 404)
        return FileResponse(
            path,
            filename=path.name,
            content_disposition_type="inline",
            headers=_kept_apart(path),
        )

    async def _export(self, request: Request) -> Response:
        chat = request.path_params["chat"]
        try:
            conversation = await asyncio.to_thread(self._chats.read, asking.get(), chat)
        except InputError:
            return PlainTextResponse(NOT_HERE, 404)
        name = quote(f"{conversation.name or 'chat'}.md")
        return Response(
            as_markdown(conversation),
            media_type="text/markdown; charset=utf-8",
            headers={"content-disposition": f"attachment; filename*=utf-8''{name}"},
        )


def _kept_apart(path: Path) -> dict[str, str]:
    """Keeps a file from acting as a part of the page; a PDF's viewer does so itself."""
    own = {"cache-control": "private, no-cache"}
    return own if path.suffix.lower() == ".pdf" else {**own, CSP.decode(): SANDBOX.decode()}
