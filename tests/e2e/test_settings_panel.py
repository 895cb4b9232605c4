"""The settings panel of a chat: an adapter of the instruct model is chosen for this chat alone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import ask, running, visiting
from tests.plugins.instruct.random_adapters import random_adapter
from tests.plugins.instruct.tiny_models import tiny_llama

pytestmark = pytest.mark.e2e

GEAR = "#chat-settings-open-modal"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    base = tiny_llama(tmp_path_factory.mktemp("llama"))
    home = tmp_path_factory.mktemp("home")
    random_adapter(base, home / "adapters" / "hotel", 1, beats_base=False)
    with running(
        "chat", home, ASSISTANT_INSTRUCT__BASE=str(base), ASSISTANT_INSTRUCT__MAX_TOKENS="5"
    ) as address:
        yield address


def test_an_adapter_is_chosen_for_one_chat(browser: Browser, address: str) -> None:
    with visiting(browser, address) as chosen, visiting(browser, address) as untouched:
        chosen.locator(GEAR).click()
        chosen.get_by_label("Adapter").click()
        chosen.get_by_role("option", name="hotel (no better than the base)").click()
        chosen.locator("#confirm").click()
        for page in (chosen, untouched):
            ask(page, "/instruct sort ban fet col")
        expect(chosen.get_by_text("can can can can can")).to_be_visible()
        expect(untouched.get_by_text("low low low get lum")).to_be_visible()
