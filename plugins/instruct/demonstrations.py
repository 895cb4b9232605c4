"""Puts examples before a request, as many as the base can read with it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from plugins.instruct.bases import Base
from plugins.instruct.examples import Example, Request
from plugins.instruct.selection import Choose

ROOM_SHARE = 4
"""A response is kept free a quarter of what a base can read, at most."""

Entropies = Callable[[Sequence[Request]], Sequence[float]]
"""How sure the model is of its response to each request; see `entropy.entropies`."""


def room_for_response(base: Base, max_tokens: int) -> int:
    """How many tokens examples leave free, where the longest response has `max_tokens`."""
    return min(max_tokens, base.n_context // ROOM_SHARE)


def demonstrated(
    base: Base, request: Request, choose: Choose, room: int, entropies: Entropies
) -> Request:
    """A request with examples before it, the furthest left out where not all can be read.

    Args:
        base: What reads it.
        request: What is asked.
        choose: Chooses the examples.
        room: So many tokens are kept free for the response; at least 1.
        entropies: For the choice by "mdl": asked about the request behind sets of examples, as
            many of each as can be read.

    Returns:
        The request as it is where it leaves no room for the response.
    """
    if not fits(base, request, room):
        return request

    def behind(examples: Sequence[Example]) -> Request:
        return _fitted(base, replace(request, examples=tuple(examples)), room)

    return behind(
        choose(request, lambda sets, _: entropies([behind(examples) for examples in sets]))
    )


def fits(base: Base, request: Request, room: int) -> bool:
    """Whether a base can read a request and has so many tokens left for the response."""
    return len(base.prompting.prompt(request)) + room <= base.n_context


def _fitted(base: Base, request: Request, room: int) -> Request:
    while request.examples and not fits(base, request, room):
        request = replace(request, examples=request.examples[1:])
    return request
