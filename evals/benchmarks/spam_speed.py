"""How many short messages does `assistant classify --batch` judge in a second, in what memory?

Data: labelled messages, a file or folder as `assistant train spam` takes it, such as the SMS Spam
Collection (Almeida, Gómez Hidalgo and Yamakami 2011; CC BY 4.0). An item of the limit is a message;
each different message is given once.

The command runs in a fresh process: `seconds` is from its start to its exit, `start_seconds` the same
for a single message, and `messages_per_second` counts what is between.
"""

import json
from pathlib import Path

from evals.benchmarks.command import assistant, environment
from evals.benchmarks.harness import Figures, required, temporary_home
from evals.benchmarks.metrics import mean
from evals.benchmarks.protocols import MakeRuntime
from evals.benchmarks.watched import Watched, watch
from plugins.spam.messages import read_labelled


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:  # noqa: ARG001 - the command is measured
    """Classifies messages in a process of its own.

    Raises:
        InputError: The data is missing or malformed.
    """
    messages = read_labelled(required(data, "labelled messages, such as sms_spam.tsv"))
    texts = list(dict.fromkeys(message.text for message in messages))[:limit]
    with temporary_home() as home:
        one = _classified(texts[:1], home)
        run = _classified(texts, home)
    return Figures(
        {
            "messages_per_second": round(len(texts) / (run.seconds - one.seconds), 1),
            "seconds": run.seconds,
            "start_seconds": one.seconds,
            "peak_mb": run.peak_mb,
            "mean_chars": mean(len(text) for text in texts),
        },
        len(texts),
    )


def _classified(texts: list[str], home: Path) -> Watched:
    batch = home / "batch.jsonl"
    batch.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), "utf-8")
    return watch(assistant("classify", "--batch", batch), environment(home))
