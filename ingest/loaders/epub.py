"""Reads electronic books: each chapter a page."""

import html
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lxml import etree

from assistant.errors import DocumentError
from ingest.documents import Document, Page
from ingest.loaders.archives import check_archive
from ingest.loaders.html_tree import content, parse_html
from ingest.loaders.html_walk import walk
from ingest.loaders.pages import PageBuilder
from ingest.loaders.text import clean, decode, name_in_words

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
FONT_OBFUSCATION = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
CHAPTER_TYPES = ("application/xhtml+xml", "text/html")
PROBED_CHARS = 4_000
ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)\w+;")
DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[.*?\])?[^>]*>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Book:
    """What an EPUB's package says: its title, its chapters' paths and titles, in order."""

    title: str
    chapters: tuple[str, ...]
    names: dict[str, str]


def load_epub(path: Path) -> Document:
    """Reads a book in its reading order, each chapter a page under its title.

    Raises:
        DocumentError: It is damaged or protected against copying.
    """
    check_archive(path)
    with zipfile.ZipFile(path) as archive:
        try:
            _refuse_protected(archive, path)
            book = _book(archive)
            read = [_page(archive, book, number) for number in range(1, len(book.chapters) + 1)]
        except (KeyError, etree.XMLSyntaxError, zipfile.BadZipFile, zlib.error) as error:
            raise DocumentError(
                f"It is damaged, or no book in EPUB format: {error}.", path
            ) from error
    pages = tuple(page for page in read if page.text.strip())
    return Document(book.title or name_in_words(path), pages, len(book.chapters))


def _refuse_protected(archive: zipfile.ZipFile, path: Path) -> None:
    if ENCRYPTION not in archive.namelist():
        return
    methods = _parse(archive.read(ENCRYPTION)).xpath("//*[local-name()='EncryptionMethod']")
    if any(method.get("Algorithm") not in FONT_OBFUSCATION for method in methods):
        raise DocumentError(
            "It is protected against copying (DRM): use a copy without protection.", path
        )


def _book(archive: zipfile.ZipFile) -> _Book:
    container = _parse(archive.read(CONTAINER))
    roots = container.xpath("//*[local-name()='rootfile']/@full-path")
    if not roots:
        raise KeyError(f"{CONTAINER} names no package")
    package = _parse(archive.read(roots[0]))
    folder = posixpath.dirname(roots[0])
    items = {
        item.get("id"): item
        for item in package.xpath("//*[local-name()='manifest']/*[local-name()='item']")
    }
    order = package.xpath("//*[local-name()='spine']/*[local-name()='itemref']/@idref")
    chapters = [
        _resolve(folder, items[one].get("href", ""))
        for one in order
        if one in items and items[one].get("media-type") in CHAPTER_TYPES
    ]
    titles = package.xpath("//*[local-name()='metadata']/*[local-name()='title']")
    title = " ".join("".join(titles[0].itertext()).split()) if titles else ""
    names = dict(_contents(archive, folder, list(items.values())))
    return _Book(title, tuple(chapters), names)


def _contents(archive: zipfile.ZipFile, folder: str, items: list[Any]) -> Iterator[tuple[str, str]]:
    """Chapters' paths with their titles, from the table of contents (EPUB 3, then EPUB 2)."""
    for item in items:
        is_nav = "nav" in item.get("properties", "").split()
        if not is_nav and item.get("media-type") != "application/x-dtbncx+xml":
            continue
        at = _resolve(folder, item.get("href", ""))
        tree = _parse_markup(archive, at)
        base = posixpath.dirname(at)
        for point in reversed(tree.xpath("//a[@href]|//navPoint")):
            source = point.get("href") or next(iter(point.xpath("./content/@src")), "")
            label = point if is_nav else point.find("navLabel")
            name = " ".join("".join(label.itertext()).split()) if label is not None else ""
            # The reverse order lets a chapter's first entry win over those within it.
            yield _resolve(base, source.split("#")[0]), name


def _page(archive: zipfile.ZipFile, book: _Book, number: int) -> Page:
    chapter = book.chapters[number - 1]
    root = content(_parse_markup(archive, chapter))
    builder = PageBuilder()
    name = book.names.get(chapter, "")
    if name and not root.xpath(".//h1|.//h2"):
        builder.section(name, 1)
    walk(root, builder)
    return builder.build(number)


def _resolve(folder: str, href: str) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(href)))


def _parse_markup(archive: zipfile.ZipFile, name: str) -> Any:
    """A chapter's tree without namespaces; as XML, or where it is not, as HTML."""
    data = archive.read(name)
    source = clean(decode(data, Path(name)))
    source = DOCTYPE.sub("", source[:PROBED_CHARS], count=1) + source[PROBED_CHARS:]
    source = ENTITY.sub(lambda entity: html.unescape(entity.group()), source)
    source = re.sub(r"^\s*<\?xml[^>]*\?>", "", source)
    try:
        root = _parse(source.encode())
    except etree.XMLSyntaxError:
        return parse_html(source)
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
    return root


def _parse(data: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(data, parser)
