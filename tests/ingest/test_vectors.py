"""Search by vectors above the number of passages from which it is approximate."""

import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import faiss
import numpy as np
import pytest

from assistant.schema import SHARED
from ingest import approximate, vectors
from ingest.embedder import DIM
from ingest.store import PassageStore
from tests.ingest.stored import document, nearest, stored, unit
from tests.paths import REPOSITORY


@pytest.fixture(autouse=True)
def approximate_from_forty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "APPROXIMATE_FROM", 40)


@pytest.fixture
def large(tmp_path: Path) -> Iterator[PassageStore]:
    """Fifty documents, the vector of each on an axis of its own, and the file of their index."""
    store = PassageStore(tmp_path)
    for axis in range(50):
        store.put(document(f"{axis:02}.txt", f"Text {axis}.", axes=[axis]))
    store.settle()
    yield store
    store.close()


def files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.suffix not in (".db", ".db-wal", ".db-shm")]


def is_exact(store: PassageStore, collection: str = SHARED) -> bool:
    store.search_dense(unit(0), 1, [collection])
    return store._vectors._collections[collection].approximate is None


def everywhere(store: PassageStore) -> list[str | None]:
    """What lies on each of the first sixty axes."""
    return [nearest(store, axis) for axis in range(60)]


EXPECTED = [f"Text {axis}." for axis in range(50)] + [None] * 10


def test_a_small_collection_has_no_file(store: PassageStore, tmp_path: Path) -> None:
    for axis in range(39):
        store.put(document(f"{axis}.txt", f"Text {axis}.", axes=[axis]))
    store.settle()
    assert (files(tmp_path / "index"), is_exact(store)) == ([], True)


def test_a_large_collection_finds_what_an_exact_search_finds(large: PassageStore) -> None:
    assert not is_exact(large)
    assert everywhere(large) == EXPECTED


def test_groups_of_like_vectors_are_found_as_by_an_exact_search(tmp_path: Path) -> None:
    chance = np.random.default_rng(7)
    store = PassageStore(tmp_path)
    centres = np.eye(DIM, dtype=np.float32)[:20]
    for n in range(30):
        put = document(f"{n}.txt", *(f"Text {n}-{axis}." for axis in range(20)), axes=range(20))
        noisy = centres + 0.02 * chance.standard_normal((20, DIM)).astype(np.float32)
        put.vectors[:] = noisy / np.linalg.norm(noisy, axis=1, keepdims=True)
        store.put(put)
    exact = [store.search_dense(centre, 10, [SHARED]) for centre in centres]
    store.settle()
    assert not is_exact(store)
    found = [store.search_dense(centre, 10, [SHARED]) for centre in centres]
    shared = [
        len({key for key, _ in a} & {key for key, _ in b})
        for a, b in zip(exact, found, strict=True)
    ]
    assert np.mean(shared) >= 9
    assert [hits[0][1] for hits in found] == pytest.approx([hits[0][1] for hits in exact], abs=1e-3)
    store.close()


def test_what_comes_after_the_file_is_found_at_once(large: PassageStore, tmp_path: Path) -> None:
    before = files(tmp_path)
    large.put(document("new.txt", "The new text.", axes=[55]))
    assert nearest(large, 55) == "The new text."
    assert files(tmp_path) == before


def test_what_is_removed_or_replaced_is_found_no_more(large: PassageStore) -> None:
    large.remove([stored(large, "07.txt")])
    large.put(document("08.txt", "Text 8, written anew.", axes=[58]))
    assert (nearest(large, 7), nearest(large, 8)) == (None, None)
    assert nearest(large, 58) == "Text 8, written anew."
    assert nearest(large, 9) == "Text 9."


def test_what_an_undo_restores_is_found_again(large: PassageStore) -> None:
    run = large.begin_run()
    large.remove([stored(large, "07.txt")], run)
    large.put(document("08.txt", "Text 8, written anew.", axes=[58]), run=run)
    assert (nearest(large, 7), nearest(large, 58)) == (None, "Text 8, written anew.")
    large.undo()
    assert everywhere(large) == EXPECTED


def test_many_changes_build_the_file_anew_and_delete_the_old_one(
    large: PassageStore, tmp_path: Path
) -> None:
    (old,) = files(tmp_path)
    for axis in range(50, 58):
        large.put(document(f"{axis}.txt", f"Text {axis}.", axes=[axis]))
    progress: list[tuple[int, int]] = []
    large.settle(SHARED, lambda done, of: progress.append((done, of)))
    (new,) = files(tmp_path)
    assert (new != old, progress) == (True, [(58, 58)])
    assert everywhere(large) == [f"Text {axis}." for axis in range(58)] + [None, None]


def test_few_changes_leave_the_file_as_it_is(large: PassageStore, tmp_path: Path) -> None:
    before = files(tmp_path)
    for axis in range(50, 54):
        large.put(document(f"{axis}.txt", f"Text {axis}.", axes=[axis]))
    large.settle()
    assert files(tmp_path) == before


