import re
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from ingest.page_view import Box, locate
from ingest.store import PassageStore
from tests.e2e.conftest import ask, attach, upload
from tests.ingest.typeset import lines, write_pdf

pytestmark = pytest.mark.e2e

PDF_QUESTION = "When is an uploaded file deleted?"
HTML_QUESTION = "What does groundedness say?"
PIXELS = 1.5


def ask_and_wait(page: Page, question: str) -> FrameLocator:
    """Asks, and returns the viewer in the side panel."""
    n_answers = page.get_by_test_id("scores").count()
    ask(page, question)
    expect(page.get_by_test_id("scores")).to_have_count(n_answers + 1)
    return page.frame_locator("iframe.source")


def address_of(page: Page) -> str:
    """The address of the source that the panel shows."""
    path = page.locator("iframe.source").get_attribute("src")
    assert path is not None
    return str(httpx.URL(page.url).join(path))


def expected_boxes(home: Path, address: str) -> list[Box]:
    """Where the words that an address cites stand on the page, by the file itself."""
    asked = parse_qs(urlsplit(address).query)
    store = PassageStore(home / "index")
    document = store.document(int(urlsplit(address).path.split("/")[2]))
    assert document is not None
    page = int(asked["page"][0])
    text = store.page_of(document.id, page)
    assert text is not None
    spans = [tuple(map(int, span.split("-"))) for span in asked["span"]]
    store.close()
    return [box for span in spans for box in locate(document.path, page, text, *span)]


def test_a_mark_opens_the_pdf_as_it_looks_with_the_words_highlighted(
    page: Page, chat_home: Path
) -> None:
    ask_and_wait(page, PDF_QUESTION)
    page.locator("#side-view-title button").click()
    expect(page.locator("iframe.source")).to_have_count(0)
    page.locator(".element-link").filter(has_text=re.compile(r"\[\d\]")).first.click()
    source = page.frame_locator("iframe.source")
    expect(source.get_by_text("2 / 3")).to_be_visible()
    expect(source.locator("rect").first).to_be_visible()
    picture = source.locator("img")
    assert picture.evaluate("async (image) => (await image.decode(), image.naturalWidth)") == 1400

    whole = picture.bounding_box()
    assert whole is not None
    expected = expected_boxes(chat_home, address_of(page))
    assert expected
    for box, shown in zip(expected, source.locator("rect").all(), strict=True):
        drawn = shown.bounding_box()
        assert drawn is not None
        assert (drawn["x"], drawn["y"], drawn["width"], drawn["height"]) == pytest.approx(
            (
                whole["x"] + box.left * whole["width"],
                whole["y"] + box.top * whole["height"],
                box.width * whole["width"],
                box.height * whole["height"],
            ),
            abs=PIXELS,
        )


def test_the_highlight_colours_the_words_and_leaves_them_readable(page: Page) -> None:
    source = ask_and_wait(page, PDF_QUESTION)
    style = source.locator("svg").first.evaluate(
        "svg => [getComputedStyle(svg).mixBlendMode, getComputedStyle(svg.firstChild).fill]"
    )
    assert style == ["multiply", "rgb(255, 224, 122)"]


def test_the_pages_can_be_turned_and_the_way_leads_back(page: Page) -> None:
    source = ask_and_wait(page, PDF_QUESTION)
    source.get_by_role("link", name="Next page").click()
    expect(source.get_by_text("3 / 3")).to_be_visible()
    expect(source.get_by_role("link", name="Next page")).to_have_count(0)
    expect(source.locator("rect")).to_have_count(0)
    source.locator("body").press("ArrowLeft")
    expect(source.get_by_text("2 / 3")).to_be_visible()
    source.get_by_role("link", name="Previous page").click()
    source.get_by_role("link", name="Cited page").click()
    expect(source.locator("rect").first).to_be_visible()


def test_a_pdf_opens_in_a_tab_at_the_cited_page(page: Page) -> None:
    source = ask_and_wait(page, PDF_QUESTION)
    with page.context.expect_page() as opened:
        source.get_by_role("link", name="Open PDF").click()
    tab = opened.value
    tab.wait_for_url(re.compile(r"/source/\d+/file\?key=\w+#page=2$"))
    for _ in range(40):
        if any(frame.url.startswith("chrome-extension://") for frame in tab.frames):
            return
        tab.wait_for_timeout(250)
    pytest.fail("The browser's own viewer has not started.")


def test_a_web_page_s_quotes_are_marked_in_their_surroundings_and_in_sight(page: Page) -> None:
    source = ask_and_wait(page, HTML_QUESTION)
    expect(source.locator("mark").first).to_be_in_viewport()
    expect(source.locator("mark").first).to_contain_text("Groundedness says whether")
    expect(
        source.get_by_text("Quality scores › The three scores › Groundedness", exact=True)
    ).to_be_visible()
    expect(source.get_by_text("Context relevance says whether")).to_be_attached()


