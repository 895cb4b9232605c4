from pathlib import Path
from uuid import uuid4

import pytest

from tests.command import Command


@pytest.fixture
def user() -> str:
    """A user whom no other test knows."""
    return f"user-{uuid4().hex}"


def test_a_conversation_goes_on_over_runs_and_is_its_user_s(command: Command, user: str) -> None:
    question = "What does groundedness say?"
    for _ in range(2):
        assert command("ask", question, "--session", "s", "--user", user, "--json").exit_code == 0
    command("ask", question, "--user", user, "--json")
    [chat] = command("chats", "list", "--user", user, "--json").lines
    assert (chat["name"], chat["n_messages"]) == ("s", 2)
    assert command("chats", "list", "--user", f"{user}x", "--json").lines == []
    assert command("chats", "list", "--user", user, "--search", "unsaid", "--json").lines == []

    command("ask", question, "--session", chat["id"], "--user", user, "--json")
    [chat] = command("chats", "list", "--user", user, "--search", "groundedness", "--json").lines
    assert chat["n_messages"] == 3


def test_a_conversation_is_exported_and_removed(
    command: Command, user: str, tmp_path: Path
) -> None:
    command("ask", "What does groundedness say?", "--session", "s", "--user", user, "--json")
    [chat] = command("chats", "list", "--user", user, "--json").lines
    printed = command("chats", "export", chat["id"], "--user", user).stdout
    assert printed.startswith("# s\n")
    assert "> What does groundedness say?" in printed
    command("chats", "export", chat["id"], "--user", user, "--out", tmp_path / "s.md")
    assert (tmp_path / "s.md").read_text("utf-8") == printed

    stranger = command("chats", "remove", chat["id"], "--user", f"{user}x", "--json")
    assert (stranger.exit_code, stranger.line) == (1, {"removed": 0})
    assert "There is no chat" in stranger.stderr
    assert command("chats", "export", chat["id"], "--user", f"{user}x").exit_code == 1
    assert command("chats", "remove", chat["id"], "--user", user, "--json").line == {"removed": 1}
    assert command("chats", "list", "--user", user, "--json").lines == []
