"""What every command shares: its options, the assistant it opens, the lines of a batch."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Any

import typer

from assistant import terminal
from assistant.cli.lines import waiting_lines
from assistant.errors import AssistantError, InputError
from assistant.settings import Settings, read_settings
from assistant.terminal import as_json, encodable, out, say

log = logging.getLogger(__name__)

LINES_TOGETHER = 4096

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
    _refuse_both(given)
    answered = [_served(line, serve) for line in terminal.read_batch(batch)]
    if not all(answered):
        raise typer.Exit(1)


def each_together(
    batch: str,
    given: str | None,
    read: Callable[[dict[str, Any]], str],
    serve: Callable[[list[str]], list[dict[str, Any]]],
) -> None:
    """Serves as many lines of a batch together as are there, each answered in its place.

    Args:
        batch: The file, or - for stdin; a program may write a line and wait for its answer.
        given: What was given beside it, which is refused.
        read: Takes from a line what is served; raises where the line lacks it.
        serve: Answers the texts of several lines, in their order.
    """
    _refuse_both(given)
    answered: list[bool] = []
    for lines in waiting_lines(terminal.read_batch(batch), LINES_TOGETHER):
        texts: dict[int, str] = {}
        for number, line in enumerate(lines):
            with suppress(AssistantError):
                texts[number] = read(_checked(line))
        records = dict(zip(texts, serve(list(texts.values())), strict=True)) if texts else {}
        for number, line in enumerate(lines):
            ready = records.get(number)
            answered.append(_served(line, read if ready is None else _always(ready)))
    if not all(answered):
        raise typer.Exit(1)


def _always(value: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda line: value


def _refuse_both(given: str | None) -> None:
    if given is not None:
        raise typer.BadParameter("give either a text or --batch FILE")


def _checked(line: dict[str, Any] | InputError) -> dict[str, Any]:
    if isinstance(line, InputError):
        raise line
    return line


def _served(line: dict[str, Any] | InputError, serve: Callable[[dict[str, Any]], Any]) -> bool:
    """Answers one line with its record or its error; returns whether it could be served."""
    try:
        out(as_json(serve(_checked(line))))
    except AssistantError as error:
        reason = str(error)
    except Exception as error:
        log.exception("A line of the batch failed.")
        reason = f"This line could not be served: {error!r}."
    else:
        return True
    fields = line if isinstance(line, dict) else {}
    asked = {name: value for name, value in fields.items() if isinstance(value, str)}
    out(as_json({**asked, "error": reason}))
    say(reason)
    return False
