from pathlib import Path

import pytest

from assistant.plugin import Plugin
from assistant.runtime import Runtime
from assistant.settings import Settings


class Failing(Plugin):
    name = "failing"

    def close(self) -> None:
        raise OSError("The disk is gone.")


class Closing(Plugin):
    name = "closing"
    is_closed = False

    def close(self) -> None:
        self.is_closed = True


def test_every_plugin_may_finish_as_the_assistant_ends_whatever_another_does(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    runtime = Runtime(Settings(home=tmp_path))
    closing = Closing(None)
    runtime.registry.register(Failing(None))
    runtime.registry.register(closing)
    runtime.close()
    assert closing.is_closed
    assert "The plugin failing failed to close." in caplog.text
