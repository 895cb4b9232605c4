"""The commands on instruct adapters: what was trained here, which one answers, and out again."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assistant import terminal
from assistant.cli.shared import Json, command_settings
from assistant.errors import InputError
from assistant.settings import Settings
from assistant.terminal import as_json, out, say
from plugins.instruct.adapters.exporting import export, merge, pack
from plugins.instruct.adapters.folder import CARD
from plugins.instruct.adapters.inspection import WHOLE, Adapter
from plugins.instruct.adapters.library import Library

Name = Annotated[str, typer.Argument(help="An adapter, as `adapters list` prints it.")]
Out = Annotated[Path, typer.Option("--out", help="A new folder, or an empty one.")]


def library_of(settings: Settings) -> Library:
    """The adapters that were trained here."""
    return Library(settings.adapters_dir, settings.instruct.adapter)


def adapters_list(json: Json = False) -> None:
    """List the adapters: their base, whether they beat it, which one is active."""
    library = library_of(command_settings())
    rows = [_record(library, adapter) for adapter in library.adapters()]
    if json:
        for row in rows:
            out(as_json(row))
    elif rows:
        _show_table(rows)
    else:
        say("There are none yet: `assistant train instruct --data FILE` makes one.")


def adapters_show(name: Name, json: Json = False) -> None:
    """Show an adapter's card; with --json its metrics and how it was trained."""
    library = library_of(command_settings())
    adapter = library.find(name)
    if json:
        details = {"metrics": adapter.metrics(), "training": adapter.training()}
        out(as_json({**_record(library, adapter), **details}))
        return
    if adapter.damage:
        say(f"{name} is damaged: {adapter.damage}")
    try:
        out((adapter.folder / CARD).read_text("utf-8").rstrip())
    except (OSError, ValueError) as error:
        raise InputError(
            f"The card of {name} cannot be read ({error!r}): `assistant adapters show {name} "
            "--json` prints what else is known."
        ) from error


def adapters_use(
    name: Annotated[
        str | None, typer.Argument(help="An adapter, as `adapters list` prints it.")
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="Let the base answer alone.")] = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Also where it does not beat its base.")
    ] = False,
    json: Json = False,
) -> None:
    """Choose the adapter that answers where none is named."""
    if (name is None) != none:
        raise typer.BadParameter("give either NAME or --none")
    library = library_of(command_settings())
    if name is None:
        library.use_none()
        told = "The base answers alone now."
    else:
        told = told_active(name, library.use(name, anyway).base)
    out(as_json({"active": name}) if json else told)
    warn_of_setting(library)


def adapters_merge(name: Name, folder: Out, json: Json = False) -> None:
    """Write the base with an adapter merged into it, as a folder of transformers."""
    adapter = library_of(command_settings()).find(name)
    with terminal.waiting("Loading the base and merging the adapter …", enabled=not json):
        merge(adapter, folder)
    _tell_written(name, folder, json)


def adapters_export(name: Name, folder: Out, json: Json = False) -> None:
    """Copy what other tools read: PEFT's files, or those of a model that was trained whole."""
    export(library_of(command_settings()).find(name), folder)
    _tell_written(name, folder, json)


def adapters_pack(
    name: Name,
    folder: Out,
    bits: Annotated[int, typer.Option(help="Of each number: 4 or 8.")] = 8,
    json: Json = False,
) -> None:
    """Write a model that was trained whole on the built-in base in few bytes, to be a base."""
    adapter = library_of(command_settings()).find(name)
    with terminal.waiting("Loading the model and packing it …", enabled=not json):
        pack(adapter, folder, bits)
    _tell_written(name, folder, json)


def adapters_remove(
    names: Annotated[list[str], typer.Argument(help="Adapters, as `adapters list` prints them.")],
    json: Json = False,
) -> None:
    """Delete adapters for good."""
    library = library_of(command_settings())
    removed, failed = 0, []
    for name in dict.fromkeys(names):
        try:
            was_active = library.remove(name)
        except InputError as error:
            failed.append(str(error))
            continue
        removed += 1
        if was_active:
            say(f"{name} was active: {_left(library)}.")
    out(as_json({"removed": removed}) if json else f"Removed {removed} adapters.")
    for reason in failed:
        say(reason)
    if failed:
        raise typer.Exit(1)


def told_active(name: str, base: str) -> str:
    """Says that an adapter is active, and on which base."""
    return (
        f"{name} is active now: `assistant instruct` answers with it where "
        f"ASSISTANT_INSTRUCT__BASE is its base, {base}."
    )


def warn_of_setting(library: Library) -> None:
    """Says that a setting wins over what was chosen, where one does."""
    if library.chosen:
        say(f"ASSISTANT_INSTRUCT__ADAPTER={library.chosen} is set and wins over this choice.")


def _left(library: Library) -> str:
    if library.chosen:
        return "ASSISTANT_INSTRUCT__ADAPTER still names it, so unset that"
    return "the base answers alone now"


def _record(library: Library, adapter: Adapter) -> dict[str, Any]:
    config = adapter.config
    damage = f"It is damaged: {adapter.damage}" if adapter.damage else ""
    return {
        "name": adapter.name,
        "base": config and config.base,
        "method": config and config.method,
        "beats_base": config and config.beats_base,
        "reason": damage or (config and config.reason),
        "active": library.is_active(adapter.folder),
        "bytes": adapter.n_bytes,
        "trained_at": adapter.trained_at or None,
        "folder": str(adapter.folder),
        "damaged": bool(damage),
    }


def _show_table(rows: list[dict[str, Any]]) -> None:
    table = Table("name", "is", "method", "base", "MB", "trained", "active")
    for row in rows:
        cells = (
            row["name"],
            _verdict(row),
            row["method"] or "",
            Path(row["base"] or "").name,
            f"{row['bytes'] / 1e6:.1f}",
            (row["trained_at"] or "")[:10],
            "yes" if row["active"] else "",
        )
        table.add_row(*(escape(terminal.CONTROL.sub("", cell)) for cell in cells))
    Console().print(table)
    for row in rows:
        if row["damaged"]:
            say(f"{row['name']}: {row['reason']}")


def _verdict(row: dict[str, Any]) -> str:
    if row["damaged"]:
        return "damaged"
    if row["method"] == WHOLE:
        return "a base"
    return "better" if row["beats_base"] else "no better"


def _tell_written(name: str, folder: Path, json: bool) -> None:
    written = {"adapter": name, "folder": str(folder)}
    out(as_json(written) if json else f"Written to {folder}.")
