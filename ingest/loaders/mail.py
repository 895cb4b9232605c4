"""Reads e-mails."""

from email import message_from_bytes
from pathlib import Path

from ingest.documents import Document
from ingest.loaders.elements import from_elements, partition
from ingest.loaders.text import name_in_words


def load_eml(path: Path) -> Document:
    """Reads an e-mail: sender, receivers, subject and date, then the body."""
    elements = partition("email", filename=str(path))
    if not elements:
        return Document(name_in_words(path), (), 1)
    metadata = elements[0].metadata
    fields = {
        "From": metadata.sent_from,
        "To": metadata.sent_to,
        "Subject": [metadata.subject] if metadata.subject else None,
        # Unstructured makes up a missing date from the file's own.
        "Date": message_from_bytes(path.read_bytes()).get_all("Date"),
    }
    head = [f"{name}: {', '.join(values)}" for name, values in fields.items() if values]
    return from_elements(path, elements, metadata.subject or "", preamble="\n".join(head))
