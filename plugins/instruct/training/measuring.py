"""Measures a model before and after its training, on the same examples."""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from plugins.instruct.bases import Base
from plugins.instruct.examples import Example
from plugins.instruct.training.comparison import (
    Measured,
    Standing,
    answered,
    measured,
    to_answer,
)
from plugins.instruct.training.encoding import encoded
from plugins.instruct.training.judging import Judge, Judged
from plugins.instruct.training.trainer import InstructTrainer


@dataclass(frozen=True, slots=True)
class Work:
    """How far something is that takes a while.

    Attributes:
        what: For a person: "Measuring the base".
    """

    what: str
    n_done: int
    n_all: int


class Measuring:
    """What a model is measured by.

    Args:
        trainer: Computes losses.
        base: With what is trained in it, or in front of its prompts.
        test: The test examples.
        general: General ones, maybe none.
        judge: Scores the responses to the test examples; `None` for nobody.
        on_work: Told how far it is.
    """

    def __init__(
        self,
        trainer: InstructTrainer,
        base: Base,
        test: Sequence[Example],
        general: Sequence[Example],
        judge: Judge | None,
        on_work: Callable[[Work], None],
    ) -> None:
        self._trainer = trainer
        self._base = base
        self._parts = {"test": test, "general": general}
        self._asked = {name: to_answer(base, part) for name, part in self._parts.items()}
        self._judge = judge
        self._on_work = on_work

    def before(self, file: Path) -> Standing:
        """That of the base alone, which a training that goes on finds in its file.

        Raises:
            ModelError: The judge is down, or grades too few responses.
        """
        kept = self._kept(file)
        if kept is not None:
            return kept
        with _without_adapter(self._base.model):
            standing = self._standing("base", self._base.without_soft_tokens())
        half = file.with_suffix(".part")
        half.write_text(json.dumps({"of": self._hash(), **asdict(standing)}), "utf-8")
        half.replace(file)
        return standing

    def after(self) -> Standing:
        """That of what was trained.

        Raises:
            ModelError: The judge is down, or grades too few responses.
        """
        return self._standing("adapter", self._base)

    def _standing(self, who: str, base: Base) -> Standing:
        n_all = sum(map(len, (*self._parts.values(), *self._asked.values())))
        count = self._counter(f"Measuring the {who}", n_all)
        test, said = self._measured("test", base, count)
        general = self._measured("general", base, count)[0] if self._asked["general"] else None
        if self._judge is None:
            return Standing(test, general)
        asked = self._asked["test"]
        count = self._counter(f"Judging the {who}", len(asked))
        return Standing(test, general, self._judge.judge(asked, said, count))

    def _measured(
        self, name: str, base: Base, count: Callable[[int], None]
    ) -> tuple[Measured, list[str]]:
        """What the model comes to on a part, and its responses."""
        examples, asked = self._parts[name], self._asked[name]
        loss = self._trainer.loss(encoded(base, examples), count)
        said = answered(base, asked, count)
        return measured(loss, len(examples), asked, said), said

    def _counter(self, what: str, n_all: int) -> Callable[[int], None]:
        n_done = 0

        def count(n_more: int) -> None:
            nonlocal n_done
            n_done += n_more
            self._on_work(Work(what, n_done, n_all))

        count(0)
        return count

    def _kept(self, file: Path) -> Standing | None:
        """What was measured on the same examples and by the same judge, if it was."""
        if not file.exists():
            return None
        fields = json.loads(file.read_text("utf-8"))
        if fields["of"] != self._hash():
            return None
        general = fields["general"] and Measured(**fields["general"])
        standing = Standing(Measured(**fields["test"]), general)
        if self._judge is None:
            return standing
        judged = fields["judged"]
        if judged is None or judged["judge"] != self._judge.name:
            return None
        return replace(standing, judged=Judged(judged["judge"], tuple(judged["scores"])))

    def _hash(self) -> str:
        """Of the examples."""
        texts = [[_told(one) for one in part] for part in self._parts.values()]
        return sha256(json.dumps(texts).encode()).hexdigest()


def _told(example: Example) -> list[str]:
    return [example.request.text, example.response]


def _without_adapter(model: Any) -> AbstractContextManager[Any]:
    """Lets the base alone answer; a model that is trained whole is the base before."""
    alone: AbstractContextManager[Any] = (
        model.disable_adapter() if hasattr(model, "disable_adapter") else nullcontext()
    )
    return alone
