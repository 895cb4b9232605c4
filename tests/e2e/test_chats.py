"""Conversations in the side bar: named, found, resumed, rated, exported, deleted."""

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import ask, open_chat, rate, upload, visiting
from tests.e2e.test_spam_in_the_chat import SPAM

pytestmark = pytest.mark.e2e

QUESTION = "When is an uploaded file deleted?"
BRAMLEY = "<h1>Orchard</h1><p>The Bramley tree was planted in 1911.</p>"


def side_bar(page: Page) -> Locator:
    return page.locator("#thread-history")


def ask_and_wait(page: Page, question: str, n: int = 1) -> str:
    """Asks, and waits for the nth answer; returns the chat's id."""
    ask(page, question)
    expect(page.get_by_test_id("scores")).to_have_count(n)
    page.wait_for_url(re.compile("/thread/"))
    page.wait_for_timeout(500)
    return page.url.rpartition("/")[2].rstrip("#")


def stored(home: Path, statement: str, *values: str) -> list[Any]:
    with sqlite3.connect(home / "chats.db") as database:
        return database.execute(statement, values).fetchall()


def choose(page: Page, chat: str, word: str) -> None:
    """Chooses from the menu of a chat in the side bar."""
    entry = page.locator(f"#thread-{chat}")
    entry.hover()
    entry.locator("#thread-options").click()
    page.get_by_role("menuitem", name=word).click()


def test_a_chat_is_resumed_with_its_marks_its_file_and_what_was_said(
    browser: Browser, page: Page, chat_address: str, tmp_path: Path
) -> None:
    ask_and_wait(page, f"Hello, can you tell me: {QUESTION}")
    upload(page, tmp_path / "orchard.html", BRAMLEY)
    chat = ask_and_wait(page, "When was the Bramley tree planted?", 2)
    expect(page.locator(f"#thread-{chat}")).to_contain_text(QUESTION)

    with visiting(browser, chat_address) as later:
        later.locator(f"#thread-{chat}").click()
        expect(later.get_by_test_id("scores")).to_have_count(2)
        expect(later.get_by_text("orchard.html").first).to_be_visible()
        later.get_by_role("link", name="[1]").first.click()
        expect(later.frame_locator("iframe").locator("body")).to_contain_text(
            "privacy-and-security.pdf"
        )
        assert ask_and_wait(later, "Which tree was planted in 1911?", 3) == chat
        expect(later.get_by_text("The Bramley tree was planted in 1911.")).to_have_count(2)
        file = later.request.get(
            later.get_by_text("orchard.html").evaluate("one => one.closest('a').href")
        )
        assert file.text() == BRAMLEY


def test_a_chat_is_found_renamed_exported_and_deleted_with_all_that_is_in_it(
    page: Page, chat_home: Path, tmp_path: Path
) -> None:
    upload(page, tmp_path / "quince.txt", "The quince tree was planted in 1873.")
    chat = ask_and_wait(page, "When was the quince tree planted?")
    statement = 'SELECT "objectKey" FROM elements WHERE "threadId" = ? AND type = ?'
    [(key,)] = stored(chat_home, statement, chat, "file")
    folder = chat_home / "uploads" / key.partition("/")[0]
    assert [file.name for file in folder.glob("*/*")] == ["quince.txt"]

    choose(page, chat, "Rename")
    page.get_by_role("dialog").locator("input").fill("The orchard of old")
    page.get_by_role("dialog").get_by_role("button", name="Confirm").click()
    expect(page.locator(f"#thread-{chat}")).to_contain_text("The orchard of old")

    page.locator("#search-chats-button").click()
    page.get_by_role("dialog").locator("input").fill("quince 1873")
    expect(page.get_by_role("dialog").get_by_text("The orchard of old")).to_be_visible()
    page.keyboard.press("Escape")

    with page.expect_download() as exported:
        page.locator("#export-chat").click()
    text = exported.value.path().read_text("utf-8")
    assert "# The orchard of old" in text
    assert "The quince tree was planted in 1873. [1]" in text
    assert "- [1] quince\\.txt" in text

    choose(page, chat, "Delete")
    page.get_by_role("alertdialog").get_by_role("button", name="Confirm").click()
    expect(page.locator(f"#thread-{chat}")).to_have_count(0)
    for table in ("steps", "elements", "feedbacks"):
        assert stored(chat_home, f'SELECT * FROM {table} WHERE "threadId" = ?', chat) == []
    assert stored(chat_home, "SELECT * FROM threads WHERE id = ?", chat) == []
    assert not folder.exists()
    open_chat(page, page.url)
    ask_and_wait(page, "When was the quince tree planted?")
    assert "1873" not in page.inner_text("body")


def test_a_thumb_and_a_comment_are_kept_with_the_record_of_their_answer(
    page: Page, chat_home: Path
) -> None:
    chat = ask_and_wait(page, QUESTION)
    rate(page, good=False, comment="Say where.")
    expect(page.get_by_text("Feedback updated")).to_be_visible()
    given = stored(
        chat_home, 'SELECT "forId", value, comment FROM feedbacks WHERE "threadId" = ?', chat
    )
    [(answer, value, comment)] = given
    assert (value, comment) == (0, "Say where.")
    with sqlite3.connect(chat_home / "evals.db") as database:
        attributes = [
            row[0] for row in database.execute("SELECT record_attributes FROM trulens_events")
        ]
    assert any(f'"{answer}"' in one and QUESTION in one for one in attributes)


def test_a_thumb_reaches_the_plugin_also_on_a_later_visit(
    browser: Browser, page: Page, chat_address: str, chat_home: Path
) -> None:
    message = SPAM.replace("1000", "7777")
    chat = ask_and_wait(page, f"Is this spam? {message}")
    with visiting(browser, chat_address) as later:
        later.locator(f"#thread-{chat}").click()
        expect(later.get_by_test_id("scores")).to_have_count(1)
        rate(later, good=False)
        expect(later.get_by_text("Noted as no spam")).to_be_visible()
    assert "7777" in (chat_home / "corrections" / "spam.jsonl").read_text("utf-8")


def test_a_chat_without_a_message_keeps_nothing(page: Page, chat_home: Path) -> None:
    before = stored(chat_home, "SELECT count(*) FROM threads")
    open_chat(page, page.url)
    open_chat(page, page.url)
    assert stored(chat_home, "SELECT count(*) FROM threads") == before


@pytest.mark.parametrize("address", ["/chats/{}/export.md", "/chats/{}/files/{}"])
def test_a_forged_address_shows_nothing(page: Page, chat_address: str, address: str) -> None:
    forged = "8f14e45f-ceea-467f-a9d2-3a1b2c3d4e5f"
    assert page.request.get(chat_address + address.format(forged, forged)).status == 404


def test_no_address_leads_out_of_the_chats_files(
    page: Page, chat_home: Path, chat_address: str
) -> None:
    found = page.request.get(chat_address + "/chats/..%2f..%2f/files/..%2fsecret.key")
    assert (chat_home / "secret.key").read_bytes() not in found.body()
