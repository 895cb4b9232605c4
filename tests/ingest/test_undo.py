"""Taking the last ingest back, and what is gone for good."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.schema import SHARED
from assistant.settings import IngestSettings
from ingest.embedder import MiniLMEmbedder
from ingest.pipeline import Ingest
from ingest.store import PassageStore, Undone
from tests.ingest.stored import by_word, document, nearest, stored

QUERY = "Which animal is red?"


@pytest.fixture
def ingest(store: PassageStore, embedder: MiniLMEmbedder, read_here: None) -> Ingest:
    return Ingest(store, embedder, IngestSettings())


@dataclass(frozen=True)
class Answers:
    """What a person can see of the index."""

    documents: tuple[object, ...]
    dense: tuple[tuple[int, float], ...]
    words: tuple[tuple[int, float], ...]
    pages: tuple[str | None, ...]
    n_passages: int


def answers(store: PassageStore, embedder: MiniLMEmbedder) -> Answers:
    vector = embedder.encode([QUERY])[0]
    documents = store.documents()
    words = store.search_lexical(["red", "brown", "grey"], 50, [SHARED])
    return Answers(
        tuple((one.id, one.source, one.path, one.sha256, one.title) for one in documents),
        tuple((key, round(cosine, 4)) for key, cosine in store.search_dense(vector, 50, [SHARED])),
        # How rare a word is counts what is hidden too: ids, and no scores.
        tuple((key, 0.0) for key, _ in sorted(words)),
        tuple(store.page_of(one.id, None) for one in documents),
        store.count(),
    )


def add(folder: Path) -> None:
    (folder / "new.txt").write_text("The hare is grey.")


def update(folder: Path) -> None:
    (folder / "fox.txt").write_text("The fox is grey in winter. It was red.")


def move(folder: Path) -> None:
    (folder / "deeper").mkdir()
    (folder / "owl.txt").rename(folder / "deeper" / "owl.txt")


def rename(folder: Path) -> None:
    (folder / "owl.txt").rename(folder / "barn-owl.txt")


def delete(folder: Path) -> None:
    (folder / "fox.txt").unlink()


def swap(folder: Path) -> None:
    (folder / "fox.txt").rename(folder / "third.txt")
    (folder / "owl.txt").rename(folder / "fox.txt")
    (folder / "third.txt").rename(folder / "owl.txt")


def everything(folder: Path) -> None:
    for change in (add, update, move):
        change(folder)
    (folder / "badger.txt").unlink()


@pytest.mark.parametrize("change", [add, update, move, rename, delete, swap, everything])
def test_after_an_undo_the_index_answers_as_before(
    ingest: Ingest, store: PassageStore, embedder: MiniLMEmbedder, folder: Path,
    change: Callable[[Path], None],
) -> None:  # fmt: skip
    (folder / "fox.txt").write_text("The fox is red.")
    (folder / "owl.txt").write_text("The owl is brown.")
    (folder / "badger.txt").write_text("The badger is grey.")
    ingest.run([folder])
    before = answers(store, embedder)
    change(folder)
    ingest.run([folder], prune=True)
    assert answers(store, embedder) != before
    assert store.undo() is not None
    assert answers(store, embedder) == before
    assert store.check() == []


def test_an_undo_says_what_it_did(ingest: Ingest, store: PassageStore, folder: Path) -> None:
    for name in ("fox", "owl", "badger"):
        (folder / f"{name}.txt").write_text(f"The {name}.")
    ingest.run([folder])
    everything(folder)
    ingest.run([folder], prune=True)
    assert store.undo() == Undone(removed=2, restored=2, moved_back=1)


def test_a_second_undo_says_that_there_is_none(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    assert store.undo() is None
    add(folder)
    ingest.run([folder])
    assert store.undo() == Undone(removed=1, restored=0, moved_back=0)
    assert store.undo() is None
    assert (store.documents(), store.check()) == ([], [])


def test_after_an_undo_the_same_ingest_can_be_run_again(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    add(folder)
    ingest.run([folder])
    store.undo()
    assert ingest.run([folder]).added == 1
    assert by_word(store, "hare") == ["The hare is grey."]


@pytest.mark.parametrize("what", ["nothing new", "a damaged file", "a dry run", "a chat's upload"])
def test_a_run_that_changes_nothing_leaves_the_one_before_to_undo(
    ingest: Ingest, store: PassageStore, folder: Path, what: str
) -> None:
    (folder / "fox.txt").write_text("The fox is red.")
    ingest.run([folder])
    update(folder)
    ingest.run([folder])
    if what == "a damaged file":
        (folder / "bad.pdf").write_text("no PDF at all")
    elif what != "nothing new":
        add(folder)
    ingest.run(
        [folder],
        dry_run=what == "a dry run",
        collection="chat-1" if what == "a chat's upload" else SHARED,
    )
    assert store.undo() == Undone(removed=1, restored=1, moved_back=0)
    assert by_word(store, "red") == ["The fox is red."]


def test_only_the_last_run_can_be_taken_back(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    for n in range(3):
        (folder / "fox.txt").write_text(f"The fox, version {n}.")
        ingest.run([folder])
    store.undo()
    assert by_word(store, "fox") == ["The fox, version 1."]
    assert store.undo() is None


def test_what_a_run_replaced_is_seen_by_nobody(store: PassageStore) -> None:
    store.put(document("a.txt", "The fox."), run=store.begin_run())
    old = stored(store, "a.txt")
    ((passage_id, _),) = store.search_lexical(["fox"], 1, [SHARED])
    passage = store.passages([passage_id])[passage_id]
    store.put(document("a.txt", "The owl.", axes=[1]), run=store.begin_run())
    assert (by_word(store, "fox"), nearest(store, 0), store.count()) == ([], None, 1)
    assert store.passages([passage_id]) == {}
    assert (store.document(old.id), store.document_of(passage)) == (None, None)
    assert store.page_of(old.id, 1) is None
    assert [one.id for one in store.documents(None)] != [old.id]
    assert store.page_text(SHARED, "a.txt", 1) == "The owl."


def test_what_a_run_replaced_is_forgotten_with_the_next_one(
    store: PassageStore, tmp_path: Path
) -> None:
    for text in ("The zyxomma.", "The owl.", "The hare."):
        store.put(document("a.txt", text), run=store.begin_run())
    store.close()
    assert not holds(tmp_path / "index", b"The zyxomma.")
    assert holds(tmp_path / "index", b"The owl.")


def test_a_removed_document_comes_back_by_no_undo(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    """Neither itself nor what an ingest has replaced, under its old name either."""
    for name in ("fox", "owl"):
        (folder / f"{name}.txt").write_text(f"The {name} is red.")
    ingest.run([folder])
    update(folder)
    rename(folder)
    ingest.run([folder])
    assert store.remove(store.documents()) == 2
    store.undo()
    assert (store.documents(), store.count(), by_word(store, "red")) == ([], 0, [])
    assert store.check() == []


def test_nothing_of_a_removed_document_stays_in_the_files(
    ingest: Ingest, store: PassageStore, folder: Path, tmp_path: Path
) -> None:
    (folder / "kept.txt").write_text("The badger stays.")
    (folder / "secret.txt").write_text("The zyxomma is secret.")
    ingest.run([folder])
    (folder / "secret.txt").write_text("The quokkaword is secret.")
    ingest.run([folder])
    secret = stored(store, str(folder / "secret.txt"))
    store.remove([secret])
    store.wipe()
    store.close()
    index = tmp_path / "index"
    traces = (b"zyxomma", b"quokkaword", b"secret", secret.sha256.encode())
    assert [trace for trace in traces if holds(index, trace)] == []
    assert holds(index, b"The badger stays.")


def holds(folder: Path, what: bytes) -> bool:
    return any(what in file.read_bytes() for file in folder.iterdir())


def test_an_undo_between_the_steps_of_the_next_run_restores_nothing_by_half(
    store: PassageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next run dies while it forgets what the run before has replaced."""
    for text in ("The fox.", "The owl."):
        store.put(document("a.txt", text), run=store.begin_run())
    monkeypatch.setattr("ingest.store.take_out", die)
    with pytest.raises(InterruptedError):
        store.begin_run()
    monkeypatch.undo()
    store.undo()
    assert by_word(store, "owl") == ["The owl."]


def die(*arguments: object) -> int:
    raise InterruptedError


def test_a_document_that_was_removed_during_an_ingest_is_no_error_when_it_moves(
    store: PassageStore,
) -> None:
    store.put(document("a.txt", "The fox."))
    fox = stored(store, "a.txt")
    store.remove([fox])
    store.move(fox, "b.txt", Path("/b.txt"), "", store.begin_run())
    assert (store.documents(), store.check()) == ([], [])


def test_a_document_of_a_name_that_is_not_utf_8_is_taken_back_too(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    file = folder / os.fsdecode(b"caf\xe9.txt")
    file.write_text("The coffee is black.")
    ingest.run([folder])
    (folder / "deeper").mkdir()
    file.rename(folder / "deeper" / file.name)
    assert ingest.run([folder]).moved == 1
    store.undo()
    assert [one.path for one in store.documents()] == [file]
