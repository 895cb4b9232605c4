import os
import socket
from pathlib import Path

import pytest

from assistant import servers
from assistant.accounts import Accounts
from assistant.errors import SettingsError
from assistant.servers import OUTSIDE_LINK, serve_chat, serve_dashboard
from assistant.settings import Settings

EVERYWHERE = ["0.0.0.0", "192.0.2.1", "::"]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would be served, in place of serving it."""
    names: list[str] = []
    monkeypatch.setattr(servers, "_become", lambda what, *rest: names.append(what))
    monkeypatch.setattr(servers, "_check_port", lambda *address: None)
    monkeypatch.setattr(servers, "_lay_out_page", lambda root: root)
    monkeypatch.setattr(os, "environ", {**os.environ})
    return names


@pytest.mark.parametrize("host", EVERYWHERE)
def test_only_loopback_is_served_while_nobody_logs_in(
    host: str, tmp_path: Path, started: list[str]
) -> None:
    with pytest.raises(SettingsError, match="must be a loopback address while nobody logs in"):
        serve_chat(Settings(home=tmp_path, host=host))
    assert started == []


@pytest.mark.parametrize("host", EVERYWHERE)
def test_with_passwords_and_a_user_every_address_is_served(
    host: str, tmp_path: Path, started: list[str]
) -> None:
    settings = Settings(home=tmp_path, host=host, auth="password")
    Accounts(settings).add("bo", "correct horse")
    serve_chat(settings)
    assert started == ["chat"]


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_passwords_without_a_user_are_refused(
    host: str, tmp_path: Path, started: list[str]
) -> None:
    with pytest.raises(SettingsError, match=r"no user who could .*users add NAME"):
        serve_chat(Settings(home=tmp_path, host=host, auth="password"))
    assert started == []


def test_with_oauth_every_address_is_served_and_an_empty_list_is_said_to_refuse_all(
    tmp_path: Path,
    started: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(os.environ, "OAUTH_GITHUB_CLIENT_ID", "an id")
    serve_chat(Settings(home=tmp_path, host="0.0.0.0"))
    assert started == ["chat"]
    assert "Nobody can log in by OAuth" in capsys.readouterr().err


def test_names_of_other_machines_need_a_login(tmp_path: Path, started: list[str]) -> None:
    with pytest.raises(SettingsError, match="ASSISTANT_PUBLIC_HOSTS must be empty while nobody"):
        serve_chat(Settings(home=tmp_path, public_hosts=["chat.example.org"]))
    assert started == []


@pytest.mark.parametrize("host", EVERYWHERE)
def test_the_dashboard_is_served_on_loopback_alone(
    host: str, tmp_path: Path, started: list[str]
) -> None:
    settings = Settings(home=tmp_path, host=host, auth="password")
    Accounts(settings).add("bo", "correct horse")
    with pytest.raises(SettingsError, match="a loopback address for the dashboard"):
        serve_dashboard(settings)
    assert started == []


def test_a_port_that_is_taken_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"Port {port} .* ASSISTANT_PORT"):
            serve_chat(Settings(home=tmp_path, port=port))


def test_links_to_other_servers_are_cut_out_of_the_page() -> None:
    page = '<link rel="preconnect" href="https://a.example" />\n<link rel="icon" href="/favicon" />'
    assert OUTSIDE_LINK.sub("", page) == '<link rel="icon" href="/favicon" />'
