"""What a training learns from."""

import hashlib
import json
from dataclasses import dataclass

from plugins.instruct.examples import Example, Preference


@dataclass(frozen=True, slots=True)
class Data:
    """Examples, and perhaps preferences that are learnt after them.

    Attributes:
        name: Of their files.
    """

    name: str
    examples: tuple[Example, ...]
    preferences: tuple[Preference, ...] = ()

    def sha256(self) -> str:
        """The hash of all requests and responses."""
        texts = [[one.request.text, one.response] for one in self.examples]
        texts += [[one.request.text, one.chosen, one.rejected] for one in self.preferences]
        return hashlib.sha256(json.dumps(texts).encode()).hexdigest()
