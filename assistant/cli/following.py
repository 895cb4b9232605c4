"""The command `instruct`: the instruct model follows an instruction, shown examples or not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from assistant.cli.adapters import library_of
from assistant.cli.shared import Batch, Json, Text, command_settings, each, required
from assistant.terminal import as_json, out, say, text_field
from plugins.instruct.adapters.library import Library
from plugins.instruct.doubt import doubt
from plugins.instruct.examples import Request
from plugins.instruct.selection import N_SHOWN, Choose, ExamplePool, Selection


def instruct(
    text: Text = None,
    given: Annotated[
        str, typer.Option("--input", help="The text that it is to be done with.")
    ] = "",
    adapter: Annotated[
        str | None,
        typer.Option(
            help="An adapter's name or folder, or an empty text for the base alone; the active one "
            "if not given."
        ),
    ] = None,
    examples: Annotated[
        Path | None,
        typer.Option(
            help="Show the model some of these before each request: a file of instructions with "
            "their responses, as `train instruct` reads it."
        ),
    ] = None,
    select: Annotated[
        Selection | None,
        typer.Option(
            help="Which of them: similar, the nearest, if not given; diverse, the nearest of a "
            "hundred that stand for all; mdl, near ones that make the model surest; random."
        ),
    ] = None,
    k: Annotated[
        int | None,
        typer.Option(
            "-k", min=1, help=f"How many, if the base can read so many; {N_SHOWN} if not given."
        ),
    ] = None,
    batch: Batch = None,
    json: Json = False,
) -> None:
    """Let the instruct model follow an instruction."""
    from plugins.instruct.model import InstructModel
    from plugins.instruct.written import Written

    if batch is not None and given:
        raise typer.BadParameter('--input goes with TEXT: a batch has "input" in its lines')
    settings = command_settings()
    chosen = _chosen(adapter, library_of(settings))
    choose = _choose(examples, select, k)
    model = InstructModel(settings.instruct)

    def shown(request: Request) -> Request:
        return model.with_examples(request, choose, chosen) if choose else request

    def follow(request: Request, show: Callable[[str], None]) -> dict[str, Any]:
        written, output = Written(), ""
        for piece in model.stream(request, model.sampling, chosen, written):
            show(piece)
            output += piece
        return {
            "instruction": request.instruction,
            "input": request.input,
            "output": output,
            "doubt": doubt(model.name, written),
            "adapter": str(chosen or ""),
            "tokens_per_second": round(written.tokens_per_second, 1),
            "n_examples": len(request.examples),
            "examples": [one.where for one in request.examples],
        }

    def serve(line: dict[str, Any]) -> dict[str, Any]:
        request = Request(text_field(line, "instruction"), str(line.get("input") or ""))
        return follow(shown(request), lambda piece: None)

    if batch is not None:
        each(batch, text, serve)
        return
    request = shown(Request(required(text), given))
    if json:
        out(as_json(follow(request, lambda piece: None)))
        return
    if choose:
        _tell_examples(request)
    followed = follow(request, lambda piece: typer.echo(piece, nl=False))
    typer.echo()
    if followed["doubt"]:
        say(followed["doubt"])


def _chosen(adapter: str | None, library: Library) -> Path | None:
    if adapter is None:
        return library.active()
    return library.folder_of(adapter) if adapter else None


def _choose(file: Path | None, select: Selection | None, k: int | None) -> Choose | None:
    """What chooses the examples of a request; `None` where there are none.

    Raises:
        typer.BadParameter: There is nothing to choose from.
        InputError: The file cannot be read, is empty, or has a record with a defect.
    """
    if file is None:
        if select is not None or k is not None:
            raise typer.BadParameter(
                "--select and -k choose from a file of examples: give one with --examples FILE"
            )
        return None
    how, n_examples = select or "similar", k or N_SHOWN
    pool = _pool(file, how)
    return lambda request, code_lengths: pool.select(request, how, n_examples, code_lengths)


def _pool(file: Path, how: Selection) -> ExamplePool:
    """The examples of a file, embedded; progress on stderr."""
    from ingest.embedder import MiniLMEmbedder
    from plugins.instruct.data.reading import read_examples

    examples = read_examples(file)
    with _progress("Embedding the examples", len(examples)) as show:
        pool = ExamplePool(examples, MiniLMEmbedder(), on_progress=show)
    if how == "diverse":
        with _progress("Choosing diverse ones", len(examples)) as show:
            pool.choose_diverse(show)
    return pool


@contextmanager
def _progress(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on stderr; yields what counts some more."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task(label, total=total)
        yield lambda n_more: bar.advance(task, n_more)


def _tell_examples(request: Request) -> None:
    if request.examples:
        say(f"Shown before it: {', '.join(one.where for one in request.examples)}.")
    else:
        say("No example is shown before it: the base can read none beside the request.")
