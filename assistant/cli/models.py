"""The commands of the models that are trained here: `classify` and `train`."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant import terminal
from assistant.cli.shared import Batch, Json, Text, command_settings, each_together, required
from assistant.terminal import as_json, out, say, text_field
from assistant.training.rounding import rounded
from assistant.training_progress import show_trained, training_progress
from plugins.spam.training.options import Balance, Pool, Strategy, TrainingOptions


def classify(
    text: Text = None,
    batch: Batch = None,
    json: Json = False,
) -> None:
    """Say whether a message is spam, and how probable that is."""
    from plugins.spam.classifier import SpamClassifier

    classifier = SpamClassifier.from_settings(command_settings())

    def judge(texts: list[str]) -> list[dict[str, Any]]:
        return [terminal.record(verdict) for verdict in classifier.classify(texts)]

    if batch is not None:
        each_together(batch, text, lambda line: text_field(line, "text"), judge)
        return
    [verdict] = judge([required(text)])
    if json:
        out(as_json(verdict))
    else:
        out(f"{verdict['label']}: probability of spam {verdict['probability']:.3f}")


def train_spam(
    data: Annotated[
        str,
        typer.Option(
            help="Labelled messages: a CSV, TSV or JSON Lines file; a folder with spam.mbox and "
            "ham.mbox or the like; or sms-spam, which is fetched."
        ),
    ],
    base: Annotated[
        str, typer.Option(help="minilm, or a transformers model by its folder or name.")
    ] = "minilm",
    strategy: Annotated[
        Strategy, typer.Option(help="What is trained: head, last-block, last-two, lora or full.")
    ] = "lora",
    pool: Annotated[Pool, typer.Option(help="What stands for a message: cls, mean or last.")] = (
        "mean"
    ),
    balance: Annotated[
        Balance, typer.Option(help="Against few spam: none, undersample, oversample or weights.")
    ] = "none",
    epochs: Annotated[
        int | None, typer.Option(help="At most so many passes; 3 or more if not given.")
    ] = None,
    patience: Annotated[
        int, typer.Option(help="Stop after so many epochs without a better validation loss.")
    ] = 2,
    rank: Annotated[int, typer.Option(help="Rank of the low-rank adapters.")] = 8,
    batch_size: Annotated[int, typer.Option(help="Messages in a step.")] = 32,
    learning_rate: Annotated[
        float | None, typer.Option(help="Largest step; that of the strategy if not given.")
    ] = None,
    letters: Annotated[
        bool, typer.Option(help="Train a linear model of letters in a row beside the base.")
    ] = True,
    refit: Annotated[
        bool, typer.Option(help="Once it is measured, train anew on all messages.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Decides the split and the order.")] = 0,
    folder: Annotated[
        Path | None, typer.Option("--out", help="Where it goes; HOME/adapters/spam if not given.")
    ] = None,
    json: Json = False,
) -> None:
    """Train a spam classifier on labelled messages; one that was killed goes on where it was."""
    from evals.benchmarks.provenance import commit
    from plugins.spam.corrections import Corrections
    from plugins.spam.training.card import config, figures
    from plugins.spam.training.data import read_data

    settings = command_settings()
    options = TrainingOptions(
        base=base,
        strategy=strategy,
        pool=pool,
        balance=balance,
        epochs=epochs,
        patience=patience,
        rank=rank,
        batch_size=batch_size,
        learning_rate=learning_rate,
        letters=letters,
        refit=refit,
        seed=seed,
    )
    corrections = tuple(Corrections(settings.spam_corrections).read())
    messages = replace(read_data(data, settings.data_dir), corrections=corrections)
    if corrections:
        say(f"{len(corrections)} corrections from the chat are trained on too.")
    from plugins.spam.training.train import train  # PyTorch takes seconds, bad data none

    with training_progress(json) as show:
        trained = train(
            messages,
            options,
            folder or settings.adapters_dir / "spam",
            commit(),
            on_step=show.step,
            on_epoch=show.epoch,
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
        show_trained(trained)
