"""Turns what a person said of themselves into what is said to them."""

import re

TURNED = {
    "i am": "you are", "i'm": "you're", "i was": "you were", "am i": "are you", "i": "you",
    "i've": "you've", "i'd": "you'd", "i'll": "you'll", "me": "you", "my": "your",
    "mine": "yours", "myself": "yourself", "we": "you", "we're": "you're", "we've": "you've",
    "we'll": "you'll", "we'd": "you'd", "us": "you", "our": "your", "ours": "yours",
    "ourselves": "yourselves", "you": "I", "your": "my", "yours": "mine", "let's": "you will",
}  # fmt: skip
FIRST = re.compile(
    r"\b(?:I am|I was|am I|I['’](?:m|ve|d|ll)|we['’](?:re|ve|ll|d)|let['’]s|I|me|"
    r"myself|my|mine|we|us|"
    r"ourselves|ours|our|yours|your|you)\b",
    re.IGNORECASE,
)
US = re.compile(r"\bUS\b")
"""The country, which is no pronoun."""


def to_second_person(text: str) -> str:
    """A statement as it is told to who made it: "My dog is called Rex" as "Your dog …"."""

    def turn(match: re.Match[str]) -> str:
        said = match.group()
        if US.fullmatch(said):
            return said
        return TURNED[said.lower().replace("’", "'")]

    turned = FIRST.sub(turn, text.strip())
    return turned[:1].upper() + turned[1:]


def as_sentence(text: str) -> str:
    """A text with a full stop at its end."""
    return text if text.endswith((".", "!", "?", "…", "”")) else f"{text}."
