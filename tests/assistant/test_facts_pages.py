"""The memory panel's addresses over a real memory: what they show, change and refuse."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from assistant.chats.store import Chats
from assistant.facts_serving import ELSEWHERE, FACTS_PER_PAGE, GONE, NOT_THERE, FactsPages
from assistant.schema import Answer, Route, Timings, Turn, Usage
from assistant.security import SecurityHeaders, asking
from assistant.settings import Settings
from assistant.uploads import Uploads
from ingest.embedder import MiniLMEmbedder
from ingest.store import PassageStore
from plugins.memory.fact import Fact, now
from plugins.memory.memories import Memories
from plugins.memory.shown import ShownFacts
from plugins.memory.store import FactStore
from tests.assistant.test_source_page import HOSTILE, Seen

OWN = {"origin": "http://testserver"}
CHAT = "8f14e45f-ceea-467f-a9d2-3a1b2c3d4e5f"


class Panel:
    """A memory, chats, and a client of the panel's addresses."""

    def __init__(self, settings: Settings, store: PassageStore, embedder: MiniLMEmbedder) -> None:
        self.memories = Memories(settings, embedder)
        self.chats = Chats(settings, Uploads(store, settings.home / "uploads"))
        routes = FactsPages(ShownFacts(self.memories), self.chats).routes()
        self.client = TestClient(SecurityHeaders(Starlette(routes=list(routes))))

    def tell(self, text: str, user: str = "local", chat: str = "") -> str:
        """Has what a person says kept; returns the id of the first fact of it."""
        return self.memories.add(user, text, chat)[0].id

    def show(self, asked: str = "") -> str:
        return self.client.get(f"/memory{asked}").text

    def send(self, path: str, text: str = "", **headers: str) -> tuple[int, str]:
        answer = self.client.post(f"/memory/{path}", data={"text": text}, headers=headers or OWN)
        return answer.status_code, answer.text

    def texts(self, user: str = "local") -> list[str]:
        return [fact.text for fact in self.memories.facts(user)]


@pytest.fixture
def panel(
    state_settings: Settings, store: PassageStore, embedder: MiniLMEmbedder
) -> Iterator[Panel]:
    panel = Panel(state_settings, store, embedder)
    yield panel
    panel.memories.close()
    panel.chats.close()


@contextmanager
def asked_by(user: str) -> Iterator[None]:
    before = asking.set(user)
    try:
        yield
    finally:
        asking.reset(before)


def begin_chat(panel: Panel, user: str) -> None:
    """Has a user begin the chat."""
    answer = Answer("1", "Hello.", Route(()), "", (), (), Usage(), Timings(0, 0, 0, 0))
    panel.chats.add(Turn("Hello", id="1", user=user, session=CHAT), answer, "Greetings & more")


def test_a_fact_is_shown_with_its_sentence_its_chat_and_what_it_replaced(panel: Panel) -> None:
    begin_chat(panel, "local")
    panel.tell("My dog is called Rex", chat=CHAT)
    panel.tell("My dog is called Max", chat=CHAT)
    page = panel.show()
    assert "1 memory" in page
    assert page.index("My dog is called Max") < page.index("1 older version") < page.index("Rex")
    assert f'<a target="_top" href="/thread/{CHAT}">Greetings &amp; more</a>' in page
    assert "not used yet" in page


def test_when_a_fact_was_used_is_shown(panel: Panel) -> None:
    fact = panel.tell("My dog is called Rex")
    panel.memories.mark_used("local", [fact])
    assert "used on <time datetime=" in panel.show()


@pytest.mark.parametrize("owner", [None, "bo"])
def test_a_chat_that_is_gone_or_another_s_is_no_link(panel: Panel, owner: str | None) -> None:
    if owner:
        begin_chat(panel, owner)
    panel.tell("My dog is called Rex", chat=CHAT)
    page = panel.show()
    assert "in a chat that is gone" in page
    assert "/thread/" not in page


def test_where_nothing_is_known_the_page_says_how_facts_come_about(panel: Panel) -> None:
    page = panel.show()
    assert "Tell me something in a chat" in page
    assert "Delete all" not in page


def test_what_a_person_says_is_shown_as_words(panel: Panel) -> None:
    fact = panel.tell(f"Remember {HOSTILE}")
    for page in (panel.show(), panel.show(f"?q={HOSTILE}"), panel.send(f"{fact}/edit", HOSTILE)[1]):
        seen = Seen(page)
        assert (seen.count("script"), seen.count("img"), seen.count("mark")) == (2, 0, 0)
        assert not [name for _, named in seen.elements for name in named if name.startswith("on")]


def test_nothing_that_stands_on_the_page_can_run_and_no_copy_is_kept(panel: Panel) -> None:
    headers = panel.client.get("/memory").headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


def test_a_fact_is_edited_and_its_old_words_stay_in_its_history(panel: Panel) -> None:
    fact, version = panel.tell("My dog is called Rex"), panel.client.get("/memory/version").text
    status, page = panel.send(f"{fact}/edit", "My dog is  called Rufus")
    assert (status, panel.texts()) == (200, ["My dog is called Rufus"])
    assert "Changed to “My dog is called Rufus”." in page
    assert "My dog is called Rex" in page
    assert panel.client.get("/memory/version").text != version


def test_what_cannot_be_kept_is_refused_and_stays_typed(panel: Panel) -> None:
    fact = panel.tell("My dog is called Rex")
    status, page = panel.send(f"{fact}/edit", "My card is 4111 1111 1111 1111")
    assert (status, panel.texts()) == (400, ["My dog is called Rex"])
    assert "secrets are not kept" in page
    assert "My card is 4111 1111 1111 1111</textarea>" in page


