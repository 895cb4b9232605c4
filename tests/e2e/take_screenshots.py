"""Takes the README's screenshots of a real chat: `make screenshots`."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.e2e.conftest import CHROMIUM_FLAGS, EXAMPLES, ask, find_chromium, open_chat, running

DOCS = Path(__file__).parents[2] / "docs"
QUESTION = "When is an uploaded file deleted?"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        subprocess.run(
            [Path(sys.executable).with_name("assistant"), "ingest", EXAMPLES],
            env={**os.environ, "ASSISTANT_HOME": folder},
            check=True,
        )
        with running("chat", home) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=find_chromium(), args=CHROMIUM_FLAGS
            )
            for theme in ("light", "dark"):
                take(browser, address, theme)
            browser.close()


def take(browser: Browser, address: str, theme: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 640})
    page.add_init_script(f"localStorage.setItem('vite-ui-theme', '{theme}')")
    open_chat(page, address)
    ask(page, QUESTION)
    page.get_by_test_id("scores").wait_for()
    page.frame_locator("iframe.source").locator("rect").first.wait_for()
    page.wait_for_timeout(1500)  # the panel slides in
    page.locator("#chat-input").blur()
    page.screenshot(path=DOCS / f"screenshot-{theme}.png")
    page.close()


if __name__ == "__main__":
    main()
