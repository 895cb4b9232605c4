from multiprocessing import Queue, get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.schema import SHARED
from assistant.security import SourceKeys

N_SECRETS = 200
"""Made one after the other by processes that race: without a lock, some of them go wrong."""


def test_a_key_fits_no_other_document_or_collection(tmp_path: Path) -> None:
    keys = SourceKeys(tmp_path / "secret.key")
    key = keys.key(SHARED, 1, "bo")
    assert keys.fits(key, SHARED, 1, "bo")
    assert not keys.fits(key, SHARED, 2, "bo")
    assert not keys.fits(key, "chat-1", 1, "bo")


@pytest.mark.parametrize("collection", ["chat-1", "user-bo", "user-al"])
def test_a_key_of_what_is_not_everyone_s_fits_nobody_else(tmp_path: Path, collection: str) -> None:
    keys = SourceKeys(tmp_path / "secret.key")
    key = keys.key(collection, 1, "bo")
    assert keys.fits(key, collection, 1, "bo")
    assert not keys.fits(key, collection, 1, "al")


def test_a_key_of_a_shared_document_fits_everyone(tmp_path: Path) -> None:
    keys = SourceKeys(tmp_path / "secret.key")
    assert keys.fits(keys.key(SHARED, 1, "bo"), SHARED, 1, "al")


def key_of(file: Path) -> str:
    return SourceKeys(file).key(SHARED, 1, "bo")


def keys_at_once(folder: Path, start: Barrier, keys: "Queue[list[str]]") -> None:
    """Reads secrets in the same moments as other processes."""
    found = []
    for number in range(N_SECRETS):
        start.wait(timeout=30)
        found.append(key_of(folder / f"{number}.key"))
    keys.put(found)


def test_processes_that_start_together_agree_on_one_secret(tmp_path: Path) -> None:
    spawn = get_context("spawn")
    start, keys = spawn.Barrier(4), spawn.Queue()
    processes = [
        spawn.Process(target=keys_at_once, args=(tmp_path, start, keys), daemon=True)
        for _ in range(4)
    ]
    for process in processes:
        process.start()
    found = [keys.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()
    assert found == [[key_of(tmp_path / f"{number}.key") for number in range(N_SECRETS)]] * 4


def test_a_secret_is_for_its_owner_only(tmp_path: Path) -> None:
    key_of(tmp_path / "secret.key")
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    assert len((tmp_path / "secret.key").read_bytes()) == 32


def test_two_state_folders_have_two_secrets(tmp_path: Path) -> None:
    assert key_of(tmp_path / "a.key") != key_of(tmp_path / "b.key")


def test_a_damaged_secret_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_bytes(b"short")
    with pytest.raises(SettingsError, match="must hold 32 bytes, got 5: delete it"):
        SourceKeys(tmp_path / "secret.key")
