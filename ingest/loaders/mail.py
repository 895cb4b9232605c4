"""Reads e-mails."""

from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from pathlib import Path

from ingest.documents import Document
from ingest.loaders.markup import html_text
from ingest.loaders.pages import in_parts
from ingest.loaders.text import clean, name_in_words

FIELDS = ("From", "To", "Cc", "Subject", "Date")


def load_eml(path: Path) -> Document:
    """Reads an e-mail: sender, receivers, subject, date and the names of attachments, the body."""
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    fields = {name: _joined(message.get_all(name, [])) for name in FIELDS}
    attached = [_name(part) for part in message.iter_attachments()]
    fields["Attachments"] = ", ".join(filter(None, attached))
    head = "\n".join(f"{name}: {value}" for name, value in fields.items() if value)
    text = "\n\n".join(filter(None, (head, _body(message))))
    pages = in_parts(clean(text).split("\n")) if text else ()
    return Document(fields["Subject"] or name_in_words(path), pages, len(pages) or 1)


def _body(message: EmailMessage) -> str:
    """The plain text, or where there is none, that of the HTML."""
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        if part is not None:
            text = _content(part)
            text = html_text(text) if kind == "html" else text
            if text.strip():
                return text.strip()
    return ""


def _content(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except LookupError:  # an encoding that nobody knows
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _name(part: MIMEPart) -> str:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_content()
        return f"e-mail {' '.join(str(inner['Subject'] or '').split())!r}"
    return " ".join((part.get_filename() or "").split())


def _joined(values: list[str]) -> str:
    return ", ".join(" ".join(str(value).split()) for value in values)
