"""What the tests of the loaders share: writing a file, reading it, looking at what was read."""

from pathlib import Path

from ingest.documents import Document, Page
from ingest.loaders import load


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def text_of(document: Document) -> str:
    return "\n".join(page.text for page in document.pages)


def text_read(path: Path, content: str | bytes) -> str:
    """The text of a file with this content."""
    return text_of(load(write(path, content)))


def headings(page: Page) -> dict[str, str]:
    return {section.heading: page.text[section.start : section.end] for section in page.sections}
