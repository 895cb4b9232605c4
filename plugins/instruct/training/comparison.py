"""Whether a trained model beats its base on what neither has seen, and has forgotten nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from plugins.instruct.bases import Base
from plugins.instruct.examples import Example
from plugins.instruct.metrics import exact_match, loops, rouge_l, token_f1
from plugins.instruct.responding import responses
from plugins.instruct.sampling import Sampling
from plugins.instruct.training.judging import Judged

N_RESPONSES = 200
"""At most so many of the test examples are answered; the loss is that of all."""
LONGEST_RESPONSE = 96
MOST_LOOPING = 0.05
LOST_F1 = 0.05
"""An F1 on general examples that falls by more than this is forgetting: as if of twenty responses
that were right one is wrong now. Less is within chance for as few examples as ship."""
LOST_LOSS = 0.25
"""So is a loss there that rises by more than this share, for it shows in the words' probabilities
before the words change …"""
KNOWN_F1 = LOST_F1
"""… where the base had an F1 above this: one that knows nothing has nothing to forget."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a model comes to on some examples.

    Attributes:
        loss: Mean negative log-likelihood of a response's token, in nats.
        exact: Share of responses that are the wanted ones but for case, articles, punctuation.
        f1: Mean F1 of words.
        rouge_l: Mean ROUGE-L.
        looping: Share of responses that repeat themselves.
        n_examples: Examples that the loss is taken over.
        n_responses: Responses that the rest is taken over.
    """

    loss: float
    exact: float
    f1: float
    rouge_l: float
    looping: float
    n_examples: int
    n_responses: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What a model comes to before or after a training.

    Attributes:
        test: On the test examples.
        general: On general examples; `None` where the base can read none of them.
        judged: What a judge thinks of its responses to the test examples; `None` without a judge.
    """

    test: Measured
    general: Measured | None
    judged: Judged | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a judge thinks of base and adapter.

    Attributes:
        judge: Its LiteLLM name.
        before: Mean score of the base, from 0 to 100, over the examples that both were scored on.
        after: That of the adapter.
        n_scored: So many they are.
        n_unreadable: Examples of which a reply held no score.
    """

    judge: str
    before: float
    after: float
    n_scored: int
    n_unreadable: int

    def __str__(self) -> str:
        """For a person, in words."""
        told = f"the judge {self.judge} gives it {self.after:.1f} of 100 after {self.before:.1f}"
        if not self.n_unreadable:
            return told
        n_all = self.n_scored + self.n_unreadable
        return f"{told} (no readable score for {self.n_unreadable} of {n_all} examples)"


def answered(
    base: Base,
    examples: Sequence[Example],
    on_progress: Callable[[int], None] = lambda n_done: None,
) -> list[str]:
    """The greedy responses of a model, with an adapter or without, to some examples."""
    n_prompt = max(len(base.prompting.prompt(one.request)) for one in examples)
    sampling = Sampling(max_tokens=max(1, min(LONGEST_RESPONSE, base.n_context - n_prompt)))
    return responses(base, [one.request for one in examples], sampling, on_progress)


def to_answer(base: Base, examples: Sequence[Example]) -> Sequence[Example]:
    """Some of the examples that leave the base room to answer, or of all if none does.

    They are drawn at random, always the same: a file may be sorted by task.
    """
    room = base.n_context - LONGEST_RESPONSE
    roomy = [one for one in examples if len(base.prompting.prompt(one.request)) <= room]
    found = roomy or examples
    drawn = np.random.default_rng(0).permutation(len(found))[:N_RESPONSES]
    return [found[at] for at in sorted(drawn)]


def measured(
    loss: float, n_examples: int, asked: Sequence[Example], said: Sequence[str]
) -> Measured:
    """Compares what a model says with what was wanted.

    Args:
        loss: Of all the examples.
        n_examples: So many they are.
        asked: Those that it answered.
        said: Its responses to these.
    """
    pairs = [(answer, one.response) for answer, one in zip(said, asked, strict=True)]
    return Measured(
        loss=loss,
        exact=fmean(exact_match(*pair) for pair in pairs),
        f1=fmean(token_f1(*pair) for pair in pairs),
        rouge_l=fmean(rouge_l(*pair) for pair in pairs),
        looping=fmean(loops(answer) for answer in said),
        n_examples=n_examples,
        n_responses=len(asked),
    )


def judgement(before: Standing, after: Standing) -> Judgement | None:
    """What the judge thinks of both, on the same examples; `None` without a judge."""
    if before.judged is None or after.judged is None:
        return None
    pairs = list(zip(before.judged.scores, after.judged.scores, strict=True))
    scored = [(one, two) for one, two in pairs if one is not None and two is not None]
    return Judgement(
        judge=after.judged.judge,
        before=fmean(one for one, _ in scored),
        after=fmean(two for _, two in scored),
        n_scored=len(scored),
        n_unreadable=len(pairs) - len(scored),
    )


def verdict(before: Standing, after: Standing) -> tuple[bool, str]:
    """Whether what was trained is to be used in place of its base, and why, in sentences."""
    judged = judgement(before, after)
    lost = _lost(before.test, after.test, judged) or forgotten(before.general, after.general)
    if lost:
        return False, lost
    told = [f"{_losses(before.test, after.test)}, {_words(before.test, after.test)}"]
    told += [str(judged)] if judged else []
    if before.general and after.general:
        told.append(f"on general examples {_general(before.general, after.general)}")
    return True, f"It beats its base on the test examples: {'; '.join(told)}."


def forgotten(before: Measured | None, after: Measured | None) -> str:
    """What it has unlearnt of general tasks, in sentences; empty where it has not."""
    if before is None or after is None:
        return ""
    lost_words = before.f1 - after.f1 > LOST_F1
    lost_loss = before.f1 > KNOWN_F1 and not after.loss <= before.loss * (1 + LOST_LOSS)
    if not lost_words and not lost_loss:
        return ""
    return (
        f"It has forgotten general tasks: {_general(before, after)}. Mix some into the training "
        "with --general FILE --replay 0.2, or lower --learning-rate or --rank."
    )


def _lost(before: Measured, after: Measured, judged: Judgement | None) -> str:
    """In what it is worse on the test examples; empty where it is not.

    A judge tells whether other words say the same, so with one the words are not compared.
    """
    if not after.loss < before.loss:  # nor where it is not a number
        losses = _losses(before, after)
        return f"It is no better than its base on the test examples: {losses}."
    if judged is None and after.rouge_l < before.rouge_l:
        words = _words(before, after)
        return f"It finds the words of the test examples less well than its base: {words}."
    if judged is not None and judged.after < judged.before:
        return f"It answers the test examples less well than its base: {judged}."
    if after.looping > max(before.looping, MOST_LOOPING):
        return f"{after.looping:.0%} of its responses repeat themselves."
    return ""


def _losses(before: Measured, after: Measured) -> str:
    return f"a loss of {after.loss:.3f} after {before.loss:.3f}"


def _words(before: Measured, after: Measured) -> str:
    return f"ROUGE-L {after.rouge_l:.3f} after {before.rouge_l:.3f}"


def _general(before: Measured, after: Measured) -> str:
    return f"F1 of words {after.f1:.3f} after {before.f1:.3f}, {_losses(before, after)}"
