import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import running
from tests.evals.many_records import write

pytestmark = pytest.mark.e2e

QUESTION = "What does groundedness say?"
N_RECORDS = int(os.environ.get("DASHBOARD_RECORDS", "300"))


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


@pytest.fixture
def many(tmp_path: Path) -> Iterator[str]:
    """A dashboard on a home with many records."""
    write(tmp_path, N_RECORDS)
    with running("dashboard", tmp_path, health="/_stcore/health") as address:
        yield address


def test_each_page_copes_with_many_records(browser: Browser, many: str) -> None:
    page = browser.new_page(viewport={"width": 1400, "height": 1600})
    for name, shown in (
        ("Quality", "Thumbs against scores"),
        ("", "Showing app"),
        ("Records", "Found"),
        ("Quality", "Thumbs against scores"),
    ):
        started = time.perf_counter()
        page.goto(f"{many}/{name}")
        expect(page.get_by_text(shown).first).to_be_visible(timeout=60_000)
        seconds = time.perf_counter() - started
        print(f"{name or 'Leaderboard'}: {seconds:.2f} s")  # noqa: T201 - seen with pytest -s
    expect(page.get_by_test_id("stException")).to_have_count(0)
    page.get_by_text("document", exact=True).click()
    expect(page.get_by_test_id("stDataFrame")).to_have_count(2)
    expect(page.get_by_text("Nobody has given a thumb yet.")).to_be_visible()
    page.close()
