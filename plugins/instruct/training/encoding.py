"""From examples to the tokens that are trained on."""

from collections.abc import Sequence

from plugins.instruct.bases import Base
from plugins.instruct.examples import Example
from plugins.instruct.training.batches import Tokens

Part = tuple[list[Example], list[Tokens]]
"""Examples and their tokens."""


def encoded(base: Base, examples: Sequence[Example]) -> list[Tokens]:
    """The tokens of each example, in the form of the base's prompts."""
    prompting = base.prompting
    return [
        Tokens(prompting.prompt(one.request), prompting.response(one.response)) for one in examples
    ]


def fitting(base: Base, examples: Sequence[Example], max_tokens: int | None) -> Part:
    """The examples that a base can read whole, and their tokens.

    Args:
        base: The base.
        examples: All of them.
        max_tokens: Longest example; `None` for what the base can read.
    """
    longest = min(max_tokens or base.n_context, base.n_context)
    pairs = zip(examples, encoded(base, examples), strict=True)
    kept = [(example, tokens) for example, tokens in pairs if len(tokens) <= longest]
    return [example for example, _ in kept], [tokens for _, tokens in kept]
