"""Reads web pages and Markdown."""

import re
from pathlib import Path

from lxml import html

from ingest.documents import Document
from ingest.loaders.elements import from_elements, partition
from ingest.loaders.text import decode, name_in_words

BOILERPLATE = ("script", "style", "noscript", "template", "nav", "footer", "form", "aside")


def load_html(path: Path) -> Document:
    """Reads a web page without its navigation, footer and scripts."""
    source = decode(path.read_bytes(), path)
    if not source.strip():
        return Document(name_in_words(path), (), 1)
    root = html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", source))
    title = " ".join((root.findtext(".//title") or "").split())
    for element in root.xpath("|".join(f"//{tag}" for tag in BOILERPLATE)):
        element.drop_tree()
    elements = partition("html", text=html.tostring(root, encoding="unicode"))
    return from_elements(path, elements, title)


def load_markdown(path: Path) -> Document:
    """Reads Markdown as the text that a reader sees, without its marks."""
    source = decode(path.read_bytes(), path)
    return from_elements(path, partition("md", text=source) if source.strip() else [])
