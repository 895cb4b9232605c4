"""Reads e-mails, alone or by the mailbox."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from pathlib import Path

from assistant.errors import DocumentError
from ingest.documents import Document, Page
from ingest.loaders.markup import html_text
from ingest.loaders.pages import in_parts
from ingest.loaders.text import clean, name_in_words, one_section

FIELDS = ("From", "To", "Cc", "Subject", "Date")
SEPARATOR = re.compile(rb"From (?:\S*@|.*\d:\d\d)")
"""The line in front of each mail of a mailbox names its sender's address or the time of day."""
QUOTED = re.compile(rb">+From ")
SHOWN_MAILS = 10


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail.

    Attributes:
        number: Its place in its file, from 1.
        subject: On one line; empty where there is none.
        body: The plain text, or where there is none, that of the HTML; of a broken mail its source.
        head: Sender, receivers, subject, date and the names of attachments, a line each.
        is_broken: Whether it cannot be taken apart.
    """

    number: int
    subject: str
    body: str
    head: str = ""
    is_broken: bool = False

    @property
    def text(self) -> str:
        """Head and body."""
        return clean("\n\n".join(filter(None, (self.head, self.body))))


def load_eml(path: Path) -> Document:
    """Reads an e-mail: sender, receivers, subject, date and the names of attachments, the body."""
    mail = _parsed(1, path.read_bytes())
    pages = in_parts(mail.text.split("\n"))
    return Document(mail.subject or name_in_words(path), pages, len(pages) or 1)


def load_mbox(path: Path) -> Document:
    """Reads a mailbox, a mail a page (a very long one several); broken mails are reported.

    Raises:
        DocumentError: It is no mailbox.
    """
    pages: list[Page] = []
    broken: list[int] = []
    for mail in read_mails(path):
        if mail.is_broken:
            broken.append(mail.number)
            continue
        for part in in_parts(mail.text.split("\n")):
            pages.append(one_section(len(pages) + 1, part.text, mail.subject))
    warnings = (_warning(broken),) if broken else ()
    return Document(name_in_words(path), tuple(pages), len(pages) + len(broken), warnings)


def read_mails(path: Path) -> Iterator[Mail]:
    """Reads the mails of a `.mbox` file, one at a time, or the one of any other.

    Raises:
        DocumentError: It is no mailbox.
        OSError: It cannot be read.
    """
    is_mailbox = path.suffix.lower() == ".mbox"
    sources = _divided(path) if is_mailbox else iter((path.read_bytes(),))
    return (_parsed_or_raw(number, source) for number, source in enumerate(sources, 1))


def _parsed_or_raw(number: int, source: bytes) -> Mail:
    try:
        return _parsed(number, source)
    except Exception:  # noqa: BLE001 - the standard library raises anything on a broken mail
        return Mail(number, "", clean(source.decode("utf-8", "replace")), is_broken=True)


def _divided(path: Path) -> Iterator[bytes]:
    """The source of each mail of a mailbox, without the marks that keep its lines apart from it."""
    lines: list[bytes] = []
    is_inside = False
    is_behind_blank = True
    with path.open("rb") as file:
        for line in file:
            is_blank = not line.strip()
            if is_behind_blank and SEPARATOR.match(line):
                if is_inside:
                    yield b"".join(lines)
                lines, is_inside = [], True
            elif is_inside:
                lines.append(line[1:] if QUOTED.match(line) else line)
            elif not is_blank:
                raise DocumentError(
                    "It is no mailbox: each mail must begin with a line such as "
                    "'From anna@example.org Fri May  3 10:00:00 2024'. A single e-mail is "
                    "named *.eml.",
                    path,
                )
            is_behind_blank = is_blank
    if is_inside:
        yield b"".join(lines)


def _parsed(number: int, source: bytes) -> Mail:
    message = message_from_bytes(source, policy=policy.default)
    fields = {name: _joined(message.get_all(name, [])) for name in FIELDS}
    attached = [_name(part) for part in message.iter_attachments()]
    fields["Attachments"] = ", ".join(filter(None, attached))
    head = "\n".join(f"{name}: {value}" for name, value in fields.items() if value)
    return Mail(number, clean(fields["Subject"]), clean(_body(message)), head)


def _warning(broken: list[int]) -> str:
    shown = ", ".join(map(str, broken[:SHOWN_MAILS])) + (
        " and more" if broken[SHOWN_MAILS:] else ""
    )
    return f"There are {len(broken)} mails that cannot be read, left out (mail {shown})."


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
