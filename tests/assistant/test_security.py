from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.schema import SHARED
from assistant.security import SourceKeys


def test_a_key_fits_no_other_document_or_collection(tmp_path: Path) -> None:
    keys = SourceKeys(tmp_path / "secret.key")
    key = keys.key(SHARED, 1)
    assert keys.fits(key, SHARED, 1)
    assert not keys.fits(key, SHARED, 2)
    assert not keys.fits(key, "chat-1", 1)


def key_of(file: Path) -> str:
    return SourceKeys(file).key(SHARED, 1)


def test_processes_that_start_together_agree_on_one_secret(tmp_path: Path) -> None:
    file = tmp_path / "secret.key"
    with ProcessPoolExecutor(4) as processes:
        keys = set(processes.map(key_of, [file] * 8))
    assert keys == {key_of(file)}
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(file.read_bytes()) == 32


def test_two_state_folders_have_two_secrets(tmp_path: Path) -> None:
    assert key_of(tmp_path / "a.key") != key_of(tmp_path / "b.key")


def test_a_damaged_secret_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_bytes(b"short")
    with pytest.raises(SettingsError, match="must hold 32 bytes, got 5: delete it"):
        SourceKeys(tmp_path / "secret.key")
