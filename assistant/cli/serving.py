"""The commands that serve and examine the assistant itself."""

from typing import Annotated

import typer

from assistant import terminal
from assistant.cli.shared import Json, command_settings, open_runtime


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
