"""What a training learns from."""

import hashlib
import json
from dataclasses import dataclass
from itertools import chain

from assistant.errors import InputError
from plugins.instruct.examples import Example, Preference
from plugins.instruct.training.splitting import Split, split_examples


@dataclass(frozen=True, slots=True)
class General:
    """Examples of other tasks, which a training must not make the model forget.

    Attributes:
        name: Of their file.
        examples: They are split as those to learn are; what is tested on is never trained on.
        replay: Share that they are to have of what is trained on (Rolnick et al. 2019, "Experience
            replay for continual learning").
    """

    name: str
    examples: tuple[Example, ...]
    replay: float = 0.0

    def __post_init__(self) -> None:
        """Raises `InputError` where the share is out of range."""
        if not 0 <= self.replay < 1:
            raise InputError(f"--replay must be at least 0 and below 1, got {self.replay:g}.")

    def sha256(self) -> str:
        """The hash of all requests and responses."""
        return _sha256([[one.request.text, one.response] for one in self.examples])


@dataclass(frozen=True, slots=True)
class Data:
    """Examples, and perhaps preferences that are learnt after them.

    Attributes:
        name: Of their files.
        files: The examples of each file. Each is split on its own, so that what is tested on stays
            the same whatever else is learnt.
        general: Of other tasks; `None` for those that ship, to test on.
    """

    name: str
    files: tuple[tuple[Example, ...], ...]
    preferences: tuple[Preference, ...] = ()
    general: General | None = None

    @property
    def examples(self) -> list[Example]:
        """Those of all files."""
        return list(chain.from_iterable(self.files))

    def split(self) -> Split[Example]:
        """The parts of all files.

        Raises:
            InputError: A file has too few examples.
        """
        splits = [split_examples(file) for file in self.files]
        return Split(
            *(
                tuple(chain.from_iterable(getattr(split, part) for split in splits))
                for part in ("train", "validation", "test")
            )
        )

    def sha256(self) -> str:
        """The hash of all requests and responses to learn."""
        texts = [[one.request.text, one.response] for one in self.examples]
        texts += [[one.request.text, one.chosen, one.rejected] for one in self.preferences]
        return _sha256(texts)


def _sha256(texts: list[list[str]]) -> str:
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()
