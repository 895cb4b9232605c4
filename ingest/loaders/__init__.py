"""Reads files into documents: one module for each kind of format."""

from collections.abc import Callable
from pathlib import Path

from assistant.errors import AssistantError, DocumentError
from ingest.documents import Document
from ingest.loaders.mail import load_eml
from ingest.loaders.markup import load_html, load_markdown
from ingest.loaders.office import load_docx, load_pptx
from ingest.loaders.pdf import load_pdf
from ingest.loaders.tables import load_csv
from ingest.loaders.text import load_text

LOADERS: dict[str, Callable[[Path], Document]] = {
    ".csv": load_csv,
    ".docx": load_docx,
    ".eml": load_eml,
    ".htm": load_html,
    ".html": load_html,
    ".markdown": load_markdown,
    ".md": load_markdown,
    ".pdf": load_pdf,
    ".pptx": load_pptx,
    ".txt": load_text,
}


def load(path: Path) -> Document:
    """Reads one file.

    Raises:
        DocumentError: The format is not known, the file is damaged or it has no text.
    """
    loader = LOADERS.get(path.suffix.lower())
    if loader is None:
        raise DocumentError(
            f"Files named *{path.suffix} are not read: known are {', '.join(sorted(LOADERS))}.",
            path,
        )
    try:
        document = loader(path)
    except AssistantError:
        raise
    except Exception as error:
        raise DocumentError(f"It cannot be read as {path.suffix}: {error}", path) from error
    if not document.pages:
        reason = " ".join(document.warnings) or "It has no text."
        raise DocumentError(reason, path)
    return document
