"""`assistant memory`: what scripts rely on."""

from tests.command import Command


def test_a_memory_is_added_listed_exported_and_removed(command: Command) -> None:
    added = command("memory", "add", "My dog is called Rex", "--user", "cli-ann", "--json").line
    assert added["text"] == "My dog is called Rex"
    assert {"id", "text", "user", "said_at", "session", "source_text"} <= set(added)
    assert command("memory", "list", "--user", "cli-ann", "--json").lines == [added]
    assert command("memory", "list", "--user", "cli-bob", "--json").lines == []
    (exported,) = command("memory", "export", "--user", "cli-ann", "--json").lines
    assert (exported["id"], exported["history"]) == (added["id"], [])

    foreign = command("memory", "remove", added["id"], "--user", "cli-bob", "--json")
    assert (foreign.exit_code, foreign.line) == (1, {"removed": 0})
    assert f"There is no memory {added['id']}" in foreign.stderr
    removed = command("memory", "remove", added["id"], "--user", "cli-ann", "--json")
    assert (removed.exit_code, removed.line) == (0, {"removed": 1})
    assert command("memory", "list", "--user", "cli-ann", "--json").lines == []


def test_a_secret_is_refused_with_exit_one(command: Command) -> None:
    ran = command("memory", "add", "my password is hunter2")
    assert ran.exit_code == 1
    assert "secrets are not kept" in ran.stderr
