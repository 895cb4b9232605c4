"""How the chat page shows a turn: a step for each plugin, the answer, its parts and its scores."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import chainlit as cl
from chainlit.utils import utc_now

from assistant import page_chat, wording
from assistant.chats.records import answer_metadata
from assistant.engine import ContextEngine
from assistant.errors import AssistantError
from assistant.events import Asked, Finished, Gathered, Packed, Routed, Scored, Shown, Token
from assistant.facts_page import address_of
from assistant.facts_panel import FactsPanel
from assistant.schema import (
    MEMORY,
    Advance,
    Answer,
    Citation,
    Context,
    Download,
    Part,
    Passage,
    Pick,
    Turn,
)
from assistant.source_links import SourceLinks

ADVANCE_SECONDS = 0.2
"""Least time between two states of a progress bar."""


class Renderer:
    """Renders the events of turns in the chat that is being served.

    Args:
        engine: Answers the turns.
        links: Makes the addresses of cited sources.
        panel: Shows what is known of the user.
    """

    def __init__(self, engine: ContextEngine, links: SourceLinks, panel: FactsPanel) -> None:
        self._engine = engine
        self._links = links
        self._panel = panel

    async def render(self, turn: Turn) -> Answer | None:
        """Shows a turn: a step for each plugin, the answer as it grows, its parts, its scores.

        Returns:
            The answer, once it is recorded and scored.
        """
        finished: Answer | None = None
        reply: cl.Message | None = None
        parts: Parts | None = None
        safe = wording.SafeStream()
        steps: dict[str, cl.Step] = {}
        gathered: list[Gathered] = []
        try:
            async for event in self._engine.stream(turn):
                match event:
                    case Routed(route):
                        for pick in route.plugins:
                            steps[pick.name] = await _open_step(pick)
                    case Asked(questions) if steps:
                        step = next(iter(steps.values()))
                        step.output += f" {wording.looked_for(questions)}"
                        await step.update()
                    case Gathered():
                        gathered.append(event)
                    case Packed(context):
                        for contribution in gathered:
                            step = steps.get(contribution.plugin)
                            if step is None:  # it takes part in every turn, and was not picked
                                step = steps[contribution.plugin] = await _open_step(
                                    Pick(contribution.plugin, 1.0, "it takes part in every turn")
                                )
                            step.output += wording.contribution(contribution, context)
                            await step.update()
                        if any(share.n_gathered for share in context.shares):
                            steps["context"] = await _open_budget(context)
                        reply = cl.Message(content="")  # not before: the page orders by creation
                        parts = Parts(reply)
                    case Token(text) if reply:
                        await reply.stream_token(safe.feed(text))
                    case Shown(part) if parts:
                        await parts.show(part)
                    case Finished(answer) if reply:
                        await reply.stream_token(safe.flush())
                        reply.elements = await asyncio.to_thread(self._cited_sources, answer)
                        reply.actions = self._panel.buttons(answer)
                        reply.metadata = answer_metadata(answer)
                        await reply.send()
                        page_chat.current().remember(turn, answer, wording.asked(turn))
                        for warning in answer.warnings:
                            await cl.Message(
                                content=wording.literal(warning), author="warning"
                            ).send()
                    case Scored(answer, scores) if reply:
                        await cl.CustomElement(
                            name="Scores", props={"chips": wording.chips(scores)}
                        ).send(for_id=reply.id)
                        finished = answer
        except (AssistantError, asyncio.CancelledError):
            if reply and reply.content:
                await reply.send()
            raise
        finally:
            if parts:
                await parts.end()
            for step in steps.values():  # ended steps fold away
                step.end = utc_now()
                await step.update()
        return finished

    def _cited_sources(self, answer: Answer) -> list[cl.CustomElement]:
        """For each mark of an answer, the page or the memory; none where the document is gone."""
        elements = []
        for n in sorted({citation.n for citation in answer.citations}):
            passage = answer.passages[n - 1]
            quotes = [citation for citation in answer.citations if citation.n == n]
            address = self._address(passage, quotes)
            if address:
                title = f"[{n}] {wording.place(passage)}"
                props = {"n": n, "url": address, "title": title}
                elements.append(
                    cl.CustomElement(name=f"[{n}]", url=address, props=props, display="side")
                )
        return elements

    def _address(self, passage: Passage, quotes: Sequence[Citation]) -> str | None:
        if passage.collection == MEMORY:
            return address_of(passage.source)
        return self._links.cited(passage, quotes)


class Parts:
    """The parts below a reply; of the progress only its newest state, and that for a while."""

    def __init__(self, reply: cl.Message) -> None:
        self._reply = reply
        self._is_on_page = False
        self._progress: cl.CustomElement | None = None
        self._drawn_at = 0.0

    async def show(self, part: Part) -> None:
        """Draws a part below the reply, which it puts on the page where no word has."""
        if not (self._is_on_page or self._reply.content):
            await self._reply.send()
        self._is_on_page = True
        match part:
            case Advance():
                await self._advance(part)
            case Download(name, media_type, content):
                file = cl.File(name=name, mime=media_type, content=content or b"\n")
                await file.send(for_id=self._reply.id)
            case _:
                await _element(wording.drawn(part)).send(for_id=self._reply.id)

    async def _advance(self, state: Advance) -> None:
        now = time.monotonic()
        if self._progress is None:
            self._progress = _element(wording.drawn(state))
            await self._progress.send(for_id=self._reply.id, persist=False)
        elif now - self._drawn_at < ADVANCE_SECONDS and state.n_done < state.n_total:
            return
        else:
            self._progress.props = wording.drawn(state)
            await self._progress.send(for_id=self._reply.id, persist=False)
        self._drawn_at = now

    async def end(self) -> None:
        """Takes the progress off the page."""
        if self._progress:
            await self._progress.remove()


def _element(props: dict[str, Any]) -> cl.CustomElement:
    """What draws a part. Chainlit would write each state of one without an address to a file."""
    return cl.CustomElement(name="Part", url="/public/elements/Part.jsx", props=props)


async def _open_step(pick: Pick) -> cl.Step:
    """Shows that a plugin was picked and why; the step stays open until the answer is there."""
    return await _open(pick.name, wording.picked(pick))


async def _open_budget(context: Context) -> cl.Step:
    """Shows what each plugin has of the context, and what was left out."""
    step = await _open("context", wording.context_size(context))
    await _element(wording.budget(context)).send(for_id=step.id)
    return step


async def _open(name: str, output: str) -> cl.Step:
    step = cl.Step(
        name=name,
        type="retrieval",
        parent_id=cl.context.current_step.id,
        default_open=True,
        auto_collapse=True,
    )
    step.start = step.created_at = utc_now()
    step.output = output
    await step.send()
    return step