def test_a_collection_that_has_become_small_needs_no_file(
    large: PassageStore, tmp_path: Path
) -> None:
    large.remove(large.documents()[20:])
    large.settle()
    assert (files(tmp_path), is_exact(large)) == ([], True)
    assert everywhere(large)[:21] == [*EXPECTED[:20], None]


def of_another_dimension(file: Path) -> None:
    index = faiss.IndexIVFFlat(faiss.IndexFlatIP(8), 8, 1)
    index.train(np.eye(8, dtype=np.float32))
    faiss.write_index(index, str(file))


def of_another_kind(file: Path) -> None:
    index = faiss.IndexFlatIP(DIM)
    index.add(np.eye(DIM, dtype=np.float32))
    faiss.write_index(index, str(file))


@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(b"not an index"),
        lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
        lambda file: file.write_bytes(file.read_bytes()[:-100]),
        lambda file: file.write_bytes(bytes(file.stat().st_size)),
        lambda file: file.write_bytes(file.read_bytes()[:5] + b"\xff" * 20),
        of_another_dimension,
        of_another_kind,
    ],
    ids=["gone", "empty", "text", "half", "cut off", "zeros", "sizes", "dimension", "kind"],
)
def test_without_its_file_everything_is_searched_exactly_until_it_is_built_again(
    large: PassageStore, tmp_path: Path, damage: Callable[[Path], None],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    (file,) = files(tmp_path)
    large.close()
    damage(file)
    reader = PassageStore(tmp_path)
    with caplog.at_level(logging.WARNING, "ingest.vectors"):
        assert everywhere(reader) == EXPECTED
    assert file.name in caplog.text
    assert is_exact(reader)
    reader.settle()
    assert (everywhere(reader), is_exact(reader), len(files(tmp_path))) == (EXPECTED, False, 1)
    reader.close()


def test_a_full_disk_costs_the_file_and_no_answer(
    store: PassageStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(index: object, name: str) -> None:
        Path(name).write_bytes(b"half of it")
        raise RuntimeError("No space left on device")

    monkeypatch.setattr(faiss, "write_index", fail)
    for axis in range(50):
        store.put(document(f"{axis}.txt", f"Text {axis}.", axes=[axis]))
    store.settle()
    assert (everywhere(store), files(tmp_path / "index")) == (EXPECTED, [])


OTHER = """
import sys
from pathlib import Path
from ingest import vectors
vectors.APPROXIMATE_FROM = 40
from ingest.store import PassageStore
from tests.ingest.stored import document, stored
store = PassageStore(Path(sys.argv[1]))
store.remove([stored(store, "03.txt")])
for axis in range(50, 58):
    store.put(document(f"{axis}.txt", f"Text {axis}.", axes=[axis]))
store.settle()
store.close()
"""


def test_a_process_follows_the_file_that_another_one_builds(
    large: PassageStore, tmp_path: Path
) -> None:
    assert everywhere(large) == EXPECTED
    (old,) = files(tmp_path)
    subprocess.run([sys.executable, "-c", OTHER, tmp_path], cwd=REPOSITORY, check=True)
    (new,) = files(tmp_path)
    assert new != old
    expected = [None if axis == 3 else f"Text {axis}." for axis in range(58)] + [None, None]
    assert (everywhere(large), is_exact(large)) == (expected, False)


def test_the_uploads_of_a_chat_that_has_ended_are_held_no_longer(
    store: PassageStore, tmp_path: Path
) -> None:
    for axis in range(50):
        store.put(document(f"{axis}.txt", f"Text {axis}.", axes=[axis]), "chat-1")
    store.settle("chat-1")
    assert not is_exact(store, "chat-1")
    store.remove(store.documents("chat-1"))
    assert "chat-1" not in store._vectors._collections
    assert files(tmp_path / "index") == []
    assert nearest(store, 0, "chat-1") is None
    assert "chat-1" not in store._vectors._collections


def test_searching_for_a_chat_without_uploads_holds_nothing(store: PassageStore) -> None:
    store.search_dense(unit(0), 5, [SHARED, "chat-1", "chat-2"])
    assert set(store._vectors._collections) <= {SHARED}


def test_what_is_passed_over_does_not_cost_others_their_place(large: PassageStore) -> None:
    query = unit(0) + 0.5 * unit(1) + 0.25 * unit(2)
    query /= np.linalg.norm(query)
    large.remove([stored(large, "00.txt"), stored(large, "01.txt")])
    ((key, _),) = large.search_dense(query, 1, [SHARED])
    assert large.passages([key])[key].text == "Text 2."


def test_the_number_of_groups_grows_with_the_root() -> None:
    assert [approximate.n_centroids(n) for n in (0, 1, 100, 1_000_000)] == [1, 4, 40, 4000]
