import os
import sqlite3
from pathlib import Path

import pytest

from assistant.schema import SHARED
from assistant.settings import IngestSettings
from ingest.embedder import MiniLMEmbedder
from ingest.pipeline import Ingest
from ingest.report import IngestReport
from ingest.search import Searcher
from ingest.store import PassageStore
from tests.ingest.crashing import read_or_crash
from tests.ingest.files import TEXT_PDF, write_scan


@pytest.fixture
def ingest(store: PassageStore, embedder: MiniLMEmbedder, read_here: None) -> Ingest:
    return Ingest(store, embedder, IngestSettings())


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text)


def counts(report: IngestReport) -> dict[str, int]:
    """What a report counts, zeros left out."""
    names = ("added", "updated", "unchanged", "deleted")
    found = {name: getattr(report, name) for name in names}
    found |= {name: len(getattr(report, name)) for name in ("failed", "skipped", "warnings")}
    return {name: n for name, n in found.items() if n}


def sources(store: PassageStore) -> list[str]:
    return [document.source for document in store.documents()]


def rows(store_folder: Path) -> list[str]:
    """Everything that stands in the database."""
    with sqlite3.connect(store_folder / "passages.db") as database:
        return list(database.iterdump())


def test_a_folder_is_walked_and_named_as_it_was_given(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    (folder / "deeper").mkdir()
    write(folder, fox="The fox is red.", owl="The owl is brown.")
    write(folder / "deeper", hare="The hare is grey.")
    report = ingest.run(["docs"])
    assert counts(report) == {"added": 3}
    assert (report.pages, report.passages) == (3, 3)
    assert sources(store) == ["docs/deeper/hare.txt", "docs/fox.txt", "docs/owl.txt"]
    assert store.documents()[1].path == folder / "fox.txt"


def test_each_document_gets_its_own_vectors(
    ingest: Ingest, store: PassageStore, embedder: MiniLMEmbedder, folder: Path
) -> None:
    texts = {"money": "The rent is due on Monday.", "bird": "Penguins eat fish and swim well."}
    write(folder, **texts, long="The library opens at nine every day. " * 60)
    ingest.run([folder])
    search = Searcher(store, embedder)
    for query, name in (("When must I pay for the flat?", "money"), ("seabird food", "bird")):
        _, passage = search.nearest(query, [SHARED])
        assert passage.text == texts[name]


def test_an_unchanged_file_is_skipped(ingest: Ingest, store: PassageStore, folder: Path) -> None:
    write(folder, fox="The fox is red.")
    ingest.run([folder])
    before = rows(folder.parent / "index")
    os.utime(folder / "fox.txt", (0, 0))
    assert counts(ingest.run([folder])) == {"unchanged": 1}
    assert rows(folder.parent / "index") == before


def test_a_changed_file_takes_the_place_of_its_old_self(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    write(folder, fox="The fox is red.", owl="The owl is brown.")
    ingest.run([folder])
    write(folder, fox="The fox is white in winter.")
    assert counts(ingest.run([folder])) == {"updated": 1, "unchanged": 1}
    assert store.page_text(SHARED, str(folder / "fox.txt"), None) == "The fox is white in winter."
    assert store.search_lexical(["red"], 5, [SHARED]) == []


def test_other_split_settings_read_every_file_again(
    ingest: Ingest, store: PassageStore, embedder: MiniLMEmbedder, folder: Path
) -> None:
    write(folder, fox="The fox is red. " * 40)
    assert ingest.run([folder]).passages == 2  # 200 tokens in passages of 160
    finer = Ingest(store, embedder, IngestSettings(chunk_tokens=50, overlap_tokens=0))
    report = finer.run([folder])
    assert (counts(report), report.passages) == ({"updated": 1}, 4)


@pytest.mark.parametrize("spelling", ["docs/", "./docs", "docs/../docs", "docs/fox.txt", "linked"])
def test_the_same_folder_by_another_spelling_is_unchanged(
    ingest: Ingest, store: PassageStore, folder: Path, spelling: str
) -> None:
    write(folder, fox="The fox is red.")
    Path("linked").symlink_to("docs")
    ingest.run([folder])
    assert counts(ingest.run([spelling, "docs"])) == {"unchanged": 1}
    assert sources(store) == [str(folder / "fox.txt")]


def test_a_damaged_file_is_reported_and_the_rest_goes_on(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    write(folder, a_good="The fox is red.", b_empty="", z_good="The owl is brown.")
    (folder / "cut.pdf").write_bytes(TEXT_PDF.read_bytes()[:3000])
    report = ingest.run(["docs", "missing.txt"])
    assert counts(report) == {"added": 2, "failed": 3}
    reasons = {problem.path: problem.reason for problem in report.failed}
    assert reasons["docs/b_empty.txt"] == "It has no text."
    assert "damaged" in reasons["docs/cut.pdf"]
    assert "no such file" in reasons["missing.txt"]
    assert sources(store) == ["docs/a_good.txt", "docs/z_good.txt"]


def test_a_document_whose_file_got_damaged_stays_as_it_was(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    write(folder, fox="The fox is red.")
    ingest.run([folder])
    write(folder, fox="")
    assert counts(ingest.run([folder], prune=True)) == {"failed": 1}
    assert store.page_text(SHARED, str(folder / "fox.txt"), None) == "The fox is red."


def test_a_file_that_is_too_large_is_reported_with_the_setting(
    store: PassageStore, embedder: MiniLMEmbedder, folder: Path
) -> None:
    write(folder, large="The fox is red. " * 80_000)  # 1.28 MB
    report = Ingest(store, embedder, IngestSettings(max_file_mb=1)).run([folder])
    assert counts(report) == {"failed": 1}
    assert "ASSISTANT_INGEST__MAX_FILE_MB" in report.failed[0].reason


def test_a_scanned_page_is_reported_and_the_other_pages_go_in(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    write_scan(folder / "mixed.pdf", text_pages=1)
    write_scan(folder / "scan.pdf")
    report = ingest.run(["docs"])
    assert counts(report) == {"added": 1, "failed": 1, "warnings": 1}
    assert (report.warnings[0].path, report.failed[0].path) == ("docs/mixed.pdf", "docs/scan.pdf")
    assert "(page 2)" in report.warnings[0].reason
    assert "OCR" in report.failed[0].reason


def test_a_file_name_that_is_not_utf_8_is_no_obstacle(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    write(folder, fox="The fox is red.", owl="The owl is brown.")
    (folder / os.fsdecode(b"caf\xe9.txt")).write_text("The coffee is black.")
    report = ingest.run(["docs"])
    assert {"docs/fox.txt", "docs/owl.txt"} <= set(sources(store))
    shown = [*sources(store), *(problem.path for problem in report.failed)]
    assert "docs/caf\ufffd.txt" in shown
    assert counts(ingest.run(["docs"]))["unchanged"] >= 2


def test_what_no_loader_is_made_for_is_reported_and_hidden_files_are_left_alone(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    write(folder, fox="The fox is red.")
    (folder / "picture.jpg").write_bytes(b"jpg")
    (folder / ".hidden.txt").write_text("The hidden text.")
    (folder / ".git").mkdir()
    write(folder / ".git", secret="The secret text.")
    report = ingest.run(["docs"])
    assert counts(report) == {"added": 1, "skipped": 1}
    assert report.skipped[0].path == "docs/picture.jpg"
    assert sources(store) == ["docs/fox.txt"]


def test_a_link_that_leads_outside_is_skipped(
    ingest: Ingest, store: PassageStore, folder: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    write(outside, secret="The secret text.")
    write(folder, fox="The fox is red.")
    (folder / "file.txt").symlink_to(outside / "secret.txt")
    (folder / "folder").symlink_to(outside)
    (folder / "inside.txt").symlink_to(folder / "fox.txt")
    report = ingest.run(["docs"])
    reasons = {problem.path: problem.reason for problem in report.skipped}
    assert set(reasons) == {"docs/file.txt", "docs/folder"}
    assert "leads out" in reasons["docs/file.txt"]
    assert "not followed" in reasons["docs/folder"]
    assert sources(store) == ["docs/fox.txt"]


def test_pruning_removes_what_is_gone_from_the_named_folders_alone(
    ingest: Ingest, store: PassageStore, folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "docs-2"  # begins with the same letters, and is another folder
    other.mkdir()
    write(folder, fox="The fox is red.", owl="The owl is brown.")
    write(other, hare="The hare is grey.")
    ingest.run(["docs", "docs-2"])
    (folder / "fox.txt").unlink()
    (other / "hare.txt").unlink()
    assert counts(ingest.run(["docs"])) == {"unchanged": 1}
    assert counts(ingest.run(["docs"], prune=True, dry_run=True)) == {"unchanged": 1, "deleted": 1}
    assert counts(ingest.run(["docs"], prune=True)) == {"unchanged": 1, "deleted": 1}
    assert sources(store) == ["docs-2/hare.txt", "docs/owl.txt"]


def test_pruning_an_empty_path_removes_nothing(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    """`assistant ingest "$FOLDER" --prune`, with FOLDER not set."""
    write(folder, fox="The fox is red.")
    ingest.run(["docs"])
    assert counts(ingest.run([""], prune=True)) == {"failed": 1}
    assert sources(store) == ["docs/fox.txt"]


def test_a_dry_run_says_what_would_be_done_and_touches_nothing(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    write(folder, fox="The fox is red.", gone="It goes.", owl="The owl is brown.")
    ingest.run(["docs"])
    store.count()
    write(folder, fox="The fox is white.", hare="The hare is grey.")
    (folder / "gone.txt").unlink()
    index = folder.parent / "index"
    before = rows(index), sorted(index.iterdir())
    report = ingest.run(["docs"], prune=True, dry_run=True)
    assert counts(report) == {"added": 1, "updated": 1, "unchanged": 1, "deleted": 1}
    assert (report.pages, report.passages) == (0, 0)
    assert (rows(index), sorted(index.iterdir())) == before


def test_a_collection_of_its_own_takes_the_documents_in(
    ingest: Ingest, store: PassageStore, folder: Path
) -> None:
    write(folder, fox="The fox is red.")
    ingest.run(["docs"], collection="chat-1")
    assert sources(store) == []
    assert [document.source for document in store.documents("chat-1")] == ["docs/fox.txt"]


def test_an_ingest_reports_the_file_that_killed_its_reader(
    store: PassageStore, embedder: MiniLMEmbedder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.pipeline.read_file", read_or_crash)
    ingest = Ingest(store, embedder, IngestSettings())
    write(folder, a_good="The fox is red.", b_crash="The hare is grey.", c_good="The owl.")
    report = ingest.run(["docs"])
    assert counts(report) == {"added": 2, "failed": 1}
    assert report.failed[0].path == "docs/b_crash.txt"
    assert "crashed its reader" in report.failed[0].reason
