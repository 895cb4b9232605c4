"""Addresses of the source viewer, and of the documents that it shows."""

import os
from collections.abc import Sequence
from pathlib import Path, PurePath
from urllib.parse import urldefrag, urlencode, urlsplit

from assistant.schema import Citation, Passage
from assistant.security import SourceKeys, asking
from assistant.source_page import Link, text_fragment
from ingest.records import StoredDocument
from ingest.store import PassageStore

PICTURE_WIDTH = 1400
"""Pixels: as wide as the side panel of a large screen with two for each of its own."""


class SourceLinks:
    """Makes addresses, each with the key of its document for the user who is asking.

    Args:
        store: The documents.
        keys: Who has a document's key may see it.
    """

    def __init__(self, store: PassageStore, keys: SourceKeys) -> None:
        self._store = store
        self._keys = keys

    def cited(self, passage: Passage, citations: Sequence[Citation]) -> str | None:
        """Where a passage can be seen with the quotes of these citations highlighted.

        Returns:
            The address without a host; `None` where the document is gone.
        """
        document = self._store.document_of(passage)
        if document is None or document.collection != passage.collection:
            return None
        spans = dict.fromkeys(f"{one.start}-{one.end}" for one in citations)
        return self.page(document, passage.page, passage.id, list(spans))

    def page(
        self,
        document: StoredDocument,
        page: int | None,
        passage: str | None,
        spans: Sequence[str],
    ) -> str:
        """Where a page can be seen, with the way back to a cited passage where there is one."""
        asked = [("page", page), ("passage", passage), *(("span", span) for span in spans)]
        return self._with_key(document, "", asked) + "#cited"

    def picture(self, document: StoredDocument, page: int | None) -> str:
        """The picture of a page."""
        return self._with_key(document, f"/page/{page}.png", [("width", PICTURE_WIDTH)])

    def original(
        self, document: StoredDocument, page: int | None, quotes: Sequence[str]
    ) -> Link | None:
        """Where the document itself opens, at the page or the words where a browser can."""
        if not is_web(document) and not can_be_read(document.path):
            return None
        address = document.source if is_web(document) else self._with_key(document, "/file", [])
        if is_pdf(document):
            return Link(f"{urldefrag(address).url}#page={page}", "Open PDF")
        place = text_fragment(quotes[0]) if quotes else ""
        mark = "#" if place and "#" not in address else ""
        words = "Open web page" if is_web(document) else "Open file"
        return Link(f"{address}{mark}{place}", words)

    def admits(self, document: StoredDocument, key: str) -> bool:
        """Whether a key opens a document to the user who is asking."""
        return self._keys.fits(key, document.collection, document.id, asking.get())

    def _with_key(
        self, document: StoredDocument, path: str, asked: Sequence[tuple[str, object]]
    ) -> str:
        key = self._keys.key(document.collection, document.id, asking.get())
        pairs = [(name, value) for name, value in asked if value is not None]
        return f"/source/{document.id}{path}?{urlencode([*pairs, ('key', key)])}"


def is_pdf(document: StoredDocument) -> bool:
    """Whether its pages can be drawn."""
    return document.path.suffix.lower() == ".pdf"


def is_web(document: StoredDocument) -> bool:
    """Whether it came from a web address."""
    return document.source.startswith(("http://", "https://"))


def name_of(document: StoredDocument) -> str:
    """The file's name, or the host and path of a web address."""
    if is_web(document):
        parts = urlsplit(document.source)
        return f"{parts.netloc}{parts.path}".rstrip("/")
    return printable(PurePath(document.source).name)


def printable(name: str) -> str:
    """A file's name without the bytes that are no text."""
    return name.encode(errors="replace").decode()


def can_be_read(path: Path) -> bool:
    """Whether a file is there and open to this program."""
    return os.path.isfile(path) and os.access(path, os.R_OK)
