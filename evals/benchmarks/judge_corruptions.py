"""Makes sentences that a passage supports and sentences that it does not, by rules and by seed.

What is supported keeps the meaning in other words; what is not changes it in one place: a name, a
number, a denial, what is done, or where a half of the sentence comes from.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from evals.judging.lexicon import MONTHS, OPPOSITES

NAME = re.compile(r"(?<![.!?:] )(?<!^)\b[A-Z][a-zé]+(?:[ -][A-Z][a-zé]+)*\b")
FIGURE = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w])")
TO_BE = re.compile(r"\b(is|are|was|were|will|would|can|could|should|has|have|had|may|must)\b")
PAST = re.compile(r"\b[a-z]{3,}ed\b")
VERB = re.compile(rf"{TO_BE.pattern}|{PAST.pattern}|\b(?:said|told|made|won|led|took|says)\b")
WORD = re.compile(r"\b[a-z]{4,}\b")
ACTIVE = re.compile(
    r"([A-Z][\w'-]+(?: [A-Z][\w'-]+)*) ([a-z]{3,}ed) "
    r"((?:the|a|an|his|her|their|its|[A-Z]\w+) [^,;.]{3,60})\.?$"
)
LINK = re.compile(r"\s(?:in|to|by|for|with|at|from|of|that|and|on|as|who|which)\s")
_SYNONYMS = (
    "bought purchased, began started, begin start, big large, found discovered, film movie, "
    "movie film, help assist, helped assisted, showed demonstrated, show demonstrate, "
    "children kids, near close to, many numerous, about approximately, got received, used "
    "employed, use employ, made produced, said stated, says states, died passed away, built "
    "constructed, build construct, ended finished, first initial, important significant, "
    "often frequently, also additionally, because since, however but, won secured, killed "
    "slain, city town, company firm, area region, job position, car automobile, doctor "
    "physician, wrote authored, whole entire, major main, mainly chiefly, called named, known "
    "recognised, located situated, became turned into, received obtained, need require, needs "
    "requires, needed required, tried attempted, asked requested, told informed, large big, "
    "small little, fast quick, rich wealthy, sick ill, happy glad, hard difficult, whether "
    "if, although though, while whereas, despite in spite of, allow permit, allowed "
    "permitted, created established, founded established, people persons, house home, road "
    "street, child kid, woman lady, man guy, money funds, start begin, started began, buy "
    "purchase, sold traded, answer reply"
)
SYNONYMS = dict(pair.split(" ", 1) for pair in _SYNONYMS.split(", "))
FIGURES = "zero one two three four five six seven eight nine ten eleven twelve".split()
FIGURE_WORD = re.compile(rf"\b(?:{'|'.join(FIGURES[2:])})\b")
MONTH = re.compile(rf"\b(?:{'|'.join(month.capitalize() for month in MONTHS)})\b")
STARTERS = frozenset(
    "the a an in on at he she it they this that these those his her its their when while "
    "after before as for from with by but and however although if there one some many most "
    "all i we you".split()
)
"""What a sentence may begin with that is no name."""
VERBS = (
    "rejected praised bought sold visited founded destroyed married criticised joined left opened "
    "closed followed supported attacked defended designed ignored copied welcomed banned"
).split()


@dataclass(frozen=True, slots=True)
class Made:
    """A sentence, the text that it is held against, and whether that supports it."""

    text: str
    sentence: str
    is_good: bool
    kind: str


Change = Callable[[str, Sequence[str], Random], str | None]


def _other(found: str, among: Sequence[str], random: Random) -> str | None:
    """Something else of the same sort that shares no word with it."""
    own = set(found.lower().split())
    others = sorted({one for one in among if not own & set(one.lower().split())})
    return random.choice(others) if others else None


def another_name(sentence: str, passage: Sequence[str], random: Random) -> str | None:
    """A name in place of another one of the passage."""
    found = list(NAME.finditer(sentence))
    if not found:
        return None
    match = random.choice(found)
    name = _other(match.group(), NAME.findall(" . ".join(passage)), random)
    return sentence[: match.start()] + name + sentence[match.end() :] if name else None


def names_swapped(sentence: str, passage: Sequence[str], random: Random) -> str | None:
    """Two names of the sentence, each in the other's place."""
    found = list(re.finditer(r"\b[A-Z][a-zé]+(?:[ -][A-Z][a-zé]+)*\b", sentence))
    found = [one for one in found if one.group().lower() not in STARTERS]
    if len({one.group() for one in found}) < 2:
        return None
    one, other = sorted(random.sample(found, 2), key=lambda match: match.start())
    if one.group() == other.group():
        return None
    between = sentence[one.end() : other.start()]
    if re.fullmatch(r"\s*(?:,|and|or|&|,? and)\s*", between):
        return None
    return sentence[: one.start()] + other.group() + between + one.group() + sentence[other.end() :]


