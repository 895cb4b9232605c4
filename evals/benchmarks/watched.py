"""Runs a command in a process of its own and measures its time and its memory."""

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import psutil

from assistant.errors import AssistantError

SAMPLE_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Watched:
    """What a command took.

    Memory is resident memory, looked at four times a second. The kernel's own account (`ru_maxrss`)
    is of no use: a new process begins with that of the process which started it.

    Attributes:
        output: Its standard output.
        seconds: From start to exit, imports included.
        peak_mb: Largest sum over the process and its descendants; memory that they share counts
            once in each.
        largest_process_mb: Largest of any one of them.
    """

    output: str
    seconds: float
    peak_mb: float
    largest_process_mb: float


def watch(
    command: Sequence[str],
    environment: dict[str, str],
    may_fail: bool = False,
    one_core: bool = False,
) -> Watched:
    """Runs a command to its end; its standard error is ours.

    Args:
        command: Program and arguments.
        environment: Variables beside those of this process.
        may_fail: Whether exit status 1 is a result too.
        one_core: Whether it and its descendants have one core between them.

    Raises:
        AssistantError: It failed, or cores cannot be given out here.
    """
    started = time.perf_counter()
    with TemporaryFile() as output:
        with subprocess.Popen(  # noqa: S603 - the benchmark's own commands
            command, stdout=output, stdin=subprocess.DEVNULL, env={**os.environ, **environment}
        ) as process:
            try:
                if one_core:
                    _confine(process.pid)
                peak_mb, largest_mb = _peaks(process)
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
    return Watched(text, round(seconds, 3), round(peak_mb, 1), round(largest_mb, 1))


def _confine(pid: int) -> None:
    """Gives a process that has just started the last core of ours; its descendants inherit that."""
    if not hasattr(os, "sched_setaffinity"):
        raise AssistantError("A process can be held to one core on Linux only.")
    os.sched_setaffinity(pid, {max(os.sched_getaffinity(0))})


def _peaks(process: "subprocess.Popen[bytes]") -> tuple[float, float]:
    """Waits for the exit; the largest sum and the largest single one, in MB."""
    peak_mb = largest_mb = 0.0
    while True:
        sizes_mb = _sizes_mb(process.pid)
        peak_mb = max(peak_mb, sum(sizes_mb))
        largest_mb = max(largest_mb, *sizes_mb, 0.0)
        try:
            process.wait(SAMPLE_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return peak_mb, largest_mb


def _sizes_mb(pid: int) -> list[float]:
    """Resident memory of a process and of each of its descendants."""
    try:
        root = psutil.Process(pid)
        return [_size_mb(process) for process in (root, *root.children(recursive=True))]
    except psutil.NoSuchProcess:
        return []


def _size_mb(process: psutil.Process) -> float:
    try:
        return float(process.memory_info().rss / 2**20)
    except psutil.NoSuchProcess:  # it has just ended
        return 0.0
