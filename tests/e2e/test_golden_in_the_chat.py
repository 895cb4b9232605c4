"""A thumb under an answer offers to keep its question as a golden one."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ask, rate

pytestmark = pytest.mark.e2e

KEPT = "Kept as a golden question"


def kept(home: Path) -> list[dict[str, Any]]:
    with sqlite3.connect(home / "golden.db") as database:
        rows = database.execute('SELECT content FROM golden_questions ORDER BY "added_at"')
        return [json.loads(content) for (content,) in rows]


def test_an_answer_is_kept_as_right_and_another_with_what_it_should_have_said(
    page: Page, chat_home: Path
) -> None:
    port = "On which port is the chat page served by default?"
    ask(page, port)
    expect(page.get_by_test_id("scores")).to_have_count(1)
    rate(page, good=True)
    page.get_by_role("button", name="This is right").click()
    expect(page.get_by_text(KEPT)).to_have_count(1)

    formats = "Which file formats can I ingest?"
    ask(page, formats)
    expect(page.get_by_test_id("scores")).to_have_count(2)
    rate(page, good=False)
    page.get_by_role("button", name="It should have said").click()
    expect(page.get_by_text("one fact a line")).to_be_visible()
    ask(page, "<b>Parquet</b>")
    expect(page.get_by_text(KEPT)).to_have_count(2)
    right, corrected = kept(chat_home)
    assert right["question"] == port
    assert "8000" in right["facts"]
    assert right["sources"]
    assert corrected == {"question": formats, "facts": ["<b>Parquet</b>"]}

    ask(page, "How do I reset the assistant?")  # the chat goes on
    expect(page.get_by_test_id("scores")).to_have_count(3)
