"""Draws how a training went."""

from collections.abc import Sequence
from pathlib import Path

from plugins.spam.training.loop import Epoch


def draw_curves(history: Sequence[Epoch], file: Path) -> None:
    """Losses and accuracies of training and validation by epoch, as a PNG."""
    # Imported here: drawing is the last step, and takes a second to load.
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    epochs = [one.epoch for one in history]
    figure = Figure(figsize=(9, 3.5), layout="constrained", dpi=120)
    losses, accuracies = figure.subplots(1, 2)
    losses.plot(epochs, [one.train_loss for one in history], "o-", label="training")
    losses.plot(epochs, [one.validation_loss for one in history], "s--", label="validation")
    losses.set_ylabel("loss, nats")
    losses.set_yscale("log")
    accuracies.plot(epochs, [one.train_accuracy for one in history], "o-", label="training")
    accuracies.plot(epochs, [one.validation_accuracy for one in history], "s--", label="validation")
    accuracies.set_ylabel("accuracy")
    for axes in (losses, accuracies):
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(alpha=0.3)
        axes.legend()
    figure.savefig(file)
