"""Two people log in, each in a browser of their own: neither finds anything of the other's."""

from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import APIResponse, Browser, Page, expect

from tests.e2e.conftest import open_chat, running, upload
from tests.e2e.logging_in import add_user, logged_in, open_memory, tell

pytestmark = pytest.mark.e2e

TREE = "The quince tree was planted in 1873."


def chats(page: Page) -> list[str]:
    """The names in the side bar."""
    return page.locator("#thread-history [id^=thread-] a").all_inner_texts()


def found(page: Page, words: str) -> bool:
    """Whether the search over chats finds anything."""
    page.locator("#search-chats-button").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input").fill(words)
    page.wait_for_timeout(1500)
    is_found = dialog.get_by_role("option").count() > 0
    page.keyboard.press("Escape")
    return is_found


def memories(page: Page) -> list[str]:
    panel = open_memory(page)
    panel.locator(".fact, .refusal").first.wait_for()
    return sorted(panel.locator(".fact .text").all_inner_texts())


def answers(page: Page) -> str:
    return page.locator("body").inner_text()


def get(page: Page, path: str) -> APIResponse:
    return page.request.get(urljoin(page.url, path))


def forge(page: Page, path: str) -> APIResponse:
    """Sends what the memory's own page would send."""
    origin = urljoin(page.url, "/").rstrip("/")
    address = urljoin(page.url, path)
    return page.request.post(address, form={"text": "I am Bo"}, headers={"Origin": origin})


def test_two_users_find_nothing_of_each_other_also_after_a_restart(
    browser: Browser, tmp_path: Path
) -> None:
    add_user(tmp_path, "al")
    add_user(tmp_path, "bo")
    with (
        running("chat", tmp_path, ASSISTANT_AUTH="password") as address,
        logged_in(browser, address, "al") as al,
        logged_in(browser, address, "bo") as bo,
    ):
        upload(al, tmp_path / "orchard.txt", TREE)
        chat = tell(al, "When was the quince tree planted?", "My dog is called Rex.")
        expect(al.get_by_text(TREE).first).to_be_visible()
        source = al.get_by_test_id("source").get_attribute("src")
        file = al.get_by_text("orchard.txt").first.evaluate("one => one.closest('a').href")
        fact = get(al, "/memory/export.json").json()[0]["id"]
        tell(bo, "My cat is called Tom.", "What is my dog's name?")
        assert "You have not told me that." in answers(bo)
        tell(bo, "When was the quince tree planted?", "What do you know about me?")

        _finds_nothing(bo, chat, fact, str(source), file)

    with (
        running("chat", tmp_path, ASSISTANT_AUTH="password") as address,
        logged_in(browser, address, "al") as al,
        logged_in(browser, address, "bo") as bo,
    ):
        al.locator(f"#thread-{chat}").click()
        expect(al.get_by_test_id("scores")).to_have_count(2)
        tell(al, "What is my dog's name?")
        expect(al.get_by_text("Your dog is called Rex")).to_be_visible()
        bo.locator("#thread-history [id^=thread-]").first.wait_for()
        _finds_nothing(bo, chat, fact, str(source), file)

        panel = open_memory(al)
        panel.get_by_label("Delete: My dog is called Rex").click()
        expect(panel.get_by_text("Deleted for good.")).to_be_visible()
        open_chat(al, al.url)
        tell(al, "What is my dog's name?")
        expect(al.get_by_text("You have not told me that.")).to_be_visible()
        assert memories(bo) == ["My cat is called Tom"]


def _finds_nothing(bo: Page, chat: str, fact: str, source: str, file: str) -> None:
    """Looks where the other's could show: side bar, search, panel, answers, forged addresses."""
    assert len(chats(bo)) == 1
    assert found(bo, "Tom")
    assert not found(bo, "Rex")
    assert not found(bo, "quince 1873")
    assert memories(bo) == ["My cat is called Tom"]
    assert "1873" not in answers(bo)
    assert "Rex" not in answers(bo)

    shown = get(bo, f"/memory?fact={fact}").text() + get(bo, "/memory/export.json").text()
    assert ("Tom" in shown, "Rex" in shown) == (True, False)
    for path in (f"/memory/{fact}/edit", f"/memory/{fact}/delete"):
        assert forge(bo, path).status == 404
    for path in (source, file, f"/chats/{chat}/export.md", f"/project/thread/{chat}"):
        assert get(bo, urlsplit(path)._replace(scheme="", netloc="").geturl()).status == 404
