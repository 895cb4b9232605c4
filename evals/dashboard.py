"""The dashboard: TruLens's own, on the recorded answers."""

from importlib.util import find_spec
from pathlib import Path

from evals.records import TABLE_PREFIX


def dashboard_command(database_url: str, host: str, port: int) -> list[str]:
    """Arguments for `python -m` that serve the dashboard on a database, and create it if needed."""
    from trulens.core.database.connector.default import DefaultDBConnector

    DefaultDBConnector(database_url=database_url, database_prefix=TABLE_PREFIX)
    spec = find_spec("trulens.dashboard.main")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("TruLens's dashboard is not installed: run make run.")
    return [
        "streamlit",
        "run",
        str(Path(spec.origin)),
        "--server.headless=true",
        f"--server.address={host}",
        f"--server.port={port}",
        "--browser.gatherUsageStats=false",
        "--",
        "--database-url",
        database_url,
        "--database-prefix",
        TABLE_PREFIX,
    ]
