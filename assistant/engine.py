"""The walk of one message: route, gather, pack, respond, record, observe."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from assistant.asking.asker import Asker
from assistant.context import ContextFilter, Contribution
from assistant.errors import AssistantError, InputError, ModelError
from assistant.events import Asked, Event, Finished, Gathered, Packed, Routed, Scored, Shown, Token
from assistant.history import ShortTermMemory
from assistant.plugin import Plugin, Registry, answers, overrides
from assistant.router import Router
from assistant.schema import (
    Advance,
    Answer,
    Citation,
    Completion,
    Context,
    Part,
    Passage,
    Route,
    Timings,
    Turn,
)
from assistant.threads import DaemonThreads

log = logging.getLogger(__name__)


class Tracker(Protocol):
    """Keeps a record of every answer and scores it."""

    async def record(
        self, turn: Turn, context: Context, answer: Answer, gathered: Sequence[Gathered] = ()
    ) -> Scored:
        """Stores the answer with its scores, and returns them as stored.

        Args:
            turn: What was asked.
            context: What the answering plugin saw.
            answer: What it said.
            gathered: What each plugin contributed.
        """
        ...


@dataclass
class _Draft:
    """An answer in the making."""

    plugin: str = ""
    text: str = ""
    has_parts: bool = False
    citations: list[Citation] = field(default_factory=list)
    completion: Completion = field(default_factory=partial(Completion, ""))
    warnings: list[str] = field(default_factory=list)


class ContextEngine:
    """Takes a turn from the message to the scored answer.

    Args:
        registry: The plugins.
        router: Picks plugins.
        context_filter: Packs what they gather.
        fallback: Answers what no plugin takes.
        off_topic: Answers what no plugin serves, where the router says that it is that.
        tracker: Records the answers.
        gather_timeout_seconds: Time that the plugins have to contribute, all at once.
        max_message_chars: Longest message that is taken.
        short_term_memory: Fits what was said before into its budget.
        asker: Says what a turn asks for, where plugins are to gather for it.
    """

    def __init__(
        self,
        registry: Registry,
        router: Router,
        context_filter: ContextFilter,
        fallback: Plugin,
        tracker: Tracker,
        gather_timeout_seconds: float,
        max_message_chars: int,
        short_term_memory: ShortTermMemory,
        off_topic: Plugin | None = None,
        asker: Asker | None = None,
    ) -> None:
        self._registry = registry
        self._router = router
        self._context_filter = context_filter
        self._fallback = fallback
        self.tracker = tracker
        self._gather_timeout_seconds = gather_timeout_seconds
        self._max_message_chars = max_message_chars
        self._short_term_memory = short_term_memory
        self._off_topic = off_topic
        self._asker = asker or Asker()
        self._threads = DaemonThreads()

    async def stream(self, turn: Turn) -> AsyncIterator[Event]:
        """Answers a turn as a stream of events, the last one `Scored`.

        Raises:
            InputError: The message is empty or too long.
            ModelError: The language model did not answer.
            PluginError: The turn names a plugin that is not installed.
        """
        turn = self._registry.addressed(turn)
        self._check(turn)
        started = time.perf_counter()
        turn = await self._threads.run(self._short_term_memory.window, turn)
        route = await self._threads.run(self._router.route, turn)
        routed = time.perf_counter()
        yield Routed(route, _ms(started, routed))

        gathering = time.perf_counter()
        if self._looks_something_up(route):
            turn = replace(turn, asked=await self._asker.asked(turn))
        if turn.asked:
            yield Asked(turn.asked)
        draft = _Draft()
        contributions: list[Gathered] = []
        async for gathered in self._gather(turn, route):
            contributions.append(gathered)
            if gathered.warning:
                draft.warnings.append(gathered.warning)
            yield gathered
        packing = time.perf_counter()
        context = await self._threads.run(self._pack, turn, contributions)
        packed = time.perf_counter()
        yield Packed(context, _ms(packing, packed))

        generating = time.perf_counter()
        async for shown in self._respond(turn, route, context, draft):
            yield shown
        finished = time.perf_counter()
        answer = Answer(
            id=turn.id,
            text=draft.text,
            route=route,
            model=draft.completion.model,
            passages=context.passages,
            citations=tuple(draft.citations),
            usage=draft.completion.usage,
            timings=Timings(
                route=_ms(started, routed),
                gather=_ms(gathering, packed),
                generate=_ms(generating, finished),
                total=_ms(started, finished),
            ),
            warnings=tuple(draft.warnings),
            plugin=draft.plugin,
            asked=turn.asked,
        )
        yield Finished(answer)
        # Shielded: an answer that is complete is recorded, though the person stops or leaves.
        recording = self.tracker.record(turn, context, answer, contributions)
        scored = await asyncio.shield(recording)
        await self._observe(turn, route, scored.answer)
        yield scored

    def takes_ratings(self, answer: Answer) -> bool:
        """Whether the plugin that gave an answer learns from a thumb."""
        return any(
            plugin.name == answer.plugin and overrides(plugin, "rated") for plugin in self._registry
        )

    async def rate(self, turn: Turn, answer: Answer, good: bool) -> str:
        """Tells the plugin that gave an answer what a person thinks of it.

        Returns:
            What became of it, as a sentence; empty where the plugin says nothing.
        """
        name = answer.plugin
        try:
            work = self._threads.run(self._registry[name].rated, turn, answer, good)
            said: str | None = await asyncio.wait_for(work, self._gather_timeout_seconds)
            return said or ""
        except TimeoutError:
            limit = f"{self._gather_timeout_seconds:g} seconds"
            return f"The plugin {name} took longer than {limit} with your rating."
        except AssistantError as error:
            return str(error)
        except Exception as error:
            log.exception("The plugin %s failed to take a rating.", name)
            return f"The plugin {name} could not use your rating: it failed ({error!r})."

    def _check(self, turn: Turn) -> None:
        is_about_files = turn.attached and turn.plugin is not None
        if not turn.text.strip() and not is_about_files:
            raise InputError("The message is empty: type a question.")
        if len(turn.text) > self._max_message_chars:
            raise InputError(
                f"A message may have {self._max_message_chars:,} characters, this one has "
                f"{len(turn.text):,}: attach the text as a file and ask about it."
            )

    async def _gather(self, turn: Turn, route: Route) -> AsyncIterator[Gathered]:
        """Runs every plugin of the turn that gathers at once; yields each as it is done.

        All have the same deadline. One that was not picked and has nothing to contribute is not
        mentioned.
        """
        picked = {pick.name for pick in route.plugins}
        gathering = [one for one in self._taking_part(turn, route) if overrides(one, "gather")]
        deadline = asyncio.get_running_loop().time() + self._gather_timeout_seconds
        contributions = [self._contribution(one, turn, deadline) for one in gathering]
        for task in asyncio.as_completed(contributions):
            gathered = await task
            if gathered.plugin in picked or gathered.passages or gathered.warning:
                yield gathered

    def _looks_something_up(self, route: Route) -> bool:
        """Whether a plugin was picked that finds what the message asks for."""
        picked = [self._registry[pick.name] for pick in route.plugins]
        return any(
            one.uses_context and not one.in_every_turn and overrides(one, "gather")
            for one in picked
        )

    def _taking_part(self, turn: Turn, route: Route) -> list[Plugin]:
        """The plugins that were picked, and those that take part in every turn."""
        picked = [self._registry[pick.name] for pick in route.plugins]
        if turn.plugin is not None:
            return picked
        return picked + [one for one in self._registry if one.in_every_turn and one not in picked]

    def _pack(self, turn: Turn, gathered: Sequence[Gathered]) -> Context:
        """Packs what was gathered; what has a budget of its own apart."""
        contributions = [
            Contribution(one.plugin, one.passages, self._registry[one.plugin].context_tokens)
            for one in gathered
        ]
        return self._context_filter.pack("\n".join(turn.questions), contributions)

    async def _contribution(self, plugin: Plugin, turn: Turn, deadline: float) -> Gathered:
        started = time.perf_counter()
        passages: tuple[Passage, ...] = ()
        warning = ""
        try:
            async with asyncio.timeout_at(deadline):
                passages = tuple(await self._threads.run(plugin.gather, turn))
        except TimeoutError:
            warning = (
                f"The plugin {plugin.name} was left out: it took longer than "
                f"{self._gather_timeout_seconds:g} seconds."
            )
        except AssistantError as error:
            warning = f"The plugin {plugin.name} was left out: {error}"
        except Exception as error:
            log.exception("The plugin %s failed to gather.", plugin.name)
            warning = f"The plugin {plugin.name} was left out: it failed ({error!r})."
        return Gathered(plugin.name, passages, _ms(started, time.perf_counter()), warning)

    async def _respond(
        self, turn: Turn, route: Route, context: Context, draft: _Draft
    ) -> AsyncIterator[Token | Shown]:
        """Streams the first responder's answer; one that fails before a word gives way."""
        for plugin in self._responders(route):
            draft.plugin = plugin.name
            try:
                async for piece in plugin.respond(turn, context):
                    match piece:
                        case str():
                            draft.text += piece
                            yield Token(piece)
                        case Citation():
                            draft.citations.append(piece)
                        case Completion():
                            draft.completion = piece
                        case Advance():
                            yield Shown(piece)
                        case part if isinstance(part, Part):
                            draft.has_parts = True
                            yield Shown(part)
                return
            except ModelError:
                raise
            except Exception as error:
                log.exception("The plugin %s failed to respond.", plugin.name)
                draft.warnings.append(f"The plugin {plugin.name} failed to answer ({error!r}).")
                if draft.text or draft.has_parts:
                    return
                draft.citations.clear()
                draft.completion = Completion("")

    def _responders(self, route: Route) -> Sequence[Plugin]:
        picked = [self._registry[pick.name] for pick in route.plugins]
        is_off_topic = (
            route.outside and self._off_topic and route.outside.name == self._off_topic.name
        )
        fallback = self._off_topic if self._off_topic and is_off_topic else self._fallback
        return [*filter(answers, picked), fallback]

    async def _observe(self, turn: Turn, route: Route, answer: Answer) -> None:
        for plugin in self._taking_part(turn, route):
            try:
                work = self._threads.run(plugin.observe, turn, answer)
                await asyncio.wait_for(work, self._gather_timeout_seconds)
            except Exception:
                log.exception("The plugin %s failed to observe.", plugin.name)


def _ms(start: float, end: float) -> float:
    """Milliseconds between two readings of the clock, in seconds."""
    return round((end - start) * 1000, 3)
