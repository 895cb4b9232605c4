"""Where figures come from: the commit of the code and the machine that ran it."""

import os
import platform
import subprocess
from pathlib import Path

PACKAGE = Path(__file__).parents[1]


def commit() -> str:
    """Short hash of the checkout that this package lies in; "unknown" where it is installed."""
    try:
        # An installed package may lie in a virtual environment inside somebody's checkout.
        _git("ls-files", "--error-unmatch", "__init__.py")
        return _git("rev-parse", "--short", "HEAD")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def machine() -> dict[str, object]:
    """The cores that this process may use, the processor's name and Python's version."""
    return {
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "cpu": _cpu_name(),
        "python": platform.python_version(),
    }


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=PACKAGE, capture_output=True, text=True, check=True)  # noqa: S603 - fixed arguments
    return done.stdout.strip()


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())
