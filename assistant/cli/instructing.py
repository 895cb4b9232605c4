"""The command `train instruct`."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.cli.adapters import library_of, told_active, warn_of_setting
from assistant.cli.shared import Json, command_settings, open_runtime
from assistant.errors import InputError
from assistant.terminal import as_json, out, say
from assistant.training.rounding import rounded
from assistant.training_progress import show_adapter, training_progress
from plugins.instruct.adapters.library import Library


def train_instruct(
    data: Annotated[
        list[Path],
        typer.Option(
            help="Instructions: Alpaca's JSON, prompt and completion, chat messages or ShareGPT, "
            "as an array or JSON lines, gzipped or not; more than once for more files."
        ),
    ],
    dpo: Annotated[
        Path | None,
        typer.Option(help="Preferences to tune on afterwards: records with chosen and rejected."),
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(help="A model by its folder or name; ASSISTANT_INSTRUCT__BASE if not given."),
    ] = None,
    method: Annotated[
        str,
        typer.Option(
            help="lora for low-rank adapters, qlora for these on a base in 4 bits (on a GPU), "
            "prompt for soft tokens in front of each prompt, or full."
        ),
    ] = "lora",
    rank: Annotated[
        int, typer.Option(help="Rank of the low-rank adapters, or number of soft tokens.")
    ] = 8,
    alpha: Annotated[
        float | None, typer.Option(help="They are scaled by alpha / rank; twice the rank.")
    ] = None,
    target: Annotated[
        str,
        typer.Option(help="Layers they sit on: all-linear, letters of qkvo, or names by commas."),
    ] = "all-linear",
    epochs: Annotated[int, typer.Option(help="At most so many passes.")] = 3,
    patience: Annotated[
        int, typer.Option(help="Stop after so many epochs without a better validation loss.")
    ] = 2,
    keep_last: Annotated[
        bool,
        typer.Option(
            "--keep-last", help="Keep the last epoch's weights, not those of least validation loss."
        ),
    ] = False,
    batch_tokens: Annotated[int, typer.Option(help="Tokens in a step.")] = 4096,
    max_tokens: Annotated[
        int | None, typer.Option(help="Longer examples are left out; what the base reads.")
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="Largest step; that of the method if not given.")
    ] = None,
    keep_words: Annotated[
        bool, typer.Option("--keep-words", help="Leave the word embeddings as they are in full.")
    ] = False,
    gaps: Annotated[
        float, typer.Option(help="Share of a prompt's tokens that are hidden while training.")
    ] = 0.0,
    clozes: Annotated[
        int, typer.Option(help="Make so many questions about the examples' texts and learn them.")
    ] = 0,
    general: Annotated[
        Path | None,
        typer.Option(
            help="Examples of other tasks, in any of the data's forms, to measure what the model "
            "forgets; a small file that ships if not given."
        ),
    ] = None,
    replay: Annotated[
        float, typer.Option(help="Share of --general's examples in what is trained on.")
    ] = 0.0,
    judge: Annotated[
        str | None,
        typer.Option(
            help="A model by its LiteLLM name that scores the responses of base and adapter to the "
            "test examples from 0 to 100."
        ),
    ] = None,
    skip_defects: Annotated[
        bool, typer.Option(help="Leave out records that have a defect, and say how many.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Decides the order and the adapters' start.")] = 0,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Where it goes; HOME/adapters/ and the data's name if not given."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Train an instruct adapter; one that was killed goes on where it was."""
    from evals.benchmarks.provenance import commit
    from plugins.instruct.data.reading import read_examples, read_preferences
    from plugins.instruct.training.data import Data, General
    from plugins.instruct.training.options import TrainingOptions

    settings = command_settings()
    options = TrainingOptions(
        base=base or settings.instruct.base,
        method=method,  # type: ignore[arg-type]  # checked there
        rank=rank,
        alpha=alpha,
        target=target,
        epochs=epochs,
        patience=patience,
        keep_last=keep_last,
        batch_tokens=batch_tokens,
        max_tokens=max_tokens,
        learning_rate=learning_rate,
        keep_words=keep_words,
        gaps=gaps,
        clozes=clozes,
        seed=seed,
    )
    if replay and general is None:
        raise InputError("--replay mixes in examples of --general, and none is given: name a file.")
    defects: list[str] = []
    note = defects.append if skip_defects else None
    learnt = Data(
        ", ".join(file.name for file in (*data, *([dpo] if dpo else []))),
        tuple(tuple(read_examples(file, note)) for file in data),
        () if dpo is None else tuple(read_preferences(dpo, note)),
        General(general.name, tuple(read_examples(general, note)), replay) if general else None,
    )
    if defects:
        say(f"{len(defects)} records have defects and are left out, the first: {defects[0]}")
    from plugins.instruct.training.card import config, figures  # PyTorch takes seconds
    from plugins.instruct.training.train import train

    with _opened(judge) as opened, training_progress(json) as show:
        trained = train(
            learnt,
            options,
            folder or settings.adapters_dir / _name_after(data[0]),
            commit(),
            on_step=show.step,
            on_epoch=show.epoch,
            on_work=show.work,
            judge=opened,
        )
    result = {
        "adapter": str(trained.folder),
        "metrics": figures(trained),
        "seconds": trained.seconds,
        "config": config(trained, commit()),
    }
    if json:
        out(as_json(rounded(result)))
    else:
        show_adapter(trained)
    _activate(trained.folder.resolve(), library_of(settings))


@contextmanager
def _opened(judge: str | None) -> Iterator[Any]:
    """The judge of a name, ready to be asked; `None` for none."""
    if not judge:
        yield None
        return
    from plugins.instruct.training.judging import Judge

    with open_runtime(model=judge) as runtime:
        yield Judge(runtime.llm)


def _name_after(data: Path) -> str:
    """A folder's name from that of a file: `my data.jsonl.gz` becomes `my-data`."""
    stem = Path(data.name.removesuffix(".gz")).stem
    return re.sub(r"[^\w]+", "-", stem).strip("-") or "instruct"


def _activate(folder: Path, library: Library) -> None:
    """Makes what was trained the active adapter if it lies in the library and beats its base."""
    if folder.parent != library.folder:
        return
    try:
        trained = library.use(folder.name)
    except InputError as refused:
        library.leave(folder.name)  # a better one of an earlier training may have been active here
        say(str(refused))
    else:
        say(told_active(folder.name, trained.base))
        warn_of_setting(library)
