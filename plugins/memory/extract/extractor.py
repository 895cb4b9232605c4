"""The local extractor: from a message to what it states.

Each clause of the person's own is kept as a fact if a small learned model takes it for a lasting
statement; the tables of rules find what it answers.
"""

import re
from dataclasses import replace

from plugins.memory.extract.clauses import MANNER, REQUEST, Clause, clauses, tidy
from plugins.memory.extract.corrections import (
    INSIDE,
    POINTS_BACK,
    contrasts,
    correction,
    put_right,
    wrong_value,
)
from plugins.memory.extract.deciding import features, is_own_and_real
from plugins.memory.extract.naming import named, names_in
from plugins.memory.extract.reading import Sentence, sentences
from plugins.memory.extract.spelling import mended
from plugins.memory.judging import likelihood
from plugins.memory.secret_texts import secret_in
from plugins.memory.statement import Correction, Extraction, Statement

LEAST_LIKELIHOOD = 0.55
"""Of a clause that is kept; chosen on conversations that the model had not seen."""
GOES_ON = re.compile(
    r"(?:(?:he|she|they|it|his|her|their|its|he's|she's|it's|they're|both|one|the other|the (?:older|younger|first|second) one)\b)",
    re.IGNORECASE,
)
"""How a clause begins that is about what the one before it named."""
VERB = re.compile(
    r"^(?:my|our)\b|\b(?:am|is|are|was|were|be|have|has|had|do|does|did|will|can|could|would|should|I|we|you|please|thanks|ok|sorry|lol)\b|'(?:m|s|re|ve|ll)\b|\w+(?:ed|ing)\b",
    re.IGNORECASE,
)
LONGEST = 400
FIGURES = re.compile(r"\d\W?\d\W?\d")


def extract(message: str) -> Extraction:
    """What a person states of themselves in a message, in the order in which they say it.

    Documents, code, quotations, questions and what is only supposed are left out, and so is
    whatever looks like a secret.
    """
    statements: list[Statement] = []
    corrections: list[Correction] = []
    for sentence in sentences(message):
        said = mended(sentence.text)
        named = contrasts(said)
        put = None if sentence.is_question or named else correction(said, message)
        corrections += [replace(one, source_text=sentence.text) for one in named]
        if put is not None:
            beside: list[Statement] = []
            _take(Sentence(said.partition(put.new)[2].strip(" ,;:!.-"), False), beside)
            corrections.append(replace(put, source_text=sentence.text, beside=tuple(beside)))
        if not ((put or named) and POINTS_BACK.match(said)):
            _take(sentence, statements)
    return Extraction(tuple(dict.fromkeys(statements)), tuple(corrections))


def _take(sentence: Sentence, statements: list[Statement]) -> None:
    """Adds what a sentence states to what was stated before it."""
    is_open = bool(statements)
    holds_secret = bool(secret_in(sentence.text))
    for clause in clauses(mended(sentence.text), sentence.is_question):
        if secret_in(clause.text) or (holds_secret and FIGURES.search(clause.text)):
            is_open = False
            continue
        source = clause.text if holds_secret else sentence.text
        derived = [one for one in names_in(clause.text, source) if one not in statements]
        may_go_on = is_open and not holds_secret and not clause.is_asked
        if may_go_on and GOES_ON.match(clause.text):
            statements[-1] = _continued(statements[-1], clause, source)
        elif _is_lasting(clause):
            statements += derived
            statements.append(of_clause(clause.text, source, clause.lead))
            is_open = True
        elif may_go_on and _is_fragment(clause):
            statements[-1] = _continued(statements[-1], clause, source)
        else:
            statements += derived if clause.is_asked else ()
            is_open = False


def _is_lasting(clause: Clause) -> bool:
    """Whether a clause says something of the person that is worth keeping."""
    if clause.is_asked or not is_own_and_real(clause):
        return False
    return likelihood("statement", features(clause)) >= LEAST_LIKELIHOOD


def _is_fragment(clause: Clause) -> bool:
    """Whether a clause says nothing alone, and so adds to the one before it."""
    if VERB.search(clause.text) or len(clause.text.split()) < 2:
        return False
    return bool(MANNER.search(clause.text)) or not REQUEST.match(clause.text)


def _continued(before: Statement, clause: Clause, source: str) -> Statement:
    joint = ", " if source == before.source_text else ". "
    text = f"{before.text}{joint}{clause.text}"
    if len(text) > LONGEST:
        return before
    kept = before.source_text if source in before.source_text else f"{before.source_text} {source}"
    return replace(before, text=text, source_text=kept)


def note(text: str, source_text: str) -> Statement:
    """What a person wants kept and no rule knows, as it stands."""
    kept = tidy(text)
    return Statement(kept, "note", "", kept, source_text)


def of_clause(clause: str, source_text: str, lead: str = "") -> Statement:
    """What one clause states, with the slot that it fills."""
    match = INSIDE.match(clause)
    if match is None:
        return named(clause, source_text, lead)
    found = named(match["head"], source_text, lead)
    wrong = wrong_value(found.text, found.value, match["new"])
    right = put_right(found.text, Correction(match["new"], wrong, source_text)) if wrong else None
    return named(f"{right}{match['rest'] or ''}" if right else clause, source_text, lead)
