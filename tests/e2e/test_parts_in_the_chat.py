"""A third-party plugin in the chat page: its parts, its command, its files and its thumbs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.distributions import install_showing
from tests.e2e.conftest import ask, rate, running, upload, visiting

pytestmark = pytest.mark.e2e

KINDS = ("Gauge", "WeighedText", "Table", "Histogram")


@pytest.fixture(scope="module")
def address(chat_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    site = tmp_path_factory.mktemp("site")
    install_showing(site)
    with running("chat", chat_home, PYTHONPATH=str(site)) as address:
        yield address


@pytest.fixture
def chat(browser: Browser, address: str) -> Iterator[Page]:
    with visiting(browser, address) as page:
        yield page


def test_parts_are_drawn_below_the_answer_and_the_progress_goes(chat: Page) -> None:
    ask(chat, "/show me everything")
    expect(chat.get_by_test_id("part-Advance")).to_contain_text("of 5")
    expect(chat.get_by_test_id("scores")).to_be_visible()
    expect(chat.get_by_test_id("part-Advance")).to_have_count(0)
    for kind in KINDS:
        expect(chat.get_by_test_id(f"part-{kind}")).to_be_visible()
    expect(chat.get_by_test_id("part-Gauge")).to_have_text("How sure I amhamspam0.93")
    expect(chat.get_by_test_id("part-Table").locator("tbody tr")).to_have_count(50)
    expect(chat.get_by_test_id("part-Histogram").locator(".bin")).to_have_count(10)


def test_weighed_words_are_tinted_and_no_markup(chat: Page) -> None:
    ask(chat, "/show me everything")
    text = chat.get_by_test_id("part-WeighedText")
    expect(text).to_contain_text("prize <img src=x onerror=alert(1)> now")
    assert text.locator("img").count() == 0
    word = text.get_by_text("FREE", exact=True)
    assert word.get_attribute("title") == "weighs 0.90 for"
    assert text.get_by_text("friend", exact=True).get_attribute("class") == "against"
    tint = word.evaluate("element => getComputedStyle(element).backgroundColor")
    assert tint != "rgba(0, 0, 0, 0)"


def test_a_download_is_there_for_its_own_session_only(chat: Page) -> None:
    ask(chat, "/show me everything")
    link = chat.locator("a[download='rows.csv']")
    expect(link).to_be_visible()
    address = link.evaluate("element => element.href")
    assert chat.request.get(address).body() == b"message,probability\n"
    own_session = address.split("session_id=")[1]
    assert chat.request.get(address.replace(own_session, "another")).status == 404


def test_a_thumb_is_passed_on(chat: Page) -> None:
    ask(chat, "/show it")
    expect(chat.get_by_test_id("scores")).to_be_visible()
    rate(chat, good=True)
    expect(chat.get_by_text("You found it good: Attached:* of “it”.")).to_be_visible()


def test_a_command_from_the_menu_takes_a_file_whole_without_a_word(
    chat: Page, tmp_path: Path
) -> None:
    upload(chat, tmp_path / "mail.txt", "The sky is blue.")
    chat.locator("#chat-input").press_sequentially("/show")
    chat.get_by_text("Shows a part of each kind.").wait_for()
    chat.keyboard.press("Enter")
    chat.locator("#chat-submit").click()
    expect(chat.get_by_text("Attached: mail.txt. Kept: mail.txt.")).to_be_visible()
    assert chat.get_by_text("reading files").count() == 0


def test_a_file_that_only_a_plugin_takes_is_offered_to_it(chat: Page, tmp_path: Path) -> None:
    upload(chat, tmp_path / "mail.rows", "one\ntwo")
    chat.locator("#chat-submit").click()
    expect(chat.get_by_text("I have mail.rows.")).to_be_visible()
    chat.get_by_role("button", name="Show what is in it").click()
    expect(chat.get_by_text("Attached: mail.rows. Kept: mail.rows.")).to_be_visible()
    expect(chat.get_by_test_id("scores")).to_be_visible()
    assert chat.get_by_text("was not read").count() == 0
    ask(chat, "/show again")
    expect(chat.get_by_text("Attached: nothing. Kept: mail.rows.")).to_be_visible()
