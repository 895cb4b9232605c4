"""Conversations in the side bar: named, found, resumed, rated, exported, deleted."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import ask, open_chat, rate, running, upload, visiting

pytestmark = pytest.mark.e2e

QUESTION = "When is an uploaded file deleted?"
BRAMLEY = "<h1>Orchard</h1><p>The Bramley tree was planted in 1911.</p>"


def history(page: Page) -> Page:
    return page.locator("#thread-history")


def ask_and_wait(page: Page, question: str, n: int = 1) -> None:
    ask(page, question)
    expect(page.get_by_test_id("scores")).to_have_count(n)


def rows(home: Path, statement: str, *values: str) -> list[tuple]:
    with sqlite3.connect(home / "chats.db") as database:
        return database.execute(statement, values).fetchall()


def chat_of(page: Page) -> str:
    page.wait_for_url(re.compile("/thread/"))
    return page.url.rpartition("/")[2]


def test_a_chat_is_resumed_with_its_marks_its_file_and_what_was_said(
    browser: Browser, page: Page, chat_address: str, tmp_path: Path
) -> None:
    ask_and_wait(page, f"Hello, can you tell me: {QUESTION}")
    upload(page, tmp_path / "orchard.html", BRAMLEY)
    ask_and_wait(page, "When was the Bramley tree planted?", 2)
    expect(history(page)).to_contain_text(QUESTION)
    chat = chat_of(page)
    page.wait_for_timeout(500)

    with visiting(browser, chat_address) as later:
        history(later).get_by_text(QUESTION).first.click()
        assert chat_of(later) == chat
        expect(later.get_by_text("The Bramley tree was planted in 1911.").first).to_be_visible()
        expect(later.get_by_test_id("scores")).to_have_count(2)
        expect(later.get_by_text("orchard.html").first).to_be_visible()
        later.get_by_role("link", name="[1]").first.click()
        expect(later.frame_locator("iframe").locator("body")).to_contain_text("deleted")
        ask_and_wait(later, "Which tree was planted in 1911?", 3)
        expect(later.get_by_text("The Bramley tree was planted in 1911.").last).to_be_visible()
