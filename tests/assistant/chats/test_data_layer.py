import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import pytest

from assistant.chats.store import Chats
from assistant.security import asking
from assistant.settings import Settings
from assistant.uploads import collection_of
from tests.assistant.chats.sessions import ChatDataLayer, begin, step

THREAD = "8f14e45f-ceea-467f-a9d2-3a1b2c3d4e5f"
Play = Callable[[ChatDataLayer], Awaitable[None]]


@pytest.fixture
def play(state_settings: Settings, chats: Chats) -> Callable[[Play], None]:
    """Runs a scene on the data layer."""

    async def run(scene: Play) -> None:
        layer = ChatDataLayer(state_settings, chats)
        try:
            await scene(layer)
        finally:
            await layer.close()

    return lambda scene: asyncio.run(run(scene))


def test_the_first_message_names_a_chat_and_what_is_said_is_read_back(
    play: Callable[[Play], None], chats: Chats
) -> None:
    async def scene(layer: ChatDataLayer) -> None:
        await begin(layer, "ada", THREAD, "Hi, can you tell me when the lease ends?")
        thread = await layer.get_thread(THREAD)
        assert thread is not None
        assert thread["name"] == "When the lease ends?"
        assert thread["userIdentifier"] == "ada"
        (said,) = thread["steps"]
        assert (said["output"], said["tags"]) == ("Hi, can you tell me when the lease ends?", ["a"])
        await layer.update_thread(THREAD, name="  The \n lease ")
        assert chats.read("ada", THREAD).name == "The lease"

    play(scene)


def test_a_later_state_of_a_step_is_not_replaced_by_an_earlier_one(
    play: Callable[[Play], None],
) -> None:
    async def scene(layer: ChatDataLayer) -> None:
        await begin(layer, "ada", THREAD)
        growing = step(THREAD, "")
        states = [{**growing, "output": "x" * n} for n in range(40)]
        await asyncio.gather(*(layer.update_step(state) for state in states))
        thread = await layer.get_thread(THREAD)
        assert thread is not None
        assert thread["steps"][-1]["output"] == "x" * 39

    play(scene)


def test_an_id_of_another_s_message_or_element_changes_nothing_of_his(
    play: Callable[[Play], None], tmp_path: Path
) -> None:
    async def scene(layer: ChatDataLayer) -> None:
        from chainlit.element import File

        await begin(layer, "ada", THREAD)
        thread = await layer.get_thread(THREAD)
        assert thread is not None
        own, file = thread["steps"][0]["id"], str(uuid4())
        (tmp_path / "a.txt").write_text("Ada's")
        element = File(id=file, name="a.txt", path=str(tmp_path / "a.txt"), for_id=own)
        await layer.create_element(element)

        other = str(uuid4())
        await begin(layer, "bob", other, "Mine")
        await layer.create_step(step(other, "Forged", id=own))
        await layer.create_step(step(THREAD, "Forged"))
        forged = {"id": file, "for_id": own, "name": "b.txt", "content": "Bob's"}
        await layer.create_element(File(**forged))
        await layer.create_element(File(**{**forged, "id": str(uuid4())}, thread_id=THREAD))
        await layer.delete_step(own)
        await layer.delete_element(file)
        await layer.update_thread(THREAD, name="Mine now", user_id="known to the database")
        assert await layer.get_thread(THREAD) is None
        asking.set("ada")
        thread = await layer.get_thread(THREAD)
        assert thread is not None
        assert [one["output"] for one in thread["steps"]] == ["Hello there"]
        assert [one["name"] for one in thread["elements"]] == ["a.txt"]
        assert (thread["name"], thread["userIdentifier"]) == ("Hello there", "ada")

    play(scene)


