import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import ask, running, visiting
from tests.openai_server import BreaksOff, FallsSilent, OpenAIServer, Refuses, Says

pytestmark = pytest.mark.e2e

QUESTION = "When is an uploaded file deleted?"
ANSWER = Says(
    ("An uploaded file goes ", "when its chat is deleted [1]. ", "It is never shared [2].")
)


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


@pytest.fixture(scope="module")
def address(chat_home: Path, server: OpenAIServer) -> Iterator[str]:
    with running(
        "chat",
        chat_home,
        ASSISTANT_MODEL="openai/test",
        ASSISTANT_API_BASE=server.api_base,
        ASSISTANT_MODEL_TIMEOUT_SECONDS="20",
    ) as address:
        yield address


@pytest.fixture
def chat(browser: Browser, address: str) -> Iterator[Page]:
    with visiting(browser, address) as page:
        yield page


def test_a_models_answer_is_cited_and_scored(chat: Page, server: OpenAIServer) -> None:
    server.will(ANSWER)
    ask(chat, QUESTION)
    expect(chat.get_by_text("An uploaded file goes when its chat is deleted")).to_be_visible()
    expect(chat.get_by_test_id("groundedness")).to_have_text(re.compile(r"0\.\d\d|1\.00"))
    expect(chat.get_by_role("link", name="[2]")).to_be_visible()


def test_a_follow_up_carries_the_chat_so_far(chat: Page, server: OpenAIServer) -> None:
    server.will(ANSWER, Says(("Where are the documents of the assistant stored?",)), ANSWER)
    ask(chat, QUESTION)
    expect(chat.get_by_test_id("scores")).to_have_count(1)
    ask(chat, "And where are its documents stored?")
    expect(chat.get_by_test_id("scores")).to_have_count(2)
    asked = [call["messages"] for call in server.calls]  # the chat's name is asked for, too
    (messages,) = [one for one in asked if "And where are" in one[-1]["content"] and len(one) > 2]
    roles = [message["role"] for message in messages]
    assert roles == ["system", "user", "assistant", "user"]


def test_the_model_names_the_chat_in_the_side_bar(chat: Page, server: OpenAIServer) -> None:
    server.will(ANSWER)
    ask(chat, QUESTION)
    expect(chat.locator("#thread-history").get_by_text(server.name_of_chats).first).to_be_visible()


@pytest.mark.parametrize(
    ("behaviour", "sentence"),
    [
        (Refuses(401, "bad key", "invalid_api_key"), "The key was refused"),
        (Refuses(429, "slow down"), "Too many requests"),
        (BreaksOff(("An uploaded ", "file ")), "broke off"),
    ],
)
def test_a_model_that_fails_is_explained_and_the_chat_goes_on(
    chat: Page, server: OpenAIServer, behaviour: Refuses | BreaksOff, sentence: str
) -> None:
    server.will(behaviour, ANSWER)
    ask(chat, QUESTION)
    expect(chat.get_by_text(sentence)).to_be_visible()
    ask(chat, QUESTION)
    expect(chat.get_by_text("It is never shared")).to_be_visible()


def test_the_stop_button_stops_the_answer_and_the_chat_goes_on(
    chat: Page, server: OpenAIServer
) -> None:
    server.will(FallsSilent(("This takes ", "a while ")), ANSWER)
    ask(chat, QUESTION)
    expect(chat.get_by_text("This takes a while")).to_be_visible()
    chat.locator("#stop-button").click()
    expect(chat.locator("#stop-button")).to_have_count(0)
    ask(chat, QUESTION)
    expect(chat.get_by_text("It is never shared")).to_be_visible()
