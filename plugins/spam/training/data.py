"""The messages that a training is given."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plugins.spam.messages import LabelledMessage, read_labelled
from plugins.spam.training.sms_spam import NAME, sms_spam


@dataclass(frozen=True, slots=True)
class Data:
    """The messages that a training is given.

    Attributes:
        messages: Labelled messages.
        corrections: Messages whose label a person has mended; they are trained on and never
            tested on, and win over a message of the same text.
        name: What the card calls them.
    """

    messages: Sequence[LabelledMessage]
    corrections: Sequence[LabelledMessage] = ()
    name: str = ""

    def sha256(self) -> str:
        """Hash of all texts and labels."""
        lines = [[one.is_spam, one.text] for one in (*self.messages, *self.corrections)]
        return hashlib.sha256(json.dumps(lines).encode()).hexdigest()

    def with_corrections(self) -> tuple[list[LabelledMessage], NDArray[np.bool_]]:
        """All messages, corrected ones first, and which of them must be trained on, `(n,)`."""
        corrected = {one.text for one in self.corrections}
        others = [one for one in self.messages if one.text not in corrected]
        messages = [*self.corrections, *others]
        return messages, np.arange(len(messages)) < len(self.corrections)


def read_data(data: str, folder: Path) -> Data:
    """Reads what is given to --data.

    Args:
        data: A file or folder, see `read_labelled`, or "sms-spam".
        folder: Where fetched collections are kept.

    Raises:
        InputError: It is not there, or not fit to learn from.
    """
    if data == NAME and not Path(data).exists():
        return Data(read_labelled(sms_spam(folder)), name="SMS Spam Collection")
    return Data(read_labelled(Path(data)), name=Path(data).name)
