"""Small files of many formats, made from a seed: for benchmarks that need no data set."""

import json
import zipfile
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from html import escape
from pathlib import Path
from random import Random

import docx
import openpyxl
import pptx

WORDS = (
    "anchor bakery candle dolphin engine ferry garden harbour island journal kettle ladder market "
    "needle orchard paper quarry river station timber umbrella valley window yellow zebra autumn "
    "bridge copper distant early forest gentle heavy inner just kindly later morning narrow open"
).split()
CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile '
    'full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
BOOK = (
    '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<metadata><dc:title>{}</dc:title></metadata><manifest><item id='c' href='c.xhtml' "
    "media-type='application/xhtml+xml'/></manifest><spine><itemref idref='c'/></spine></package>"
)

Write = Callable[[Path, str, Sequence[str]], None]


def made_file(path: Path, random: Random, n_sentences: int) -> Path:
    """Writes a file of the format that its name says; no two have the same text.

    Args:
        path: Where; its ending is a key of `WRITERS`.
        random: Draws the words.
        n_sentences: How many sentences of about ten words, each a paragraph or a row.
    """
    title = f"{random.choice(WORDS)} {random.choice(WORDS)}".title()
    WRITERS[path.suffix](path, title, [_sentence(random) for _ in range(n_sentences)])
    return path


def _sentence(random: Random) -> str:
    words = random.choices(WORDS, k=8)
    return f"The {' '.join(words[:4])} counts {random.randrange(10**6)} {' '.join(words[4:])}."


def _text(path: Path, title: str, sentences: Sequence[str]) -> None:
    path.write_text("\n\n".join([title, *sentences]), "utf-8")


def _markdown(path: Path, title: str, sentences: Sequence[str]) -> None:
    path.write_text("\n\n".join([f"# {title}", *sentences]), "utf-8")


def _html(path: Path, title: str, sentences: Sequence[str]) -> None:
    path.write_text(_page(title, sentences), "utf-8")


def _page(title: str, sentences: Sequence[str]) -> str:
    body = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)
    head = f"<head><title>{escape(title)}</title></head>"
    return f"<html>{head}<body><h1>{escape(title)}</h1>{body}</body></html>"


def _csv(path: Path, title: str, sentences: Sequence[str]) -> None:
    rows = (f"{number},{title},{sentence}" for number, sentence in enumerate(sentences))
    path.write_text("\n".join(["number,kind,note", *rows]), "utf-8")


def _json(path: Path, title: str, sentences: Sequence[str]) -> None:
    path.write_text(json.dumps({"title": title, "notes": list(sentences)}), "utf-8")


def _json_lines(path: Path, title: str, sentences: Sequence[str]) -> None:
    rows = (json.dumps({"title": title, "note": sentence}) for sentence in sentences)
    path.write_text("\n".join(rows), "utf-8")


def _mail(path: Path, title: str, sentences: Sequence[str]) -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = title, "a@example.org", "b@example.org"
    message.set_content("\n\n".join(sentences))
    message.add_alternative(_page(title, sentences), subtype="html")
    path.write_bytes(message.as_bytes())


def _mailbox(path: Path, title: str, sentences: Sequence[str]) -> None:
    _mail(path, title, sentences)
    path.write_bytes(b"From a@example.org Fri May  3 10:00:00 2024\n" + path.read_bytes())


def _rich_text(path: Path, title: str, sentences: Sequence[str]) -> None:
    body = "".join(f"{sentence}\\par\n" for sentence in sentences)
    path.write_text(f"{{\\rtf1\\ansi {{\\b {title}}}\\par\n{body}}}", "ascii")


def _code(path: Path, title: str, sentences: Sequence[str]) -> None:
    name = title.replace(" ", "_").lower()
    body = "".join(f"    # {sentence}\n    print({at})\n" for at, sentence in enumerate(sentences))
    path.write_text(f"def {name}():\n{body}", "utf-8")


def _word(path: Path, title: str, sentences: Sequence[str]) -> None:
    document = docx.Document()
    document.add_heading(title, 0)
    for sentence in sentences:
        document.add_paragraph(sentence)
    document.save(str(path))


def _sheet(path: Path, title: str, sentences: Sequence[str]) -> None:
    book = openpyxl.Workbook()
    book.active.append(["number", title])
    for row in enumerate(sentences):
        book.active.append(row)
    book.save(path)


def _slides(path: Path, title: str, sentences: Sequence[str]) -> None:
    show = pptx.Presentation()
    for first in range(0, len(sentences), 5):
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(sentences[first : first + 5])
    show.save(str(path))


def _book(path: Path, title: str, sentences: Sequence[str]) -> None:
    page = _page(title, sentences).replace("<html>", '<html xmlns="http://www.w3.org/1999/xhtml">')
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr("META-INF/container.xml", CONTAINER)
        book.writestr("book.opf", BOOK.format(title))
        book.writestr("c.xhtml", page)


TEXT_WRITERS: dict[str, Write] = {
    ".txt": _text,
    ".md": _markdown,
    ".html": _html,
    ".csv": _csv,
    ".json": _json,
}
WRITERS: dict[str, Write] = TEXT_WRITERS | {
    ".jsonl": _json_lines,
    ".eml": _mail,
    ".mbox": _mailbox,
    ".rtf": _rich_text,
    ".py": _code,
    ".docx": _word,
    ".xlsx": _sheet,
    ".pptx": _slides,
    ".epub": _book,
}
