"""What the tests of reading share: writing files of records, and how one is refused."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.errors import InputError
from plugins.instruct.data.reading import read_examples
from tests.ingest.reading import write

GOOD = {"instruction": "Add.", "input": "1, 2", "output": "3"}
GOOD_LINE = json.dumps(GOOD)


def file_of(folder: Path, *records: object) -> Path:
    """A file with each record on a line of its own."""
    return write(folder / "a.jsonl", "".join(json.dumps(record) + "\n" for record in records))


def chat(*texts: str) -> list[dict[str, str]]:
    """Chat messages from texts such as `user: Hi`."""
    return [dict(zip(("role", "content"), text.split(": "), strict=True)) for text in texts]


def refusal(path: Path, read: Callable[[Path], object] = read_examples) -> str:
    with pytest.raises(InputError) as refused:
        read(path)
    return str(refused.value)
