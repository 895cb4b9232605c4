"""From examples to an adapter: the spine of a training."""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from assistant.errors import InputError
from assistant.training.workplace import Workplace, workplace
from plugins.instruct.adapters.folder import CURVES, FILES, AdapterConfig
from plugins.instruct.base_names import settled, version_of
from plugins.instruct.bases import Base, load_base
from plugins.instruct.examples import Example
from plugins.instruct.four_bits import n_numbers
from plugins.instruct.hub import OnBytes
from plugins.instruct.training.card import write_card
from plugins.instruct.training.clozes import clozes
from plugins.instruct.training.comparison import Standing, verdict
from plugins.instruct.training.curves import draw_curves
from plugins.instruct.training.data import Data
from plugins.instruct.training.encoding import Part, fitting
from plugins.instruct.training.general import GeneralParts, general_parts
from plugins.instruct.training.judging import Judge
from plugins.instruct.training.learning import learn, learn_preferences, trainer_of
from plugins.instruct.training.measuring import Measuring, Work
from plugins.instruct.training.memory import refuse_too_large
from plugins.instruct.training.model import made_trainable, trained_parameters
from plugins.instruct.training.options import TrainingOptions
from plugins.instruct.training.progress import Epoch, Keeper, Step
from plugins.instruct.training.splitting import Split, split_examples
from plugins.instruct.training.trainer import InstructTrainer

FORMAT = 2
"""Counts the changes of this code after which a checkpoint means something else."""
BEFORE = "before.json"
"""What the base comes to, beside the checkpoints."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of a training.

    Attributes:
        folder: Where the adapter lies.
        config: What it is, and whether it beats its base.
        general_name: Of the file of general examples.
        replay: Share of them in what was trained on.
        before: What the base comes to.
        after: What the adapter comes to.
        n_examples: Of each part, of those that were too long, and of the general ones that were
            replayed.
        preferred: Share of the test pairs whose preferred response gained by preference tuning;
            `None` where there was none.
        n_trained: Numbers that were trained.
        n_all: Numbers of the model in all.
        n_bytes: What the adapter takes on disk.
    """

    folder: Path
    options: TrainingOptions
    config: AdapterConfig
    data_name: str
    data_sha256: str
    general_name: str
    replay: float
    n_examples: dict[str, int]
    before: Standing
    after: Standing
    preferred: float | None
    history: tuple[Epoch, ...]
    n_trained: int
    n_all: int
    n_bytes: int
    seconds: float


def train(
    data: Data,
    options: TrainingOptions,
    folder: Path,
    commit: str = "",
    on_step: Callable[[Step], None] = lambda step: None,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
    on_work: Callable[[Work], None] = lambda work: None,
    judge: Judge | None = None,
) -> Trained:
    """Trains an adapter, compares it with its base and writes it into a folder.

    A training that was killed goes on from its last checkpoint when it is called alike again.

    Args:
        data: The examples.
        options: How to train.
        folder: Is made; what an earlier training left there is replaced when this one is done.
        commit: Of the code, for the card.
        on_step: Called after each step.
        on_epoch: Called after each epoch, also after those that a checkpoint holds.
        on_work: Told how far fetching the base, measuring and judging are.
        judge: Scores what base and adapter say to the test examples; without one, the words that
            they share with what was wanted decide.

    Raises:
        InputError: There are too few examples, the folder is not fit to be written into, or the
            memory is too small.
        SettingsError: The base cannot be loaded.
        ModelError: The judge is down, or grades too few of the responses.
    """
    if judge is not None:
        judge.probe()
    with workplace(folder, FILES, options.base) as place:
        trained = _train(data, options, place, commit, judge, on_step, on_epoch, on_work)
        place.publish()
        return trained


