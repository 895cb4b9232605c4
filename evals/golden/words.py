"""Whether a text stands in another, word for word."""

import re
import unicodedata

UNSPACED = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff"
"""Thai, Lao, Japanese and Chinese, which put no spaces between words."""
WORD = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+(?:[.,:]\d+)*")


def words(text: str) -> list[str]:
    """The words and figures of a text, in one case; of scripts without spaces, the characters."""
    return WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def stands_in(wanted: str, text: str) -> bool:
    """Whether the words of one text stand in another, one behind the other."""
    return f" {' '.join(words(wanted))} " in f" {' '.join(words(text))} "
