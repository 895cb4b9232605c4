import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import running

pytestmark = pytest.mark.e2e

QUESTION = "What does groundedness say?"


@pytest.fixture
def address(chat_home: Path) -> Iterator[str]:
    subprocess.run(
        [Path(sys.executable).with_name("assistant"), "ask", QUESTION],
        env={**os.environ, "ASSISTANT_HOME": str(chat_home)},
        check=True,
    )
    with running("dashboard", chat_home, health="/_stcore/health") as address:
        yield address


def test_the_dashboard_shows_the_answer_that_was_asked_for_in_the_terminal(
    browser: Browser, address: str
) -> None:
    page = browser.new_page(viewport={"width": 1400, "height": 1200})
    outside: list[str] = []
    page.on("request", lambda request: outside.append(request.url))
    page.goto(address)
    expect(page.get_by_text("Showing app")).to_be_visible(timeout=60_000)
    page.get_by_text("Records", exact=True).first.click()
    expect(page.get_by_text(re.compile(r"Found \d+ records"))).to_be_visible(timeout=60_000)
    assert not [
        url for url in outside if not url.startswith(("http://localhost", "data:", "blob:"))
    ]
    page.close()
