"""What an ingest notices of files and folders, and what it leaves alone."""

import os
import time
from pathlib import Path

import pytest

from assistant.errors import DocumentError
from assistant.settings import IngestSettings
from ingest import sync
from ingest.embedder import MiniLMEmbedder
from ingest.pipeline import Ingest
from ingest.reader import ReadFile, read_file
from ingest.report import IngestReport
from ingest.store import PassageStore
from tests.ingest.stored import stored


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch, read_here: None) -> list[str]:
    """Names of the files that are read."""
    names: list[str] = []

    def logged(path: Path, **settings: object) -> ReadFile:
        names.append(path.name)
        return read_file(path, **settings)  # type: ignore[arg-type]

    monkeypatch.setattr("ingest.pipeline.read_file", logged)
    return names


@pytest.fixture
def ingest(store: PassageStore, embedder: MiniLMEmbedder, log: list[str]) -> Ingest:
    return Ingest(store, embedder, IngestSettings())


def write(folder: Path, **texts: str) -> None:
    folder.mkdir(exist_ok=True, parents=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text)


def counts(report: IngestReport) -> dict[str, int]:
    """What a report counts, zeros left out."""
    found = {
        name: getattr(report, name)
        for name in ("added", "updated", "moved", "unchanged", "deleted")
    }
    found |= {name: len(getattr(report, name)) for name in ("failed", "skipped", "warnings")}
    return {name: n for name, n in found.items() if n}


def texts(store: PassageStore) -> dict[str, str | None]:
    """Text of each document by its source."""
    return {one.source: store.page_of(one.id, None) for one in store.documents()}


def age(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets so much time pass that a file's times are sure."""
    later = max(path.stat().st_mtime, path.stat().st_ctime) + sync.UNSURE_SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)


# Moved and renamed


def test_a_moved_file_is_known_again_and_not_read(
    ingest: Ingest, store: PassageStore, folder: Path, log: list[str]
) -> None:
    write(folder, fox="The fox is red.")
    ingest.run(["docs"])
    before = stored(store, "docs/fox.txt")
    (folder / "deeper").mkdir()
    (folder / "fox.txt").rename(folder / "deeper" / "fox.txt")
    assert counts(ingest.run(["docs"])) == {"moved": 1}
    after = stored(store, "docs/deeper/fox.txt")
    assert (after.id, after.path) == (before.id, folder / "deeper" / "fox.txt")
    assert log == ["fox.txt"]


