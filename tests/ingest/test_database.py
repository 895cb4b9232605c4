"""The database under strain: damage, a full disk, several threads, processes and sudden ends."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant.errors import StoreError
from assistant.schema import SHARED
from assistant.settings import IngestSettings
from ingest.database import SCHEMA_VERSION, Database
from ingest.embedder import MiniLMEmbedder
from ingest.pipeline import Ingest
from ingest.search import Searcher
from ingest.store import PassageStore
from tests.ingest.stored import by_word, document, nearest, stored, unit
from tests.paths import REPOSITORY

ASSISTANT = Path(sys.executable).with_name("assistant")


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("DELETE FROM vectors WHERE passage_id = 2", "1 passages have no vector."),
        ("DELETE FROM passages WHERE id = 2", "1 documents are not whole."),
        ("UPDATE passages SET start = start + 1 WHERE id = 2", "1 passages differ from their page"),
        ("UPDATE documents SET id = 99", "pages belong to no document."),
        ("UPDATE documents SET id = 99", "passages belong to no document."),
        ("INSERT INTO passages_fts (passages_fts) VALUES ('delete-all')", "full-text index"),
        ("UPDATE passages SET text = 'The own.' WHERE id = 2", "differ from their page"),
        ("UPDATE passages_fts_data SET block = zeroblob(9) WHERE id > 99", "damaged"),
    ],
)
def test_the_check_says_what_is_wrong(
    store: PassageStore, tmp_path: Path, statement: str, sentence: str
) -> None:
    store.put(document("a.txt", "The fox.", "The owl."))
    assert store.check() == []
    with sqlite3.connect(tmp_path / "index" / "passages.db") as database:
        database.execute(statement)
    assert sentence in " ".join(store.check())


def test_the_check_is_content_with_every_kind_of_text(store: PassageStore) -> None:
    store.put(document("a.txt", "Füchse 🦊.", "\x00 and \x7f", "'\"%"))
    store.put(document("b.txt", "x" * 300_000))
    assert store.check() == []


def test_an_index_of_another_version_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "passages.db") as database:
        database.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(StoreError, match=f"version {SCHEMA_VERSION + 1}.*delete the folder"):
        PassageStore(tmp_path)


def limited(store: PassageStore, n_more_pages: int) -> None:
    """Lets a database grow by so many pages of 4 KB on this thread's connection, as a full disk."""
    connection = store._database.connection()
    (n_pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {n_pages + n_more_pages}")


@pytest.mark.parametrize("n_more_pages", [0, 3, 30, 300, 600, 800])
def test_a_full_disk_is_a_sentence_and_leaves_what_was_there(
    store: PassageStore, n_more_pages: int
) -> None:
    store.put(document("a.txt", "The fox."))
    limited(store, n_more_pages)
    large = document("b.txt", "x" * 100_000, "The owl. " * 50_000, "y" * 900_000)
    with pytest.raises(StoreError, match="free some space"):
        store.put(large)
    assert (by_word(store, "fox"), by_word(store, "owl")) == (["The fox."], [])
    assert (nearest(store, 0), len(store.documents()), store.check()) == ("The fox.", 1, [])


def test_a_disk_that_fills_during_an_ingest_ends_it_with_a_sentence(
    store: PassageStore, embedder: MiniLMEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    read_here: None,
) -> None:  # fmt: skip
    (tmp_path / "fox.txt").write_text("The fox is red.")
    ingest = Ingest(store, embedder, IngestSettings())
    ingest.run([tmp_path / "fox.txt"])
    begin_run = store.begin_run

    def begin_run_with_little_room() -> int:  # in the thread that writes
        run = begin_run()
        limited(store, 20)
        return run

    monkeypatch.setattr(store, "begin_run", begin_run_with_little_room)
    for n in range(60):
        (tmp_path / f"{n}.txt").write_text(f"Number {n}. " * 200)
    with pytest.raises(StoreError, match="free some space"):
        ingest.run([tmp_path])
    assert (by_word(store, "fox"), store.check()) == (["The fox is red."], [])
    assert [one.name for one in threading.enumerate() if one.name in ("writer", "readers")] == []


def test_a_damaged_page_of_the_database_is_a_sentence(tmp_path: Path) -> None:
    store = PassageStore(tmp_path)
    store.put(document("a.txt", *(f"Text {n} " * 99 for n in range(3))))
    store.close()
    file = tmp_path / "passages.db"
    whole = file.read_bytes()
    for n_whole in range(4096, len(whole), 4096):
        file.write_bytes(whole[:n_whole] + b"\xff" * 4096 + whole[n_whole + 4096 :])
        try:
            damaged = PassageStore(tmp_path)
            assert damaged.check() != [] or by_word(damaged, "text") != []
            damaged.close()
        except StoreError as error:
            assert "passage index" in str(error)  # noqa: PT017 - not every page is needed


def at_once(n_threads: int, work: Callable[[], object]) -> None:
    """Lets threads do the same work, started together."""
    ready = threading.Barrier(n_threads)

    def start() -> None:
        ready.wait()
        work()

    with ThreadPoolExecutor(n_threads) as threads:
        for job in [threads.submit(start) for _ in range(n_threads)]:
            job.result(60)


def test_many_may_open_a_new_index_at_the_same_time(tmp_path: Path) -> None:
    for n in range(10):
        at_once(8, lambda n=n: Database(tmp_path / str(n) / "passages.db").close())


def test_a_document_is_seen_whole_or_not_at_all_while_it_is_replaced(store: PassageStore) -> None:
    versions = [("Text a.", "Text b.", "Text c."), ("Other a.", "Other b.", "Other c.")]
    store.put(document("a.txt", *versions[0]))
    done = threading.Event()

    def look() -> set[tuple[str, ...]]:
        seen = set()
        while not done.is_set():
            hits = [key for key, cosine in store.search_dense(unit(0), 3, [SHARED])]
            found = store.passages(hits)
            seen.add(tuple(sorted(one.text for one in found.values())))
        return seen

    with ThreadPoolExecutor(3) as threads:
        looks = [threads.submit(look) for _ in range(2)]
        try:
            for n in range(150):
                store.put(document("a.txt", *versions[(n + 1) % 2]), run=None)
        finally:
            done.set()
        # Between the search for ids and the look at their texts the document may be replaced.
        assert set.union(*(one.result(20) for one in looks)) <= {*versions, ()}
    assert store.check() == []


def test_questions_are_answered_while_an_ingest_goes_on(
    store: PassageStore, embedder: MiniLMEmbedder, tmp_path: Path, read_here: None
) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "fox.txt").write_text("The fox is red.")
    ingest = Ingest(store, embedder, IngestSettings())
    ingest.run([folder])
    for n in range(60):
        (folder / f"{n}.txt").write_text(f"Invoice number {n} is due in {n} days.")
    done = threading.Event()
    search = Searcher(store, embedder)

    def ask() -> set[str]:
        found = set()
        while not done.is_set():
            found.add(search("What colour is the fox?", 1, [SHARED, "chat-1"])[0].text)
        return found

    with ThreadPoolExecutor(2) as threads:
        asking = [threads.submit(ask) for _ in range(2)]
        try:
            assert ingest.run([folder]).added == 60
        finally:
            done.set()
        assert [one.result(20) for one in asking] == [{"The fox is red."}] * 2


