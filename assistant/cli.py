"""The `assistant` command: renders events and reports, nothing else.

Results go to stdout, one JSON object a line with --json; everything else goes to stderr. Exit
status: 0 all went well, 1 something failed and the rest is done, 2 wrong usage.
"""

import asyncio
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant import terminal
from assistant.errors import AssistantError, InputError
from assistant.offline import stay_offline
from assistant.schema import Finished, Message, Route, Scored, Token, Turn
from assistant.settings import Settings, read_settings
from assistant.terminal import as_json, encodable, out, say, text_field, texts_field

log = logging.getLogger(__name__)

app = typer.Typer(
    help="Answers from your own documents, every answer cited and scored.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
docs = typer.Typer(help="The documents of the index.", no_args_is_help=True)
app.add_typer(docs, name="docs")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
Batch = Annotated[
    str | None, typer.Option(help="Read JSON lines from this file, - for stdin; implies --json.")
]
Text = Annotated[str | None, typer.Argument(help="The text; leave it out with --batch.")]


def main() -> None:
    """Entry point of the console script."""
    stay_offline()
    try:
        app()
    except AssistantError as error:
        say(str(error))
        sys.exit(1)


@app.command()
def ask(
    text: Text = None,
    session: Annotated[str, typer.Option(help="Name of the conversation.")] = "",
    user: Annotated[str, typer.Option(help="Who is asking.")] = "local",
    model: Annotated[str | None, typer.Option(help="LiteLLM name; overrides the setting.")] = None,
    plugin: Annotated[str | None, typer.Option(help="The only plugin to use.")] = None,
    batch: Batch = None,
    json: Json = False,
) -> None:
    """Ask a question and get a cited, scored answer."""
    overrides = {} if model is None else {"model": model}
    with _runtime(**overrides) as runtime:
        runtime.tracker.warm_up()
        histories: dict[str, tuple[Message, ...]] = {}

        async def answer(question: str, in_session: str) -> Scored:
            turn = Turn(
                question,
                user=user,
                session=in_session,
                plugin=plugin,
                history=histories.get(in_session, ()) if in_session else (),
            )
            scored = await _answer(runtime, turn, streamed=batch is None and not json)
            said = (Message("user", question), Message("assistant", scored.answer.text))
            histories[in_session] = (*turn.history, *said)
            return scored

        if batch is None:
            scored = asyncio.run(answer(_required(text), session))
            terminal.show_answer(scored, json)
            return

        def answer_line(line: dict[str, Any]) -> dict[str, Any]:
            scored = asyncio.run(
                answer(text_field(line, "text"), text_field(line, "session", session))
            )
            return terminal.answer_record(scored)

        _each(batch, text, answer_line)


async def _answer(runtime: Any, turn: Turn, streamed: bool) -> Scored:
    """Runs a turn to its end, printing the answer's text as it comes where it is asked for."""
    with terminal.waiting("Reading your documents …", enabled=streamed) as stop_waiting:
        async for event in runtime.engine.stream(turn):
            if isinstance(event, Token | Finished):
                stop_waiting()
            if isinstance(event, Token) and streamed:
                out(event.text, end="")
            if isinstance(event, Scored):
                return event
    raise InputError("The answer was not finished.")


@app.command()
def search(
    query: Text = None,
    top_k: Annotated[int, typer.Option("-k", min=1, help="How many passages.")] = 10,
    batch: Batch = None,
    json: Json = False,
) -> None:
    """Find the passages that fit a query best."""
    with _runtime() as runtime:

        def find(line: dict[str, Any]) -> dict[str, Any]:
            asked = text_field(line, "query")
            passages = runtime.search(asked, top_k, Turn(asked).collections)
            return {"query": asked, "passages": [terminal.record(one) for one in passages]}

        if batch is not None:
            _each(batch, query, find)
            return
        found = find({"query": _required(query)})
        if json:
            out(as_json(found))
        else:
            terminal.show_passages(found["passages"])


@app.command()
def route(text: Text = None, batch: Batch = None, json: Json = False) -> None:
    """Show which plugins a message would be given to, and why; nothing is run."""
    with _runtime() as runtime:

        def pick(line: dict[str, Any]) -> dict[str, Any]:
            asked = text_field(line, "text")
            picked: Route = runtime.router.route(Turn(asked))
            return {"text": asked, **terminal.record(picked)}

        if batch is not None:
            _each(batch, text, pick)
            return
        picked = pick({"text": _required(text)})
        if json:
            out(as_json(picked))
        else:
            terminal.show_route(picked["plugins"])


@app.command()
def score(
    question: Annotated[str | None, typer.Option(help="What was asked.")] = None,
    context: Annotated[
        list[str] | None, typer.Option(help="A text that the answer rests on; may be repeated.")
    ] = None,
    answer: Annotated[str | None, typer.Option(help="The answer.")] = None,
    batch: Batch = None,
    json: Json = False,
) -> None:
    """Judge an answer: context relevance, groundedness, answer relevance, from 0 to 1."""
    with _runtime() as runtime:

        def judge(line: dict[str, Any]) -> dict[str, Any]:
            scores = runtime.judge.score(
                text_field(line, "question"),
                texts_field(line, "contexts"),
                text_field(line, "answer"),
            )
            return terminal.record(scores)

        if batch is not None:
            _each(batch, question, judge)
            return
        line = {
            "question": _required(question, "--question"),
            "contexts": context or [],
            "answer": _required(answer, "--answer"),
        }
        scores = judge(line)
        if json:
            out(as_json(scores))
        else:
            terminal.show_scores(scores)


@app.command()
def ingest(
    paths: Annotated[list[str], typer.Argument(help="Files, folders, web addresses.")],
    prune: Annotated[
        bool, typer.Option(help="Also remove documents that are gone from these folders.")
    ] = False,
    dry_run: Annotated[bool, typer.Option(help="Say what would be done and do nothing.")] = False,
    watch: Annotated[bool, typer.Option(help="Then follow changes until Ctrl+C.")] = False,
    crawl: Annotated[
        int, typer.Option(min=0, help="Fetch up to so many pages of a web address' site.")
    ] = 0,
    contextualize: Annotated[
        bool, typer.Option(help="Let the language model write a sentence on each passage.")
    ] = False,
    yes: Annotated[bool, typer.Option(help="Do not ask before the model costs money.")] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes that read files.")] = None,
    json: Json = False,
) -> None:
    """Bring the index to the state of files, folders and web pages."""
    with _runtime() as runtime:
        if contextualize and not dry_run:
            with terminal.waiting("Reading the documents to estimate the cost …", enabled=not json):
                estimate = runtime.estimate(paths, workers)
            price = runtime.llm.price(estimate.prompt_tokens, estimate.completion_tokens)
            terminal.confirm_cost(estimate, runtime.llm.name, price, yes)

        def run() -> Any:
            with terminal.ingest_progress() as show:
                report = runtime.ingest(
                    paths,
                    prune=prune,
                    dry_run=dry_run,
                    crawl=crawl,
                    contextualize=contextualize,
                    workers=workers,
                    on_progress=show,
                )
            terminal.show_ingest(report, json, dry_run)
            return report

        if watch and not dry_run:
            _follow(paths, run)
        elif run().failed:
            raise typer.Exit(1)


def _follow(paths: list[str], run: Callable[[], Any]) -> None:
    """Runs an ingest now and after each change of these files and folders, until Ctrl+C."""
    from threading import Event

    from ingest.watch import changes

    local = [path for path in paths if Path(path).exists()]
    if not local:
        raise InputError("There is nothing to watch: name a folder that exists.")
    with suppress(KeyboardInterrupt):
        for n_changed in changes(local, Event()):
            if n_changed:
                say(f"{n_changed} files changed.")
            run()
            if not n_changed:
                say(f"Watching {', '.join(local)}. Stop with Ctrl+C.")


@docs.command("list")
def docs_list(json: Json = False) -> None:
    """List the documents with their pages and passages."""
    with _runtime() as runtime:
        terminal.show_documents(runtime.store.documents(), json)


@docs.command("remove")
def docs_remove(
    sources: Annotated[list[str], typer.Argument(help="Sources, as `docs list` prints them.")],
    json: Json = False,
) -> None:
    """Remove documents from the index for good; the files themselves stay."""
    with _runtime() as runtime:
        documents = [one for one in runtime.store.documents() if one.source in sources]
        known = {document.source for document in documents}
        unknown = [source for source in sources if source not in known]
        removed = runtime.store.remove(documents)
        with terminal.waiting("Overwriting their words on the disk …", enabled=not json):
            runtime.store.wipe()
            runtime.store.settle()
        out(as_json({"removed": removed}) if json else f"Removed {removed} documents.")
        for source in unknown:
            say(f"There is no document {source}: see `assistant docs list`.")
        if unknown:
            raise typer.Exit(1)


@docs.command("undo")
def docs_undo(json: Json = False) -> None:
    """Take the last ingest back: what it added goes, what it replaced or removed returns."""
    with _runtime() as runtime:
        undone = runtime.store.undo()
        runtime.store.settle()
        terminal.show_undone(undone, json)


@app.command()
def plugins(json: Json = False) -> None:
    """List the plugins that are installed."""
    with _runtime() as runtime:
        terminal.show_plugins(runtime.registry.listing(), json)


@app.command()
def doctor(json: Json = False) -> None:
    """Check the installation and say how to mend what is wrong."""
    from assistant.doctor import examine

    checks = examine(read_settings())
    terminal.show_checks(checks, json)
    if not all(check.ok for check in checks):
        raise typer.Exit(1)


@app.command()
def dashboard(
    port: Annotated[int | None, typer.Option(help="Port; overrides the setting.")] = None,
) -> None:
    """Open the TruLens dashboard on the recorded answers; stop it with Ctrl+C."""
    from assistant.servers import serve_dashboard

    serve_dashboard(_settings(dashboard_port=port))


@app.command()
def chat(
    port: Annotated[int | None, typer.Option(help="Port; overrides the setting.")] = None,
) -> None:
    """Serve the chat page; stop it with Ctrl+C."""
    from assistant.servers import serve_chat

    serve_chat(_settings(port=port))


@app.command("eval")
def evaluate(
    name: Annotated[str, typer.Argument(help="The benchmark: see docs/experiments.md.")],
    data: Annotated[Path | None, typer.Option(help="The benchmark's data.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Use only so many items.")] = None,
    json: Json = True,  # noqa: ARG001 - the figures are JSON in any case
) -> None:
    """Run a benchmark and print its figures as one JSON object."""
    from assistant.runtime import Runtime
    from evals.benchmarks import run

    out(as_json(run(name, lambda **options: Runtime(_settings(**options)), data, limit)))


def _settings(**overrides: Any) -> Settings:
    """The settings, with the options that were given on the command line."""
    return read_settings(**{name: value for name, value in overrides.items() if value is not None})


@contextmanager
def _runtime(**overrides: Any) -> Iterator[Any]:
    """The assistant, closed in the end. Imported here: `--help` should not wait for it."""
    from assistant.runtime import Runtime

    runtime = Runtime(_settings(**overrides))
    try:
        yield runtime
    finally:
        runtime.close()


def _required(value: str | None, name: str = "TEXT") -> str:
    if value is None:
        raise typer.BadParameter(f"give {name}, or --batch FILE")
    return encodable(value)


def _each(batch: str, given: str | None, serve: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
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