def test_a_web_page_opens_at_the_cited_words_and_runs_nothing(page: Page) -> None:
    source = ask_and_wait(page, HTML_QUESTION)
    link = source.get_by_role("link", name="Open file")
    assert "#:~:text=Groundedness%20says" in (link.get_attribute("href") or "")
    with page.context.expect_page() as opened:
        link.click()
    tab = opened.value
    expect(tab.get_by_role("heading", name="Groundedness")).to_be_in_viewport()
    assert tab.evaluate("scrollY") > 0
    assert tab.evaluate("origin") == "null"


def test_a_new_answer_opens_its_own_source_alone(page: Page) -> None:
    ask_and_wait(page, PDF_QUESTION)
    source = ask_and_wait(page, HTML_QUESTION)
    expect(page.locator("iframe.source")).to_have_count(1)
    expect(source.get_by_role("heading", name="quality-scores.html")).to_be_visible()
    page.locator(".element-link").first.click()
    expect(source.get_by_role("heading", name="privacy-and-security.pdf")).to_be_visible()


def brightness(source: FrameLocator | Page, selector: str, name: str) -> float:
    colour = source.locator(selector).first.evaluate(f"one => getComputedStyle(one).{name}")
    red, green, blue = map(int, re.findall(r"\d+", colour)[:3])
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


def test_the_source_follows_the_theme_of_the_chat(page: Page) -> None:
    source = ask_and_wait(page, HTML_QUESTION)
    assert (
        brightness(source, "article", "color")
        < 0.2
        < 0.9
        < brightness(source, "article", "backgroundColor")
    )
    page.evaluate("document.documentElement.className = 'dark'")
    expect(source.locator("html")).to_have_class("dark")
    assert (
        brightness(source, "article", "backgroundColor")
        < 0.2
        < 0.8
        < brightness(source, "article", "color")
    )
    assert (
        brightness(source, "mark", "backgroundColor")
        < 0.4
        < 0.8
        < brightness(source, "mark", "color")
    )


def test_alone_in_a_tab_without_scripts_the_highlight_is_in_sight(
    browser: Browser, page: Page
) -> None:
    ask_and_wait(page, HTML_QUESTION)
    context = browser.new_context(
        java_script_enabled=False, color_scheme="dark", viewport={"width": 500, "height": 400}
    )
    tab = context.new_page()
    tab.goto(address_of(page))
    expect(tab.locator("mark").first).to_be_in_viewport()
    assert brightness(tab, "body", "color") > 0.8
    context.close()


def test_an_uploaded_pdf_is_shown_at_its_page_and_to_nobody_without_its_key(
    page: Page, tmp_path: Path
) -> None:
    said = ("The orchard has many trees.", "It lies on a hill.", "The quince was grafted in 1923.")
    write_pdf(tmp_path / "quince.pdf", [lines(72, 700, text) for text in said])
    attach(page, tmp_path / "quince.pdf")
    source = ask_and_wait(page, "When was the quince grafted?")
    expect(source.get_by_text("3 / 3")).to_be_visible()
    expect(source.locator("rect").first).to_be_visible()
    address = urlsplit(address_of(page))
    for path in (address.path, f"{address.path}/page/3.png", f"{address.path}/file"):
        bare = address._replace(path=path, query="", fragment="").geturl()
        assert httpx.get(bare).status_code == 404
        assert httpx.get(bare, params={"key": parse_qs(address.query)["key"][0]}).is_success


def test_a_link_into_a_chat_that_was_deleted_says_that_the_document_is_gone(
    page: Page, tmp_path: Path
) -> None:
    upload(page, tmp_path / "plum.txt", "The Victoria plum was found in 1840.")
    source = ask_and_wait(page, "When was the Victoria plum found?")
    expect(source.locator("mark")).to_contain_text("1840")
    address = address_of(page)
    chat = page.url.rpartition("/thread/")[2]
    deleted = page.request.delete(urljoin(page.url, "/project/thread"), data={"threadId": chat})
    assert deleted.ok
    page.goto(address)
    expect(page.get_by_text("There is nothing at this address for you")).to_be_visible()


def test_what_a_document_says_is_never_markup_in_the_viewer(page: Page, tmp_path: Path) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    hostile = (
        "The walrus password is </mark></article><script>parent.document.title = 'run'</script>"
        "<img src=http://127.0.0.1:9/a.png onerror=alert(1)> \"tusks\" & 'ice'."
    )
    upload(page, tmp_path / "walrus.txt", hostile)
    source = ask_and_wait(page, "What is the walrus password?")
    expect(source.locator("article")).to_contain_text(hostile)
    expect(source.locator("article img, article script")).to_have_count(0)
    assert page.title() != "run"
    assert not [url for url in requests if ":9/" in url]


def test_alone_in_a_tab_the_source_has_the_theme_that_was_chosen_in_the_chat(page: Page) -> None:
    ask_and_wait(page, HTML_QUESTION)
    page.evaluate("localStorage.setItem('vite-ui-theme', 'dark')")
    page.goto(address_of(page))
    expect(page.locator("html")).to_have_class("dark")
