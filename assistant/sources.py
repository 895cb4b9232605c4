"""The source viewer: the page of a document that an answer cites, and the document itself.

Each address carries its document's key for the user who was given it; for anyone else there is
nothing to see.
"""

import asyncio
import codecs
import mimetypes
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from assistant.errors import AssistantError, DocumentError, InputError
from assistant.schema import Passage
from assistant.security import CSP, SANDBOX
from assistant.source_links import (
    PICTURE_WIDTH,
    SourceLinks,
    can_be_read,
    is_pdf,
    name_of,
    printable,
)
from assistant.source_page import Link, Span, View, refusal_page, view_page
from ingest.loaders.code import SUFFIXES
from ingest.page_view import Box, locate, render_page
from ingest.records import StoredDocument
from ingest.store import PassageStore

Serve = Callable[[StoredDocument, Request], Response]

POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""The viewer needs its picture, its style and its script. Nothing that a document says may run."""

LEAST_WIDTH, LARGEST_WIDTH = 200, 2400
PICTURE_SECONDS = 600
HEAD_BYTES = 65_536
MAX_DIGITS = 15

UNLOCATED = "The cited words could not be located on the page with certainty. They stand below it."
CHANGED = "The file has changed since it was read. This is its text as it was read."
GONE = "The file is no longer where it was. This is its text as it was read."
UNREADABLE = "The page cannot be drawn. This is its text as it was read."
EMPTY = "There is no text on this page."
NOT_HERE = (
    "There is nothing at this address for you: the document was removed or read anew, or the "
    "address is not one that you were given. Ask again for an answer with new links."
)
"""Said of what is gone and of what is another's alike: it must not tell which."""


class Sources:
    """The routes behind the viewer's addresses.

    Args:
        store: The documents.
        links: Makes the addresses, and knows who may use them.
    """

    def __init__(self, store: PassageStore, links: SourceLinks) -> None:
        self._store = store
        self._links = links

    def routes(self) -> list[Route]:
        """The viewer, the picture of a page, and the file."""
        return [
            self._route("/source/{document_id:int}", self._view),
            self._route("/source/{document_id:int}/page/{page:int}.png", self._picture),
            self._route("/source/{document_id:int}/file", self._file),
        ]

    def _route(self, path: str, serve: Serve) -> Route:
        """A route for those who have the key; whatever is refused is said in a sentence."""

        def answer(request: Request) -> Response:
            try:
                return serve(self._admit(request), request)
            except AssistantError as error:
                is_address_wrong = isinstance(error, InputError)
                return _html(refusal_page(str(error)), 404 if is_address_wrong else 500)

        async def endpoint(request: Request) -> Response:
            response = await asyncio.to_thread(answer, request)
            response.headers.setdefault("cache-control", "private, no-cache")
            return response

        return Route(path, endpoint)

    def _admit(self, request: Request) -> StoredDocument:
        """The document of an address that has the key of whoever is asking."""
        document_id = _number("document", str(request.path_params["document_id"]))
        document = self._store.document(document_id)
        key = request.query_params.get("key", "")
        if document is None or not self._links.admits(document, key):
            raise InputError(NOT_HERE)
        return document

    def _view(self, document: StoredDocument, request: Request) -> Response:
        asked = request.query_params
        passage = self._passage(document, asked.get("passage"))
        page = self._page_number(document, asked.get("page"), passage.page if passage else None)
        is_cited = passage is not None and page == passage.page
        text = self._store.page_of(document.id, page) or ""
        spans = _spans(asked.getlist("span"), text, passage) if passage and is_cited else ()
        boxes, note = _look(document, page, text, spans)

        def link(number: int | None, words: str) -> Link:
            address = self._links.page(
                document, number, asked.get("passage"), asked.getlist("span")
            )
            return Link(address, words)

        view = View(
            name=name_of(document),
            heading=passage.heading if passage and is_cited else "",
            page=page,
            n_pages=document.n_pages,
            previous=link(page - 1, "Previous page") if page and page > 1 else None,
            next=link(page + 1, "Next page") if page and page < document.n_pages else None,
            cited=link(passage.page, "Cited page") if passage and not is_cited else None,
            original=self._links.original(document, page, [text[slice(*span)] for span in spans]),
            picture=self._links.picture(document, page) if boxes is not None else "",
            boxes=boxes or (),
            text=text or EMPTY,
            is_code=document.path.suffix.lower() in SUFFIXES,
            spans=spans,
            note=note,
        )
        return _html(view_page(view))

    def _passage(self, document: StoredDocument, asked: str | None) -> Passage | None:
        if asked is None:
            return None
        passage = self._store.passages([_number("passage", asked)]).get(int(asked))
        owner = self._store.document_of(passage) if passage else None
        if owner is None or owner.id != document.id:
            raise InputError(
                f"The document has no passage {asked}: open it from the answer that cites it."
            )
        return passage

    def _page_number(
        self, document: StoredDocument, asked: str | None, cited: int | None
    ) -> int | None:
        """The page to show: the one asked for, else the cited one, else the first.

        Returns:
            `None` where the format has no pages.
        """
        if self._store.page_of(document.id, None) is not None:
            return None
        page = cited or 1 if asked is None else _number("page", asked)
        if not 1 <= page <= document.n_pages:
            raise InputError(f"page must be between 1 and {document.n_pages}, got {page}.")
        return page

    def _picture(self, document: StoredDocument, request: Request) -> Response:
        page = self._page_number(document, str(request.path_params["page"]), None)
        asked = _number("width", request.query_params.get("width", str(PICTURE_WIDTH)))
        if page is None or not is_pdf(document):
            raise InputError("Only the pages of a PDF have a picture: leave out /page.")
        width = min(max(asked, LEAST_WIDTH), LARGEST_WIDTH)
        return Response(
            render_page(document.path, page, width),
            media_type="image/png",
            headers={"cache-control": f"private, max-age={PICTURE_SECONDS}"},
        )

    def _file(self, document: StoredDocument, request: Request) -> Response:  # noqa: ARG002
        if not can_be_read(document.path):
            raise InputError(
                f"{name_of(document)} is no longer where it was when it was read: ingest it again "
                "from where it is now."
            )
        return FileResponse(
            document.path,
            filename=printable(document.path.name),
            content_disposition_type="inline",
            headers={
                "content-type": _content_type(document.path),
                # Chrome's viewer does not start in a sandbox; a PDF runs in the viewer's own.
                **({} if is_pdf(document) else {CSP.decode(): SANDBOX.decode()}),
            },
        )


