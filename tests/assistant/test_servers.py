import socket
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.servers import OUTSIDE_LINK, serve_chat, serve_dashboard
from assistant.settings import Settings


@pytest.mark.parametrize("serve", [serve_chat, serve_dashboard])
@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
def test_only_loopback_is_served_while_there_is_no_login(
    serve: object, host: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match="ASSISTANT_HOST must be a loopback address"):
        serve(Settings(home=tmp_path, host=host))  # type: ignore[operator]


def test_a_port_that_is_taken_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"Port {port} .* ASSISTANT_PORT"):
            serve_chat(Settings(home=tmp_path, port=port))


def test_links_to_other_servers_are_cut_out_of_the_page() -> None:
    page = '<link rel="preconnect" href="https://a.example" />\n<link rel="icon" href="/favicon" />'
    assert OUTSIDE_LINK.sub("", page) == '<link rel="icon" href="/favicon" />'
