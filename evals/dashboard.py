"""The dashboard: TruLens's own with a page of ours, on the recorded answers."""

import os
from importlib.util import find_spec
from pathlib import Path

from evals.records import TABLE_PREFIX

PAGES = Path(__file__).parent / "pages"
CHAT_ADDRESS = "CHAT_ADDRESS"
"""Variable by which the page knows where conversations open."""


def dashboard_command(database_url: str, chat_address: str, host: str, port: int) -> list[str]:
    """Arguments for `python -m` that serve the dashboard on a database, and create it if needed.

    Args:
        database_url: SQLAlchemy URL of the records.
        chat_address: Where the chat is served.
        host: Where the dashboard listens.
        port: Its port.
    """
    from trulens.core.database.connector.default import DefaultDBConnector

    DefaultDBConnector(database_url=database_url, database_prefix=TABLE_PREFIX)
    spec = find_spec("trulens.dashboard.main")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("TruLens's dashboard is not installed: run make run.")
    os.environ["TRULENS_UI_CUSTOM_PAGES"] = str(PAGES)
    os.environ[CHAT_ADDRESS] = chat_address
    return [
        "streamlit",
        "run",
        str(Path(spec.origin)),
        "--server.headless=true",
        f"--server.address={host}",
        f"--server.port={port}",
        "--browser.gatherUsageStats=false",
        "--client.toolbarMode=minimal",
        "--runner.magicEnabled=false",  # or docstrings would be drawn
        "--",
        "--database-url",
        database_url,
        "--database-prefix",
        TABLE_PREFIX,
    ]
