from pathlib import Path

import pytest

from assistant.doctor import Check, examine
from assistant.settings import Settings
from tests.command import Command

CHECKS = [
    "python",
    "state folder",
    "embedding model",
    "passage index",
    "text recognition",
    "plugins",
    "language model",
]


def named(checks: list[Check], name: str) -> Check:
    return next(check for check in checks if check.name == name)


def test_a_sound_installation_passes_every_check(home: Path) -> None:
    checks = examine(Settings(home=home))
    assert [check.name for check in checks] == CHECKS
    assert all(check.ok and not check.fix for check in checks)
    assert named(checks, "passage index").detail.startswith("8 documents, ")


def test_the_command_prints_the_checks_of_the_contract(command: Command) -> None:
    ran = command("doctor", "--json")
    assert ran.exit_code == 0
    assert [set(check) for check in ran.line["checks"]] == [{"name", "ok", "detail", "fix"}] * 7


@pytest.mark.parametrize("model", ["", "openai/test"])
def test_the_language_model_is_named_and_not_called(home: Path, model: str) -> None:
    settings = Settings(home=home, model=model, api_base="http://127.0.0.1:1/v1" if model else "")
    check = named(examine(settings), "language model")
    assert check.ok
    assert (model or "embedded default") in check.detail


def overwrite(path: Path, offset: int, n_bytes: int) -> None:
    content = bytearray(path.read_bytes())
    content[offset : offset + n_bytes] = b"\xa5" * n_bytes
    path.write_bytes(content)


@pytest.mark.parametrize("offset", [0, 3 * 4096], ids=["head", "middle"])
def test_a_damaged_index_is_found_with_how_to_mend_it(copied_home: Path, offset: int) -> None:
    database = copied_home / "index" / "passages.db"
    overwrite(database, offset, database.stat().st_size - offset - 4096)
    checks = examine(Settings(home=copied_home))
    assert [check.name for check in checks] == CHECKS
    check = named(checks, "passage index")
    assert not check.ok
    assert "ingest the documents again" in check.fix + check.detail


def test_the_command_ends_with_1_when_a_check_fails(
    command: Command, copied_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (copied_home / "index" / "passages.db").write_bytes(b"this is no database" * 400)
    monkeypatch.setenv("ASSISTANT_HOME", str(copied_home))
    ran = command("doctor")
    assert ran.exit_code == 1
    assert "BAD  passage index" in ran.stdout
    assert "ok   python" in ran.stdout


def test_a_state_folder_that_is_a_file_is_found_with_how_to_mend_it(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    check = named(examine(Settings(home=tmp_path / "home")), "state folder")
    assert not check.ok
    assert "ASSISTANT_HOME" in check.fix


def test_a_damaged_index_is_a_sentence_when_a_question_is_asked(
    command: Command, copied_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = copied_home / "index" / "passages.db"
    overwrite(database, 3 * 4096, database.stat().st_size - 4 * 4096)
    monkeypatch.setenv("ASSISTANT_HOME", str(copied_home))
    assert command("search", "file formats").exit_code == 1
    for name in ("search", "ask"):
        ran = command(name, "Which file formats can I ingest?")
        assert "passages.db" in ran.stderr
        assert "Traceback" not in ran.stderr
