"""The commands on what the assistant remembers of a person."""

from collections.abc import Iterable
from typing import Annotated, Any

import typer

from assistant import terminal
from assistant.cli.shared import Json, open_runtime
from assistant.terminal import as_json, encodable, out, say

User = Annotated[str, typer.Option(help="Whose memory.")]
FIELDS = ("id", "text", "user", "said_at", "session", "source_text", "kind", "last_used")
"""What is printed of a fact, in this order."""


def memory_list(user: User = "local", json: Json = False) -> None:
    """List what a person has told that holds, oldest first."""
    with open_runtime() as runtime:
        facts = _memories(runtime).facts(user)
        _show(facts, json)
        if not facts:
            say(f"Nothing is remembered of {user}: tell something in the chat.")


def memory_add(
    text: Annotated[str, typer.Argument(help="What to remember, in the person's words.")],
    user: User = "local",
    json: Json = False,
) -> None:
    """Remember something; it replaces what it contradicts."""
    with open_runtime() as runtime:
        _show(_memories(runtime).add(user, encodable(text)), json)


def memory_remove(
    ids: Annotated[list[str], typer.Argument(help="Ids, as `memory list` prints them.")],
    user: User = "local",
    json: Json = False,
) -> None:
    """Delete memories and their history for good."""
    with open_runtime() as runtime:
        removed = {fact.id for fact in _memories(runtime).remove(user, ids)}
        out(as_json({"removed": len(removed)}) if json else f"Removed {len(removed)} memories.")
        unknown = [one for one in dict.fromkeys(ids) if one not in removed]
        for one in unknown:
            say(f"There is no memory {one}: see `assistant memory list`.")
        if unknown:
            raise typer.Exit(1)


def memory_export(user: User = "local", json: Json = False) -> None:
    """Print all that is kept of a person as JSON, each fact with the older ones it replaced."""
    with open_runtime() as runtime:
        for fact in _memories(runtime).export(user):
            out(as_json(fact))
        if not json:
            say("Each line is one memory with its history.")


def _memories(runtime: Any) -> Any:
    return runtime.registry["memory"].memories


def _show(facts: Iterable[Any], as_lines: bool) -> None:
    for fact in facts:
        fields = terminal.record(fact)
        if as_lines:
            out(as_json({name: fields[name] for name in FIELDS}))
        else:
            out(f"{fact.id}  {fact.said_at[:10]}  {fact.text}")
