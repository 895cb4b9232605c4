"""The commands on documents: into the index, out of it, and what it holds."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant import terminal
from assistant.accounts import user_name
from assistant.cli.shared import Json, open_runtime
from assistant.errors import InputError
from assistant.schema import SHARED, private_collection
from assistant.terminal import as_json, out, say

Owner = Annotated[
    str | None, typer.Option("--user", help="Work on this user's own documents, not on everyone's.")
]


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
    user: Owner = None,
    json: Json = False,
) -> None:
    """Bring the index to the state of files, folders and web pages."""
    collection = _collection(user)
    with open_runtime() as runtime:
        if contextualize and not dry_run:
            with terminal.waiting("Reading the documents to estimate the cost …", enabled=not json):
                estimate = runtime.estimate(paths, workers)
            price = runtime.llm.price(estimate.prompt_tokens, estimate.completion_tokens)
            terminal.confirm_cost(estimate, runtime.llm.name, price, yes)

        def run() -> Any:
            with terminal.ingest_progress() as show:
                report = runtime.ingest(
                    paths,
                    collection=collection,
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


def docs_list(user: Owner = None, json: Json = False) -> None:
    """List the documents with their pages and passages."""
    collection = _collection(user)
    with open_runtime() as runtime:
        terminal.show_documents(runtime.store.documents(collection), json)


def docs_remove(
    sources: Annotated[list[str], typer.Argument(help="Sources, as `docs list` prints them.")],
    user: Owner = None,
    json: Json = False,
) -> None:
    """Remove documents from the index for good; the files themselves stay."""
    collection = _collection(user)
    with open_runtime() as runtime:
        found = runtime.store.documents(collection)
        documents = [one for one in found if one.source in sources]
        known = {document.source for document in documents}
        unknown = [source for source in sources if source not in known]
        removed = runtime.store.remove(documents)
        with terminal.waiting("Overwriting their words on the disk …", enabled=not json):
            runtime.store.wipe()
            runtime.store.settle(collection)
        out(as_json({"removed": removed}) if json else f"Removed {removed} documents.")
        for source in unknown:
            say(f"There is no document {source}: see `assistant docs list`.")
        if unknown:
            raise typer.Exit(1)


def docs_undo(json: Json = False) -> None:
    """Take the last ingest back: what it added goes, what it replaced or removed returns."""
    with open_runtime() as runtime:
        undone = runtime.store.undo()
        runtime.store.settle()
        terminal.show_undone(undone, json)


def _collection(user: str | None) -> str:
    """A user's own collection, or everyone's."""
    return SHARED if user is None else private_collection(user_name(user))
