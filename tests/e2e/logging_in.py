"""People with accounts at the chat page, each in a browser of their own."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from os import environ
from pathlib import Path

from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.e2e.conftest import ask

PASSWORD = "correct horse battery"
COMPLETE = """async () => {
  while (document.readyState !== 'complete') await new Promise((done) => setTimeout(done, 50))
}"""
"""Waits until a page's scripts have run."""


def add_user(home: Path, name: str) -> None:
    """Adds a user as a person does."""
    subprocess.run(
        [Path(sys.executable).with_name("assistant"), "users", "add", name],
        env={**environ, "ASSISTANT_HOME": str(home)},
        input=f"{PASSWORD}\n",
        text=True,
        check=True,
    )


@contextmanager
def logged_in(browser: Browser, address: str, name: str) -> Iterator[Page]:
    """A page on which a user has logged in, at a new chat."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(address)
    page.wait_for_url(re.compile("/login"))
    page.locator("#email").fill(name)
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_text("Which files can it read?").wait_for()
    yield page
    context.close()


def tell(page: Page, *messages: str) -> str:
    """Says one thing after the other; returns the chat's id."""
    for message in messages:
        n_answers = page.get_by_test_id("scores").count()
        ask(page, message)
        expect(page.get_by_test_id("scores")).to_have_count(n_answers + 1)
    page.wait_for_url(re.compile("/thread/"))
    page.wait_for_timeout(500)  # what came last is kept
    return page.url.rpartition("/")[2].rstrip("#")


def open_memory(page: Page) -> FrameLocator:
    """Opens the memory beside the chat by the button in the header."""
    page.locator("#open-memory").click()
    panel = page.frame_locator("iframe[data-testid=memory]")
    panel.get_by_role("heading", name="What I remember of you").wait_for()
    panel.locator("html").evaluate(COMPLETE)
    return panel
