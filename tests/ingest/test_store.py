import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import StoreError
from assistant.schema import SHARED
from ingest.embedder import DIM
from ingest.store import PassageStore
from tests.ingest.stored import by_word, document, nearest, unit


def test_a_document_comes_back_as_it_was_put(store: PassageStore) -> None:
    store.put(document("a.txt", "The fox.", "The owl."))
    (stored,) = store.documents()
    assert (stored.source, stored.path) == ("a.txt", Path("/documents/a.txt"))
    assert (stored.n_pages, stored.n_passages, store.count()) == (1, 2, 2)
    assert stored.ingested_at.endswith("+00:00")
    assert store.page_text(SHARED, "a.txt", 1) == "The fox.\nThe owl."


def test_a_passage_is_the_verbatim_span_of_its_page(store: PassageStore) -> None:
    store.put(document("a.txt", "Füchse 🦊 jagen.", "The owl."))
    ((key, _),) = store.search_lexical(["owl"], 5, [SHARED])
    passage = store.passages([key])[key]
    page = store.page_text(SHARED, "a.txt", 1)
    assert (passage.start, passage.end, passage.text) == (16, 24, "The owl.")
    assert page[passage.start : passage.end] == passage.text
    assert (passage.page, passage.heading, passage.source) == (1, "Heading", "a.txt")


def test_the_nearest_vector_comes_first_with_its_cosine(store: PassageStore) -> None:
    store.put(document("a.txt", "zero", "one", "two"))
    query = np.zeros(DIM, dtype=np.float32)
    query[[0, 1, 2]] = 0.48, 0.8, 0.36
    hits = store.search_dense(query, 2, [SHARED])
    texts = store.passages([key for key, _ in hits])
    assert [(texts[key].text, round(cosine, 4)) for key, cosine in hits] == [
        ("one", 0.8),
        ("zero", 0.48),
    ]


def test_word_forms_and_accents_do_not_hinder_the_search_for_words(store: PassageStore) -> None:
    store.put(document("a.txt", "The résumé was posted.", "Nothing here."))
    assert by_word(store, "resume") == ["The résumé was posted."]
    assert by_word(store, "posting") == ["The résumé was posted."]


@pytest.mark.parametrize("word", ['"', "a OR b", "NEAR(", "*", "context:x", "a-b", "'"])
def test_no_word_is_taken_for_query_syntax(store: PassageStore, word: str) -> None:
    store.put(document("a.txt", "The fox."))
    assert by_word(store, word) == []


def test_putting_a_path_again_replaces_the_document(store: PassageStore) -> None:
    store.put(document("a.txt", "The fox.", "The owl."))
    store.put(document("a.txt", "The hare.", axes=[5]))
    assert [stored.n_passages for stored in store.documents()] == [1]
    assert by_word(store, "fox") == []
    assert by_word(store, "hare") == ["The hare."]
    assert (nearest(store, 0), nearest(store, 5)) == (None, "The hare.")


def test_a_put_that_fails_in_the_middle_leaves_the_old_document(store: PassageStore) -> None:
    store.put(document("a.txt", "The fox.", "The owl."))
    broken = document("a.txt", "The hare.", "The mole.")
    broken.vectors.resize((1, DIM))  # the second passage has no vector
    with pytest.raises(ValueError, match="zip"):
        store.put(broken)
    assert store.page_text(SHARED, "a.txt", 1) == "The fox.\nThe owl."
    assert (by_word(store, "fox"), by_word(store, "hare")) == (["The fox."], [])
    assert nearest(store, 1) == "The owl."
    assert store.check() == []


def test_a_removed_document_is_gone_from_every_search(store: PassageStore) -> None:
    store.put(document("a.txt", "The fox."))
    store.put(document("b.txt", "The owl.", axes=[1]))
    assert store.remove(one for one in store.documents() if one.source == "a.txt") == 1
    assert [one.source for one in store.documents()] == ["b.txt"]
    assert (by_word(store, "fox"), nearest(store, 0)) == ([], None)
    assert store.page_text(SHARED, "a.txt", 1) is None
    assert (store.count(), store.check()) == (1, [])


def test_removing_a_document_twice_counts_once(store: PassageStore) -> None:
    store.put(document("a.txt", "The fox."))
    (stored,) = store.documents()
    assert store.remove([stored, stored]) == 1


