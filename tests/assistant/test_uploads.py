from pathlib import Path

import pytest

from assistant.uploads import Uploads, collection_of
from ingest.store import PassageStore

FIRST, SECOND = (collection_of("ada", chat) for chat in ("1", "2"))


@pytest.fixture
def uploads(store: PassageStore, tmp_path: Path) -> Uploads:
    (tmp_path / "copy").write_text("what is in it")
    return Uploads(store, tmp_path / "uploads")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("mail.csv", "mail.csv"),
        ("../../evil.csv", "evil.csv"),
        ("/etc/passwd", "passwd"),
        ("..", "file"),
        ("", "file"),
        ("a\0b.csv", "ab.csv"),
        ("ü" * 300 + ".csv", "ü" * 98 + ".csv"),
    ],
)
def test_a_file_is_kept_under_its_own_name_in_its_chat_s_folder(
    uploads: Uploads, tmp_path: Path, name: str, kept: str
) -> None:
    path = Path(uploads.keep(str(tmp_path / "copy"), name, FIRST, "f-1"))
    assert path.read_text() == "what is in it"
    assert path.name == kept
    assert path.resolve().parents[1] == tmp_path / "uploads" / FIRST
    assert uploads.find(FIRST, "f-1") == path


def test_a_file_is_kept_once_whoever_brings_it(uploads: Uploads, tmp_path: Path) -> None:
    first = uploads.keep(str(tmp_path / "copy"), "a.txt", FIRST, "f-1")
    assert uploads.keep(b"something else", "b.txt", FIRST, "f-1") == first
    assert Path(first).read_text() == "what is in it"


@pytest.mark.parametrize("forged", ["..", "../f-1", ".", "", "f-1/..", "*", "f-2"])
def test_a_forged_id_finds_no_file(uploads: Uploads, tmp_path: Path, forged: str) -> None:
    uploads.keep(str(tmp_path / "copy"), "a.txt", FIRST, "f-1")
    assert uploads.find(FIRST, forged) is None


def test_a_chat_s_place_is_its_user_s_alone_and_no_path() -> None:
    places = {collection_of("ada", "1"), collection_of("bob", "1"), collection_of("ada", "../1")}
    assert len(places) == 3
    assert all(place.removeprefix("chat-").isalnum() for place in places)


def test_the_files_of_a_chat_are_forgotten_with_it(uploads: Uploads, tmp_path: Path) -> None:
    first, second = (
        uploads.keep(str(tmp_path / "copy"), "a", place, "f-1") for place in (FIRST, SECOND)
    )
    uploads.forget(FIRST)
    assert (Path(first).exists(), Path(second).exists()) == (False, True)


def test_a_sweep_forgets_chats_that_are_no_more_and_the_copies(
    uploads: Uploads, tmp_path: Path
) -> None:
    gone, kept = (
        uploads.keep(str(tmp_path / "copy"), "a", place, "f-1") for place in (FIRST, SECOND)
    )
    copies = tmp_path / "copies"
    (copies / "session").mkdir(parents=True)
    uploads.sweep({SECOND}, copies)
    assert (Path(gone).exists(), Path(kept).exists()) == (False, True)
    assert list(copies.iterdir()) == []
