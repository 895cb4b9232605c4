"""The commands on users: who may log in, and what is deleted with one."""

import sys
from typing import Annotated

import typer

from assistant import terminal
from assistant.accounts import Accounts, account_name
from assistant.cli.shared import Json, command_settings, open_runtime
from assistant.errors import InputError
from assistant.terminal import as_json, out, say

Name = Annotated[str, typer.Argument(help="The user's name: a to z, digits and . _ - @.")]


def users_add(name: Name, json: Json = False) -> None:
    """Add a user; the password is asked for, or read from the first line of stdin."""
    name = account_name(name)
    added = Accounts(command_settings()).add(name, _new_password())
    out(as_json({"added": added}) if json else f"Added {added}.")


def users_passwd(name: Name, json: Json = False) -> None:
    """Set another password, and end the user's logins."""
    name = account_name(name)
    Accounts(command_settings()).change_password(name, _new_password())
    out(as_json({"changed": name}) if json else f"Changed the password of {name}.")


def users_list(json: Json = False) -> None:
    """List the users, how they log in, and when they last did."""
    terminal.show_users(Accounts(command_settings()).all(), json)


def users_remove(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Delete a user with all chats, uploads, facts and private documents."""
    name = account_name(name)
    accounts = Accounts(command_settings())
    if name not in {account.name for account in accounts.all()}:
        raise InputError(f"There is no user {name}: see `assistant users list`.")
    if not yes:
        _ask_whether(f"Delete {name} with all chats, uploads, facts and private documents?")
    from assistant.forgetting import forget_user  # `--help` should not wait for it

    accounts.remove(name)  # first: it ends the logins, so that nothing is added meanwhile
    with open_runtime() as runtime, terminal.waiting("Deleting …", enabled=not json):
        forget_user(runtime, name)
    out(as_json({"removed": name}) if json else f"Removed {name} and all that was theirs.")


def _new_password() -> str:
    """A password from a person, who types it twice, or from a program."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    line = sys.stdin.readline()
    if not line:
        raise InputError("There is no password on stdin: write it there as the first line.")
    return line.rstrip("\r\n")


def _ask_whether(question: str) -> None:
    say(f"{question} [y/N] ", end="")
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise InputError("Nothing was deleted. Without a person at the terminal, add --yes.")
