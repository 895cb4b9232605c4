"""Runs a command in a process of its own and measures its time and its memory."""

import os
import resource
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import psutil

from assistant.errors import AssistantError

SAMPLE_SECONDS = 0.5
KB_OF_RU_MAXRSS = 1024 if os.uname().sysname == "Darwin" else 1


@dataclass(frozen=True, slots=True)
class Watched:
    """What a command took.

    Attributes:
        output: Its standard output.
        seconds: From start to exit, imports included.
        peak_mb: Largest sum of the resident memory of the process and all its descendants, seen
            twice a second; memory that they share counts once in each.
        largest_process_mb: Largest resident memory that any one of them ever had, as the kernel
            keeps it (`ru_maxrss`).
    """

    output: str
    seconds: float
    peak_mb: float
    largest_process_mb: float


def watch(command: Sequence[str], environment: dict[str, str], may_fail: bool = False) -> Watched:
    """Runs a command to its end; its standard error is ours.

    Args:
        command: Program and arguments.
        environment: Variables beside those of this process.
        may_fail: Whether exit status 1 is a result too.

    Raises:
        AssistantError: It failed.
    """
    started = time.perf_counter()
    with TemporaryFile() as output:
        with subprocess.Popen(  # noqa: S603 - the benchmark's own commands
            command, stdout=output, stdin=subprocess.DEVNULL, env={**os.environ, **environment}
        ) as process:
            try:
                tree_mb, usage = _wait(process)
            except BaseException:
                process.kill()
                raise
        seconds = time.perf_counter() - started
        if process.returncode not in ((0, 1) if may_fail else (0,)):
            raise AssistantError(
                f"{Path(command[0]).name} ended with status {process.returncode}: see above."
            )
        output.seek(0)
        text = output.read().decode("utf-8")
    largest_mb = usage.ru_maxrss / KB_OF_RU_MAXRSS / 1024
    return Watched(
        text, round(seconds, 3), round(max(tree_mb, largest_mb), 1), round(largest_mb, 1)
    )


def _wait(process: "subprocess.Popen[bytes]") -> tuple[float, "resource.struct_rusage"]:
    """Waits for the exit; the largest memory of the tree in MB, and the kernel's own account."""
    peak_mb = 0.0
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return peak_mb, usage
        peak_mb = max(peak_mb, _tree_mb(process.pid))
        time.sleep(SAMPLE_SECONDS)


def _tree_mb(pid: int) -> float:
    """Resident memory of a process and its descendants."""
    total_bytes = 0
    try:
        root = psutil.Process(pid)
        processes = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    for process in processes:
        try:
            total_bytes += process.memory_info().rss
        except psutil.NoSuchProcess:  # it has just ended
            continue
    return total_bytes / 2**20
