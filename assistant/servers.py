"""Starts the chat page and the dashboard; each runs until it is stopped."""

import ipaddress
import json
import os
import re
import runpy
import shutil
import socket
import sys
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

from assistant.accounts import Accounts
from assistant.database import database_address
from assistant.errors import SettingsError
from assistant.settings import Settings, oauth_clients
from assistant.terminal import out, say
from assistant.wording import LOGIN_WAITS, NOT_ADMITTED
from evals.dashboard import dashboard_command

OUTSIDE_LINK = re.compile(r"<link\b[^>]*\bhref=\"https?://[^>]*>\s*")


def serve_chat(settings: Settings) -> None:
    """Serves the chat page in this process until it is stopped.

    Raises:
        SettingsError: The address is not loopback and nobody has to log in, or its port is taken.
    """
    _check_who_may_come(settings)
    _check_port(settings.host, settings.port, "ASSISTANT_PORT")
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
    if not _is_loopback(settings.host):
        raise SettingsError(
            f"ASSISTANT_HOST must be a loopback address for the dashboard, got {settings.host!r}: "
            "it has no login and shows every answer. Use ASSISTANT_HOST=127.0.0.1 and a tunnel.",
            "ASSISTANT_HOST",
        )
    _check_port(settings.host, settings.dashboard_port, "ASSISTANT_DASHBOARD_PORT")
    settings.home.mkdir(parents=True, exist_ok=True)
    address = database_address(settings, "evals")
    chat = f"http://localhost:{settings.port}"
    command = dashboard_command(address, chat, settings.host, settings.dashboard_port)
    _become("dashboard", settings.host, settings.dashboard_port, command)


def _become(what: str, host: str, port: int, command: list[str]) -> None:
    """Runs a server's own command in this process: whoever stops the one stops the other.

    This process stays the main module, so that worker processes import no server.
    """
    shown = "localhost" if _is_loopback(host) else host
    out(f"The {what} opens at http://{shown}:{port} in a few seconds. Stop it with Ctrl+C.")
    sys.argv = command
    runpy.run_module(command[0], run_name="__main__")


def _check_who_may_come(settings: Settings) -> None:
    """Refuses to be reached from elsewhere without a login, and a login that nobody has."""
    has_oauth = bool(oauth_clients())
    if settings.auth == "password":
        accounts = Accounts(settings)
        users = accounts.all()
        accounts.close()
        if not users and not has_oauth:
            raise SettingsError(
                "ASSISTANT_AUTH is password and there is no user who could log in: add one with "
                "`assistant users add NAME`.",
                "ASSISTANT_AUTH",
            )
    if has_oauth and not settings.oauth_allowed:
        say("Nobody can log in by OAuth: name addresses or domains in ASSISTANT_OAUTH_ALLOWED.")
    has_login = has_oauth or settings.auth == "password"
    if not has_login and not _is_loopback(settings.host):
        raise SettingsError(
            f"ASSISTANT_HOST must be a loopback address while nobody logs in, got "
            f"{settings.host!r}: whoever reached the page could read your documents. Set "
            "ASSISTANT_AUTH=password and add a user with `assistant users add NAME`, or use "
            "127.0.0.1 and a tunnel.",
            "ASSISTANT_HOST",
        )
    if not has_login and settings.public_hosts:
        raise SettingsError(
            "ASSISTANT_PUBLIC_HOSTS must be empty while nobody logs in, got "
            f"{', '.join(settings.public_hosts)}: set ASSISTANT_AUTH=password and add a user with "
            "`assistant users add NAME`.",
            "ASSISTANT_PUBLIC_HOSTS",
        )
    if not settings.public_hosts and not _is_loopback(settings.host):
        say("Only names of this machine are answered: set others in ASSISTANT_PUBLIC_HOSTS.")


def _is_loopback(host: str) -> bool:
    return ipaddress.ip_address(_address(host)).is_loopback


def _check_port(host: str, port: int, port_variable: str) -> None:
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
    _translate(root / ".chainlit" / "translations")
    return root


def _copy_frontend(target: Path) -> None:
    """Copies Chainlit's page without its links to font and style servers elsewhere."""
    built = _chainlit() / "frontend" / "dist"
    shutil.copytree(built, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.map"))
    index = (built / "index.html").read_text("utf-8")
    (target / "index.html").write_text(OUTSIDE_LINK.sub("", index), "utf-8")


def _translate(target: Path) -> None:
    """Copies Chainlit's words, with ours for why a login was refused."""
    target.mkdir(exist_ok=True)
    ours = {word: said for _, word, said in LOGIN_WAITS} | {"oauthSignin": NOT_ADMITTED}
    for file in (_chainlit() / "translations").glob("*.json"):
        words = json.loads(file.read_text("utf-8"))
        words["auth"]["login"]["errors"] |= ours
        (target / file.name).write_text(json.dumps(words, ensure_ascii=False), "utf-8")


def _chainlit() -> Path:
    """The folder of Chainlit, which takes seconds to import."""
    spec = find_spec("chainlit")
    assert spec is not None, "Chainlit is a dependency"
    assert spec.origin is not None, "Chainlit is a package of files"
    return Path(spec.origin).parent