def _look(
    document: StoredDocument, page: int | None, text: str, spans: Sequence[Span]
) -> tuple[tuple[Box, ...] | None, str]:
    """Where the cited words stand on the page's picture, and what to say about it.

    Returns:
        `None` for the boxes where the text is to be shown instead of a picture.
    """
    if page is None or not is_pdf(document):
        return None, ""
    if not can_be_read(document.path):
        return None, GONE
    try:
        located = [locate(document.path, page, text, *span) for span in spans]
    except DocumentError:
        return None, UNREADABLE
    if spans and all(located):
        return tuple(box for boxes in located for box in boxes), ""
    if _has_changed(document):
        return None, CHANGED
    return (), UNLOCATED if spans else ""


def _has_changed(document: StoredDocument) -> bool:
    """Whether the file was written after it was read, as far as its time tells."""
    read_at = datetime.fromisoformat(document.ingested_at).timestamp()
    return document.path.stat().st_mtime >= read_at + 1  # it was read within that second


def _content_type(path: Path) -> str:
    """As what a browser shall read a file: nothing but HTML and PDF for more than text."""
    if path.suffix.lower() in (".html", ".htm", ".xhtml"):
        return "text/html"  # it names its encoding itself
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if b"\0" in head or path.suffix.lower() == ".pdf":
        return mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "text/plain"
    return "text/plain; charset=utf-8"


def _spans(written: Sequence[str], text: str, passage: Passage) -> tuple[Span, ...]:
    """The stretches that an address names, or the passage where it names none."""
    spans = []
    for one in written:
        start, _, end = one.partition("-")
        span = _number("span", start), _number("span", end)
        if not span[0] < span[1] <= len(text):
            raise InputError(
                f"span must be START-END with START before END and END at most {len(text)}, "
                f"got {one}: open it from the answer that cites it."
            )
        spans.append(span)
    return tuple(spans) or ((passage.start, passage.end),)


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS):
        raise InputError(f"{name} must be a number without a sign, got {text[:80]!r}.")
    return int(text)


def _html(page: str, status: int = 200) -> Response:
    return HTMLResponse(page, status, {CSP.decode(): POLICY})
