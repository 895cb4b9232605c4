"""Draws how a training went."""

from collections.abc import Sequence
from pathlib import Path

from plugins.instruct.training.progress import Epoch


def draw_curves(history: Sequence[Epoch], file: Path) -> None:
    """Losses of training and validation by epoch, as a PNG."""
    # Imported here: drawing is the last step, and takes a second to load.
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    epochs = [one.epoch for one in history]
    figure = Figure(figsize=(6, 3.5), layout="constrained", dpi=120)
    axes = figure.subplots()
    axes.plot(epochs, [one.train_loss for one in history], "o-", label="training")
    axes.plot(epochs, [one.validation_loss for one in history], "s--", label="validation")
    axes.set_xlabel("epoch")
    axes.set_ylabel("loss of a token, nats")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(file)
