"""Facts in the database: kept, replaced, corrected, deleted, and each user's own."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import InputError
from assistant.schema import new_id
from assistant.settings import Settings
from ingest.embedder import MiniLMEmbedder
from plugins.memory.extract.extractor import extract
from plugins.memory.fact import Fact, now
from plugins.memory.memories import Memories
from plugins.memory.store import FactStore


@pytest.fixture
def kept(state_settings: Settings, embedder: MiniLMEmbedder):
    memories = Memories(state_settings, embedder)
    yield memories
    memories.close()


THINGS = (
    "the spare key hangs in the hall", "Tom borrowed the blue ladder", "jazz on Sundays",
    "the boiler was serviced by Moretti", "Aunt Olive keeps bees", "tea without sugar",
    "Grandpa sailed to Malta", "the violin is rented", "choir meets in the chapel", "no rugs",
)  # fmt: skip


def tell(memories: Memories, text: str, user: str = "ann", session: str = "one") -> list[str]:
    return [fact.text for fact in memories.keep(user, extract(text), session)]


def texts(memories: Memories, user: str = "ann") -> list[str]:
    return [fact.text for fact in memories.facts(user)]


def test_a_fact_keeps_its_source_its_time_and_its_conversation(kept: Memories) -> None:
    began = now()
    tell(kept, "Hello. My dog is called Rex, you know.")
    (fact,) = kept.facts("ann")
    assert (fact.text, fact.slot, fact.value) == ("My dog is called Rex", "dog/name", "Rex")
    assert (fact.source_text, fact.session) == ("My dog is called Rex, you know.", "one")
    assert began <= fact.said_at <= now()
    assert fact.said_at.endswith("+00:00")


def test_a_newer_fact_replaces_the_older_one_which_stays_in_its_history(kept: Memories) -> None:
    for said in ("I live in York.", "I moved to Leeds.", "We live in Bath now."):
        tell(kept, said)
    (fact,) = kept.facts("ann")
    assert fact.value == "Bath"
    assert [one.value for one in kept.history("ann", fact.id)] == ["Leeds", "York"]


def test_the_same_again_is_kept_once(kept: Memories) -> None:
    tell(kept, "My dog is called Rex.")
    assert tell(kept, "my dog is called Rex!!") == []
    tell(kept, "I wear glasses.")
    assert tell(kept, "I wear my glasses.") == []
    assert len(kept.facts("ann")) == 2


def test_what_is_said_of_one_denies_nothing_of_another(kept: Memories) -> None:
    told = ["My friend Zora collects old stamps.", "My friend Milo collects old stamps."]
    for text in told:
        tell(kept, text)
    assert [text for text in texts(kept) if "stamps" in text] == [one[:-1] for one in told]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("Our landlord is Moretti", "Our landlord is Bruni now"),
        ("The project uses Postgres", "The project now uses Mongo instead"),
    ],
)
def test_a_name_behind_the_verb_is_no_subject(kept: Memories, before: str, now: str) -> None:
    tell(kept, f"{before}.")
    tell(kept, f"{now}.")
    assert texts(kept) == [now]


def test_a_correction_puts_the_value_right_that_it_names(kept: Memories) -> None:
    tell(kept, "I live in York. My sister is called Anna.")
    assert tell(kept, "Actually, it's Leeds, not York.") == ["I live in Leeds"]
    assert texts(kept) == ["My sister is called Anna", "I live in Leeds"]


def test_a_correction_without_the_wrong_value_is_of_what_was_said_last(kept: Memories) -> None:
    tell(kept, "I live in York.")
    tell(kept, "My sister is called Anna.")
    tell(kept, "Sorry, I meant Hannah.")
    assert texts(kept) == ["I live in York", "My sister is called Hannah"]


def test_a_correction_in_another_conversation_corrects_nothing(kept: Memories) -> None:
    tell(kept, "My sister is called Anna.")
    assert tell(kept, "Sorry, I meant Hannah.", session="two") == []


def test_nobody_sees_changes_or_removes_what_is_another_s(kept: Memories) -> None:
    tell(kept, "My dog is called Rex.", "ann")
    tell(kept, "My dog is called Max.", "bob")
    (own,) = kept.facts("ann")
    assert kept.remove("bob", [own.id]) == []
    with pytest.raises(InputError, match="There is no memory"):
        kept.edit("bob", own.id, "My dog is called Bello")
    tell(kept, "It's Bello, not Rex.", "bob")
    assert texts(kept, "ann") == ["My dog is called Rex"]
    assert texts(kept, "bob") == ["My dog is called Max"]
    assert [one.fact.user for one in kept.recall("bob", "my dog Rex")] == ["bob"]
    assert kept.export("carol") == []


def test_editing_keeps_the_old_text_in_the_history(kept: Memories) -> None:
    tell(kept, "My dog is called Rex.")
    (old,) = kept.facts("ann")
    new = kept.edit("ann", old.id, "My dog is called Rexo")
    assert texts(kept) == ["My dog is called Rexo"]
    assert kept.history("ann", new.id) == [replace(old, replaced_by=new.id)]


def test_deleting_takes_the_history_with_it(kept: Memories) -> None:
    tell(kept, "I live in York.")
    tell(kept, "I moved to Leeds.")
    (fact,) = kept.facts("ann")
    assert [one.text for one in kept.remove("ann", [fact.id, "no such id"])] == ["I moved to Leeds"]
    assert kept.facts("ann", with_replaced=True) == []
    assert kept.recall("ann", "Where do I live?") == []


def test_an_export_holds_every_fact_with_its_history(kept: Memories) -> None:
    tell(kept, "I live in York. I speak Dutch.")
    tell(kept, "I moved to Leeds.")
    exported = {one["text"]: one for one in kept.export("ann")}
    assert set(exported) == {"I speak Dutch", "I moved to Leeds"}
    assert [one["text"] for one in exported["I moved to Leeds"]["history"]] == ["I live in York"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("  ", "nothing to remember"), ("my password is hunter2", "secrets are not kept"),
     ("word " * 300, "1,000 characters")],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_with_the_reason(kept: Memories, text, reason) -> None:
    with pytest.raises(InputError, match=reason):
        kept.add("ann", text)


def test_another_process_s_writes_and_deletions_are_seen(
    state_settings: Settings, embedder: MiniLMEmbedder
) -> None:
    here, there = Memories(state_settings, embedder), Memories(state_settings, embedder)
    tell(here, "My dog is called Rex.")
    assert [one.fact.value for one in there.recall("ann", "dog")] == ["Rex"]
    tell(there, "My dog is called Max.")
    assert [one.fact.value for one in here.recall("ann", "dog")] == ["Max"]
    here.remove("ann", [fact.id for fact in here.facts("ann")])
    assert there.recall("ann", "dog") == []


def test_many_write_at_once_and_nothing_is_lost_or_mixed(kept: Memories) -> None:
    def write(user: int) -> None:
        for number in range(5):
            kept.add(f"user {user % 4}", THINGS[number + user // 4 * 5])

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(8)))
    for user in range(4):
        assert sorted(fact.text for fact in kept.facts(f"user {user}")) == sorted(THINGS)


def test_nothing_of_a_deleted_fact_is_left_in_the_files(
    tmp_path: Path, memories: Memories, embedder: MiniLMEmbedder
) -> None:
    tell(memories, "My dog is called Zebulon.")
    tell(memories, "My dog is called Xanthippe.")
    vector = embedder.encode(["My dog is called Xanthippe"])[0].tobytes()
    (fact,) = memories.facts("ann")
    assert any(b"Zebulon" in file.read_bytes() for file in tmp_path.iterdir())
    memories.remove("ann", [fact.id])
    for file in tmp_path.glob("memory.db*"):
        assert not any(one in file.read_bytes() for one in (b"Zebulon", b"Xanthippe", vector))


def test_recall_among_ten_thousand_facts_takes_less_than_ten_milliseconds(
    tmp_path: Path, memories: Memories
) -> None:
    store = FactStore(Settings(home=tmp_path))
    random = np.random.default_rng(0)
    vectors = random.standard_normal((10_000, 384), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    blank = Fact("", "", "ann", "note", "", "", now(), "", "", 0.5)
    with store.writing("ann") as writing:
        for number, vector in enumerate(vectors):
            writing.add(replace(blank, id=new_id(), text=f"Fact number {number}"), vector)
    store.close()
    memories.recall("ann", "a first one")
    taken = []
    for _ in range(40):
        began = time.perf_counter()
        found = memories.recall("ann", "a first one")
        taken.append(time.perf_counter() - began)
    assert found
    assert sorted(taken)[int(0.95 * len(taken))] < 0.010


def test_a_correction_reaches_every_fact_that_holds_the_wrong_value(kept: Memories) -> None:
    tell(kept, "My wife Marike and I live in Ghent.")
    tell(kept, "She is Marijke, not Marike.")
    assert not [text for text in texts(kept) if "Marike" in text]


def test_what_is_said_of_one_locker_denies_nothing_of_another(kept: Memories) -> None:
    tell(kept, "Our locker 0 belongs to Ann.")
    tell(kept, "Our locker 3 belongs to Dora.")
    assert len(texts(kept)) == 2


def test_an_edited_fact_stays_in_its_place(kept: Memories) -> None:
    tell(kept, "My dog is called Rex.")
    tell(kept, "My cat is called Mimi.")
    first = kept.facts("ann")[0]
    kept.edit("ann", first.id, "My dog is called Max")
    assert texts(kept) == ["My dog is called Max", "My cat is called Mimi"]
