"""Reads a message: what in it are the person's own words, sentence by sentence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

FENCED = re.compile(
    r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|-----BEGIN.*?(?:-----END[^\n]*|\Z)", re.DOTALL
)
CODE_SPAN = re.compile(r"`([^`\n]*)`")
QUOTED_LINE = re.compile(r"\s*(?:>|\|)")
CODE_LINE = re.compile(
    r"\s*(?:\$ |>>>|#include|import \w+|from [\w.]+ import|def \w+\(|class \w+[:(]|return\b|const |"
    r"let \w+ ?=|var \w+ ?=|function\b|public |private |SELECT\b|INSERT\b|\d{4}-\d\d-\d\d[T ]\d\d:|"
    r"\[?(?:INFO|DEBUG|WARN|ERROR)\b)|.*(?:[;{}]|=>|\w\([^)\s]*\);?)\s*$"
)
MAIL_HEADER = re.compile(r"\s*(?:From|To|Subject|Date|Sent|Cc): \S", re.IGNORECASE)
SALUTATION = re.compile(r"\s*dear\s+[\w. ]+,\s*$", re.IGNORECASE)
FOREIGN = re.compile(
    r"\b(?:translate|summari[sz]e|proofread|rewrite|rephrase|paraphrase|correct|improve|edit|polish|"
    r"classify|analy[sz]e|explain|review|shorten|simplify|spam|scam|phishing|grammar|essay|article|"
    r"e-?mail|mail|letter|text|story|poem|lyrics|song|paragraph|passage|transcript|quote|excerpt|"
    r"message|post|tweet|review|draft|code|log|output|sentence|bio|profile|says?|said|wrote|writes|"
    r"asked|told|replied|dialogue|script|example|template|character|cover letter)\b[^:\n]{0,60}:",
    re.IGNORECASE,
)
"""The words before a colon behind which somebody else's words stand."""
QUOTATION = re.compile(r'"([^"\n]*)"')
PRONOUN = re.compile(r"\b(?:I|me|my|we|our|you)\b|\bI'", re.IGNORECASE)
STOP = re.compile(
    r"(?<=[.!?…])[\"')]*\s+|(?<=[!?…])(?=[A-Za-z])|\n+|\s*[\U0001F300-\U0001FAFF☀-➿️]+\s*"
)
ABBREVIATION = re.compile(r"(?:\b(?:dr|mr|mrs|ms|prof|st|jr|sr|e\.g|i\.e|vs|etc|approx|no)|\b[A-Z])\.$", re.IGNORECASE)  # fmt: skip
MOST_SENTENCES = 200
LONGEST_SENTENCE = 600
"""Characters: nobody says more of themselves in one go."""
LONGEST_QUOTE = 4
"""Words of a quotation that names something, such as a title."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the person's own.

    Attributes:
        text: As it was written, in one line.
        is_question: Whether it ends with a question mark.
    """

    text: str
    is_question: bool


def sentences(message: str) -> Iterator[Sentence]:
    """The sentences that a person says themselves: no code, no quotations, nothing pasted."""
    n_sentences = 0
    for line in _own_lines(message):
        for text in _split(line):
            if 1 < len(text) <= LONGEST_SENTENCE and n_sentences < MOST_SENTENCES:
                n_sentences += 1
                yield Sentence(text, text.rstrip("\"')").endswith("?"))


def _own_lines(message: str) -> Iterator[str]:
    for line in CODE_SPAN.sub(r"\1", FENCED.sub("\n", message)).splitlines():
        if MAIL_HEADER.match(line) or SALUTATION.match(line):
            return
        if QUOTED_LINE.match(line) or CODE_LINE.match(line):
            continue
        foreign = FOREIGN.search(line)
        if foreign:
            before = line[: foreign.start()]
            yield re.sub(r"[^.!?\n]*$", "", before)
            return
        yield _unquoted(line)


def _unquoted(line: str) -> str:
    """A line with its quotations: names as they are, what somebody says left out."""

    def keep(match: re.Match[str]) -> str:
        words = match[1].split()
        is_name = len(words) <= LONGEST_QUOTE and not PRONOUN.search(match[1])
        return match[1] if is_name else "…"

    line = line.translate(str.maketrans("“”„«»", '"""""'))
    return QUOTATION.sub(keep, line)


def _split(line: str) -> Iterator[str]:
    held = ""
    for piece in STOP.split(line):
        if piece is None:
            continue
        held = f"{held} {piece}".strip() if held else piece.strip()
        if ABBREVIATION.search(held):
            continue
        if held:
            yield re.sub(r"^\s*(?:[-*•]|\d+[.)])\s+", "", held)
        held = ""
    if held:
        yield held
