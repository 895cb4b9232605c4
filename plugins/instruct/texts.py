"""From the tokens of a response to its text, as far as it is settled."""

from collections.abc import Sequence
from typing import Any, Protocol

from plugins.instruct.bases import Base
from plugins.instruct.examples import Request
from plugins.instruct.surface.text import SurfaceText

HALF_CHARACTER = "\ufffd"
"""What bytes decode to whose character has still to be completed."""


class Settling(Protocol):
    """Turns tokens into text, a token at a time."""

    def add(self, token_id: int) -> str:
        """Takes a token; returns the text that is now settled."""
        ...

    def finish(self) -> str:
        """The rest."""
        ...


class DecodedText:
    """The text of a base that writes its words as they are read.

    Args:
        tokenizer: The base's.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._tokens: list[int] = []
        self._given = ""

    def add(self, token_id: int) -> str:
        """Takes a token; nothing is settled while a character is half there."""
        self._tokens.append(token_id)
        text = self._tokenizer.decode(self._tokens, skip_special_tokens=True)
        return "" if text.endswith(HALF_CHARACTER) else self._further(text)

    def finish(self) -> str:
        """What was held back."""
        return self._further(self._tokenizer.decode(self._tokens, skip_special_tokens=True))

    def _further(self, text: str) -> str:
        further = text[len(self._given) :] if text.startswith(self._given) else ""
        self._given += further
        return further


class TextStream:
    """A response as it is written, up to where it is to stop.

    Args:
        settling: Turns its tokens into text.
        stop: The response ends before the first of these.
    """

    def __init__(self, settling: Settling, stop: Sequence[str]) -> None:
        self._settling = settling
        self._stop = [text for text in stop if text]
        self._kept = max((len(text) - 1 for text in self._stop), default=0)
        self._waiting = ""
        self.stopped = False

    def add(self, token_id: int) -> str:
        """Takes a token; returns the text that may be shown."""
        return self._shown(self._settling.add(token_id), self._kept)

    def finish(self) -> str:
        """The rest of what may be shown."""
        return "" if self.stopped else self._shown(self._settling.finish(), 0)

    def _shown(self, further: str, n_kept: int) -> str:
        self._waiting += further
        found = [at for text in self._stop if (at := self._waiting.find(text)) >= 0]
        if found:
            self.stopped = True
        n_shown = min(found) if found else max(0, len(self._waiting) - n_kept)
        shown, self._waiting = self._waiting[:n_shown], self._waiting[n_shown:]
        return shown


def text_stream(base: Base, request: Request, stop: Sequence[str]) -> TextStream:
    """The text of a response to a request, from its first token on."""
    if base.model.config.model_type == "prefix-lm":
        return TextStream(SurfaceText(base.tokenizer, request.text), stop)
    return TextStream(DecodedText(base.tokenizer), stop)
