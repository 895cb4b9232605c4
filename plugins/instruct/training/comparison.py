"""Whether a trained model is better than its base, on what neither has seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from plugins.instruct.bases import Base
from plugins.instruct.examples import Example
from plugins.instruct.metrics import exact_match, loops, rouge_l, token_f1
from plugins.instruct.responding import responses
from plugins.instruct.sampling import Sampling

N_RESPONSES = 200
"""So many of the test examples are answered; the loss is that of all."""
LONGEST_RESPONSE = 96


@dataclass(frozen=True, slots=True)
class Measured:
    """What a model comes to on the test examples.

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


def measured(
    base: Base,
    examples: Sequence[Example],
    loss: float,
    on_progress: Callable[[int], None] = lambda n_done: None,
) -> Measured:
    """Lets a model answer, greedily, and compares what it says with what was wanted.

    Args:
        base: The model, with an adapter or without.
        examples: Those to test on.
        loss: Of these examples.
        on_progress: Called with the number of responses of each batch.
    """
    asked = examples[:N_RESPONSES]
    sampling = Sampling(max_tokens=LONGEST_RESPONSE)
    said = responses(base, [one.request for one in asked], sampling, on_progress)
    pairs = [(answer, one.response) for answer, one in zip(said, asked, strict=True)]
    return Measured(
        loss=loss,
        exact=fmean(exact_match(*pair) for pair in pairs),
        f1=fmean(token_f1(*pair) for pair in pairs),
        rouge_l=fmean(rouge_l(*pair) for pair in pairs),
        looping=fmean(loops(answer) for answer, _ in pairs),
        n_examples=len(examples),
        n_responses=len(asked),
    )


def verdict(before: Measured, after: Measured) -> tuple[bool, str]:
    """Whether what was trained is better than its base, and why, in a sentence."""
    losses = f"a loss of {after.loss:.3f} after {before.loss:.3f}"
    words = f"ROUGE-L {after.rouge_l:.3f} after {before.rouge_l:.3f}"
    if not after.loss < before.loss:  # nor where it is not a number
        return False, f"It is no better than its base on the test examples: {losses}."
    if after.rouge_l < before.rouge_l:
        return False, f"It finds the words of the test examples less well than its base: {words}."
    if after.looping > max(before.looping, 0.05):
        return False, f"{after.looping:.0%} of its responses repeat themselves."
    return True, f"It beats its base on the test examples: {losses}, {words}."
