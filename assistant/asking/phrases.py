"""The noun phrases, names and times of a question, told by its small words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WORD = re.compile(r"[\w&$%.+/’'-]*[\w%]|[?!,;:()\"“”¿]")
ARTICLES = frozenset(
    "the a an der die das den dem ein eine einen le la les un une el los las".split()
)
POSSESSIVE = ("'s", "’s")
OWNERS = frozenset("my our your his her its their".split())
DETERMINERS = ARTICLES | OWNERS
BEFORE_SUBJECT = frozenset("do does did can could will would should may might must".split())
PRONOUNS = frozenset("it they them he she him this that these those one ones itself".split())
PREPOSITIONS = frozenset(
    "of in on at for from to with about under by per during after before into over without against "
    "via as für in im von zu bei pour en de du dans para por con sobre".split()
)
QUESTION_WORDS = frozenset(
    "what whats what's which who whom whose when where why how was wer wo wann wie warum welche "
    "welcher welches que quel quelle quels quelles qui quand où comment qué quién cuándo dónde "
    "cómo cuánto cuántos cuáles".split()
)
AUXILIARIES = frozenset(
    "is are was were be been being am do does did done can could will would should shall may might "
    "must has have had isn't aren't doesn't don't didn't can't ist sind war waren wird hat haben "
    "est sont était étaient es son fue fueron era".split()
)
SMALL = (
    QUESTION_WORDS
    | AUXILIARIES
    | PREPOSITIONS
    | PRONOUNS
    | frozenset(
        "i you we me us and or but if than then so also not there here please just only still "
        "again ever now how long much many often far soon big large old high low say tell show "
        "both there summarise summarize explain compare list find give und oder et ou y e o".split()
    )
)
VERBS = re.compile(
    r"(?:(?:add|affect|allow|apply|begin|burn|buy|chang|charg|clos|compar|compute|conquer|contain|"
    r"cost|cover|creat|delet|describ|do|drop|earn|end|establish|expir|fail|fly|found|get|go|grow|"
    r"happen|hold|includ|increas|ingest|interview|invent|join|keep|last|lead|leav|listen|liv|look|"
    r"mak|matter|mean|mov|need|offer|open|own|pay|quot|reach|read|receiv|refus|releas|remov|"
    r"report|requir|reset|ris|run|say|sell|send|set|sign|sound|spend|start|stop|stor|support|"
    r"tak|tell|translat|us|work|writ)(?:e|s|es|ed|d|ing)?|got|made|paid|said|sent|sold|spent|"
    r"took|went|wrote|rank|zahlt|gilt|kostet|dauert)",
    re.IGNORECASE,
)
YEAR = re.compile(r"\b(?:[FC]Y ?)?(?:19|20)\d\d\b", re.IGNORECASE)
QUARTER = re.compile(
    r"\b(?:[QH][1-4]|(?:the )?(?:first|second|third|fourth) quarter)\b", re.IGNORECASE
)
MONTH = re.compile(
    r"\b(?:(?i:january|february|march|april|june|july|august|september|october|november|december)"
    r"|May)\b"
)
PERIODS = (YEAR, QUARTER, MONTH)
"""Kinds of times: one takes the place of another of its kind."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase, such as "the lease".

    Attributes:
        start: Offset of its first character.
        end: Offset behind its last.
        text: All of it, a possessive ending left out.
        before: The preposition in front of it; empty where there is none.
        is_name: Whether each of its words looks like a name or a code.
    """

    start: int
    end: int
    text: str
    before: str
    is_name: bool

    @property
    def head(self) -> str:
        """Its last word."""
        return self.text.split()[-1]

    @property
    def determiner(self) -> str:
        """Its first word where that is an article or an owner."""
        first = self.text.split()[0].lower()
        return first if first in DETERMINERS else ""

    @property
    def is_plural(self) -> bool:
        """Whether it ends as a plural does."""
        return self.head.endswith("s") and not self.head.endswith("ss")

    @property
    def is_time(self) -> bool:
        """Whether it is a time and nothing else."""
        return any(kind.fullmatch(self.text) for kind in PERIODS)


def phrases(question: str) -> list[Phrase]:
    """The noun phrases of a question, in its order."""
    words = list(WORD.finditer(question))
    return [_phrase(question, words, *run) for run in _runs([word[0] for word in words])]


def _runs(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """First and last word of each phrase."""
    first: int | None = None
    awaits_verb = False
    for at, word in enumerate(words):
        begins = word.lower() in DETERMINERS
        is_verb = _is_verb(words, at, first is not None, awaits_verb)
        ends = begins or is_verb or _is_small(word)
        awaits_verb = word.lower() in BEFORE_SUBJECT or (awaits_verb and not is_verb)
        if ends and first is not None and words[at - 1].lower() not in DETERMINERS:
            yield first, at - 1
        if ends:
            first = at if begins else None
        elif first is None:
            first = at
        if first is not None and word.endswith(POSSESSIVE):
            yield first, at
            first = None
    if first is not None and words[-1].lower() not in DETERMINERS:
        yield first, len(words) - 1


def _is_small(word: str) -> bool:
    return word.lower() in SMALL or word in POSSESSIVE or not re.search(r"\w", word)


def _is_verb(words: Sequence[str], at: int, inside: bool, awaits_verb: bool) -> bool:
    """Whether a word that may be a verb is one where it stands."""
    word, front = words[at], words[at - 1] if at else ""
    if not word.isalpha() or not word.islower() or front.lower() in DETERMINERS:
        return False
    if awaits_verb and inside and looks_like_a_name(front) and not word.endswith("s"):
        return True
    follows = words[at + 1].lower() if at + 1 < len(words) else "?"
    is_last = _is_small(follows) or follows in DETERMINERS
    may_be = bool(VERBS.fullmatch(word)) or word.endswith("ed")
    return may_be and (
        is_last or awaits_verb or front.lower() == "who" or not (inside or word.endswith("ed"))
    )


def _phrase(question: str, words: Sequence[re.Match[str]], first: int, last: int) -> Phrase:
    start, end = words[first].start(), words[last].end()
    text = question[start:end]
    if text.endswith(POSSESSIVE):
        end, text = end - 2, text[:-2]
    before = words[first - 1][0].lower() if first else ""
    content = [word for word in text.split() if word.lower() not in ARTICLES | OWNERS]
    is_name = bool(content) and all(map(looks_like_a_name, content))
    return Phrase(start, end, text, before if before in PREPOSITIONS else "", is_name)


def looks_like_a_name(word: str) -> bool:
    """Capitals, digits and codes such as `--prune` or `warm_up`."""
    return word != word.lower() or bool(re.search(r"[\d_]|^--|\.\w", word))
