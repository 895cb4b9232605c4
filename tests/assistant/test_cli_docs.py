"""`ingest`, `docs list`, `docs remove` and `docs undo` as the contract gives them."""

import io
import os
import sqlite3
import sys
from pathlib import Path

import pytest

from assistant import terminal
from assistant.errors import InputError
from ingest.contextualize import Estimate
from tests.command import Command
from tests.ingest.plain_reading import reading_here


@pytest.fixture
def assistant(command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """The command with an empty state folder, in a folder with the folder `docs`."""
    monkeypatch.setattr("ingest.pipeline.reading", reading_here)
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    Path("docs").mkdir()
    Path("docs/fox.txt").write_text("The fox is red.")
    Path("docs/owl.txt").write_text("The owl is brown.")
    return command


def test_ingest_counts_what_it_did(assistant: Command) -> None:
    report = assistant("ingest", "docs", "--json").line
    assert [report[name] for name in ("added", "updated", "moved", "unchanged", "deleted")] == [
        2, 0, 0, 0, 0,
    ]  # fmt: skip
    assert (report["failed"], report["skipped"], report["warnings"]) == ([], [], [])
    assert (report["pages"], report["passages"]) == (2, 2)
    assert report["seconds"] >= 0
    Path("docs/fox.txt").write_text("The fox is white.")
    Path("docs/owl.txt").unlink()
    report = assistant("ingest", "docs", "--prune", "--json").line
    assert (report["updated"], report["deleted"]) == (1, 1)


def test_what_is_skipped_is_no_failure(assistant: Command) -> None:
    Path("docs/picture.xyz").write_bytes(b"x")
    ran = assistant("ingest", "docs", "--json")
    assert (ran.exit_code, [one["path"] for one in ran.line["skipped"]]) == (
        0,
        ["docs/picture.xyz"],
    )
    assert "skipped: docs/picture.xyz" in ran.stderr


def test_a_dry_run_that_finds_a_failure_ends_with_1_too(assistant: Command) -> None:
    ran = assistant("ingest", "missing", "--dry-run", "--json")
    assert (ran.exit_code, len(ran.line["failed"])) == (1, 1)


def test_ingest_is_told_in_words(assistant: Command) -> None:
    told = assistant("ingest", "docs").stdout
    assert "2 added, 0 updated, 0 moved, 0 unchanged, 0 removed, 0 failed" in told
    assert "2 pages, 2 passages" in told


def test_an_undo_counts_what_it_did_and_the_next_finds_nothing(assistant: Command) -> None:
    assistant("ingest", "docs")
    Path("docs/fox.txt").write_text("The fox is white.")
    Path("docs/deeper").mkdir()
    Path("docs/owl.txt").rename("docs/deeper/owl.txt")
    assistant("ingest", "docs")
    ran = assistant("docs", "undo", "--json")
    assert (ran.exit_code, ran.line) == (0, {"removed": 1, "restored": 1, "moved_back": 1})
    sources = [line["source"] for line in assistant("docs", "list", "--json").lines]
    assert sources == ["docs/fox.txt", "docs/owl.txt"]
    ran = assistant("docs", "undo", "--json")
    assert (ran.exit_code, ran.line) == (0, {"removed": 0, "restored": 0, "moved_back": 0})
    assert "no ingest that can be taken back" in assistant("docs", "undo").stdout


def test_an_undo_is_told_in_words(assistant: Command) -> None:
    assistant("ingest", "docs")
    told = assistant("docs", "undo").stdout
    assert "2 documents taken out, 0 put back, 0 given their old path" in told
    assert assistant("search", "fox", "--json").line["passages"] == []


def test_a_removed_document_leaves_no_trace_and_no_undo(assistant: Command, tmp_path: Path) -> None:
    Path("docs/secret.txt").write_text("The zyxomma is here.")
    assistant("ingest", "docs")
    Path("docs/secret.txt").write_text("The quokkaword is here.")
    assistant("ingest", "docs")
    assert assistant("docs", "remove", "docs/secret.txt", "--json").line == {"removed": 1}
    assistant("docs", "undo")
    assert len(assistant("docs", "list", "--json").lines) == 2
    files = (tmp_path / "home" / "index").iterdir()
    found = [one for one in files for word in (b"zyxomma", b"quokka") if word in one.read_bytes()]
    assert found == []


def test_a_list_is_one_document_a_line(assistant: Command) -> None:
    assert "none yet" in assistant("docs", "list").stderr
    assistant("ingest", "docs")
    lines = assistant("docs", "list", "--json").lines
    assert [set(line) for line in lines] == [
        {"source", "pages", "passages", "sha256", "ingested_at"}
    ] * 2
    assert "docs/fox.txt" in assistant("docs", "list").stdout


def test_a_name_that_is_not_utf_8_or_steers_the_terminal_is_printed_safely(
    assistant: Command,
) -> None:
    Path(os.fsdecode(b"docs/caf\xe9.txt")).write_text("The coffee is black.")
    Path("docs/\x1b[31mred\n.txt").write_text("The text is red.")
    assistant("ingest", "docs")
    sources = [line["source"] for line in assistant("docs", "list", "--json").lines]
    assert "docs/caf\ufffd.txt" in sources
    assert "\x1b[31mred" not in assistant("docs", "list").stdout
    assert assistant("docs", "remove", "docs/caf\ufffd.txt", "--json").line == {"removed": 1}


def test_an_index_that_is_damaged_is_a_sentence(assistant: Command, tmp_path: Path) -> None:
    assistant("ingest", "docs")
    database = tmp_path / "home" / "index" / "passages.db"
    with sqlite3.connect(database) as connection:
        connection.execute("DROP TABLE documents")
    for arguments in (["docs", "list"], ["ingest", "docs"], ["docs", "undo"], ["search", "fox"]):
        ran = assistant(*arguments)
        assert (ran.exit_code, "Traceback" in ran.stderr) == (1, False)
        assert "ingest the documents again" in " ".join(ran.stderr.split())


def test_watching_nothing_is_refused(assistant: Command) -> None:
    ran = assistant("ingest", "missing", "--watch")
    assert ran.exit_code == 1
    assert "nothing to watch" in ran.stderr


ESTIMATE = Estimate(passages=1200, prompt_tokens=34000, completion_tokens=48000, addresses=0)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "agreed"), [("y\n", True), ("YES\n", True), ("n\n", False), ("", False)]
)
def test_a_person_is_asked_before_a_model_costs_money(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, agreed: bool
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    if agreed:
        terminal.confirm_cost(ESTIMATE, "a-model", 1.234, is_agreed=False)
    else:
        with pytest.raises(InputError, match="Nothing was done"):
            terminal.confirm_cost(ESTIMATE, "a-model", 1.234, is_agreed=False)
    asked = capsys.readouterr()
    assert "1,200 passages" in asked.err
    assert "$1.23" in asked.err
    assert asked.out == ""


def test_a_price_that_nobody_knows_is_said_to_be_unknown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    terminal.confirm_cost(ESTIMATE, "a-model", None, is_agreed=True)
    assert "not known" in capsys.readouterr().err