def test_collections_are_walled_off_from_one_another(store: PassageStore) -> None:
    store.put(document("a.txt", "The shared fox."))
    store.put(document("a.txt", "The private fox."), "chat-1")
    assert by_word(store, "fox") == ["The shared fox."]
    assert by_word(store, "fox", "chat-1") == ["The private fox."]
    assert by_word(store, "fox", "chat-2") == []
    assert nearest(store, 0) == "The shared fox."
    assert nearest(store, 0, "chat-1") == "The private fox."
    assert nearest(store, 0, "chat-2") is None
    assert store.page_text("chat-1", "a.txt", 1) == "The private fox."
    assert store.page_text("chat-2", "a.txt", 1) is None
    assert (store.count(), store.count(["chat-1"]), store.count(["chat-2"])) == (1, 1, 0)
    assert len(store.documents(None)) == 2


def test_several_collections_are_searched_together(store: PassageStore) -> None:
    store.put(document("a.txt", "The shared fox."))
    store.put(document("b.txt", "The private fox.", axes=[1]), "chat-1")
    both = [SHARED, "chat-1"]
    assert sorted(by_word(store, "fox", *both)) == ["The private fox.", "The shared fox."]
    assert {cosine for _, cosine in store.search_dense(unit(1), 5, both)} == {0.0, 1.0}


def test_two_documents_of_the_same_name_are_told_apart(store: PassageStore) -> None:
    """`cd a; assistant ingest notes.txt; cd ../b; assistant ingest notes.txt`."""
    for folder, text in (("a", "The fox."), ("b", "The owl.")):
        put = document("notes.txt", text)
        object.__setattr__(put, "path", Path("/") / folder / "notes.txt")
        store.put(put)
    for word, text in (("fox", "The fox."), ("owl", "The owl.")):
        ((key, _),) = store.search_lexical([word], 1, [SHARED])
        passage = store.passages([key])[key]
        assert passage.text == text
        assert (
            store.document_of(passage).path.parent.name
            == {
                "The fox.": "a",
                "The owl.": "b",
            }[text]
        )


def test_another_instance_sees_what_the_first_one_writes(tmp_path: Path) -> None:
    first, second = PassageStore(tmp_path), PassageStore(tmp_path)
    assert nearest(second, 0) is None
    first.put(document("a.txt", "The fox."))
    assert (nearest(second, 0), second.count()) == ("The fox.", 1)
    first.put(document("a.txt", "The hare.", axes=[4]))
    assert (nearest(second, 0), nearest(second, 4)) == (None, "The hare.")
    first.remove(first.documents())
    assert (nearest(second, 4), second.count()) == (None, 0)
    first.close()
    second.close()


def test_vectors_of_an_earlier_database_are_not_taken_for_this_one_s(tmp_path: Path) -> None:
    """`StoreError` tells a person to move passages.db away and to ingest again."""
    old = PassageStore(tmp_path)
    old.put(document("a.txt", "The fox."))
    assert nearest(old, 0) == "The fox."
    old.close()
    for file in tmp_path.glob("passages.db*"):
        file.unlink()
    new = PassageStore(tmp_path)
    new.put(document("b.txt", "The owl.", axes=[7]))
    assert (nearest(new, 7), nearest(new, 0)) == ("The owl.", None)
    new.close()


def test_two_threads_search_while_one_writes(tmp_path: Path) -> None:
    store = PassageStore(tmp_path)
    store.put(document("steady.txt", "The steady fox.", axes=[9]))
    written = threading.Event()

    def search() -> set[tuple[str | None, ...]]:
        found = set()
        while not written.is_set():
            found.add((nearest(store, 9), *by_word(store, "steady")))
        return found

    with ThreadPoolExecutor(2) as threads:
        searches = [threads.submit(search) for _ in range(2)]
        try:
            for n in range(200):
                store.put(document("moving.txt", f"Text {n}.", f"More {n}."))
        finally:
            written.set()
        for one in searches:
            assert one.result(20) == {("The steady fox.", "The steady fox.")}
    assert (store.count(), store.check()) == (3, [])
    store.close()


def test_a_file_that_is_no_database_is_refused_with_its_path(tmp_path: Path) -> None:
    file = tmp_path / "passages.db"
    file.write_bytes(b"this is not a database at all" * 100)
    with pytest.raises(StoreError, match="cannot be opened") as refused:
        PassageStore(tmp_path)
    assert refused.value.path == file


def test_the_check_finds_passages_that_words_cannot_find(
    store: PassageStore, tmp_path: Path
) -> None:
    store.put(document("a.txt", "The fox."))
    assert store.check() == []
    with sqlite3.connect(tmp_path / "index" / "passages.db") as database:
        database.execute("DELETE FROM passages_fts")
    assert any("full-text" in problem for problem in store.check())
