"""How a training looks in a terminal: a bar, a line an epoch, a table in the end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from assistant.terminal import as_json, out, say

SHOWN = ("accuracy", "f1", "precision", "recall", "calibration_error", "n_errors", "n_messages")


@dataclass(frozen=True, slots=True)
class Shown:
    """What shows a step, an epoch, and how far any other work is."""

    step: Callable[[Any], None]
    epoch: Callable[[Any], None]
    work: Callable[[Any], None]


@contextmanager
def training_progress(as_lines: bool) -> Iterator[Shown]:
    """A bar on stderr, while training with the loss.

    Args:
        as_lines: Whether each epoch becomes a line of JSON on stdout, or words on stderr; a
            program is shown no bar.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[loss]}"),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, redirect_stdout=False, disable=as_lines
    ) as progress:
        task = progress.add_task("Loading the base", total=None, loss="")

        def show_step(step: Any) -> None:
            progress.update(
                task,
                description=f"Epoch {step.epoch} of {step.n_epochs}",
                total=step.n_steps,
                completed=step.step,
                loss=f"loss {step.loss:.4f}",
            )

        def show_epoch(epoch: Any) -> None:
            if as_lines:
                out(as_json({name: _rounded(value) for name, value in asdict(epoch).items()}))
                return
            say(str(epoch))

        def show_work(work: Any) -> None:
            progress.update(
                task, description=work.what, total=work.n_all, completed=work.n_done, loss=""
            )

        yield Shown(show_step, show_epoch, show_work)


def show_trained(trained: Any) -> None:
    """The figures of a trained classifier, and how it is used."""
    table = Table("", *(name.removeprefix("n_").replace("_", " ") for name in SHOWN))
    for part in ("validation", "test"):
        values = asdict(getattr(trained, part))
        table.add_row(part, *(f"{_rounded(values[name])}" for name in SHOWN))
    Console().print(table)
    out(
        f"Trained {trained.n_trained:,} of {trained.n_all:,} parameters in "
        f"{trained.seconds:.0f} s. The classifier, its card and its curves are "
        f"in {trained.folder}.\n"
        f"Use it with ASSISTANT_SPAM__ADAPTER={trained.folder}"
    )


def show_adapter(trained: Any) -> None:
    """The figures of a trained adapter and of its base, and how it is used."""
    names = ("loss", "exact", "f1", "rouge_l", "looping")
    table = Table("", *names)
    for part in ("test", "general"):
        for label, standing in (("base", trained.before), ("trained", trained.after)):
            measured = getattr(standing, part)
            if measured is not None:
                figures = (f"{getattr(measured, name):.4f}" for name in names)
                table.add_row(f"{part}, {label}", *figures)
    Console().print(table)
    is_adapter = trained.config.method != "full"
    variable = f"ASSISTANT_INSTRUCT__{'ADAPTER' if is_adapter else 'BASE'}"
    out(
        f"{trained.config.reason}\n"
        f"Trained {trained.n_trained:,} of {trained.n_all:,} parameters in {trained.seconds:.0f} s;"
        f" {trained.n_bytes / 1e6:.2f} MB, its card and its curves are in {trained.folder}.\n"
        f"Use it with {variable}={trained.folder}"
    )


def _rounded(value: float) -> float:
    return round(value, 4)
