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
    r"\[?(?:INFO|DEBUG|WARN|ERROR)\b|\[?\d{1,2}:\d\d(?::\d\d)?\]? \S+: |\[[\w.-]+\]\s*$|"
    r"(?:#|//|--|/\*) |commit [0-9a-f]{4,})|\s{2,}(?![-*•]|\d+[.)])\S|.*(?:[;{}]|=>|\w\([^)\s]*\);?)\s*$"
)
"""Code, logs, and whatever is set in."""
SETTING = re.compile(r"^\s*[\w.-]+ ?= ?\S.*$", re.MULTILINE)
"""Two of these make a file of settings."""
SPEAKER = re.compile(r"(?<!\S)[A-Z][A-Z0-9]+: ")
"""Who speaks in a transcript: two of them make one."""
PLAYED = re.compile(
    r"\brole-?play|\bin character\b|\blet'?s (?:practi[sc]e|rehearse|pretend|play)\b|\bpretend (?:to be|that|you|I)\b|\b(?:you play|act as) (?:the|an?|my)\b",
    re.IGNORECASE,
)
"""What makes a message a game, in which nobody speaks for themselves."""
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
QUOTATION = re.compile(r"\"([^\"\n]*)\"|(?<![\w'])['‘](?=\S)([^\n]*?\S)['’](?!\w)")
PRONOUN = re.compile(r"\b(?:I|me|my|we|our|you)\b|\bI'", re.IGNORECASE)
STOP = re.compile(
    r"(?<=[.!?…])[\"')]*\s+|(?<=[!?…])(?=[A-Za-z])|\n+|\s*[\U0001F300-\U0001FAFF☀-➿️]+\s*"
)
ABBREVIATION = re.compile(r"(?:\b(?:dr|mr|mrs|ms|prof|st|jr|sr|e\.g|i\.e|vs|etc|approx|acc|no)|\b[A-Z])\.$", re.IGNORECASE)  # fmt: skip
MOST_SENTENCES = 200
LONGEST_SENTENCE = 600
"""Characters: nobody says more of themselves in one go."""
GAP = "…"
"""What stands where somebody else's words were."""
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
    if PLAYED.search(message):
        return
    for line in _own_lines(message):
        for text in _split(line):
            if 1 < len(text) <= LONGEST_SENTENCE and n_sentences < MOST_SENTENCES:
                n_sentences += 1
                yield Sentence(text, text.rstrip("\"')").endswith("?"))


def _own_lines(message: str) -> Iterator[str]:
    text = CODE_SPAN.sub(r"\1", FENCED.sub("\n", message))
    if len(SETTING.findall(text)) > 1:
        text = SETTING.sub("", text)
    for line in text.splitlines():
        if MAIL_HEADER.match(line) or SALUTATION.match(line):
            return
        if QUOTED_LINE.match(line) or CODE_LINE.match(line):
            continue
        if len(SPEAKER.findall(line)) > 1:
            continue
        own = _unquoted(line)
        foreign = FOREIGN.search(own)
        if foreign and not own[foreign.end() :].startswith(f" {GAP}"):
            before = own[: foreign.start()]
            yield re.sub(r"[^.!?\n]*$", "", before)
            return
        yield own


def _unquoted(line: str) -> str:
    """A line with its quotations: names as they are, what somebody says left out."""

    def keep(match: re.Match[str]) -> str:
        quoted = match[1] or match[2] or ""
        is_name = len(quoted.split()) <= LONGEST_QUOTE and not PRONOUN.search(quoted)
        return quoted if is_name else GAP

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
