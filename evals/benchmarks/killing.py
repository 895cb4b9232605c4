"""Kills a command at a moment, and looks for what that leaves running."""

import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import psutil

ORPHAN_SECONDS = 2.0
POLL_SECONDS = 0.005
MARK = "KILLED_COMMAND"

Moment = Callable[["subprocess.Popen[bytes]"], None]
"""Waits until the process is to be killed, or has ended."""


def at(seconds: float) -> Moment:
    """So long after the start."""

    def wait(process: "subprocess.Popen[bytes]") -> None:
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)

    return wait


def while_writing(home: Path, seconds: float) -> Moment:
    """So long after it has written its first document."""

    def wait(process: "subprocess.Popen[bytes]") -> None:
        before = _last_document(home)
        while process.poll() is None and _last_document(home) <= before:
            time.sleep(POLL_SECONDS)
        at(seconds)(process)

    return wait


def _last_document(home: Path) -> int:
    """The highest id of a document in a home's index; 0 without one."""
    try:
        connection = sqlite3.connect(
            f"{(home / 'index' / 'passages.db').as_uri()}?mode=ro", uri=True
        )
    except sqlite3.OperationalError:
        return 0
    try:
        (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM documents").fetchone()
    except sqlite3.OperationalError:  # it is being made
        return 0
    finally:
        connection.close()
    return int(last)


def killed(command: Sequence[str], environment: dict[str, str], moment: Moment) -> int | None:
    """Starts a command and kills it at a moment, it alone.

    Returns:
        How many of its descendants were still there after `ORPHAN_SECONDS`, which are then killed
        too; `None` where it has ended before that moment.
    """
    mark = uuid4().hex
    with subprocess.Popen(  # noqa: S603 - the benchmark's own command
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **environment, MARK: mark},
    ) as process:
        try:
            moment(process)
        finally:
            process.kill()
    if process.returncode != -signal.SIGKILL:
        return None
    time.sleep(ORPHAN_SECONDS)
    orphans = list(marked(mark))
    for orphan in orphans:
        orphan.kill()
    return len(orphans)


def marked(mark: str) -> Iterator[psutil.Process]:
    """The running processes whose environment has a mark."""
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark:
                yield process
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            continue
