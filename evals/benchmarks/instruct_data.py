"""The examples that benchmarks of the instruct model read, divided as its training divides them."""

from pathlib import Path

from rich.console import Console

from evals.benchmarks.harness import required
from plugins.instruct.data.reading import read_examples
from plugins.instruct.examples import Example
from plugins.instruct.training.splitting import Split, split_examples


def read_split(data: Path | None, what: str) -> Split[Example]:
    """The parts of a file; a record with a defect is left out, and stderr says how many are.

    Args:
        data: The path that was given with --data.
        what: It should hold, for a person.

    Raises:
        InputError: None was given, or it is missing, malformed or too short to be divided.
    """
    defects: list[str] = []
    examples = read_examples(required(data, what), defects.append)
    if defects:
        Console(stderr=True, markup=False, highlight=False, soft_wrap=True).print(
            f"{len(defects)} records have defects and are left out, the first: {defects[0]}"
        )
    return split_examples(examples)