def test_a_fact_is_deleted_for_good_and_the_others_stay(panel: Panel) -> None:
    fact = panel.tell("My dog is called Rex")
    panel.tell("I live in Leeds")
    status, page = panel.send(f"{fact}/delete")
    assert (status, panel.texts()) == (200, ["I live in Leeds"])
    assert "Deleted for good." in page


def test_all_facts_are_deleted_and_none_of_another(panel: Panel) -> None:
    for text in ("My dog is called Rex", "My dog is called Max", "I live in Leeds"):
        panel.tell(text)
    panel.tell("I live in York", "bo")
    status, page = panel.send("delete-all")
    assert (status, panel.memories.facts("local", with_replaced=True)) == (200, [])
    assert "I know nothing about you yet" in page
    assert panel.texts("bo") == ["I live in York"]


@pytest.mark.parametrize("verb", ["edit", "delete"])
def test_a_fact_that_is_gone_meanwhile_is_not_changed(panel: Panel, verb: str) -> None:
    old = panel.tell("My dog is called Rex")
    panel.memories.edit("local", old, "My dog is called Rufus")
    panel.memories.remove("local", [deleted := panel.tell("I live in Leeds")])
    for fact in (deleted, *([old] if verb == "edit" else [])):
        status, page = panel.send(f"{fact}/{verb}", "I live in York")
        assert (status, GONE in page) == (404, True)
    assert panel.texts() == ["My dog is called Rufus"]


def test_another_s_fact_is_as_one_that_does_not_exist(panel: Panel) -> None:
    fact = panel.tell("I live in Leeds")
    with asked_by("bo"):
        for path in (f"{fact}/edit", f"{fact}/delete"):
            forged, unknown = (panel.send(one, "Mine now") for one in (path, f"0{path}"))
            assert forged == unknown
        assert "Leeds" not in panel.show() + panel.show(f"?fact={fact}") + panel.show("?q=live")
        assert panel.client.get("/memory/export.json").json() == []
        assert panel.send("delete-all")[0] == 200
    assert panel.texts() == ["I live in Leeds"]


@pytest.mark.parametrize("origin", ["", "null", "https://evil.example", "http://testserver.evil"])
@pytest.mark.parametrize("path", ["{}/edit", "{}/delete", "delete-all"])
def test_no_other_page_can_change_anything(panel: Panel, path: str, origin: str) -> None:
    fact = panel.tell("My dog is called Rex")
    assert panel.send(path.format(fact), "I am evil", origin=origin) == (403, ELSEWHERE)
    assert panel.client.get(f"/memory/{path.format(fact)}").status_code == 405
    assert panel.texts() == ["My dog is called Rex"]


def test_a_cited_fact_is_shown_alone_also_when_a_newer_one_has_its_place(panel: Panel) -> None:
    old = panel.tell("My dog is called Rex")
    new = panel.memories.edit("local", old, "My dog is called Rufus").id
    panel.tell("I live in Leeds")
    for fact in (old, new):
        page = panel.show(f"?fact={fact}")
        assert f'class="sheet fact cited" id="fact-{new}"' in page
        assert "Leeds" not in page
    panel.memories.remove("local", [new])
    page = panel.show(f"?fact={old}")
    assert (NOT_THERE in page, "Leeds" in page) == (True, True)


def test_all_is_exported_with_its_history(panel: Panel) -> None:
    panel.tell("My dog is called Rex")
    panel.tell("My dog is called Max")
    answer = panel.client.get("/memory/export.json")
    assert answer.headers["content-disposition"] == 'attachment; filename="memories.json"'
    (fact,) = json.loads(answer.text)
    assert (fact["text"], fact["history"][0]["text"]) == (
        "My dog is called Max",
        "My dog is called Rex",
    )


def fill(settings: Settings, n_facts: int) -> None:
    """Keeps many facts of the single user at once."""
    store = FactStore(settings)
    vector = np.zeros(384, np.float32)
    with store.writing("local") as writing:
        for number in range(n_facts):
            said = f"Fact number {number}"
            writing.add(
                Fact(str(number), said, "local", "note", "", "", now(), CHAT, said, 0.5), vector
            )
    store.close()


def test_many_facts_are_searched_and_shown_a_page_at_a_time(
    panel: Panel, state_settings: Settings
) -> None:
    fill(state_settings, FACTS_PER_PAGE + 1)
    first, second = panel.show(), panel.show("?page=2")
    assert first.count('class="sheet fact"') == FACTS_PER_PAGE
    assert second.count('class="sheet fact"') == 1
    assert 'href="/memory?page=2"' in first
    assert 'href="/memory"' in second
    for beyond in ("?page=99", "?page=-1", "?page=x"):
        assert 'class="sheet fact"' in panel.show(beyond)
    found = panel.show("?q=NUMBER+17")
    assert "1 of 51 memories" in found
    assert "Fact number 17" in found
    assert "Nothing that I remember has “zebra” in it." in panel.show("?q=zebra")


def test_a_page_among_ten_thousand_facts_takes_less_than_a_second(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    fill(settings, 10_000)
    chats = Chats(settings, Uploads(PassageStore(tmp_path / "index"), tmp_path / "uploads"))
    pages = FactsPages(ShownFacts(Memories(settings, MiniLMEmbedder())), chats).routes()
    client = TestClient(Starlette(routes=list(pages)))
    for asked in ("", "?page=150", "?q=number+77", "?fact=77"):
        began = time.process_time()
        assert "Fact number" in client.get(f"/memory{asked}").text
        assert time.process_time() - began < 1
