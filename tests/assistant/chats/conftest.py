from collections.abc import Iterator

import pytest

from assistant.chats.store import Chats
from assistant.settings import Settings
from assistant.uploads import Uploads
from ingest.store import PassageStore


@pytest.fixture
def chats(state_settings: Settings, store: PassageStore) -> Iterator[Chats]:
    """Conversations in a new database."""
    chats = Chats(state_settings, Uploads(store, state_settings.uploads_dir))
    yield chats
    chats.close()
