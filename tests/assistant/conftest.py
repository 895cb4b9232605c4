from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.context import ContextFilter
from assistant.engine import ContextEngine
from assistant.plugin import Plugin, Registry, Services
from assistant.router import Router
from assistant.runtime import Runtime
from ingest.embedder import MiniLMEmbedder
from tests.assistant.desk import Desk
from tests.assistant.talkers import Build, Fallback


@pytest.fixture
def build(runtime: Runtime, services: Services) -> Build:
    """An engine with these plugins, a fallback, and the real tracker."""

    def engine(*kinds: type[Plugin], **options: Any) -> ContextEngine:
        registry, fallback = Registry(), Fallback(services)
        for kind in kinds:
            registry.register(kind(services))
        router = Router(registry, fallback, services.embedder)
        packer = ContextFilter(1000, services.embedder.count_tokens)
        tracker = options.pop("tracker", runtime.tracker)
        limits = {
            "gather_timeout_seconds": 5.0,
            "max_message_chars": 100,
            "short_term_memory": runtime.short_term_memory,
            **options,
        }
        return ContextEngine(registry, router, packer, fallback, tracker, **limits)

    return engine


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, embedder: MiniLMEmbedder) -> Iterator[Desk]:
    desk = Desk(tmp_path_factory.mktemp("desk"), embedder)
    yield desk
    desk.store.close()


@pytest.fixture
def own_desk(tmp_path: Path, embedder: MiniLMEmbedder) -> Iterator[Desk]:
    """One that a test may change."""
    desk = Desk(tmp_path, embedder)
    yield desk
    desk.store.close()
