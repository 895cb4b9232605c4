"""Everything that a person can set, type or override is written down, and truly so."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer

from assistant.cli import app
from assistant.plugin import HOOKS
from assistant.settings import variables
from evals.benchmarks import BENCHMARKS
from tests.paths import EXAMPLES, REPOSITORY

README = (REPOSITORY / "README.md").read_text("utf-8")
DOCS = README + "".join(path.read_text("utf-8") for path in (REPOSITORY / "docs").glob("*.md"))
READABLE = [
    *(REPOSITORY / name for name in ("README.md", "CHANGELOG.md", "chainlit.md")),
    *(REPOSITORY / "docs").glob("*.md"),
    *(REPOSITORY / "examples" / "sources").glob("*.md"),
    *(path for path in EXAMPLES.iterdir() if path.suffix in {".md", ".html", ".txt", ".csv"}),
]


def commands(group: click.Command, name: str = "assistant") -> Iterator[str]:
    for sub, command in getattr(group, "commands", {}).items():
        yield from commands(command, f"{name} {sub}")
    if not hasattr(group, "commands"):
        yield name


SETTINGS = dict(variables())
COMMANDS = list(commands(typer.main.get_command(app)))
CONTRACT = ("ask", "search", "route", "score", "ingest", "docs list", "docs remove", "docs undo",
            "plugins", "doctor", "dashboard", "chat", "eval NAME", "classify", "train spam",
            "instruct", "train instruct", "adapters list", "adapters show", "adapters use",
            "adapters merge", "adapters export", "adapters remove", "users add",
            "users passwd", "users list", "users remove")  # fmt: skip


def test_every_command_of_the_contract_that_is_built_exists() -> None:
    assert {f"assistant {name}" for name in CONTRACT} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_stands_in_the_readme(command: str) -> None:
    assert f"`{command}" in README


@pytest.mark.parametrize("variable", SETTINGS)
def test_a_setting_stands_in_the_readme_with_its_default(variable: str) -> None:
    (row,) = [line for line in README.splitlines() if line.startswith(f"| `{variable}` |")]
    shown, default = row.split("|")[2].strip().strip("`"), SETTINGS[variable].default
    is_number = isinstance(default, int | float) and not isinstance(default, bool)
    assert (float(shown) if is_number else shown) == (default if is_number else str(default))


@pytest.mark.parametrize("path", READABLE, ids=lambda path: path.name)
def test_no_document_names_a_setting_that_does_not_exist(path: Path) -> None:
    named = set(re.findall(r"ASSISTANT_[A-Z0-9_]+", path.read_text("utf-8")))
    assert named <= set(SETTINGS)


@pytest.mark.parametrize("path", READABLE, ids=lambda path: path.name)
def test_no_document_names_a_command_that_does_not_exist(path: Path) -> None:
    named = re.findall(r"[`\"]assistant ([a-z]+)(?:\s+([a-z]+))?", path.read_text("utf-8"))
    known = {command.removeprefix("assistant ") for command in COMMANDS}
    known |= {f"eval {name.partition('-')[0]}" for name in (*BENCHMARKS, "golden")}
    groups = {name.split()[0] for name in known if " " in name}
    full = {f"{first} {second}".strip() if first in groups else first for first, second in named}
    assert {name for name in full if name not in known | groups} == set()


@pytest.mark.parametrize("hook", HOOKS)
def test_a_plugin_hook_is_documented(hook: str) -> None:
    assert re.search(rf"\b{hook}\b", DOCS)


def test_every_option_of_every_command_has_a_help_text() -> None:
    root = typer.main.get_command(app)
    for name in COMMANDS:
        command = root
        for part in name.split()[1:]:
            command = command.commands[part]
        assert command.help, name
        for parameter in command.params:
            assert getattr(parameter, "help", None), f"{name}: {parameter.name}"


def test_every_setting_has_a_description() -> None:
    assert [name for name, field in SETTINGS.items() if not field.description] == []
