"""What every command shares: its options, the assistant it opens, the lines of a batch."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from assistant import terminal
from assistant.errors import AssistantError, InputError
from assistant.settings import Settings, read_settings
from assistant.terminal import as_json, encodable, out, say

log = logging.getLogger(__name__)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
Batch = Annotated[
    str | None, typer.Option(help="Read JSON lines from this file, - for stdin; implies --json.")
]
Text = Annotated[str | None, typer.Argument(help="The text; leave it out with --batch.")]


def command_settings(**overrides: Any) -> Settings:
    """The settings, with the options that were given on the command line."""
    return read_settings(**{name: value for name, value in overrides.items() if value is not None})


@contextmanager
def open_runtime(**overrides: Any) -> Iterator[Any]:
    """The assistant, closed in the end. Imported here: `--help` should not wait for it."""
    from assistant.runtime import Runtime

    runtime = Runtime(command_settings(**overrides))
    try:
        yield runtime
    finally:
        runtime.close()


def required(value: str | None, name: str = "TEXT") -> str:
    """What was given on the command line.

    Raises:
        typer.BadParameter: Nothing was.
    """
    if value is None:
        raise typer.BadParameter(f"give {name}, or --batch FILE")
    return encodable(value)


def each(batch: str, given: str | None, serve: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Serves each line of a batch; a line that fails is answered with its error, in its place."""
    if given is not None:
        raise typer.BadParameter("give either a text or --batch FILE")
    failed = False
    for line in terminal.read_batch(batch):
        fields = line if isinstance(line, dict) else {}
        try:
            if isinstance(line, InputError):
                raise line
            out(as_json(serve(line)))
        except AssistantError as error:
            failed = True
            reason = str(error)
        except Exception as error:
            log.exception("A line of the batch failed.")
            failed = True
            reason = f"This line could not be served: {error!r}."
        else:
            continue
        asked = {name: value for name, value in fields.items() if isinstance(value, str)}
        out(as_json({**asked, "error": reason}))
        say(reason)
    if failed:
        raise typer.Exit(1)