def test_a_file_is_kept_with_its_chat_and_its_address_asks_for_the_user(
    play: Callable[[Play], None], chats: Chats, tmp_path: Path
) -> None:
    async def scene(layer: ChatDataLayer) -> None:
        from chainlit.element import File

        await begin(layer, "ada", THREAD)
        (tmp_path / "a.txt").write_text("what is in it")
        element = File(name="a.txt", path=str(tmp_path / "a.txt"), for_id=str(uuid4()))
        await layer.create_element(element)
        thread = await layer.get_thread(THREAD)
        assert thread is not None
        (shown,) = thread["elements"]
        assert shown["url"] == f"/chats/{THREAD}/files/{element.id}"
        kept = chats.file("ada", THREAD, element.id)
        assert kept is not None
        assert kept.read_text() == "what is in it"
        assert chats.file("bob", THREAD, element.id) is None
        await layer.delete_thread(THREAD)
        assert not kept.exists()
        assert chats.uploads.find(collection_of("ada", THREAD), element.id) is None

    play(scene)


def test_what_is_written_late_does_not_bring_a_deleted_chat_back(
    play: Callable[[Play], None], chats: Chats
) -> None:
    async def scene(layer: ChatDataLayer) -> None:
        await begin(layer, "ada", THREAD)
        await layer.delete_thread(THREAD)
        await layer.create_step(step(THREAD, "Late"))
        await layer.update_thread(THREAD, metadata={"chat_settings": {}})
        assert await layer.get_thread(THREAD) is None
        assert chats.listing("ada") == []

    play(scene)


def test_a_thumb_is_given_changed_and_taken_back_by_the_chat_s_user_alone(
    play: Callable[[Play], None], chats: Chats
) -> None:
    async def scene(layer: ChatDataLayer) -> None:
        from chainlit.types import Feedback

        await begin(layer, "ada", THREAD)
        asked = chats.read("ada", THREAD)
        assert len(asked.exchanges) == 1
        run = step(THREAD, "", type="run", name="on_message")
        await layer.create_step(run)
        asking.set("bob")
        with pytest.raises(ValueError, match="no such answer"):
            await layer.upsert_feedback(Feedback(forId=run["id"], value=1, threadId=THREAD))
        asking.set("ada")
        given = await layer.upsert_feedback(Feedback(forId=run["id"], value=1))
        changed = Feedback(forId=run["id"], value=0, comment="Say where.", id=given)
        assert await layer.upsert_feedback(changed) == given
        thread = await layer.get_thread(THREAD)
        assert thread is not None
        kept = next(one["feedback"] for one in thread["steps"] if "feedback" in one)
        assert (kept["value"], kept["comment"]) == (0, "Say where.")
        asking.set("bob")
        assert not await layer.delete_feedback(given)
        asking.set("ada")
        assert await layer.delete_feedback(given)

    play(scene)


def test_threads_come_page_by_page_the_one_used_last_first(play: Callable[[Play], None]) -> None:
    async def scene(layer: ChatDataLayer) -> None:
        from chainlit.types import Pagination, ThreadFilter

        for n in range(5):
            await begin(layer, "ada", str(uuid4()), f"Question number {n}")
        await begin(layer, "bob", str(uuid4()), "Question of Bob")
        ada = await layer.get_user("ada")
        assert ada is not None
        names, cursor = [], None
        while True:
            page = await layer.list_threads(
                Pagination(first=2, cursor=cursor), ThreadFilter(userId=ada.id)
            )
            names += [thread["name"] for thread in page.data]
            cursor = page.pageInfo.endCursor
            if not page.pageInfo.hasNextPage:
                break
        assert names == [f"Question number {n}" for n in (4, 3, 2, 1, 0)]
        found = await layer.list_threads(
            Pagination(first=9), ThreadFilter(userId=ada.id, search="NUMBER 3")
        )
        assert [thread["name"] for thread in found.data] == ["Question number 3"]

    play(scene)


def test_fifty_chats_at_once_lose_no_message(play: Callable[[Play], None], chats: Chats) -> None:
    async def scene(layer: ChatDataLayer) -> None:
        async def chat(n: int) -> None:
            thread = str(uuid4())
            await begin(layer, f"user{n % 5}", thread, f"Message 0 of {n}")
            for number in range(1, 4):
                await layer.create_step(step(thread, f"Message {number} of {n}"))

        await asyncio.gather(*(asyncio.create_task(chat(n)) for n in range(50)))

    play(scene)
    counts = [one.n_messages for n in range(5) for one in chats.listing(f"user{n}")]
    assert counts == [4] * 50
