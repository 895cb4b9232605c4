"""Real parts, built once: the embedder, an index of the sample documents, the command itself."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr

from assistant.offline import stay_offline
from assistant.plugin import Services
from assistant.runtime import Runtime
from assistant.settings import IngestSettings, Settings
from ingest.embedder import MiniLMEmbedder
from ingest.pipeline import Ingest
from ingest.store import PassageStore
from tests.command import Command, run_command
from tests.databases import new_database, postgres_server
from tests.openai_server import OpenAIServer
from tests.paths import REPOSITORY
from tests.turns import ask

# What a developer has set must not reach the tests, and the tests must not reach the network.
for variable in [name for name in os.environ if name.startswith(("ASSISTANT_", "OPENAI_"))]:
    del os.environ[variable]
stay_offline()


@pytest.fixture(scope="session")
def embedder() -> MiniLMEmbedder:
    return MiniLMEmbedder()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL server."""
    with postgres_server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def state_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings with new state: in SQLite files, and in a database of PostgreSQL."""
    if request.param == "sqlite":
        return Settings(home=tmp_path)
    address = new_database(request.getfixturevalue("postgres"))
    return Settings(home=tmp_path, database_url=SecretStr(address))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PassageStore]:
    store = PassageStore(tmp_path / "index")
    yield store
    store.close()


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory, embedder: MiniLMEmbedder) -> Path:
    """A state folder with the sample documents, ingested from the repository's root."""
    home = tmp_path_factory.mktemp("home")
    store = PassageStore(home / "index")
    with contextlib.chdir(REPOSITORY):
        report = Ingest(store, embedder, IngestSettings()).run(["examples/docs"])
    store.close()
    assert not report.failed
    return home


@pytest.fixture
def copied_home(home: Path, tmp_path: Path) -> Path:
    """The sample documents in a state folder that a test may change."""
    copy = tmp_path / "home"
    shutil.copytree(home / "index", copy / "index")
    return copy


@pytest.fixture(scope="session")
def runtime(home: Path) -> Iterator[Runtime]:
    """The assistant over the sample documents, without a language model."""
    runtime = Runtime(Settings(home=home))
    # TruLens keeps one database for a process: the first that is opened.
    ask(runtime.engine, "hello")
    yield runtime
    runtime.close()


@pytest.fixture(scope="session")
def services(runtime: Runtime) -> Services:
    return Services(runtime.settings, runtime.search, runtime.embedder, None)


@pytest.fixture
def model_server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


@pytest.fixture(scope="session")
def imitating(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny language model that answers as the examples before a request do."""
    # Imported here: transformers takes seconds, which other tests need not wait for.
    from tests.plugins.instruct.imitating import imitator

    return imitator(tmp_path_factory.mktemp("imitating"))


@pytest.fixture
def command(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs `assistant` over the sample documents, where they were ingested."""
    monkeypatch.setenv("ASSISTANT_HOME", str(runtime.settings.home))
    monkeypatch.chdir(REPOSITORY)
    return partial(run_command, monkeypatch)
