"""Makes golden questions of answers that a person has called right or wrong."""

from pathlib import PurePath

from assistant.refusal import refusal_in
from assistant.schema import MEMORY, Answer, Turn, collections_of
from evals.golden.questions import GoldenQuestion, Source, readable
from evals.golden.words import words
from ingest.sentences import without_marks

MAX_FIGURES = 10


def can_be_asked_again(turn: Turn, answer: Answer) -> bool:
    """Whether a question stands without its chat: it rests on no file that was dropped there."""
    known = (*collections_of(turn.user), MEMORY)
    return not turn.attached and all(one.collection in known for one in answer.passages)


def as_answered(turn: Turn, answer: Answer) -> GoldenQuestion | None:
    """The question, and of its answer what another wording would have too.

    That is its figures, its sources, and whether it refuses. `None` where it has none of these.
    """
    question = _asked(turn, answer)
    if refusal_in(answer.text):
        return GoldenQuestion(question, refusal=True)
    said = words(without_marks(answer.text))
    figures = dict.fromkeys(word for word in said if any(map(str.isdigit, word)))
    cited = dict.fromkeys(
        Source(PurePath(one.source).name, one.page)
        for one in answer.citations
        if answer.passages[one.n - 1].collection != MEMORY
    )
    if not (figures or cited):
        return None
    return GoldenQuestion(
        question, tuple(figures)[:MAX_FIGURES], tuple(cited), False, answer.plugin
    )


def as_corrected(turn: Turn, answer: Answer, should_say: str) -> GoldenQuestion:
    """The question, and what a person says that its answer must hold: a fact a line.

    Raises:
        InputError: There is no word in it.
    """
    question = _asked(turn, answer)
    if refusal_in(should_say):
        return GoldenQuestion(question, refusal=True)
    lines = filter(None, map(readable, should_say.splitlines()))
    return GoldenQuestion(question, tuple(lines))


def _asked(turn: Turn, answer: Answer) -> str:
    """The message, or in its place the one question of it that stands alone."""
    return readable(answer.asked[0] if len(answer.asked) == 1 else turn.text)
