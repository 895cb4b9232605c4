"""The memory beside the chat: listed, followed, edited, deleted, exported and switched off."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from assistant.accounts import Accounts
from assistant.settings import Settings
from tests.e2e.conftest import ask, open_chat, running, visiting
from tests.e2e.logging_in import PASSWORD, open_memory, tell

pytestmark = pytest.mark.e2e

REX = "My dog is called Rex"
HOSTILE = "<img src=x onerror=\"window.top.document.title='run'\"> is my favourite tag"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("panel")


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    Accounts(Settings(home=home)).add("first", PASSWORD)
    with running("chat", home, ASSISTANT_AUTH="password") as address:
        yield address


@pytest.fixture
def page(
    browser: Browser, address: str, home: Path, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """The page of a user who has told nothing yet."""
    name = f"u{abs(hash(request.node.name))}"
    Accounts(Settings(home=home)).add(name, PASSWORD)
    with visiting(browser, address, {"username": name, "password": PASSWORD}) as page:
        yield page


def facts(panel: FrameLocator) -> list[str]:
    return panel.locator(".fact .text").all_inner_texts()


def test_an_empty_panel_says_how_facts_come_about_and_follows_the_chat(page: Page) -> None:
    panel = open_memory(page)
    expect(panel.get_by_text("Tell me something in a chat")).to_be_visible()
    chat = tell(page, f"{REX}.")
    expect(panel.locator(".fact .text")).to_have_text([REX])
    expect(panel.get_by_text("1 memory", exact=True)).to_be_visible()
    expect(panel.get_by_role("link", name=REX)).to_have_attribute("href", f"/thread/{chat}")


def test_a_fact_leads_back_to_its_chat(page: Page) -> None:
    chat = tell(page, f"{REX}.")
    open_chat(page, page.url)
    open_memory(page).get_by_role("link", name=REX).click()
    page.wait_for_url(f"**/thread/{chat}")
    expect(page.get_by_test_id("scores")).to_have_count(1)


def test_an_answer_shows_which_memory_it_used(page: Page) -> None:
    tell(page, f"{REX}.", "I live in Leeds.", "What is my dog's name?")
    page.locator(".element-link").filter(has_text="[1]").first.click()
    source = page.frame_locator("iframe[data-testid=source]")
    expect(source.locator(".cited .text")).to_have_text(REX)
    assert facts(source) == [REX]
    source.get_by_role("link", name="All memories").click()
    expect(source.locator(".fact")).to_have_count(2)


def test_asked_what_it_knows_it_offers_the_panel(page: Page) -> None:
    tell(page, f"{REX}.", "What do you know about me?")
    page.get_by_role("button", name="See what I remember").last.click()
    panel = page.frame_locator("iframe[data-testid=memory]")
    expect(panel.locator(".fact .text")).to_have_text([REX])


def test_a_fact_is_edited_and_deleted_by_the_keyboard_alone(page: Page) -> None:
    tell(page, f"{REX}.", "I live in Leeds.")
    panel = open_memory(page)
    panel.get_by_label(f"Edit: {REX}").focus()
    page.keyboard.press("Enter")
    expect(panel.locator("textarea:visible")).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel.get_by_label(f"Edit: {REX}")).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel.locator("textarea:visible")).to_be_focused()
    page.keyboard.type("ford")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("status")).to_have_text(f"Changed to “{REX}ford”.")
    expect(panel.get_by_label(f"Edit: {REX}ford")).to_be_focused()
    page.keyboard.press("Tab")
    expect(panel.get_by_label(f"Delete: {REX}ford")).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel.locator(".fact")).to_have_count(1)
    expect(panel.get_by_label("Edit: I live in Leeds")).to_be_focused()


def test_what_cannot_be_kept_is_refused_where_it_was_typed(page: Page) -> None:
    tell(page, f"{REX}.")
    panel = open_memory(page)
    panel.get_by_label(f"Edit: {REX}").click()
    panel.locator("textarea").fill("My card is 4111 1111 1111 1111")
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("alert")).to_contain_text("secrets are not kept")
    expect(panel.locator("textarea")).to_have_value("My card is 4111 1111 1111 1111")
    panel.get_by_role("button", name="Cancel").click()
    assert facts(panel) == [REX]


def test_a_fact_that_another_tab_has_deleted_is_not_changed(page: Page) -> None:
    tell(page, f"{REX}.", "I live in Leeds.")
    panel = open_memory(page)
    panel.get_by_label(f"Edit: {REX}").click()  # an open form is not taken away
    other = page.context.new_page()
    other.goto(page.url)
    of_other = open_memory(other)
    of_other.get_by_label(f"Delete: {REX}").click()
    expect(of_other.locator(".fact")).to_have_count(1)
    panel.locator("textarea:visible").fill("My dog is called Rufus")
    panel.locator("textarea:visible").press("Enter")
    expect(panel.get_by_role("alert")).to_contain_text("changed or deleted meanwhile")
    assert facts(panel) == ["I live in Leeds"]


def test_all_is_exported_and_deleted_once_it_was_asked_for_twice(page: Page) -> None:
    tell(page, f"{REX}.", "I live in Leeds.")
    panel = open_memory(page)
    with page.expect_download() as download:
        panel.get_by_role("link", name="Export JSON").click()
    exported = json.loads(download.value.path().read_text("utf-8"))
    assert {one["text"] for one in exported} == {REX, "I live in Leeds"}
    panel.get_by_text("Delete all…").click()
    panel.get_by_role("button", name="Cancel").click()
    expect(panel.locator(".fact")).to_have_count(2)
    panel.get_by_text("Delete all…").click()
    panel.get_by_role("button", name="Delete all", exact=True).click()
    expect(panel.get_by_text("I know nothing about you yet")).to_be_visible()
    tell(page, "What is my dog's name?")
    expect(page.get_by_text("You have not told me that.")).to_be_visible()


def test_the_memory_is_switched_off_for_one_chat_and_stays_so(page: Page) -> None:
    tell(page, f"{REX}.")
    panel = open_memory(page)
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_test_id("memory-state")).to_contain_text("off in this chat")
    chat = tell(page, "I live in Leeds.", "What is my dog's name?")
    expect(page.get_by_text("Your dog is called Rex")).to_have_count(0)
    page.wait_for_timeout(3500)  # the panel has looked again
    assert facts(panel) == [REX]

    open_chat(page, page.url)
    open_memory(page)
    expect(page.get_by_test_id("memory-state")).to_contain_text("on in this chat")
    page.locator(f"#thread-{chat}").click()
    expect(page.get_by_test_id("scores")).to_have_count(3)
    open_memory(page)
    expect(page.get_by_test_id("memory-state")).to_contain_text("off in this chat")


def test_many_facts_are_searched_as_one_types(page: Page) -> None:
    tell(page, f"{REX}.", "I live in Leeds.", "I love hiking.")
    panel = open_memory(page)
    panel.get_by_role("searchbox").press_sequentially("leeds")
    expect(panel.get_by_text("1 of 3 memories")).to_be_visible()
    assert facts(panel) == ["I live in Leeds"]
    expect(panel.get_by_role("searchbox")).to_be_focused()


def test_what_was_said_runs_nowhere(page: Page) -> None:
    title = page.title()
    ask(page, f"Remember that {HOSTILE}")
    expect(page.get_by_test_id("scores")).to_have_count(1)
    panel = open_memory(page)
    expect(panel.locator(".fact .text")).to_contain_text("<img src=x onerror=")
    assert (page.title(), panel.locator(".fact img").count()) == (title, 0)


def test_the_panel_takes_on_the_theme_and_fits_a_phone(page: Page) -> None:
    tell(page, f"{REX}.")
    page.evaluate("localStorage.setItem('vite-ui-theme', 'dark')")
    page.reload()
    expect(page.get_by_test_id("scores")).to_have_count(1)
    panel = open_memory(page)
    dark = panel.locator("body").evaluate("(body) => getComputedStyle(body).backgroundColor")
    assert dark == "rgb(31, 31, 31)"
    page.set_viewport_size({"width": 360, "height": 740})
    page.reload()
    page.locator("#open-memory").wait_for()
    page.wait_for_timeout(1000)
    panel = open_memory(page)
    expect(panel.locator(".fact .text")).to_have_text([REX])
    root = panel.locator("html")
    assert root.evaluate("(root) => root.scrollWidth <= root.clientWidth")
    assert root.evaluate("(root) => root.clientWidth") >= 340
