"""The commands that serve, examine and measure the assistant itself."""

from pathlib import Path
from typing import Annotated

import typer

from assistant import terminal
from assistant.cli.shared import Json, command_settings, open_runtime
from assistant.terminal import as_json, out


def plugins(json: Json = False) -> None:
    """List the plugins that are installed."""
    with open_runtime() as runtime:
        terminal.show_plugins(runtime.registry.listing(), json)


def doctor(json: Json = False) -> None:
    """Check the installation and say how to mend what is wrong."""
    from assistant.doctor import examine

    checks = examine(command_settings())
    terminal.show_checks(checks, json)
    if not all(check.ok for check in checks):
        raise typer.Exit(1)


def dashboard(
    port: Annotated[int | None, typer.Option(help="Port; overrides the setting.")] = None,
) -> None:
    """Open the TruLens dashboard on the recorded answers; stop it with Ctrl+C."""
    from assistant.servers import serve_dashboard

    serve_dashboard(command_settings(dashboard_port=port))


def chat(
    port: Annotated[int | None, typer.Option(help="Port; overrides the setting.")] = None,
) -> None:
    """Serve the chat page; stop it with Ctrl+C."""
    from assistant.servers import serve_chat

    serve_chat(command_settings(port=port))


def evaluate(
    name: Annotated[str, typer.Argument(help="The benchmark: see docs/experiments.md.")],
    data: Annotated[Path | None, typer.Option(help="The benchmark's data.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Use only so many items.")] = None,
    json: Json = True,  # noqa: ARG001 - the figures are JSON in any case
) -> None:
    """Run a benchmark and print its figures as one JSON object."""
    from assistant.runtime import Runtime
    from evals.benchmarks import run

    out(as_json(run(name, lambda **options: Runtime(command_settings(**options)), data, limit)))
