"""How many short messages does `assistant classify --batch` judge in a second, in what memory?

Data: labelled messages, a file or folder as `assistant train spam` takes it, such as the SMS Spam
Collection (Almeida, Gómez Hidalgo and Yamakami 2011; CC BY 4.0). An item of the limit is a message;
each different message is given once.

The command runs in fresh processes. In the first, it is given one message and, once that is
answered, all others: `messages_per_second` counts from then to the exit. In the second, it is given
all from the start: `seconds` to its exit, and `peak_mb`.
"""

import json
import os
import subprocess
import time
from pathlib import Path
from threading import Thread
from typing import IO

from evals.benchmarks.command import assistant, environment
from evals.benchmarks.harness import Figures, required, temporary_home
from evals.benchmarks.metrics import mean
from evals.benchmarks.protocols import MakeRuntime
from evals.benchmarks.watched import watch
from plugins.spam.messages import read_labelled


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:  # noqa: ARG001 - the command is measured
    """Classifies messages in processes of their own.

    Raises:
        InputError: The data is missing or malformed.
    """
    messages = read_labelled(required(data, "labelled messages, such as sms_spam.tsv"))
    texts = list(dict.fromkeys(message.text for message in messages))[:limit]
    lines = [json.dumps({"text": text}) + "\n" for text in texts]
    with temporary_home() as home:
        per_second = _messages_per_second(lines, home)
        batch = home / "batch.jsonl"
        batch.write_text("".join(lines), "utf-8")
        whole = watch(assistant("classify", "--batch", batch), environment(home))
    return Figures(
        {
            "messages_per_second": per_second,
            "seconds": whole.seconds,
            "peak_mb": whole.peak_mb,
            "mean_chars": mean(len(text) for text in texts),
        },
        len(texts),
    )


def _messages_per_second(lines: list[str], home: Path) -> float:
    with subprocess.Popen(  # noqa: S603 - the benchmark's own command
        assistant("classify", "--batch", "-"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment(home)},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(lines[0])
        process.stdin.flush()
        process.stdout.readline()
        started = time.perf_counter()
        Thread(target=_write, args=(process.stdin, lines[1:])).start()
        n_answered = sum(1 for _ in process.stdout)
        return round(n_answered / (time.perf_counter() - started), 1)


def _write(stream: IO[str], lines: list[str]) -> None:
    """Writes all and closes, beside the reading: a pipe that is full waits for its reader."""
    with stream:
        stream.writelines(lines)