def another_number(sentence: str, passage: Sequence[str], random: Random) -> str | None:
    """A number changed a little or a lot, or to another one of the passage; else a month."""
    found = list(FIGURE.finditer(sentence))
    if not found:
        return _other_of(MONTH, [month.capitalize() for month in MONTHS], sentence, random) or (
            _other_of(FIGURE_WORD, FIGURES[2:], sentence, random)
        )
    match = random.choice(found)
    others = [one for one in FIGURE.findall(" ".join(passage)) if one != match.group()]
    if others and random.random() < 0.4:
        number = str(random.choice(others))
    else:
        digits = list(match.group())
        at = random.choice([i for i, digit in enumerate(digits) if digit.isdigit()])
        digits[at] = random.choice([digit for digit in "123456789" if digit != digits[at]])
        number = "".join(digits)
    return sentence[: match.start()] + number + sentence[match.end() :]


def _other_of(
    word: re.Pattern[str], among: Sequence[str], sentence: str, random: Random
) -> str | None:
    """Another one of a few words in the place of one of them."""
    found = list(word.finditer(sentence))
    if not found:
        return None
    match = random.choice(found)
    other = random.choice([one for one in among if one != match.group()])
    return sentence[: match.start()] + other + sentence[match.end() :]


def denied(sentence: str, passage: Sequence[str], random: Random) -> str | None:
    """A denial put in, or taken out."""
    taken = re.search(r"\b(?:not|never)\s", sentence)
    if taken:
        return sentence[: taken.start()] + sentence[taken.end() :]
    match = TO_BE.search(sentence)
    if match:
        word = random.choice((" not", " not", " never"))
        return sentence[: match.end()] + word + sentence[match.end() :]
    match = PAST.search(sentence)
    if not match:
        return None
    return f"{sentence[: match.start()]}never {sentence[match.start() :]}"


def opposite(sentence: str, passage: Sequence[str], random: Random) -> str | None:
    """A word turned into its opposite."""
    found = [one for one in re.finditer(r"\b[a-z]+\b", sentence) if one.group() in OPPOSITES]
    if not found:
        return None
    match = random.choice(found)
    word = random.choice(sorted(OPPOSITES[match.group()]))
    return sentence[: match.start()] + word + sentence[match.end() :]


def another_verb(sentence: str, passage: Sequence[str], random: Random) -> str | None:
    """Something else is done."""
    found = list(PAST.finditer(sentence))
    if not found:
        return None
    match = random.choice(found)
    among = PAST.findall(" ".join(passage)) if random.random() < 0.5 else VERBS
    verb = _other(match.group(), among or VERBS, random)
    return sentence[: match.start()] + verb + sentence[match.end() :] if verb else None


def another_word(sentence: str, passage: Sequence[str], random: Random) -> str | None:
    """A word in place of another one of the passage."""
    known = set(" ".join(passage).split())
    found = [
        one
        for one in WORD.finditer(sentence)
        if one.group() in known and one.group() not in STARTERS
    ]
    if not found:
        return None
    match = random.choice(found)
    ending = match.group()[-2:]
    among = [one for one in WORD.findall(" ".join(passage)) if one[-2:] == ending]
    word = _other(match.group(), among, random)
    return sentence[: match.start()] + word + sentence[match.end() :] if word else None


def fused(sentence: str, passage: Sequence[str], random: Random) -> str | None:
    """The beginning of one sentence and the end of another."""
    others = [one for one in passage if one != sentence]
    if not others:
        return None
    other = random.choice(others)
    pairs = [
        (one, two)
        for one in LINK.finditer(sentence)
        for two in LINK.finditer(other)
        if one.group() == two.group() and one.start() > 12 and len(other) - two.end() > 12
    ]
    if not pairs:
        return None
    one, two = random.choice(pairs)
    return sentence[: one.start()] + other[two.start() :]


def spliced(sentence: str, passage: Sequence[str], random: Random) -> str | None:
    """Who one sentence is about, with what another says."""
    others = [one for one in passage if one != sentence]
    if not others:
        return None
    other = random.choice(others)
    one, two = VERB.search(sentence), VERB.search(other)
    if (
        one is None
        or two is None
        or sentence[: one.start()].lower() == other[: two.start()].lower()
    ):
        return None
    return sentence[: one.start()] + other[two.start() :]


def longer(sentence: str, passage: Sequence[str], random: Random) -> str | None:
    """An end that another sentence has, behind a whole sentence."""
    others = [one for one in passage if one != sentence]
    if not others:
        return None
    ends = list(
        re.finditer(r"\s(?:in|by|for|with|at|from|after|because)\s", other := random.choice(others))
    )
    if not ends:
        return None
    return sentence.rstrip(". ") + other[random.choice(ends).start() :]


