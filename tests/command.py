"""Runs the `assistant` command in this process, from its entry point."""

import contextlib
import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant.cli import main


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON objects on stdout; anything else there is an error."""
        return [json.loads(line) for line in self.stdout.splitlines()]

    @property
    def line(self) -> dict[str, Any]:
        """The one JSON object on stdout."""
        (line,) = self.lines
        return line


Command = Callable[..., Ran]


def run_command(
    monkeypatch: pytest.MonkeyPatch, *arguments: str | Path, stdin: str | bytes = ""
) -> Ran:
    """Runs it as the console script does, with its own arguments and standard streams."""
    typed = stdin if isinstance(stdin, bytes) else stdin.encode()
    out, err = io.StringIO(), io.StringIO()
    exit_code = 0
    with monkeypatch.context() as patch:
        patch.setattr(sys, "argv", ["assistant", *map(str, arguments)])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed), encoding="utf-8"))
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                main()
            except SystemExit as stop:
                exit_code = stop.code if isinstance(stop.code, int) else int(bool(stop.code))
    return Ran(exit_code, out.getvalue(), err.getvalue())
