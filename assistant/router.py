"""Which plugins take a turn, each with a probability and a reason that a person can read.

A command comes first. Then a classifier that has learned from the plugins' own examples reads the
message; what each plugin alone knows of it, and what was said before, speak for or against. Small
talk and what no plugin serves are kinds of their own, with examples of their own.
"""

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from assistant.asking.asker import by_rules
from assistant.plugin import Embedder, Plugin, Registry, answers, overrides
from assistant.routing.classifier import Classifier, Reading
from assistant.routing.features import ends
from assistant.routing.follow_up import strength
from assistant.routing.own import asks_about_own
from assistant.routing.parts import split
from assistant.schema import Pick, Route, Turn

log = logging.getLogger(__name__)

TEMPERATURE = 0.8
"""Divides the log-odds, so that of the picks with a score of 0.8 eight in ten are right."""
EVIDENCE_WEIGHT = 0.5
"""How much the log-odds of a plugin's own evidence count beside those of the classifier."""
FOLLOW_UP_WEIGHT = 3.2
"""Log-odds that a message gains which goes on with what was said before."""
N_BEFORE = 3
"""Earlier messages of the person that are looked at."""
MIN_SCORE = 0.2
"""Least probability at which a plugin contributes that is not the best one."""
OWN_SCORE = 0.6
"""Share of the questions about something of the person's own that a fact of theirs matters to."""
SURE = 0.98
"""Nobody's own evidence is surer than that, or less sure than the rest."""
QUOTED_CHARS = 80


class Chooser(Protocol):
    """Chooses plugins for a turn by other means."""

    def choose(self, turn: Turn) -> Sequence[Pick] | None:
        """The plugins, best first; none for what no plugin serves, `None` where it cannot tell."""
        ...


@dataclass(frozen=True, slots=True)
class Weighed:
    """A message after all evidence.

    Attributes:
        scores: Probability of each kind and plugin.
        reading: What the classifier made of it.
        own: What plugins know of it themselves.
        topic: Probability of each kind for what was said before.
    """

    scores: Mapping[str, float]
    reading: Reading
    own: Mapping[str, Pick]
    topic: Mapping[str, float]


