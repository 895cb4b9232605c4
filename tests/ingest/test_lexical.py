"""Search by words in large collections: what is common, what is crowded out, what is hidden."""

from pathlib import Path

import pytest

from assistant.schema import SHARED
from ingest import lexical
from ingest.store import PassageStore
from tests.ingest.stored import by_word, document, stored


def test_words_that_are_too_common_are_left_out(
    store: PassageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lexical, "COMMON_FROM", 3)
    store.put(document("a.txt", "The fox and the owl.", "The fox.", "The fox again."))
    hits = store.search_lexical(["fox", "owl"], 10, [SHARED])
    assert [store.passages([key])[key].text for key, _ in hits] == ["The fox and the owl."]
    assert by_word(store, "fox") == []


def test_a_word_just_below_the_bound_is_looked_for(
    store: PassageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lexical, "COMMON_FROM", 4)
    store.put(document("a.txt", "A fox.", "The fox.", "One fox."))
    assert len(by_word(store, "fox")) == 3


def test_other_collections_do_not_crowd_out_the_hits_of_one(store: PassageStore) -> None:
    for n in range(30):
        store.put(document(f"{n}.txt", "fox fox fox"), "chat-1")
    long = "The fox stands in a passage with many more words, so that it ranks behind the others."
    store.put(document("a.txt", long))
    assert store.search_lexical(["fox"], 1, [SHARED])[0][1] > 0
    assert by_word(store, "fox") == [long]


def test_passages_that_an_ingest_has_replaced_do_not_crowd_out_others(store: PassageStore) -> None:
    run = store.begin_run()
    for n in range(30):
        store.put(document(f"{n}.txt", "fox fox fox"), run=run)
    run = store.begin_run()
    for n in range(30):
        store.put(document(f"{n}.txt", "owl owl owl"), run=run)
    store.put(document("a.txt", "The fox stands behind many words in this passage."))
    hits = store.search_lexical(["fox"], 2, [SHARED])
    assert [store.passages([key])[key].source for key, _ in hits] == ["a.txt"]


def test_the_context_of_a_passage_is_found_too(store: PassageStore) -> None:
    store.put(document("annual", "The fox."))
    assert by_word(store, "annual") == ["The fox."]


def test_the_words_of_a_removed_document_leave_the_file(tmp_path: Path) -> None:
    store = PassageStore(tmp_path)
    for n in range(5):
        store.put(document(f"{n}.txt", f"Common words number {n}."))
    store.put(document("secret.txt", "The zyxomma is here.", "And the quokkaword."))
    store.remove([stored(store, "secret.txt")])
    store.wipe()
    assert (store.check(), len(by_word(store, "common"))) == ([], 5)
    store.close()
    whole = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert [word for word in (b"zyxomma", b"quokka", b"secret") if word in whole] == []
    assert b"Common words number 4" in whole