def _train(
    data: Data,
    options: TrainingOptions,
    place: Workplace,
    commit: str,
    judge: Judge | None,
    on_step: Callable[[Step], None],
    on_epoch: Callable[[Epoch], None],
    on_work: Callable[[Work], None],
) -> Trained:
    started = time.perf_counter()
    split = data.split()
    pairs = split_examples(data.preferences) if data.preferences else None
    torch.manual_seed(options.seed)
    base = load_base(options.base, torch.float32, _fetching(on_work), options.four_bit)
    refuse_too_large(base.model, options)
    base = made_trainable(base, options)
    made = clozes(split.train, options.clozes, options.seed)
    parts = _parts(base, split, made, options)
    general = general_parts(data, base, options, len(parts["train"][0]))

    own = _recipe_folder(data, options, place)
    keeper = Keeper(own / "examples", options, on_step, on_epoch)
    trainer = trainer_of(InstructTrainer, base, options, keeper)
    measuring = Measuring(trainer, base, parts["test"][0], general.test, judge, on_work)
    before = measuring.before(own / BEFORE)
    learn(trainer, keeper, [*parts["train"][1], *general.replayed[1]], parts["validation"][1])
    history, preferred = keeper.history, None
    if pairs is not None:
        keeper = Keeper(own / "preferences", options, on_step, on_epoch)
        preferred = learn_preferences(base, pairs, options, keeper)
        history = [*history, *keeper.history]
    after = measuring.after()

    better, reason = verdict(before, after)
    config = AdapterConfig(
        settled(options.base),
        options.method,
        better,
        reason,
        base.soft_tokens,
        version_of(options.base),
    )
    _save(base, config, place.staging)
    draw_curves(history, place.staging / CURVES)
    trained = Trained(
        folder=place.folder,
        options=options,
        config=config,
        data_name=data.name,
        data_sha256=data.sha256(),
        general_name=general.name,
        replay=data.general.replay if data.general else 0.0,
        n_examples=_sizes(parts, len(data.examples) + len(made), general),
        before=before,
        after=after,
        preferred=preferred,
        history=tuple(history),
        n_trained=sum(one.numel() for one in trained_parameters(base.model).values()),
        n_all=n_numbers(base.model),
        n_bytes=sum(file.stat().st_size for file in place.staging.glob("*.safetensors")),
        seconds=round(time.perf_counter() - started, 1),
    )
    write_card(trained, commit, place.staging)
    return trained


def _fetching(on_work: Callable[[Work], None]) -> OnBytes:
    """Tells how far the base is fetched, in millions of bytes."""
    return lambda n_done, n_all: on_work(
        Work("Fetching the base (MB)", n_done // 1_000_000, n_all // 1_000_000)
    )


def _recipe_folder(data: Data, options: TrainingOptions, place: Workplace) -> Path:
    """Where the checkpoints of this very training lie."""
    general = data.general if data.general and data.general.replay else None
    replayed = [general.sha256(), general.replay] if general else []
    recipe = json.dumps([FORMAT, data.sha256(), asdict(options), *replayed])
    folder = place.own / hashlib.sha256(recipe.encode()).hexdigest()[:16]
    for stage in ("examples", "preferences"):
        (folder / stage).mkdir(parents=True, exist_ok=True)
    return folder


def _parts(
    base: Base, split: Split[Example], made: Sequence[Example], options: TrainingOptions
) -> dict[str, Part]:
    """What the base can read of each part; what was made is trained on too."""
    parts = {
        name: fitting(base, examples, options.max_tokens)
        for name, examples in (
            ("train", [*split.train, *made]),
            ("validation", split.validation),
            ("test", split.test),
        )
    }
    empty = [name for name, (examples, _) in parts.items() if not examples]
    if empty:
        raise InputError(
            f"No example for {' and '.join(empty)} is left: the others are longer than the base "
            f"can read or --max-tokens allows, got {options.max_tokens or 'no limit of its own'}. "
            "Shorten them, or name a base that reads more."
        )
    return parts


def _sizes(parts: dict[str, Part], n_all: int, general: GeneralParts) -> dict[str, int]:
    sizes = {name: len(examples) for name, (examples, _) in parts.items()}
    too_long = n_all - sum(sizes.values())
    return {**sizes, "too long": too_long, "replayed": len(general.replayed[0])}


def _save(base: Base, config: AdapterConfig, folder: Path) -> None:
    """Writes what was trained, as PEFT or transformers write it."""
    base.model.save_pretrained(folder)
    if config.method == "full":
        base.tokenizer.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)  # PEFT's own, empty card
    config.write(folder)
