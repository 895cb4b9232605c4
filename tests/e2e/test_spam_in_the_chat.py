"""The spam classifier in the chat page: a pasted message, a file, a thumb."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ask, rate, upload

pytestmark = pytest.mark.e2e

SPAM = "URGENT! You have won a £1000 prize. Call 09061701461 now to claim. Valid 12 hours only."
HAM = "Are you coming home for dinner tonight?"


def test_a_pasted_message_is_judged_and_a_thumb_corrects_the_verdict(
    page: Page, chat_home: Path
) -> None:
    ask(page, f"Is this spam? {SPAM}")
    expect(page.get_by_text("This looks like spam: the probability of spam is")).to_be_visible()
    expect(page.get_by_test_id("part-Gauge")).to_contain_text("Probability of spam")
    expect(page.get_by_test_id("part-WeighedText")).to_have_text(SPAM)
    rate(page, good=False)
    expect(page.get_by_text("Noted as no spam")).to_be_visible()
    assert SPAM in (chat_home / "corrections" / "spam.jsonl").read_text("utf-8").replace(
        "\\u00a3", "£"
    )


def test_a_dropped_file_is_judged_whole(page: Page, tmp_path: Path) -> None:
    rows = "".join(f'"{SPAM if number % 4 == 0 else HAM} {number}"\n' for number in range(60))
    upload(page, tmp_path / "inbox.csv", f"text\n{rows}")
    page.locator("#chat-submit").click()
    page.get_by_text("Look for spam in it").click()
    expect(page.get_by_text("15 look like spam (25.0%)")).to_be_visible()
    expect(page.get_by_test_id("part-Table").locator("tbody tr")).to_have_count(50)
    expect(page.get_by_test_id("part-Histogram")).to_be_visible()
    expect(page.locator("a[download='inbox-spam.csv']")).to_be_visible()
