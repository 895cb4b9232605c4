"""Tells what kind of file a web server has sent: by its type, its address, its first bytes."""

import codecs
import io
import json
import mimetypes
import re
import zipfile
from collections.abc import Callable
from pathlib import PurePosixPath

from ingest.loaders import LOADERS

SUFFIX_OF_TYPE = {
    "application/epub+zip": ".epub",
    "application/json": ".json",
    "application/jsonl": ".jsonl",
    "application/ld+json": ".json",
    "application/pdf": ".pdf",
    "application/rtf": ".rtf",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/x-ndjson": ".jsonl",
    "application/xhtml+xml": ".html",
    "application/xml": ".xml",
    "message/rfc822": ".eml",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "text/rtf": ".rtf",
    "text/tab-separated-values": ".tsv",
    "text/x-markdown": ".md",
    "text/xml": ".xml",
}
SAYS_NOTHING = frozenset(("", "application/octet-stream", "binary/octet-stream"))
"""Types that servers send when they do not know; the address and the bytes have to tell."""
ZIP_CONTENTS = {"word/": ".docx", "ppt/": ".pptx", "xl/": ".xlsx", "META-INF/container": ".epub"}
IS_HTML = re.compile(rb"<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
PROBED_BYTES = 2_000
BINARY_SUFFIXES = frozenset((".docx", ".epub", ".pdf", ".pptx", ".xlsm", ".xlsx"))


def suffix_of(content_type: str, url_path: str, data: bytes) -> str:
    """The ending that a file must have for its loader; empty where there is none.

    Args:
        content_type: The type that the server names, without its parameters.
        url_path: The path in the address.
        data: The body.
    """
    by_signature = _by_signature(data)
    if by_signature:
        return by_signature
    by_url = PurePosixPath(url_path).suffix.lower()
    by_url = by_url if by_url in LOADERS else ""
    if content_type == "text/plain" and by_url not in BINARY_SUFFIXES:
        return by_url or ".txt"  # servers send source code, tables and Markdown as plain text
    by_type = SUFFIX_OF_TYPE.get(content_type) or _registered(content_type)
    if by_type or content_type not in SAYS_NOTHING:
        return by_type
    return by_url or _by_content(data)


def as_utf_8(data: bytes, charset: str | None) -> bytes:
    """A text in UTF-8, where the server names another encoding: the file itself may not."""
    if not charset or data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data
    try:
        return data.decode(charset).encode()
    except (LookupError, UnicodeError):
        return data


def is_text(suffix: str) -> bool:
    """Whether files with this ending are text in some encoding."""
    kind = mimetypes.guess_type(f"a{suffix}")[0] or "text/plain"
    is_media = kind.startswith(("image/", "audio/", "video/"))
    return suffix not in BINARY_SUFFIXES and not is_media


def _registered(content_type: str) -> str:
    suffixes = mimetypes.guess_all_extensions(content_type)
    return next((suffix for suffix in suffixes if suffix in LOADERS), "")


def _by_signature(data: bytes) -> str:
    if data.startswith(b"%PDF-"):
        return ".pdf"
    if data.startswith(b"{\\rtf"):
        return ".rtf"
    return _by_members(data) if data.startswith(b"PK\x03\x04") else ""


def _by_members(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError):
        return ""
    return next(
        (
            suffix
            for start, suffix in ZIP_CONTENTS.items()
            if any(name.startswith(start) for name in names)
        ),
        "",
    )


def _by_content(data: bytes) -> str:
    """The kind of a text that nothing names."""
    if IS_HTML.search(data[:PROBED_BYTES]):
        return ".html"
    if b"\x00" in data[:PROBED_BYTES] or not _succeeds(data.decode):
        return ""
    if data.lstrip().startswith(b"<?xml"):
        return ".xml"
    return ".json" if data.lstrip()[:1] in b"{[" and _succeeds(lambda: json.loads(data)) else ".txt"


def _succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except (ValueError, RecursionError):
        return False
    return True
