"""Files made to harm: archives and entities that grow without end, data that passes for text."""

import contextlib
import time
import zipfile
from pathlib import Path

import pytest

from assistant.errors import DocumentError
from ingest.loaders import archives, load
from tests.ingest.office_files import ZIPPED, write_zipped
from tests.ingest.reading import text_read, write

ENTITIES = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'


@pytest.fixture(params=ZIPPED)
def zipped(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = write_zipped(tmp_path / f"a{request.param}")
    assert "Honest text." in load(path).pages[0].text
    return path


def add_member(path: Path, name: str, content: bytes) -> None:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)


def test_a_part_packed_far_too_well_is_refused(zipped: Path) -> None:
    add_member(zipped, "bomb.xml", bytes(11_000_000))
    with pytest.raises(DocumentError, match=r"decompression bomb: its part bomb\.xml is packed"):
        load(zipped)


def test_a_file_that_unpacks_to_too_much_is_refused(
    zipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_UNPACKED_BYTES", 2_000_000)
    add_member(zipped, "large.bin", bytes(3_000_000))
    with pytest.raises(DocumentError, match="may have 2 MB, this one has 3 MB"):
        load(zipped)


def test_a_file_of_too_many_parts_is_refused(zipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBERS", 2)
    with pytest.raises(DocumentError, match="may have 2 parts"):
        load(zipped)


def test_a_locked_office_file_is_refused_with_what_to_do(zipped: Path) -> None:
    write(zipped, archives.OLD_OFFICE + bytes(600))
    with pytest.raises(DocumentError, match=r"locked by a password .* without a password"):
        load(zipped)


def test_a_zip_with_a_password_is_refused(zipped: Path) -> None:
    data = zipped.read_bytes()
    at = data.index(b"PK\x01\x02")
    write(zipped, data[: at + 8] + b"\x01" + data[at + 9 :])  # the flag in the directory
    with pytest.raises(DocumentError, match="locked by a password"):
        load(zipped)


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_zipped_file_cut_off_is_refused(zipped: Path, share: float) -> None:
    data = zipped.read_bytes()
    with pytest.raises(DocumentError, match="it is damaged or another kind of file"):
        load(write(zipped, data[: int(len(data) * share)]))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("suffix", [".docx", ".pptx", ".xlsx"])
def test_an_office_file_that_declares_entities_is_refused(
    tmp_path: Path, suffix: str, encoding: str
) -> None:
    path = write_zipped(tmp_path / f"a{suffix}")
    add_member(path, "word/evil.xml", f"{ENTITIES}<x>&b;</x>".encode(encoding))
    with pytest.raises(DocumentError, match=r"word/evil\.xml declares XML entities"):
        load(path)


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.csv", "a.html", "a.py", "a.log", "a.json"])
def test_data_by_the_name_of_a_text_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DocumentError, match=r"It is not text: .* control characters"):
        load(write(tmp_path / name, b"GIF89a\x01\x00\x01\x00\x80\x00\x00, and more of it"))


def test_a_single_zero_makes_data_of_a_text(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="1 of its first 201 characters"):
        load(write(tmp_path / "a.txt", "ab" * 50 + "\x00" + "ab" * 50))


def test_a_text_with_many_control_characters_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="It is not text"):
        load(write(tmp_path / "a.txt", "ab\x01\x02\x03" * 10))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_no_binary_data(tmp_path: Path, encoding: str) -> None:
    assert text_read(tmp_path / "a.txt", "An owl, a cat.".encode(encoding)) == "An owl, a cat."


def test_zeros_late_in_a_log_are_dropped(tmp_path: Path) -> None:
    # A machine that loses power leaves zeros at the end of what it wrote.
    log = "disk full\n" * 1_000
    assert text_read(tmp_path / "a.log", log.encode() + bytes(100)).rstrip() == log.rstrip()


@pytest.mark.parametrize(
    ("name", "unit", "times"),
    [
        ("a.txt", " ", 200_000),
        ("a.html", "<b", 100_000),
        ("a.md", "[", 20_000),
        ("a.csv", '"', 100_000),
        ("a.c", "a *", 60_000),
        ("a.json", "[", 100_000),
    ],
)
def test_a_text_of_one_sign_over_and_over_is_read_or_refused_in_short_time(
    tmp_path: Path, name: str, unit: str, times: int
) -> None:
    started = time.process_time()
    with contextlib.suppress(DocumentError):
        load(write(tmp_path / name, "a" + unit * times))
    assert time.process_time() - started < 5
