"""Reads files into documents: one module for each kind of format."""

from collections.abc import Callable
from pathlib import Path

from assistant.errors import AssistantError, DocumentError
from ingest.documents import Document
from ingest.loaders.code import SUFFIXES, load_code
from ingest.loaders.epub import load_epub
from ingest.loaders.languages import with_languages
from ingest.loaders.mail import load_eml, load_mbox
from ingest.loaders.markup import load_html, load_markdown
from ingest.loaders.pdf import load_pdf
from ingest.loaders.plain import load_text
from ingest.loaders.records import load_json, load_jsonl
from ingest.loaders.rich_text import load_rtf
from ingest.loaders.sheets import load_xlsx
from ingest.loaders.slides import load_pptx
from ingest.loaders.tables import load_csv
from ingest.loaders.word import load_docx

LOADERS: dict[str, Callable[[Path], Document]] = {
    **dict.fromkeys(SUFFIXES, load_code),
    ".csv": load_csv,
    ".docx": load_docx,
    ".eml": load_eml,
    ".epub": load_epub,
    ".htm": load_html,
    ".html": load_html,
    ".json": load_json,
    ".jsonl": load_jsonl,
    ".log": load_text,
    ".markdown": load_markdown,
    ".mbox": load_mbox,
    ".md": load_markdown,
    ".ndjson": load_jsonl,
    ".pdf": load_pdf,
    ".pptx": load_pptx,
    ".rst": load_text,
    ".rtf": load_rtf,
    ".tsv": load_csv,
    ".txt": load_text,
    ".xhtml": load_html,
    ".xlsm": load_xlsx,
    ".xlsx": load_xlsx,
}


def load(path: Path) -> Document:
    """Reads one file, and tells the language of its pages.

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
        reason = f"it is damaged or another kind of file ({error})"
        raise DocumentError(f"It cannot be read as {path.suffix}: {reason}.", path) from error
    if not document.pages:
        reason = " ".join(document.warnings) or "It has no text."
        raise DocumentError(reason, path)
    return document if loader is load_code else with_languages(document)
