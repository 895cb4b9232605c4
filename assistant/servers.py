"""Starts the chat page and the dashboard; each runs until it is stopped."""

import ipaddress
import os
import shutil
import socket
import sys
from importlib import resources
from pathlib import Path

from assistant.errors import SettingsError
from assistant.settings import Settings
from assistant.terminal import out
from evals.dashboard import dashboard_command
from evals.tracker import sqlite_url


def serve_chat(settings: Settings) -> None:
    """Serves the chat page in this process, which does not return.

    Raises:
        SettingsError: The address is not loopback, or its port is taken.
    """
    _check_address(settings.host, settings.port, "ASSISTANT_PORT")
    root = _lay_out_page(settings.home.resolve())
    script = Path(__file__).with_name("app.py")
    os.environ |= {
        "ASSISTANT_HOME": str(settings.home.resolve()),
        "CHAINLIT_APP_ROOT": str(root),
    }
    os.environ.pop("DATABASE_URL", None)  # Chainlit would take any stray one for its own
    _become(
        "chat",
        settings.host,
        settings.port,
        ["chainlit", "run", str(script), "--headless"]
        + ["--host", settings.host, "--port", str(settings.port)],
    )


def serve_dashboard(settings: Settings) -> None:
    """Serves the TruLens dashboard in this process, which does not return.

    Raises:
        SettingsError: The address is not loopback, or its port is taken.
    """
    _check_address(settings.host, settings.dashboard_port, "ASSISTANT_DASHBOARD_PORT")
    settings.home.mkdir(parents=True, exist_ok=True)
    command = dashboard_command(
        sqlite_url(settings.evals_db.resolve()), settings.host, settings.dashboard_port
    )
    _become("dashboard", settings.host, settings.dashboard_port, command)


def _become(what: str, host: str, port: int, module: list[str]) -> None:
    """Turns this process into a server, so that whoever stops the one stops the other."""
    shown = "localhost" if ipaddress.ip_address(_address(host)).is_loopback else host
    out(f"The {what} opens at http://{shown}:{port} in a few seconds. Stop it with Ctrl+C.")
    os.execv(sys.executable, [sys.executable, "-m", *module])  # noqa: S606 - no shell is wanted


def _check_address(host: str, port: int, port_variable: str) -> None:
    if not ipaddress.ip_address(_address(host)).is_loopback:
        raise SettingsError(
            f"ASSISTANT_HOST must be a loopback address, got {host!r}: there is no login yet, and "
            "whoever reached the page could read your documents. Use 127.0.0.1 and a tunnel.",
            "ASSISTANT_HOST",
        )
    family = socket.AF_INET6 if ":" in _address(host) else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(
                f"Port {port} cannot be used ({error.strerror}): stop the program that has it, or "
                f"set {port_variable} to another.",
                port_variable,
            ) from error


def _address(host: str) -> str:
    try:
        return str(socket.getaddrinfo(host, None)[0][4][0])
    except OSError as error:
        raise SettingsError(
            f"ASSISTANT_HOST cannot be resolved, got {host!r}: use 127.0.0.1.", "ASSISTANT_HOST"
        ) from error


def _lay_out_page(home: Path) -> Path:
    """Copies the page's configuration, pictures and welcome text to where Chainlit reads them."""
    root = home / "page"
    with resources.as_file(resources.files("assistant") / "page") as page:
        shutil.copytree(page, root, dirs_exist_ok=True)
        config = root / ".chainlit" / "config.toml"
        config.parent.mkdir(exist_ok=True)
        shutil.copyfile(page / "config.toml", config)
    welcome = root / "chainlit.md"
    if not welcome.exists():  # a checkout keeps it at its top, an installed package in the folder
        shutil.copyfile(Path(__file__).parents[1] / "chainlit.md", welcome)
    return root
