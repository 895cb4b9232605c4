"""A real chat server and a real browser."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

EXAMPLES = Path(__file__).parents[2] / "examples" / "docs"
START_SECONDS = 90
expect.set_options(timeout=20_000)  # two busy cores are slower than the default of 5 s
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Last, for Playwright leaves an event loop running in which asyncio.run refuses to start.
    items.sort(key=lambda item: item.get_closest_marker("e2e") is not None)
    if find_chromium():
        return
    reason = "there is no Chromium: install it with the system's package manager"
    for item in items:
        if item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.skip(reason=reason))


@contextmanager
def running(command: str, home: Path, health: str = "/health", **variables: str) -> Iterator[str]:
    """A server as a person starts it; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (home / f"{command}.log").open("w")
    process = subprocess.Popen(
        [Path(sys.executable).with_name("assistant"), command, "--port", str(port)],
        env={**os.environ, "ASSISTANT_HOME": str(home), **variables},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    address = f"http://localhost:{port}"
    try:
        _wait_until_up(address + health, process, home / f"{command}.log")
        yield address
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _wait_until_up(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            httpx.get(address, timeout=1)
        except httpx.TransportError:
            time.sleep(0.25)
        else:
            return
    pytest.fail(f"It did not start in {START_SECONDS} seconds: {log.read_text()}")


@pytest.fixture(scope="session")
def chat_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("chat")
    subprocess.run(
        [Path(sys.executable).with_name("assistant"), "ingest", EXAMPLES],
        env={**os.environ, "ASSISTANT_HOME": str(home)},
        check=True,
    )
    return home


@pytest.fixture(scope="session")
def chat_address(chat_home: Path) -> Iterator[str]:
    with running("chat", chat_home) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, chat_address: str) -> Iterator[Page]:
    with visiting(browser, chat_address) as page:
        yield page


@contextmanager
def visiting(browser: Browser, address: str, login: dict[str, str] | None = None) -> Iterator[Page]:
    """A new visitor's page, with the chat open; logged in where a login is given."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    if login:
        assert context.request.post(urljoin(address, "/login"), form={**login}).ok
    page = context.new_page()
    page.set_default_timeout(30_000)
    open_chat(page, address)
    yield page
    context.close()


def open_chat(page: Page, address: str) -> None:
    """Begins a new chat, whatever page of the assistant the address is of."""
    page.goto(urljoin(address, "/"))
    page.get_by_text("Which files can it read?").wait_for()


def ask(page: Page, question: str) -> None:
    """Types a question and sends it; again where the page drew its composer anew meanwhile,
    as it does once a new chat has got its address."""
    for _ in range(10):
        page.locator("#chat-input").fill(question)
        try:
            page.locator("#chat-submit").click(timeout=3000)
        except PlaywrightTimeoutError:
            continue
        return
    raise AssertionError(f"the page does not take the question {question!r}")


def rate(page: Page, good: bool, comment: str = "") -> None:
    """Gives the last answer a thumb."""
    page.locator(f".lucide-thumbs-{'up' if good else 'down'}").last.click()
    dialog = page.get_by_role("dialog")
    dialog.locator("textarea").fill(comment)
    dialog.get_by_role("button").filter(has_text="Submit").click()
    expect(dialog).to_have_count(0)


def upload(page: Page, path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
    attach(page, path)


def attach(page: Page, path: Path) -> None:
    """Attaches a file; the server refuses it until the page's session has begun."""
    chooser = page.locator("input[type=file]").first
    for _ in range(20):
        chooser.set_input_files([])
        try:
            with page.expect_response(re.compile("/project/file"), timeout=3000) as response:
                chooser.set_input_files(path)
        except PlaywrightTimeoutError:
            continue
        if response.value.ok:
            break
        page.wait_for_timeout(250)
    expect(page.get_by_text(path.name, exact=True).first).to_be_visible()
    page.wait_for_timeout(300)