CORRUPTIONS: dict[str, Change] = {
    "another name": another_name,
    "names swapped": names_swapped,
    "another number": another_number,
    "denied": denied,
    "opposite": opposite,
    "another verb": another_verb,
    "another word": another_word,
    "fused": fused,
    "spliced": spliced,
    "longer": longer,
}


def verbatim(sentence: str, passage: Sequence[str], random: Random) -> str | None:
    """The sentence itself."""
    return sentence


def synonyms(sentence: str, passage: Sequence[str], random: Random) -> str | None:
    """Every word that has one, by its synonym."""
    text = re.sub(r"\b[a-z]+\b", lambda match: SYNONYMS.get(match.group(), match.group()), sentence)
    return text if text != sentence else None


def moved(sentence: str, passage: Sequence[str], random: Random) -> str | None:
    """What stands before the first comma, at the end."""
    match = re.match(
        r"((?:In|On|At|After|Before|During|Since|By|For|From|When|While) [^,]{3,60}), (.+)$",
        sentence,
    )
    if not match:
        return None
    head, rest = match.groups()
    return f"{rest[0].upper()}{rest[1:].rstrip('. ')} {head[0].lower()}{head[1:]}."


def shorter(sentence: str, passage: Sequence[str], random: Random) -> str | None:
    """Without what stands in parentheses, in a relative clause or behind the last comma."""
    text = re.sub(r"\s*\([^)]*\)", "", sentence)
    text = re.sub(r", (?:which|who|where|whose) [^,]+,", "", text)
    if text == sentence:
        match = re.match(
            r"(.{30,}?), (?:which|who|where|and|but|with|after|although|while|as) .+$", sentence
        )
        text = f"{match[1]}." if match else sentence
    if text == sentence:
        text = re.sub(r"\b(?:very|also|quickly|[a-z]{3,}ly) ", "", sentence)
    return text if text != sentence else None


def cut(sentence: str, passage: Sequence[str], random: Random) -> str | None:
    """Its beginning or its end alone."""
    told = re.match(r"(.{30,}), (?:\w+ ){0,4}(?:said|says|told|announced|added)\b.*$", sentence)
    if told:
        return f"{told[1]}."
    ends = [
        one.start()
        for one in re.finditer(
            r",? (?:in|at|on|after|before|by|for|with|because|when|while|where|as) ", sentence
        )
        if len(sentence[: one.start()].split()) >= 6
    ]
    return f"{sentence[: random.choice(ends)]}." if ends else None


def framed(sentence: str, passage: Sequence[str], random: Random) -> str | None:
    """Said of the documents."""
    frame = random.choice(
        ("According to the text, ", "The document says that ", "Yes, ", "It is stated that ")
    )
    first = sentence.split()[0]
    lowered = sentence[0].lower() + sentence[1:] if first.lower() in STARTERS else sentence
    return frame + lowered


def passive(sentence: str, passage: Sequence[str], random: Random) -> str | None:
    """Who did something, behind what was done."""
    match = ACTIVE.match(sentence)
    if not match or match[1].lower() in STARTERS:
        return None
    thing = match[3][0].upper() + match[3][1:]
    return f"{thing} was {match[2]} by {match[1]}."


def respelt(sentence: str, passage: Sequence[str], random: Random) -> str | None:
    """In lower case, with figures for words and the other way round, contracted."""
    text = re.sub(r"\b(is|was|did|does|has|were|are) not\b", r"\1n't", sentence)
    for value, word in enumerate(FIGURES[2:], 2):
        text = re.sub(rf"\b{word}\b", f"<{value}>", text)
        text = re.sub(rf"(?<![\w.,<]){value}(?![\w.,>])", word, text)
    text = text.replace("<", "").replace(">", "")
    return text.lower() if random.random() < 0.4 or text == sentence else text


def joined(sentence: str, passage: Sequence[str], random: Random) -> str | None:
    """With the sentence behind it, as one."""
    at = list(passage).index(sentence) if sentence in passage else len(passage)
    if at + 1 >= len(passage) or len(passage[at + 1].split()) > 25:
        return None
    other = passage[at + 1]
    if other.split()[0].lower() in STARTERS:
        other = other[0].lower() + other[1:]
    return f"{sentence.rstrip('. ')} and {other}"


PARAPHRASES: dict[str, Change] = {
    "verbatim": verbatim,
    "synonyms": synonyms,
    "moved": moved,
    "shorter": shorter,
    "cut": cut,
    "framed": framed,
    "passive": passive,
    "respelt": respelt,
    "joined": joined,
}
