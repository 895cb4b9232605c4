import json
import re
import sqlite3
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, Route, expect
from websocket import WebSocketBadStatusException, create_connection

from tests.e2e.conftest import ask, open_chat, upload

pytestmark = pytest.mark.e2e

SCORES = ("context-relevance", "groundedness", "answer-relevance")


def test_a_question_gets_a_step_a_cited_answer_and_three_scores(page: Page) -> None:
    ask(page, "When is an uploaded file deleted?")
    expect(page.get_by_test_id("scores")).to_be_visible()
    expect(
        page.get_by_text("An uploaded file is deleted when its chat is deleted.").first
    ).to_be_visible()
    for name in SCORES:
        expect(page.get_by_test_id(name)).to_have_text(re.compile(r"[01]\.\d\d$"))
    page.get_by_role("button", name="Used rag").click()
    expect(page.get_by_text(re.compile(r"Picked with [01]\.\d\d: "))).to_be_visible()
    expect(page.get_by_text(re.compile(r"8 passages in \d+ ms"))).to_be_visible()
    page.get_by_role("button", name="Used context").click()
    budget = page.get_by_test_id("part-Budget")
    expect(budget.get_by_text(re.compile(r"\d+ of 3,000 tokens"))).to_be_visible()
    expect(budget.get_by_text(re.compile(r"\d of 8 passages"))).to_be_visible()


def test_the_answer_arrives_as_a_stream_of_tokens(page: Page) -> None:
    frames: list[str] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda payload: frames.append(str(payload))),
    )
    open_chat(page, page.url)
    while not frames:  # until then the page polls
        page.wait_for_timeout(100)
    page.wait_for_timeout(500)
    ask(page, "What does groundedness say?")
    expect(page.get_by_test_id("scores")).to_be_visible()
    assert sum("stream_token" in frame for frame in frames) >= 2


def test_the_chips_equal_the_scores_that_are_stored(page: Page, chat_home: Path) -> None:
    question = "How large may a file be that is dropped into the chat?"
    ask(page, question)
    expect(page.get_by_test_id("scores")).to_be_visible()
    shown = [page.get_by_test_id(name).inner_text().split()[-1] for name in SCORES]
    assert shown == [f"{score:.2f}" for score in stored_scores(chat_home, question)]


def stored_scores(home: Path, question: str) -> list[float]:
    """The newest scores that TruLens holds of a question, in the order of the chips."""
    with sqlite3.connect(home / "evals.db") as database:
        spans = [
            json.loads(row[0])
            for row in database.execute(
                "SELECT record_attributes FROM trulens_events ORDER BY start_timestamp"
            )
        ]
    prefix = "ai.observability."
    record = [
        span[prefix + "record_id"]
        for span in spans
        if span.get(prefix + "record_root.input") == question
    ][-1]
    scores = {
        span[prefix + "eval_root.metric_name"]: span[prefix + "eval_root.score"]
        for span in spans
        if span.get(prefix + "span_type") == "eval_root"
        and span.get(prefix + "eval.target_record_id") == record
    }
    return [scores[name.replace("-", " ").title()] for name in SCORES]


def test_an_uploaded_file_can_be_asked_about_in_its_own_chat_only(
    page: Page, tmp_path: Path
) -> None:
    upload(
        page,
        tmp_path / "orchard.html",
        "<h1>Orchard</h1><p>The Bramley tree was planted in 1911.</p>",
    )
    ask(page, "When was the Bramley tree planted?")
    expect(page.get_by_text("The Bramley tree was planted in 1911.").first).to_be_visible()
    expect(page.get_by_test_id("scores")).to_be_visible()

    stranger = page.context.browser.new_context().new_page()
    open_chat(stranger, page.url)
    ask(stranger, "When was the Bramley tree planted?")
    expect(stranger.get_by_test_id("scores")).to_be_visible(timeout=30_000)
    assert "1911" not in stranger.inner_text("body")


def test_a_damaged_upload_is_explained_and_the_chat_goes_on(page: Page, tmp_path: Path) -> None:
    upload(page, tmp_path / "broken.pdf", "this is no PDF")
    ask(page, "What does groundedness say?")
    expect(page.get_by_text("broken.pdf was not read.")).to_be_visible()
    expect(page.get_by_test_id("scores")).to_be_visible()


def test_a_message_that_is_too_long_is_refused_in_a_sentence(page: Page) -> None:
    ask(page, "long " * 20_000)
    expect(page.get_by_text("A message may have 20,000 characters")).to_be_visible()
    ask(page, "What does groundedness say?")
    expect(page.get_by_test_id("scores")).to_be_visible()


def test_what_a_document_says_is_never_markup(page: Page, tmp_path: Path) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    upload(
        page,
        tmp_path / "evil.txt",
        "The zebra password is ![x](http://127.0.0.1:9/a.png) <img src=http://127.0.0.1:9/b.png> "
        "[click](javascript:alert(1)) stripes.",
    )
    ask(page, "What is the zebra password?")
    expect(page.get_by_test_id("scores")).to_be_visible()
    assert "zebra password is ![x]" in page.inner_text("body")
    assert not [url for url in requests if ":9/" in url]
    assert page.locator(".message-content img").count() == 0
    assert page.locator('a[href^="javascript"]').count() == 0


def test_the_page_asks_nothing_of_any_other_server(page: Page) -> None:
    outside: list[str] = []

    def note(route: Route) -> None:
        if not route.request.url.startswith(("http://localhost:", "data:", "blob:")):
            outside.append(route.request.url)
        route.continue_()

    page.route("**/*", note)
    open_chat(page, page.url)
    ask(page, "What does groundedness say?")
    expect(page.get_by_test_id("scores")).to_be_visible()
    assert outside == []
    assert "https://" not in page.evaluate("document.head.innerHTML")


def test_small_talk_shows_no_step_and_scores_that_say_not_scored(page: Page) -> None:
    ask(page, "Hello")
    expect(page.get_by_test_id("groundedness")).to_have_text("groundedness not scored")
    assert page.get_by_role("button", name="Used rag").count() == 0


def test_the_dark_theme_has_light_text_on_dark_chips(page: Page) -> None:
    page.evaluate("localStorage.setItem('vite-ui-theme', 'dark')")
    open_chat(page, page.url)
    ask(page, "What does groundedness say?")
    expect(page.get_by_test_id("scores")).to_be_visible()
    chip = page.get_by_test_id("groundedness")
    background, color = (
        chip.evaluate(f"element => getComputedStyle(element).{name}")
        for name in ("backgroundColor", "color")
    )
    assert luminance(background) < 0.3 < 0.6 < luminance(color)


def luminance(rgb: str) -> float:
    red, green, blue = map(int, re.findall(r"\d+", rgb)[:3])
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


@pytest.mark.parametrize("path", ["/ws/socket.io/?EIO=4&transport=polling", "/project/settings"])
def test_another_web_page_cannot_talk_to_the_chat(chat_address: str, path: str) -> None:
    own = httpx.get(chat_address + path, headers={"Origin": chat_address})
    other = httpx.get(chat_address + path, headers={"Origin": "http://evil.example"})
    assert (own.status_code == 403, other.status_code) == (False, 403)


def test_a_websocket_of_another_web_page_is_refused(chat_address: str) -> None:
    address = chat_address.replace("http", "ws") + "/ws/socket.io/?EIO=4&transport=websocket"
    with pytest.raises(WebSocketBadStatusException, match="403"):
        create_connection(address, origin="http://evil.example", timeout=5)
