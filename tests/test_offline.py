"""Nothing leaves the machine: every look-up and every connection of a process is watched."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant import offline
from tests.paths import EXAMPLES, REPOSITORY

WATCHED = """
import asyncio, json, sys, time

calls = []

def watch(event, arguments):
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.gethostbyname", "socket.gethostbyaddr", "urllib.Request"):
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host not in (None, "", "localhost", "::1") and not str(host).startswith("127."):
        calls.append([event, str(host)])

sys.addaudithook(watch)

from assistant.offline import stay_offline
stay_offline()

import chainlit, litellm, trulens.core
from pathlib import Path
from assistant.events import Scored
from assistant.runtime import Runtime
from assistant.schema import Turn
from assistant.settings import read_settings
from ingest.loaders import load

async def ask(engine):
    async for event in engine.stream(Turn("Which file formats can I ingest?")):
        if isinstance(event, Scored):
            return event

n_pages = [len(load(Path(path)).pages) for path in sys.argv[1:]]
runtime = Runtime(read_settings())
scored = asyncio.run(ask(runtime.engine))
runtime.close()
time.sleep(0.5)
seen = list(calls)
try:
    __import__("socket").getaddrinfo("example.invalid", 80)
except OSError:
    pass
print(json.dumps({
    "pages": n_pages, "citations": len(scored.answer.citations),
    "groundedness": scored.scores.groundedness, "calls": seen, "checked": calls[len(seen):],
}))
"""


@pytest.mark.slow
def test_ingesting_answering_and_scoring_call_nowhere(copied_home: Path) -> None:
    files = sorted(str(path) for path in EXAMPLES.iterdir())
    clean = {name: value for name, value in os.environ.items() if name not in offline.ENVIRONMENT}
    ran = subprocess.run(
        [sys.executable, "-c", WATCHED, *files],
        env={**clean, "ASSISTANT_HOME": str(copied_home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout.splitlines()[-1])
    assert found["calls"] == []
    assert found["checked"] == [["socket.getaddrinfo", "example.invalid"]], "the watch sees calls"
    assert min(found["pages"]) >= 1
    assert found["citations"] > 0
    assert found["groundedness"] == pytest.approx(1.0, abs=0.01)


def test_what_a_person_has_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in offline.ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    offline.stay_offline()
    assert os.environ["HF_HUB_OFFLINE"] == "0"
    rest = {name: os.environ[name] for name in offline.ENVIRONMENT if name != "HF_HUB_OFFLINE"}
    assert rest == {
        name: value for name, value in offline.ENVIRONMENT.items() if name != "HF_HUB_OFFLINE"
    }


@pytest.mark.parametrize(
    "variable", ["DO_NOT_TRACK", "HF_HUB_OFFLINE", "LITELLM_LOCAL_MODEL_COST_MAP"]
)
def test_the_switches_that_the_libraries_read_are_set(variable: str) -> None:
    assert variable in offline.ENVIRONMENT


def test_the_chat_page_goes_offline_before_it_imports_chainlit() -> None:
    tree = ast.parse((REPOSITORY / "assistant" / "app.py").read_text("utf-8"))
    called = [
        node.lineno
        for node in tree.body
        if isinstance(node, ast.Expr) and ast.unparse(node) == "stay_offline()"
    ]
    imported = [
        node.lineno
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom) and "chainlit" in ast.unparse(node)
    ]
    assert called[0] < min(imported)
