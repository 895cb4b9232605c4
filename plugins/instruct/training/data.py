"""What a training learns from."""

import hashlib
import json
from dataclasses import dataclass
from itertools import chain

from plugins.instruct.examples import Example, Preference
from plugins.instruct.training.splitting import Split, split_examples


@dataclass(frozen=True, slots=True)
class Data:
    """Examples, and perhaps preferences that are learnt after them.

    Attributes:
        name: Of their files.
        files: The examples of each file. Each is split on its own, so that what is tested on stays
            the same whatever else is learnt.
    """

    name: str
    files: tuple[tuple[Example, ...], ...]
    preferences: tuple[Preference, ...] = ()

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
        """The hash of all requests and responses."""
        texts = [[one.request.text, one.response] for one in self.examples]
        texts += [[one.request.text, one.chosen, one.rejected] for one in self.preferences]
        return hashlib.sha256(json.dumps(texts).encode()).hexdigest()
