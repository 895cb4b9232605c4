"""Undoes what senders do to a text so that filters do not know its words."""

import re
import unicodedata

LOOK_ALIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТХУаеѕіјкорсухԁԛԝһΑΒΕΖΗΙΚΜΝΟΡΤΥΧοανρ",
    "ABESIJKMHOPCTXYaesijkopcyxdqwhABEZHIKMNOPTYXoavp",
)
"""Cyrillic and Greek letters that look like Latin ones (Unicode Technical Standard 39)."""
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff]")
WORD = re.compile(r"\w+")
SPELT_OUT = re.compile(r"(?<!\w)\w(?:[ .\-_*]\w){3,24}(?!\w)")
"""At least four single letters in a row: "f r e e", "w-i-n-n-e-r"."""
SEPARATORS = re.compile(r"[ .\-_*]")


def plain(text: str) -> str:
    """The text with look-alike letters, invisible characters and spelt-out words undone."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()  # JSON may hold half characters
        text = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
        text = WORD.sub(lambda match: _latin(match.group()), text)
    return SPELT_OUT.sub(lambda match: _joined(match.group()), text)


def _latin(word: str) -> str:
    """A word of mixed scripts in Latin letters; one of another script alone stays as it is."""
    is_mixed = any(letter.isascii() and letter.isalpha() for letter in word)
    return word.translate(LOOK_ALIKE) if is_mixed else word


def _joined(letters: str) -> str:
    """The word that was spelt out; numbers such as "1 2 3 4" stay as they are."""
    return SEPARATORS.sub("", letters) if any(map(str.isalpha, letters)) else letters
