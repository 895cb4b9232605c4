from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.plugin import Services
from assistant.settings import Settings
from ingest.embedder import MiniLMEmbedder
from plugins.memory.memories import Memories
from plugins.memory.plugin import MemoryPlugin
from tests.plugins.memory.talking import Chat


@pytest.fixture
def memories(tmp_path: Path, embedder: MiniLMEmbedder) -> Iterator[Memories]:
    memories = Memories(Settings(home=tmp_path), embedder)
    yield memories
    memories.close()


@pytest.fixture
def chat(tmp_path: Path, embedder: MiniLMEmbedder) -> Iterator[Chat]:
    """A chat with the memory alone, without a language model."""
    plugin = MemoryPlugin(Services(Settings(home=tmp_path), None, embedder, None))
    yield Chat(plugin)
    plugin.memories.close()
