"""Reads web pages and Markdown."""

import re
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from ingest.documents import Document
from ingest.loaders.html_tree import content, page_title, parse_html
from ingest.loaders.html_walk import walk
from ingest.loaders.pages import PageBuilder
from ingest.loaders.text import clean, decode, empty, name_in_words, read_text

DECLARED_ENCODING = re.compile(rb"<(?:meta|\?xml)[^>]*(?:charset|encoding)\s*=\s*[\"']?([\w.:-]+)")
PROBED_BYTES = 4_000
MAX_NESTING = 100
"""Markdown within Markdown: what is nested deeper is lost, and Python's stack ends soon after."""
FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
FRONT_TITLE = re.compile(r"^title:[ \t]*([\"']?)(.+?)\1[ \t]*$", re.MULTILINE)


def load_html(path: Path) -> Document:
    """Reads a web page without its navigation, footer and scripts."""
    data = path.read_bytes()
    declared = DECLARED_ENCODING.search(data[:PROBED_BYTES])
    source = clean(decode(data, path, declared.group(1).decode() if declared else ""))
    if not source.strip():
        return empty(path)
    root = parse_html(source)
    return _document(path, root, PageBuilder(), page_title(root))


def load_markdown(path: Path) -> Document:
    """Reads Markdown as the text that a reader sees, without its marks."""
    source = read_text(path)
    if not source.strip():
        return empty(path)
    front = FRONT_MATTER.match(source)
    builder = PageBuilder()
    title = ""
    if front:
        builder.add(front.group(1))
        named = FRONT_TITLE.search(front.group(1))
        title = named.group(2) if named else ""
    body = source[front.end() :] if front else source
    rendered = (
        MarkdownIt("commonmark", {"maxNesting": MAX_NESTING})
        .enable(["table", "strikethrough"])
        .render(body)
    )
    if not rendered.strip():
        return Document(title or name_in_words(path), (builder.build(None),), 1)
    return _document(path, parse_html(rendered), builder, title)


def html_text(source: str) -> str:
    """The text of HTML that is part of something else, as of an e-mail."""
    if not source.strip():
        return ""
    builder = PageBuilder()
    walk(content(parse_html(clean(source))), builder)
    return builder.build(None).text


def _document(path: Path, root: Any, builder: PageBuilder, title: str) -> Document:
    walk(content(root), builder)
    page = builder.build(None)
    title = title or builder.first_heading or name_in_words(path)
    return Document(title, (page,) if page.text.strip() else (), 1)
