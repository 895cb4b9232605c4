from typing import Any

import pytest

from assistant.context import ContextFilter
from assistant.engine import ContextEngine
from assistant.plugin import Plugin, Registry, Services
from assistant.router import Router
from assistant.runtime import Runtime
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
        limits = {"gather_timeout_seconds": 5.0, "max_message_chars": 100, **options}
        return ContextEngine(registry, router, packer, fallback, runtime.tracker, **limits)

    return engine
