from pathlib import Path
from uuid import UUID

import pytest

from assistant.chats.markdown import as_markdown
from assistant.chats.store import Chats
from assistant.errors import InputError
from assistant.schema import Message, Summary
from assistant.settings import IngestSettings, Settings
from assistant.uploads import collection_of
from ingest.embedder import MiniLMEmbedder
from ingest.pipeline import Ingest
from ingest.store import PassageStore
from tests.assistant.chats.saying import say


def test_a_conversation_is_gone_on_with_by_its_name_and_by_its_id(chats: Chats) -> None:
    say(chats, "ada", "trip", "My budget is 300 < 400.", "Yes \\ [x](y) [1].")
    chat = say(chats, "ada", "trip", "And the hotel?").session
    assert UUID(chat)
    assert chats.open("ada", chat) == chats.open("ada", "trip")
    assert chats.open("ada", "trip").history == (
        Message("user", "My budget is 300 < 400."),
        Message("assistant", "Yes \\ [x](y) [1]."),
        Message("user", "And the hotel?"),
        Message("assistant", "I see."),
    )


def test_another_s_conversation_is_as_one_that_does_not_exist(chats: Chats) -> None:
    chat = say(chats, "ada", "trip", "My budget is 300.").session
    assert chats.listing("bob") == []
    assert chats.listing("bob", "budget") == []
    assert chats.open("bob", "trip").history == ()
    assert chats.open("bob", chat).id != chat
    assert not chats.owns("bob", chat)
    assert chats.names("bob", [chat]) == {}
    assert not chats.remove("bob", chat)
    assert not chats.rename("bob", chat, "Mine")
    assert not chats.keep_options("bob", chat, {"memory.on": "no"})
    with pytest.raises(InputError, match="There is no chat"):
        chats.read("bob", chat)
    assert chats.read("ada", chat).name == "trip"


def test_conversations_are_listed_by_their_last_use_and_found_by_all_words(chats: Chats) -> None:
    say(chats, "ada", "trip", "Hotels in Turin", "Some cost 100% more.")
    say(chats, "ada", "work", "Who wrote the report?")
    say(chats, "ada", "trip", "And trains?")
    assert [(one.name, one.n_messages) for one in chats.listing("ada")] == [
        ("trip", 2),
        ("work", 1),
    ]
    assert [one.name for one in chats.listing("ada", "TURIN hotels")] == ["trip"]
    assert [one.name for one in chats.listing("ada", "100%")] == ["trip"]
    assert [one.name for one in chats.listing("ada", "wor")] == ["work"]
    assert chats.listing("ada", "turin report") == []


def test_a_name_of_the_model_does_not_replace_a_person_s(chats: Chats) -> None:
    chat = say(chats, "ada", "trip", "Hotels?").session
    assert chats.rename("ada", chat, "Holiday")
    assert not chats.rename("ada", chat, "Hotels in Turin", instead_of="trip")
    assert chats.rename("ada", chat, "Hotels", instead_of="Holiday")
    assert chats.read("ada", chat).name == "Hotels"


def test_notes_and_options_stay_with_the_conversation(chats: Chats) -> None:
    chat = say(chats, "ada", "trip", "Hotels?").session
    chats.keep_summary("ada", chat, Summary("They travel.", 4))
    assert chats.keep_options("ada", chat, {"instruct.adapter": "hotel"})
    conversation = chats.read("ada", chat)
    assert conversation.summary == Summary("They travel.", 4)
    assert conversation.options == {"instruct.adapter": "hotel"}


def test_deleting_leaves_nothing_of_a_conversation_and_all_of_the_others(
    chats: Chats, store: PassageStore, embedder: MiniLMEmbedder, tmp_path: Path
) -> None:
    chat = say(chats, "ada", "trip", "The password of the safe is zebra.").session
    other = say(chats, "ada", "work", "Who wrote it?").session
    place = collection_of("ada", chat)
    file = chats.uploads.keep(b"The safe stands in Turin.", "safe.txt", place, "f1")
    report = Ingest(store, embedder, IngestSettings()).run([file], collection=place)
    assert report.passages == 1
    assert chats.paths("ada", chat, ["f1"]) == (file,)
    assert chats.remove("ada", chat)
    assert [one.id for one in chats.listing("ada")] == [other]
    assert store.documents(place) == []
    assert not Path(file).exists()
    for left in tmp_path.glob("chats.db*"):
        assert b"zebra" not in left.read_bytes()
    assert not chats.remove("ada", chat)


def test_removing_a_user_s_conversations_leaves_those_of_others(chats: Chats) -> None:
    for session in ("a", "b"):
        say(chats, "ada", session, "Hello there")
    say(chats, "bob", "a", "Hello there")
    assert chats.remove_all("ada") == 2
    assert (len(chats.listing("ada")), len(chats.listing("bob"))) == (0, 1)


def test_a_conversation_becomes_markdown_with_sources_and_without_markup_of_others(
    chats: Chats,
) -> None:
    chat = say(chats, "ada", "trip", "When does it end?\n<b>", "In May [1]. ![x](y)").session
    lines = as_markdown(chats.read("ada", chat)).splitlines()
    assert lines[0] == "# trip"
    assert "> When does it end?" in lines
    assert "> \\<b>" in lines
    assert "In May [1]. !\\[x](y)" in lines
    assert "- [1] lease\\.pdf, page 3" in lines


def test_the_database_is_opened_again_as_it_was_left(
    state_settings: Settings, chats: Chats
) -> None:
    say(chats, "ada", "trip", "Hotels?")
    again = Chats(state_settings, chats.uploads)
    assert [one.name for one in again.listing("ada")] == ["trip"]
    again.close()