class Router:
    """Picks plugins by what they say they are for.

    Args:
        registry: The plugins to pick from.
        fallback: Takes small talk, of which it has examples.
        embedder: Embeds messages and examples.
        off_topic: Takes what no plugin serves, of which it has examples.
        cache: A file for what was learned from the examples.
        chooser: Is asked first, where there is one.
    """

    def __init__(
        self,
        registry: Registry,
        fallback: Plugin,
        embedder: Embedder,
        off_topic: Plugin | None = None,
        cache: Path | None = None,
        chooser: Chooser | None = None,
    ) -> None:
        self._registry = registry
        self._outside = [one for one in (fallback, off_topic) if one is not None]
        self._embedder = embedder
        self._cache = cache
        self._chooser = chooser
        self._classifier: Classifier | None = None

    def warm_up(self) -> None:
        """Learns from the examples, or reads what was learned before."""
        self._read(["hello"])

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
        chosen = self._chooser.choose(turn) if self._chooser else None
        if chosen is not None:
            return Route(self._needed(chosen))
        return self._local(turn)

    def _local(self, turn: Turn) -> Route:
        weighed = self._weigh(turn)
        outside = {one.name for one in self._outside}
        ranked = sorted(weighed.scores, key=lambda kind: -weighed.scores[kind])
        plugins = [kind for kind in ranked if kind not in outside]
        if ranked and (ranked[0] in outside or not plugins):
            return Route((), self._pick(ranked[0], turn, weighed))
        least = min([MIN_SCORE, *(weighed.scores[kind] for kind in plugins[:1])])
        picks = [
            self._pick(kind, turn, weighed) for kind in plugins if weighed.scores[kind] >= least
        ]
        return Route(self._needed([*picks, *self._knowing_the_person(turn, picks)]))

    def _pick(self, kind: str, turn: Turn, weighed: Weighed) -> Pick:
        """A kind with its probability, and what speaks for it most."""
        own, reading = weighed.own.get(kind), weighed.reading
        if own is not None and (own.score >= 0.5 or kind not in reading.logits):
            reason = own.reason
        elif weighed.topic.get(kind, 0.0) >= 0.5 and strength(split(turn.text).asked) >= 0.5:
            reason = "it goes on with what was said before"
        else:
            assert self._classifier is not None
            example = " ".join(self._classifier.nearest(reading, kind).split())
            reason = f"it resembles its example “{_shortened(example)}”"
        return Pick(kind, weighed.scores[kind], reason)

    def _knowing_the_person(self, turn: Turn, picks: Sequence[Pick]) -> list[Pick]:
        """The plugins that take part in every turn, where what is asked is about the person."""
        picked = {pick.name for pick in picks}
        reason = "it asks about something of your own"
        return [
            Pick(plugin.name, OWN_SCORE, reason)
            for plugin in self._registry
            if plugin.in_every_turn and plugin.name not in picked and asks_about_own(turn.text)
        ]

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

    def _weigh(self, turn: Turn) -> Weighed:
        """Adds to the classifier's log-odds what else speaks for or against each kind."""
        before = [one.text for one in turn.history if one.role == "user"][-N_BEFORE:]
        reading, *earlier = self._read([turn.text, *before])
        topic = self._topic(before, earlier)
        logits = self._going_on(turn.text, reading.logits, topic)
        if turn.attached:
            logits = self._with_a_file(logits)
        turn = replace(turn, asked=by_rules(turn) or (ends(split(turn.text).asked),))
        own = {plugin.name: pick for plugin in self._registry if (pick := self._own(plugin, turn))}
        pooled = {
            kind: logit + (EVIDENCE_WEIGHT * _log_odds(own[kind].score) if kind in own else 0.0)
            for kind, logit in logits.items()
        }
        scores = _softmax(pooled)
        alone = {name: pick.score for name, pick in own.items() if name not in logits}
        left = 1 - max(alone.values(), default=0.0)
        scores |= {one.name: scores[one.name] * left for one in self._outside if one.name in scores}
        scores |= alone
        rounded = {kind: round(score, 4) for kind, score in scores.items()}
        return Weighed(rounded, reading, own, topic)

    def _with_a_file(self, logits: Mapping[str, float]) -> dict[str, float]:
        """What comes with a file is not outside of everything: else its words say nothing."""
        outside = {one.name for one in self._outside}
        best = max(logits, key=lambda kind: logits[kind], default="")
        return {
            kind: 0.0 if best in outside else logit
            for kind, logit in logits.items()
            if kind not in outside
        }

    def _topic(self, before: Sequence[str], readings: Sequence[Reading]) -> dict[str, float]:
        """The kind of what was said before: small talk in between does not end it."""
        topic: dict[str, float] = {}
        for text, reading in zip(before, readings, strict=True):
            scores = _softmax(self._going_on(text, reading.logits, topic))
            if not topic or max(scores, key=lambda kind: scores[kind]) != self._outside[0].name:
                topic = scores
        return topic

    def _going_on(
        self, text: str, logits: Mapping[str, float], topic: Mapping[str, float]
    ) -> dict[str, float]:
        """The log-odds of a message after what was said before it."""
        bonus = FOLLOW_UP_WEIGHT * strength(split(text).asked) if topic else 0.0
        return {kind: logit + bonus * topic.get(kind, 0.0) for kind, logit in logits.items()}

    def _own(self, plugin: Plugin, turn: Turn) -> Pick | None:
        try:
            own = plugin.affinity(turn)
            return own and Pick(plugin.name, min(1.0, max(0.0, own.score)), own.reason)
        except Exception:
            log.exception("The plugin %s failed to say whether a message is its own.", plugin.name)
            return None

    def _read(self, texts: Sequence[str]) -> list[Reading]:
        """What the classifier makes of messages; nothing where there are no two kinds."""
        if self._classifier is None:
            examples = {one.name: one.examples for one in (*self._registry, *self._outside)}
            examples = {name: given for name, given in examples.items() if given}
            if len(examples) < 2:
                return [Reading({}, np.zeros(0, np.float32)) for _ in texts]
            yields = self._outside[-1].name if len(self._outside) > 1 else ""
            self._classifier = Classifier(examples, self._embedder, self._cache, yields)
        return self._classifier.read(texts)


def _log_odds(probability: float) -> float:
    kept = min(SURE, max(1 - SURE, probability))
    return math.log(kept / (1 - kept))


def _softmax(logits: Mapping[str, float]) -> dict[str, float]:
    highest = max(logits.values(), default=0.0)
    powers = {kind: math.exp((one - highest) / TEMPERATURE) for kind, one in logits.items()}
    return {kind: power / sum(powers.values()) for kind, power in powers.items()}


def _shortened(line: str) -> str:
    return line if len(line) <= QUOTED_CHARS else f"{line[:QUOTED_CHARS].rstrip()} …"
