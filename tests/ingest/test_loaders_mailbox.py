"""Mailboxes: many e-mails in one file, some of them broken."""

import time
from pathlib import Path

import pytest

from assistant.errors import DocumentError
from ingest.loaders import load
from ingest.loaders.mail import Mail, read_mails
from tests.ingest.reading import headings, text_of, write

FROM = "From anna@example.org Fri May  3 10:00:00 2024\n"
PLAIN = "From: Anna <a@example.org>\nSubject: Plan\n\nWe meet at noon.\n\n"
PAGE = "Subject: News\nContent-Type: text/html\n\n<h1>News</h1><p>Prices fall.</p>\n\n"
BROKEN = "Subject: Hidden\nContent-Type: text/plain; charset*=u'\x00'a\x00b\n\nNobody knows.\n\n"


def mailbox(tmp_path: Path, *mails: str, name: str = "a.mbox") -> Path:
    return write(tmp_path / name, "".join(FROM + mail for mail in mails))


def bodies(path: Path) -> list[str]:
    return [mail.body for mail in read_mails(path)]


def test_each_mail_of_a_mailbox_is_a_page_under_its_subject(tmp_path: Path) -> None:
    document = load(mailbox(tmp_path, PLAIN, PAGE))
    assert [(page.number, headings(page)) for page in document.pages] == [
        (1, {"Plan": "From: Anna <a@example.org>\nSubject: Plan\n\nWe meet at noon."}),
        (2, {"News": "Subject: News\n\nNews\n\nPrices fall."}),
    ]


def test_a_mail_reads_the_same_in_a_mailbox_and_alone(tmp_path: Path) -> None:
    alone = load(write(tmp_path / "a.eml", PLAIN))
    assert text_of(load(mailbox(tmp_path, PLAIN))) == text_of(alone)


def test_a_very_long_mail_is_several_pages(tmp_path: Path) -> None:
    long = "Subject: Log\n\n" + "all is well\n" * 20_000 + "\n"
    document = load(mailbox(tmp_path, long, PLAIN))
    assert [page.number for page in document.pages] == [1, 2, 3]
    assert document.pages[2].text.endswith("We meet at noon.")


def test_mails_are_read_with_subject_and_body(tmp_path: Path) -> None:
    mails = read_mails(mailbox(tmp_path, PLAIN, PAGE))
    assert [(mail.number, mail.subject, mail.body) for mail in mails] == [
        (1, "Plan", "We meet at noon."),
        (2, "News", "News\n\nPrices fall."),
    ]


def test_a_single_e_mail_is_read_as_one(tmp_path: Path) -> None:
    (mail,) = read_mails(write(tmp_path / "a.eml", PLAIN))
    assert mail == Mail(1, "Plan", "We meet at noon.", "From: Anna <a@example.org>\nSubject: Plan")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (">From here it is a mile.", "From here it is a mile."),
        (">>From here it is a mile.", ">From here it is a mile."),
        ("From here it is a mile.", "From here it is a mile."),
        ("One.\nFrom b@example.org I hear at 10:00.", "One.\nFrom b@example.org I hear at 10:00."),
        ("One.\n\nFrom now on it is late.", "One.\n\nFrom now on it is late."),
    ],
)
def test_a_line_that_begins_with_from_divides_no_mail(
    tmp_path: Path, written: str, read: str
) -> None:
    assert bodies(mailbox(tmp_path, f"Subject: A\n\n{written}\n\n", PLAIN)) == [
        read,
        "We meet at noon.",
    ]


@pytest.mark.parametrize(
    "separator",
    [
        "From MAILER-DAEMON Fri Jul  8 12:08:34 2011\n",
        "From - Mon Jan 02 03:04:05 2023\r\n",
        "From anna at example.org  Fri Jul  8 12:08:34 2011\n",
        "From anna@example.org\n",
    ],
    ids=["Unix", "Thunderbird", "archive", "bare"],
)
def test_the_separators_of_many_programs_are_known(tmp_path: Path, separator: str) -> None:
    path = write(tmp_path / "a.mbox", separator + PLAIN + separator + PLAIN)
    assert bodies(path) == ["We meet at noon."] * 2


def test_foreign_line_ends_divide_mails_too(tmp_path: Path) -> None:
    path = mailbox(tmp_path, PLAIN, PLAIN)
    write(path, path.read_bytes().replace(b"\n", b"\r\n"))
    assert bodies(path) == ["We meet at noon."] * 2


@pytest.mark.parametrize("charset", ["klingon", "utf-8", "us-ascii"])
def test_an_unknown_or_wrong_character_set_costs_no_mail(tmp_path: Path, charset: str) -> None:
    mail = (
        f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    ).encode() + b"Gr\xfc\xdfe from the sea.\n\n"
    path = write(tmp_path / "a.mbox", FROM.encode() + mail + FROM.encode() + PLAIN.encode())
    first, second = bodies(path)
    assert first.endswith("e from the sea.")
    assert second == "We meet at noon."


def test_a_broken_mail_costs_only_itself_and_is_reported(tmp_path: Path) -> None:
    document = load(mailbox(tmp_path, PLAIN, BROKEN, PLAIN))
    assert [page.number for page in document.pages] == [1, 2]
    assert document.n_pages == 3
    assert document.warnings == ("There are 1 mails that cannot be read, left out (mail 2).",)


def test_a_broken_mail_is_handed_on_as_it_stands(tmp_path: Path) -> None:
    _, mail, _ = read_mails(mailbox(tmp_path, PLAIN, BROKEN, PLAIN))
    assert mail.is_broken
    assert mail.body.endswith("Nobody knows.\n\n")


def test_attachments_are_named_and_not_read(tmp_path: Path) -> None:
    mail = (
        'Subject: A\nContent-Type: multipart/mixed; boundary="x"\n\n--x\n\nSee there.\n'
        '--x\nContent-Disposition: attachment; filename="a.pdf"\n\nJVBERi0\n--x--\n\n'
    )
    assert text_of(load(mailbox(tmp_path, mail))) == (
        "Subject: A\nAttachments: a.pdf\n\nSee there."
    )


@pytest.mark.parametrize("content", [PLAIN, "Dear Anna,\n\n" + FROM + PLAIN, "\x00" * 10])
def test_what_begins_otherwise_is_no_mailbox(tmp_path: Path, content: str) -> None:
    with pytest.raises(DocumentError, match=r"each mail must begin .* is named \*\.eml"):
        load(write(tmp_path / "a.mbox", content))


def test_many_mails_are_read_as_they_are_asked_for(tmp_path: Path) -> None:
    path = mailbox(tmp_path, *([PLAIN] * 50_000))
    started = time.process_time()
    assert next(read_mails(path)).number == 1
    assert time.process_time() - started < 1
