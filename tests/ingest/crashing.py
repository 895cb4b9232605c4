"""Readers that do to their process what a fault in a parser's C code would, by the file's name."""

import os
import re
import time
from pathlib import Path

from assistant.errors import InputError
from ingest.documents import Document
from ingest.reader import ReadFile


def read(path: Path) -> ReadFile:
    """Reads a file whose name says nothing else.

    `crash` ends the process, `hang` never ends, `grip` neither, and lets no other thread run,
    `bomb` takes all memory, `raise` raises, `input` raises an error of another room, `leak` keeps
    300 MB, `slow` takes a while. A `.pid` beside each file says who has read it.
    """
    path.with_suffix(".pid").write_text(str(os.getpid()))
    name = path.stem
    if "crash" in name:
        os._exit(9)
    if "hang" in name:
        time.sleep(600)
    if "grip" in name:
        re.match(r"(a+)+$", "a" * 60 + "b")
    if "bomb" in name:
        KEPT.extend(bytearray(2**24) for _ in range(4096))
    if "raise" in name:
        raise ValueError("no sense")
    if "input" in name:
        raise InputError("It is not for reading.")
    if "leak" in name:
        KEPT.append(b"x" * (300 * 2**20))
    if "slow" in name:
        time.sleep(0.3)
    path.stat()
    return ReadFile(path, Document(path.stem, (), 0), ())


KEPT: list[bytes | bytearray] = []


def read_or_crash(path: Path, **settings: object) -> ReadFile:
    """Reads a file as an ingest does, unless it is named `crash`."""
    from ingest.reader import read_file

    if "crash" in path.name:
        os._exit(9)
    return read_file(path, **settings)  # type: ignore[arg-type]
