"""What senders do so that a filter does not know their words. Each attack keeps the text readable.

CLAIM your prize  →  CL41M y0ur pr1z3  →  C L A I M your p r i z e
"""

import re
from collections.abc import Callable
from random import Random

DIGITS = str.maketrans("aeiostAEIOST", "431057431057")
HOMOGLYPHS = str.maketrans("aeiopcyxsABEHIKMOPCTX", "аеіорсухѕАВЕНІКМОРСТХ")
WORD = re.compile(r"[A-Za-z]{3,}")
LINK = re.compile(r"(?:https?://|www\.)\S+|\b\d{4,}\b")
SHARE = 0.5
"""Of the words that could be changed."""

Attack = Callable[[str, Random], str]


def digits(text: str, random: Random) -> str:
    """Digits for letters in half of the words."""
    return _words(text, random, lambda word: word.translate(DIGITS))


def spacing(text: str, random: Random) -> str:
    """Spaces or points between the letters of half of the words."""
    return _words(text, random, lambda word: random.choice(" .").join(word))


def homoglyphs(text: str, random: Random) -> str:
    """Cyrillic letters of the same look in half of the words."""
    return _words(text, random, lambda word: word.translate(HOMOGLYPHS))


def unseen_links(text: str, random: Random) -> str:
    """Links and numbers made up anew, and where there is none, a link at the end."""
    changed, n_changed = LINK.subn(lambda match: _made_up(match.group(), random), text)
    return changed if n_changed else f"{text} {_made_up('http', random)}"


ATTACKS: dict[str, Attack] = {
    "digits": digits,
    "spacing": spacing,
    "homoglyphs": homoglyphs,
    "links": unseen_links,
}


def _words(text: str, random: Random, change: Callable[[str], str]) -> str:
    return WORD.sub(
        lambda match: change(match.group()) if random.random() < SHARE else match.group(), text
    )


def _made_up(seen: str, random: Random) -> str:
    if seen.isdigit():
        return "".join(random.choice("0123456789") for _ in seen)
    name = "".join(random.choice("bcdfghjklmnpqrstvwxz") for _ in range(7))
    return f"https://{name}.example/{random.randrange(10**5)}"