def test_a_renamed_file_takes_its_title_from_its_new_name(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    write(folder, fox="The fox is red.")
    ingest.run(["docs"])
    (folder / "fox.txt").rename(folder / "vixen.txt")
    assert counts(ingest.run(["docs"])) == {"moved": 1}
    assert [(one.source, one.title) for one in store.documents()] == [("docs/vixen.txt", "vixen")]
    assert store.check() == []


def test_a_renamed_file_with_a_title_of_its_own_keeps_it(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    (folder / "a.md").write_text("# Foxes\n\nThe fox is red.")
    ingest.run(["docs"])
    (folder / "a.md").rename(folder / "b.md")
    assert counts(ingest.run(["docs"])) == {"moved": 1}
    assert [(one.source, one.title) for one in store.documents()] == [("docs/b.md", "Foxes")]


def test_a_folder_with_copies_is_moved_whole(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    write(folder / "old", fox="The fox is red.", copy="The fox is red.", third="The fox is red.")
    ingest.run(["docs"])
    (folder / "old").rename(folder / "new")
    assert counts(ingest.run(["docs"])) == {"moved": 3}
    assert sorted(texts(store)) == [f"docs/new/{name}.txt" for name in ("copy", "fox", "third")]


def test_a_copy_beside_its_original_is_a_document_of_its_own(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    write(folder, fox="The fox is red.")
    ingest.run(["docs"])
    write(folder, copy="The fox is red.")
    assert counts(ingest.run(["docs"])) == {"added": 1, "unchanged": 1}
    assert sorted(texts(store)) == ["docs/copy.txt", "docs/fox.txt"]


def test_two_files_that_change_places_change_both_documents(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    write(folder, fox="The fox is red.", owl="The owl is brown.")
    ingest.run(["docs"])
    (folder / "fox.txt").rename(folder / "x")
    (folder / "owl.txt").rename(folder / "fox.txt")
    (folder / "x").rename(folder / "owl.txt")
    assert counts(ingest.run(["docs"], prune=True)) == {"updated": 2}
    assert texts(store) == {"docs/fox.txt": "The owl is brown.", "docs/owl.txt": "The fox is red."}


def test_a_renamed_file_that_cannot_be_read_keeps_its_document(
    ingest: Ingest, store: PassageStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, fox="The fox is red.")
    ingest.run(["docs"])
    (folder / "fox.txt").rename(folder / "vixen.txt")

    def fail(path: Path, **settings: object) -> ReadFile:
        raise DocumentError("It is not the day.", path)

    monkeypatch.setattr(ingest, "_read", fail)
    assert counts(ingest.run(["docs"], prune=True)) == {"failed": 1}
    assert texts(store) == {"docs/fox.txt": "The fox is red."}


# Pruned


def test_a_file_in_whose_place_a_folder_stands_is_gone(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    write(folder, fox="The fox is red.")
    ingest.run(["docs"])
    (folder / "fox.txt").unlink()
    write(folder / "fox.txt", inner="The inner text.")
    assert counts(ingest.run(["docs"], prune=True)) == {"added": 1, "deleted": 1}
    assert list(texts(store)) == ["docs/fox.txt/inner.txt"]


def test_a_folder_in_whose_place_a_file_stands_is_gone(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    write(folder / "x.txt", inner="The inner text.")
    ingest.run(["docs"])
    (folder / "x.txt" / "inner.txt").unlink()
    (folder / "x.txt").rmdir()
    write(folder, x="The fox is red.")
    assert counts(ingest.run(["docs"], prune=True)) == {"added": 1, "deleted": 1}
    assert texts(store) == {"docs/x.txt": "The fox is red."}


@pytest.mark.parametrize(
    "error", [PermissionError(13, "no"), OSError(5, "I/O error"), OSError(116, "stale")], ids=str
)
def test_a_file_that_cannot_be_looked_at_may_be_there_and_is_not_pruned(
    ingest: Ingest, store: PassageStore, folder: Path, monkeypatch: pytest.MonkeyPatch,
    error: OSError,
) -> None:  # fmt: skip
    write(folder, fox="The fox is red.", owl="The owl is brown.")
    ingest.run(["docs"])
    (folder / "fox.txt").unlink()

    def fail(path: Path) -> os.stat_result:
        raise error

    monkeypatch.setattr(Path, "lstat", fail)
    assert counts(ingest.run(["docs"], prune=True)) == {"unchanged": 1}
    assert len(store.documents()) == 2


@pytest.mark.parametrize("named", ["missing", "docs/fox.txt", "docs/owl.txt", "", "docs/missing"])
def test_nothing_is_pruned_where_no_folder_is_named(
    ingest: Ingest, store: PassageStore, folder: Path, named: str
) -> None:
    """A drive that is not mounted, a misspelt path, a file that has gone, an empty variable."""
    write(folder, fox="The fox is red.", owl="The owl is brown.")
    ingest.run(["docs"])
    (folder / "fox.txt").unlink()
    report = ingest.run([named], prune=True)
    assert report.deleted == 0
    assert len(store.documents()) == 2


def test_a_folder_that_cannot_be_opened_is_reported_and_keeps_its_documents(
    ingest: Ingest, store: PassageStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder / "shut", fox="The fox is red.")
    ingest.run(["docs"])
    scandir = os.scandir

    def refuse(path: str) -> object:  # root opens everything: the refusal is played
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    report = ingest.run(["docs"], prune=True)
    assert [(one.path, one.reason) for one in report.failed] == [
        ("docs/shut", "It cannot be opened: Permission denied.")
    ]
    assert list(texts(store)) == ["docs/shut/fox.txt"]


# Walked


def test_links_that_go_in_circles_are_walked_once(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    write(folder / "deeper", fox="The fox is red.")
    (folder / "deeper" / "back").symlink_to(folder)
    (folder / "self.txt").symlink_to("self.txt")
    report = ingest.run(["docs"])
    assert (report.added, list(texts(store))) == (1, ["docs/deeper/fox.txt"])
    assert {one.path for one in report.skipped} == {"docs/deeper/back"}
    assert {one.path for one in report.failed} == {"docs/self.txt"}


def test_a_link_within_the_folder_is_its_file(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    write(folder, fox="The fox is red.")
    (folder / "also.txt").symlink_to("fox.txt")
    assert counts(ingest.run(["docs"])) == {"added": 1}
    assert counts(ingest.run(["docs"])) == {"unchanged": 1}


def test_hidden_links_are_left_alone_as_hidden_files_are(ingest: Ingest, folder: Path) -> None:
    (folder / ".link").symlink_to("/")
    assert counts(ingest.run(["docs"])) == {}


def test_pipes_and_devices_are_skipped(ingest: Ingest, folder: Path) -> None:
    os.mkfifo(folder / "pipe.txt")
    (folder / "null.txt").symlink_to("/dev/null")
    report = ingest.run(["docs", "docs/pipe.txt", "/dev/null"])
    assert {one.path for one in report.skipped} == {
        "docs/pipe.txt", "docs/null.txt", "/dev/null",
    }  # fmt: skip
    assert counts(report) == {"skipped": 3}


def test_a_file_under_several_names_goes_in_once(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    write(folder / "deeper", fox="The fox is red.")
    paths = ["docs/deeper/fox.txt", "docs", "docs/deeper", str(folder), "docs/../docs"]
    assert counts(ingest.run(paths)) == {"added": 1}
    assert list(texts(store)) == ["docs/deeper/fox.txt"]


@pytest.mark.parametrize("name", ["a\nb.txt", "[red]x.txt", "\x1b[31m.txt", "ü" * 100 + ".txt"])
def test_a_strange_name_is_no_obstacle(
    ingest: Ingest, store: PassageStore, folder: Path, name: str
) -> None:
    (folder / name).write_text("The fox is red.")
    assert counts(ingest.run(["docs"])) == {"added": 1}
    assert counts(ingest.run(["docs"])) == {"unchanged": 1}
    assert list(texts(store)) == [f"docs/{name}"]


# Noticed


def test_a_touch_is_no_change_and_the_file_s_content_is_looked_at_only_once(
    ingest: Ingest, store: PassageStore, folder: Path, monkeypatch: pytest.MonkeyPatch,
    log: list[str],
) -> None:  # fmt: skip
    write(folder, fox="The fox is red.")
    ingest.run(["docs"])
    os.utime(folder / "fox.txt", (1000, 1000))
    age(folder / "fox.txt", monkeypatch)
    assert counts(ingest.run(["docs"])) == {"unchanged": 1}
    monkeypatch.setattr(sync, "_sha256", None)  # nobody may ask for it any more
    assert counts(ingest.run(["docs"])) == {"unchanged": 1}
    assert log == ["fox.txt"]


def test_an_edit_that_keeps_size_and_time_is_noticed(
    ingest: Ingest, store: PassageStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder / "fox.txt"
    write(folder, fox="The fox is red.")
    os.utime(file, (1000, 1000))
    age(file, monkeypatch)
    ingest.run(["docs"])
    assert stored(store, "docs/fox.txt").stamp
    write(folder, fox="The fox is sly.")
    os.utime(file, (1000, 1000))
    assert counts(ingest.run(["docs"])) == {"updated": 1}
    assert texts(store) == {"docs/fox.txt": "The fox is sly."}


@pytest.mark.parametrize("seconds_from_now", [0, 1e6, -1e6], ids=["now", "in the future", "old"])
def test_a_file_that_was_written_just_now_is_looked_at_again(
    ingest: Ingest, store: PassageStore, folder: Path, seconds_from_now: float
) -> None:
    """Its next edit may fall into the same tick of the file system's clock."""
    write(folder, fox="The fox is red.")
    claimed = time.time() + seconds_from_now
    os.utime(folder / "fox.txt", (claimed, claimed))
    ingest.run(["docs"])
    assert stored(store, "docs/fox.txt").stamp == ""


def test_a_dry_run_leaves_the_database_as_it_is_to_the_byte(
    ingest: Ingest, store: PassageStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, fox="The fox is red.", owl="The owl.", gone="It goes.", moves="It moves.")
    ingest.run(["docs"])
    write(folder, fox="The fox is white.", new="The new one.")
    (folder / "gone.txt").unlink()
    (folder / "moves.txt").rename(folder / "moved.txt")
    os.utime(folder / "owl.txt", (1000, 1000))
    age(folder / "owl.txt", monkeypatch)
    index = folder.parent / "index"
    before = {file.name: file.read_bytes() for file in index.iterdir() if "shm" not in file.name}
    report = ingest.run(["docs"], prune=True, dry_run=True)
    assert counts(report) == {"added": 1, "updated": 1, "moved": 1, "unchanged": 1, "deleted": 1}
    after = {file.name: file.read_bytes() for file in index.iterdir() if "shm" not in file.name}
    assert after == before


def test_what_a_dry_run_announces_is_what_a_run_does(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    write(folder, fox="The fox is red.", gone="It goes.", moves="It moves.")
    ingest.run(["docs"])
    write(folder, fox="The fox is white.", new="The new one.")
    (folder / "gone.txt").unlink()
    (folder / "moves.txt").rename(folder / "moved.txt")
    announced = counts(ingest.run(["docs"], prune=True, dry_run=True))
    assert counts(ingest.run(["docs"], prune=True)) == announced
