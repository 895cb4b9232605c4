"""`assistant ingest --watch`: a process of its own that follows a folder."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from threading import Event
from typing import Any

import pytest

from ingest.watch import changes

SECONDS = 40


class Watcher:
    """The command while it watches; its reports come one after the other."""

    def __init__(self, home: Path, *paths: Path) -> None:
        self._process = subprocess.Popen(
            [Path(sys.executable).with_name("assistant"), "ingest", "--watch", "--json", *paths],
            env={**os.environ, "ASSISTANT_HOME": str(home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._reports: Queue[dict[str, Any]] = Queue()
        self._remarks: Queue[str] = Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._overhear, daemon=True).start()

    def report(self) -> dict[str, Any]:
        return self._reports.get(timeout=SECONDS)

    def until_it_says(self, words: str) -> None:
        while words not in self._remarks.get(timeout=SECONDS):
            pass

    def stop(self, number: signal.Signals) -> tuple[int, str]:
        """Sends a signal to all its processes; returns the exit status and what is left to say."""
        os.killpg(self._process.pid, number)
        status = self._process.wait(SECONDS)
        return status, "\n".join(self._remarks.queue)

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._reports.put(json.loads(line))

    def _overhear(self) -> None:
        assert self._process.stderr
        for line in self._process.stderr:
            self._remarks.put(line)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "fox.txt").write_text("The fox is red.")
    return folder


@pytest.fixture
def watcher(tmp_path: Path, folder: Path) -> Iterator[Watcher]:
    watcher = Watcher(tmp_path / "home", folder)
    yield watcher
    watcher.stop(signal.SIGKILL) if watcher._process.poll() is None else None


def test_changes_are_followed_until_ctrl_c(watcher: Watcher, folder: Path) -> None:
    assert watcher.report()["added"] == 1
    (folder / "owl.txt").write_text("The owl is brown.")
    assert watcher.report()["added"] == 1
    (folder / "fox.txt").write_text("The fox is white in winter.")
    assert watcher.report()["updated"] == 1
    watcher.until_it_says("Watching")
    status, errors = watcher.stop(signal.SIGINT)
    assert (status, "Traceback" in errors) == (0, False)


def test_a_change_during_the_first_run_is_not_missed(folder: Path) -> None:
    stop = Event()
    following = changes([str(folder)], stop)
    assert next(following) == 0
    (folder / "owl.txt").write_text("The owl is brown.")  # an ingest would run here
    assert next(following) == 1
    stop.set()
    assert list(following) == []
