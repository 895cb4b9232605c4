"""The commands on saved conversations: which there are, as Markdown, and gone."""

from pathlib import Path
from typing import Annotated

import typer

from assistant import terminal
from assistant.accounts import user_name
from assistant.chats.markdown import as_markdown
from assistant.cli.shared import Json, open_runtime
from assistant.schema import LOCAL_USER
from assistant.terminal import as_json, out, say

User = Annotated[str, typer.Option(help="Whose conversations.")]
Chat = Annotated[str, typer.Argument(help="The id of the conversation: see assistant chats list.")]


def chats_list(
    user: User = LOCAL_USER,
    search: Annotated[str, typer.Option(help="Only those in which all these words stand.")] = "",
    json: Json = False,
) -> None:
    """List the saved conversations, the one used last first."""
    user = user_name(user)
    with open_runtime() as runtime:
        terminal.show_chats(runtime.chats.listing(user, search), json)


def chats_export(
    chat: Chat,
    user: User = LOCAL_USER,
    to: Annotated[
        Path | None, typer.Option("--out", help="File to write; left out, it is printed.")
    ] = None,
) -> None:
    """Write a conversation as Markdown, with the sources of its answers."""
    user = user_name(user)
    with open_runtime() as runtime:
        written = as_markdown(runtime.chats.read(user, chat))
    if to is None:
        out(written.rstrip("\n"))
    else:
        to.write_text(written, "utf-8")


def chats_remove(
    chats: Annotated[list[str], typer.Argument(help="The ids of the conversations.")],
    user: User = LOCAL_USER,
    json: Json = False,
) -> None:
    """Delete conversations for good: messages, thumbs, files and their passages."""
    user = user_name(user)
    with open_runtime() as runtime:
        removed = [chat for chat in chats if runtime.chats.remove(user, chat)]
    for missing in [chat for chat in chats if chat not in removed]:
        say(f"There is no chat {missing!r}: `assistant chats list` shows which there are.")
    out(as_json({"removed": len(removed)}) if json else f"Removed {len(removed)} chats.")
    if len(removed) < len(chats):
        raise typer.Exit(1)
