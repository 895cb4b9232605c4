"""`assistant users`, and the documents of one user, as a person or a program uses them."""

from pathlib import Path

import pytest

from assistant.accounts import Accounts, Login
from assistant.settings import Settings
from tests.command import Command
from tests.ingest.plain_reading import reading_here

SECRET = "correct horse\n"


@pytest.fixture
def assistant(command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """The command with an empty state folder, in a folder with two letters."""
    monkeypatch.setattr("ingest.pipeline.reading", reading_here)
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(tmp_path)
    Path("al.txt").write_text("The combination of the garden gate is forty-seven eleven.")
    Path("bo.txt").write_text("The name of the sailing boat is Windflower.")
    return command


def test_a_user_is_added_listed_changed_and_removed(assistant: Command, tmp_path: Path) -> None:
    assert assistant("users", "add", "Bo", "--json", stdin=SECRET).line == {"added": "bo"}
    line = assistant("users", "list", "--json").line
    assert line.pop("created_at")
    assert line == {"name": "bo", "login": "password", "last_login_at": None}
    assert assistant("users", "passwd", "bo", stdin="another secret\n").exit_code == 0
    accounts = Accounts(Settings(home=tmp_path / "home"))
    assert isinstance(accounts.log_in("bo", "another secret"), Login)
    assert assistant("users", "remove", "bo", "--yes", "--json").line == {"removed": "bo"}
    assert assistant("users", "list", "--json").lines == []


@pytest.mark.parametrize(
    ("arguments", "stdin", "said"),
    [
        (("add", "bo bo"), SECRET, "A user's name must have 1 to 64"),
        (("add", "local"), SECRET, "The name local is taken"),
        (("add", "bo"), "short\n", "A password must have 8 to 1024 characters, got 5"),
        (("add", "bo"), "", "There is no password on stdin"),
        (("passwd", "bo"), SECRET, "There is no user bo"),
        (("remove", "bo", "--yes"), "", "There is no user bo"),
        (("remove", "../x", "--yes"), "", "A user's name must have 1 to 64"),
    ],
)
def test_what_cannot_be_done_is_said_without_the_password(
    assistant: Command, arguments: tuple[str, ...], stdin: str, said: str
) -> None:
    ran = assistant("users", *arguments, stdin=stdin)
    assert ran.exit_code == 1
    assert said in ran.stderr
    assert not stdin or stdin.strip() not in ran.stderr + ran.stdout


def test_a_user_is_not_removed_without_a_yes(assistant: Command) -> None:
    assistant("users", "add", "bo", stdin=SECRET)
    for answer in ("", "n\n", "\n"):
        ran = assistant("users", "remove", "bo", stdin=answer)
        assert (ran.exit_code, "Nothing was deleted" in ran.stderr) == (1, True)
    assert len(assistant("users", "list", "--json").lines) == 1
    assert assistant("users", "remove", "bo", stdin="y\n").exit_code == 0
    assert assistant("users", "list", "--json").lines == []


def sources(assistant: Command, *arguments: str) -> list[str]:
    return [line["source"] for line in assistant("docs", "list", "--json", *arguments).lines]


def found(assistant: Command, *arguments: str) -> set[str]:
    line = assistant("search", "the garden gate", "--json", *arguments).line
    return {passage["source"] for passage in line["passages"]}


def test_a_user_s_documents_are_that_user_s_alone(assistant: Command) -> None:
    for user in ("al", "BO"):
        assert assistant("ingest", f"{user.lower()}.txt", "--user", user).exit_code == 0
    assert (sources(assistant, "--user", "al"), sources(assistant, "--user", "bo")) == (
        ["al.txt"],
        ["bo.txt"],
    )
    assert sources(assistant) == []
    assert found(assistant, "--user", "al") == {"al.txt"}
    assert found(assistant, "--user", "bo") == {"bo.txt"}
    assert found(assistant) == set()
    assert assistant("docs", "remove", "al.txt", "--user", "bo").exit_code == 1
    assert assistant("docs", "remove", "al.txt").exit_code == 1
    assert found(assistant, "--user", "al") == {"al.txt"}
    assert assistant("docs", "remove", "al.txt", "--user", "al").exit_code == 0
    assert found(assistant, "--user", "al") == set()


def test_shared_documents_are_everyone_s(assistant: Command) -> None:
    assistant("ingest", "al.txt")
    assert found(assistant) == found(assistant, "--user", "bo") == {"al.txt"}
    assert sources(assistant, "--user", "bo") == []


@pytest.mark.parametrize("user", ["al/../bo", "", "a b", "user-al\0", "x" * 65])
def test_a_name_that_no_user_can_have_is_refused(assistant: Command, user: str) -> None:
    for arguments in (
        ("search", "the gate"),
        ("ingest", "al.txt"),
        ("docs", "list"),
        ("docs", "remove", "al.txt"),
        ("ask", "Which gate?"),
    ):
        ran = assistant(*arguments, "--user", user)
        assert ran.exit_code == 1
        assert "A user's name must have 1 to 64" in ran.stderr


def test_with_a_user_goes_all_that_was_the_user_s(assistant: Command, tmp_path: Path) -> None:
    for user in ("al", "bo"):
        assistant("users", "add", user, stdin=SECRET)
        assistant("ingest", f"{user}.txt", "--user", user)
        assistant("memory", "add", f"The cat of {user} is called Mouser.", "--user", user)
        assistant("ask", "hello", "--session", "first", "--user", user)
        assistant("eval", "golden", "add", f"The cat of {user}?", "--refusal", "--user", user)
    assert assistant("users", "remove", "al", "--yes").exit_code == 0
    assert sources(assistant, "--user", "al") == []
    assert assistant("memory", "list", "--json", "--user", "al").lines == []
    assert assistant("chats", "list", "--json", "--user", "al").lines == []
    assert assistant("eval", "golden", "list", "--json", "--user", "al").lines == []
    kept = b"".join(
        file.read_bytes()
        for file in (tmp_path / "home").rglob("*")
        if file.is_file() and not file.name.startswith("evals.db")
    )
    assert b"forty-seven eleven" not in kept
    assert b"The cat of al" not in kept
    assert sources(assistant, "--user", "bo") == ["bo.txt"]
    assert len(assistant("memory", "list", "--json", "--user", "bo").lines) == 1
    assert len(assistant("chats", "list", "--json", "--user", "bo").lines) == 1
    assert len(assistant("eval", "golden", "list", "--json", "--user", "bo").lines) == 1