# Processes


def run(home: Path, *arguments: str | Path, **options: object) -> subprocess.Popen[str]:
    """A process of its own in a group of its own."""
    return subprocess.Popen(
        [*map(str, arguments)],
        env={**os.environ, "ASSISTANT_HOME": str(home)},
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def contents(home: Path) -> dict[str, list[tuple[str, str]]]:
    """Each document's passages with what is in front of them; asserts that the index is whole."""
    store = PassageStore(home / "index")
    assert store.check() == []
    rows = store._database.connection().execute(
        "SELECT source, context, passages.text FROM passages JOIN documents "
        "ON documents.id = document_id WHERE removed_run IS NULL ORDER BY source, passages.id"
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for source, context, text in rows:
        found.setdefault(source, []).append((context, text))
    store.close()
    return found


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Files that take a few seconds."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    for n in range(150):
        text = (f"In the year {1700 + n + m} the harbour took in {m} ships." for m in range(6))
        (folder / f"{n}.txt").write_text("\n\n".join(text))
    return folder


IN_SMALL_BATCHES = """
import sys, time
from ingest import pipeline
from assistant.cli import main
pipeline.BATCH_PASSAGES = 4
sys.argv = ["assistant", "ingest", sys.argv[1]]
main()
"""


@pytest.mark.parametrize(
    "kills",
    [(0.2,), pytest.param((0.05, 0.4, 0.1, 0.0), marks=pytest.mark.slow)],
    ids=["once", "often"],
)
def test_an_ingest_that_is_killed_leaves_a_whole_index_and_is_finished_by_the_next(
    tmp_path: Path, corpus: Path, embedder: MiniLMEmbedder, kills: tuple[float, ...]
) -> None:
    undisturbed = PassageStore(tmp_path / "undisturbed" / "index")
    Ingest(undisturbed, embedder, IngestSettings()).run([corpus])
    undisturbed.close()
    home = tmp_path / "home"
    n_stored = []
    for seconds in kills:
        process = run(home, sys.executable, "-c", IN_SMALL_BATCHES, corpus)
        deadline = time.monotonic() + 30
        before = n_documents(home)
        while n_documents(home) == before and time.monotonic() < deadline:
            assert process.poll() is None
            time.sleep(0.01)
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        n_stored.append(len(contents(home)))
    assert n_stored == sorted(n_stored)
    assert 0 < n_stored[0] < 150
    store = PassageStore(home / "index")
    report = Ingest(store, embedder, IngestSettings()).run([corpus])
    store.close()
    assert report.added + report.unchanged == 150
    assert contents(home) == contents(tmp_path / "undisturbed")


def n_documents(home: Path) -> int:
    file = home / "index" / "passages.db"
    if not file.exists():
        return 0
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10) as database:
        try:
            return int(database.execute("SELECT count(*) FROM documents").fetchone()[0])
        except sqlite3.OperationalError:  # the tables are not there yet
            return 0


def test_two_ingests_at_once_both_go_well(tmp_path: Path) -> None:
    home, folders = tmp_path / "home", [tmp_path / "a", tmp_path / "b", tmp_path / "shared"]
    for folder in folders:
        folder.mkdir()
        for n in range(20):
            (folder / f"{n}.txt").write_text(f"Invoice {n} of {folder.name} is due.")
    processes = [
        run(home, ASSISTANT, "ingest", folders[0], folders[2], "--json"),
        run(home, ASSISTANT, "ingest", folders[1], folders[2], "--json"),
    ]
    for process in processes:
        out, errors = process.communicate(timeout=90)
        assert (process.returncode, json.loads(out)["failed"]) == (0, []), errors
    assert len(contents(home)) == 60


def test_an_undo_during_an_ingest_leaves_a_whole_index(
    store: PassageStore, embedder: MiniLMEmbedder, tmp_path: Path, read_here: None
) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    for n in range(100):
        (folder / f"{n}.txt").write_text(f"Invoice {n} is due.")
    ingest = Ingest(store, embedder, IngestSettings())
    ingest.run([folder])
    store.begin_run()  # so that this one stays
    for n in range(100):
        (folder / f"{n}.txt").write_text(f"Invoice {n} is paid.")
    done = threading.Event()

    def undo() -> None:
        while not done.is_set():
            store.undo()

    with ThreadPoolExecutor(1) as threads:
        undoing = threads.submit(undo)
        try:
            ingest.run([folder])
        finally:
            done.set()
        undoing.result(20)
    assert (len(store.documents()), store.check()) == (100, [])
    assert stored(store, str(folder / "7.txt")).n_passages == 1
