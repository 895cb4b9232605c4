from pathlib import Path

import pytest

from assistant.uploads import Uploads
from ingest.store import PassageStore


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
    path = Path(uploads.keep(str(tmp_path / "copy"), name, "chat-1"))
    assert path.read_text() == "what is in it"
    assert path.name == kept
    assert path.resolve().parents[1] == tmp_path / "uploads" / "chat-1"


def test_the_files_of_a_chat_are_forgotten_with_it(uploads: Uploads, tmp_path: Path) -> None:
    first, second = (uploads.keep(str(tmp_path / "copy"), "a", f"chat-{n}") for n in (1, 2))
    uploads.forget("chat-1")
    assert (Path(first).exists(), Path(second).exists()) == (False, True)


def test_a_sweep_forgets_all_chats_and_the_copies(uploads: Uploads, tmp_path: Path) -> None:
    kept = uploads.keep(str(tmp_path / "copy"), "a", "chat-1")
    copies = tmp_path / "copies"
    (copies / "session").mkdir(parents=True)
    uploads.sweep(copies)
    assert (Path(kept).exists(), list(copies.iterdir())) == (False, [])
