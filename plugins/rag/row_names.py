"""How well the row of a table is named by what a question asks for."""

import re
from pathlib import PurePath

from ingest.periods import years
from ingest.retrieval.question import Question
from plugins.rag.features import CAPITALISED, stems
from plugins.rag.pieces import Piece

FIGURE = re.compile(r"\d")
OTHER_YEARS = 0.5
"""What a row counts whose header names years, and not those that are asked for."""
OF_ASKING = frozenset(
    stems(
        "amount value total spend spent pay paid earn year end fiscal fy usd million millions "
        "thousand thousands billion company report reported balance sheet statement much many"
    )
)
"""Words of a question for an amount that name no row."""


def naming(question: Question, piece: Piece, passage_text: str) -> float:
    """F1 of the row's words and the question's, or of a phrase of the glossary, in [0, 1].

    What the document's name says already does not count. It is 0 for what is no row, and where
    the question names somebody whom neither the document's name nor the passage knows.
    """
    if not piece.is_row:
        return 0.0
    document = re.sub(r"[\W_]", "", PurePath(piece.citation.source).stem.casefold())
    names = [
        word for word in stems(" ".join(CAPITALISED.findall(question.asked))) if _is_word(word)
    ]
    text = passage_text.casefold()
    if names and not any(name in document or name in text for name in names):
        return 0.0
    label = frozenset(filter(_is_word, stems(piece.text)))
    words = filter(_is_word, stems(question.asked))
    asked = frozenset(word for word in words if word not in document)
    phrases = [frozenset(stems(phrase)) for phrase in question.also.split(", ")]
    best = max(_f1(label, one) for one in (asked, asked - OF_ASKING, *phrases))
    wanted, named = years(question.asked), years(piece.header.quote if piece.header else "")
    return best * OTHER_YEARS if wanted and named and not wanted & named else best


def _is_word(stem: str) -> bool:
    return not FIGURE.search(stem)


def _f1(left: frozenset[str], right: frozenset[str]) -> float:
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0
