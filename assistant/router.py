"""Which plugins take a turn, each with a score and a reason that a person can read.

A plugin is picked when the message resembles one of its examples, or when the plugin itself
knows the message to be its own, unless the message resembles small talk still more. One that only
answers stays where it is the one to answer.
"""

import logging
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.plugin import Embedder, Plugin, Registry, answers, overrides
from assistant.schema import Pick, Route, Turn

log = logging.getLogger(__name__)

MIN_SCORE = 0.2
"""Least similarity at which a plugin is picked: unrelated sentences rarely reach it by MiniLM.

Low on purpose: a question that is looked up in vain costs less than one that is not looked up.
"""


class Router:
    """Compares a message with what the plugins say they are for.

    Args:
        registry: The plugins to pick from.
        fallback: Takes what none of them takes; its examples are small talk.
        embedder: Embeds messages and examples.
    """

    def __init__(self, registry: Registry, fallback: Plugin, embedder: Embedder) -> None:
        self._registry = registry
        self._fallback = fallback
        self._embedder = embedder
        self._examples: dict[tuple[str, ...], NDArray[np.float32]] = {}

    def route(self, turn: Turn) -> Route:
        """Picks plugins, best first.

        Raises:
            PluginError: The turn names a plugin that is not installed.
        """
        turn = self._registry.addressed(turn)
        if turn.plugin is not None:
            plugin = self._registry[turn.plugin]
            how = f"with /{turn.command}" if turn.command else "by name"
            return Route((Pick(plugin.name, 1.0, f"you asked for it {how}"),))
        query = self._embedder.encode([turn.text])[0]
        # What comes with a file is no small talk, whatever it says.
        small_talk = 0.0 if turn.attached else self._nearest(query, self._fallback.examples)[0]
        picks = [self._best_evidence(plugin, turn, query) for plugin in self._registry]
        picks = [pick for pick in picks if pick.score >= max(MIN_SCORE, small_talk)]
        return Route(self._needed(sorted(picks, key=lambda pick: -pick.score)))

    def _needed(self, ranked: Sequence[Pick]) -> tuple[Pick, ...]:
        """The picks that have something to do: those that gather, and the one that answers."""
        plugins = {pick.name: self._registry[pick.name] for pick in ranked}
        if ranked and not plugins[ranked[0].name].uses_context:
            return (ranked[0],)
        responder = next((pick.name for pick in ranked if answers(plugins[pick.name])), None)
        return tuple(
            pick
            for pick in ranked
            if pick.name == responder or overrides(plugins[pick.name], "gather")
        )

    def _best_evidence(self, plugin: Plugin, turn: Turn, query: NDArray[np.float32]) -> Pick:
        score, example = self._nearest(query, plugin.examples)
        resembles = Pick(plugin.name, score, f"it resembles its example “{example}”")
        own = self._affinity(plugin, turn)
        return max(resembles, own, key=lambda pick: pick.score) if own else resembles

    def _affinity(self, plugin: Plugin, turn: Turn) -> Pick | None:
        try:
            own = plugin.affinity(turn)
            return own and Pick(plugin.name, min(1.0, max(0.0, own.score)), own.reason)
        except Exception:
            log.exception("The plugin %s failed to say whether a message is its own.", plugin.name)
            return None

    def _nearest(self, query: NDArray[np.float32], examples: Sequence[str]) -> tuple[float, str]:
        """Cosine and text of the example that is nearest to the query."""
        key = tuple(examples)
        if not key:
            return 0.0, ""
        if key not in self._examples:
            self._examples[key] = self._embedder.encode(key)
        similarity = self._examples[key] @ query
        best = int(similarity.argmax())
        return round(max(0.0, min(1.0, float(similarity[best]))), 4), key[best]
