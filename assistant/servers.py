"""Starts the chat page and the dashboard; each runs until it is stopped."""

import ipaddress
import os
import re
import runpy
import shutil
import socket
import sys
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

from assistant.errors import SettingsError
from assistant.settings import Settings
from assistant.terminal import out
from evals.dashboard import dashboard_command
from evals.tracker import sqlite_url

OUTSIDE_LINK = re.compile(r"<link\b[^>]*\bhref=\"https?://[^>]*>\s*")


def serve_chat(settings: Settings) -> None:
    """Serves the chat page in this process until it is stopped.

    Raises:
        SettingsError: The address is not loopback, or its port is taken.
    """
    _check_address(settings.host, settings.port, "ASSISTANT_PORT")
    root = _lay_out_page(settings.home.resolve() / "page" / str(settings.port))
    script = Path(__file__).with_name("app.py")
    os.environ |= {
        "ASSISTANT_HOME": str(settings.home.resolve()),
        "CHAINLIT_APP_ROOT": str(root),
    }
    for stray in ("DATABASE_URL", "LITERAL_API_KEY"):  # Chainlit would send the chats there
        os.environ.pop(stray, None)
    _become(
        "chat",
        settings.host,
        settings.port,
        [
            *("chainlit", "run", str(script), "--headless"),
            *("--host", settings.host, "--port", str(settings.port)),
        ],
    )


def serve_dashboard(settings: Settings) -> None:
    """Serves the TruLens dashboard in this process until it is stopped.

    Raises:
        SettingsError: The address is not loopback, or its port is taken.
    """
    _check_address(settings.host, settings.dashboard_port, "ASSISTANT_DASHBOARD_PORT")
    settings.home.mkdir(parents=True, exist_ok=True)
    command = dashboard_command(
        sqlite_url(settings.evals_db.resolve()), settings.host, settings.dashboard_port
    )
    _become("dashboard", settings.host, settings.dashboard_port, command)


def _become(what: str, host: str, port: int, command: list[str]) -> None:
    """Runs a server's own command in this process: whoever stops the one stops the other.

    This process stays the main module, so that worker processes import no server.
    """
    shown = "localhost" if ipaddress.ip_address(_address(host)).is_loopback else host
    out(f"The {what} opens at http://{shown}:{port} in a few seconds. Stop it with Ctrl+C.")
    sys.argv = command
    runpy.run_module(command[0], run_name="__main__")


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


def _lay_out_page(root: Path) -> Path:
    """Puts the page's configuration, pictures and welcome text where Chainlit reads them.

    Each port has a folder of its own: Chainlit keeps uploads there, and deletes them as it ends.
    """
    with resources.as_file(resources.files("assistant") / "page") as page:
        shutil.copytree(page, root, dirs_exist_ok=True)
    (root / ".chainlit").mkdir(exist_ok=True)
    (root / "config.toml").replace(root / ".chainlit" / "config.toml")
    checkout = Path(__file__).parents[1] / "chainlit.md"
    if checkout.exists():  # an installed package carries its own in the folder
        shutil.copyfile(checkout, root / "chainlit.md")
    _copy_frontend(root / "frontend")
    return root


def _copy_frontend(target: Path) -> None:
    """Copies Chainlit's page without its links to font and style servers elsewhere."""
    spec = find_spec("chainlit")
    assert spec is not None, "Chainlit is a dependency"
    assert spec.origin is not None, "Chainlit is a package of files"
    built = Path(spec.origin).parent / "frontend" / "dist"
    shutil.copytree(built, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.map"))
    index = (built / "index.html").read_text("utf-8")
    (target / "index.html").write_text(OUTSIDE_LINK.sub("", index), "utf-8")
