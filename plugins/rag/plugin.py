"""The rag plugin: finds passages, and answers from them by a model or by extraction."""

import asyncio
import math
from collections.abc import Sequence
from itertools import chain, zip_longest
from pathlib import Path, PurePath

from assistant.plugin import Plugin, Services, read_examples
from assistant.refusal import REFUSAL
from assistant.schema import MEMORY, Citation, Completion, Context, Passage, Pick, Response, Turn
from plugins.rag.closest import closest, flat
from plugins.rag.extract import Extractor
from plugins.rag.generate import generate

NO_DOCUMENTS = (
    "There are no documents yet: run `assistant ingest PATH` in a terminal, or drop a file here."
)
MATCHES, WIDTH = 0.48, 0.03
"""Cosine with the nearest passage at which a match begins to tell, and how fast it does."""
UNMATCHED, MATCHED = 0.35, 0.99
"""How probable it is that a message is about documents that do not match it, or that do."""


class Rag(Plugin):
    """Answers questions from the documents."""

    name = "rag"
    description = "Answers questions from your documents and cites the exact passages."
    command = "docs"
    command_icon = "file-search"
    examples = read_examples(Path(__file__).with_name("examples.txt"))

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._extractor = Extractor(services.embedder, services.settings.rag)

    def affinity(self, turn: Turn) -> Pick | None:
        """How well the index matches the message; a file that came with it says still more."""
        if turn.attached:
            return Pick(self.name, 0.9, "a file came with the message")
        nearest = self.services.search.nearest(turn.questions[0], turn.collections)
        if nearest is None:
            return Pick(self.name, 0.5, "there are no documents yet, and it says how to add some")
        cosine, passage = nearest
        name = PurePath(passage.source).name
        where = f"{name}, page {passage.page}" if passage.page else name
        return Pick(self.name, _match(cosine), f"the documents match, best in {where}")

    def gather(self, turn: Turn) -> list[Passage]:
        """The passages that fit the question best."""
        top_k = self.services.settings.rag.top_k
        found = [self.services.search(one, top_k, turn.collections) for one in turn.questions]
        return interleaved(found)[:top_k]

    async def respond(self, turn: Turn, context: Context) -> Response:
        """Answers by the configured model, or verbatim by the sentences that answer best."""
        llm = self.services.llm
        documents = [one for one in context.passages if one.collection != MEMORY]
        if not documents:
            yield await asyncio.to_thread(self._nothing_found, turn)
            yield Completion("extractive")
        elif llm is not None:
            async for piece in generate(turn, context, llm, self._extractor):
                yield piece
        else:
            quotes = await asyncio.to_thread(self._answers, turn, documents)
            for position, quote in enumerate(quotes):
                paragraph = "\n\n" if position else ""
                yield f"{paragraph}{flat(quote)} [{quote.n}]"
                yield quote
            if not quotes:
                yield REFUSAL
                for line_or_quote in closest(
                    await asyncio.to_thread(self._extractor.nearest, turn.questions[0], documents)
                ):
                    yield line_or_quote
            yield Completion("extractive")

    def _answers(self, turn: Turn, documents: Sequence[Passage]) -> list[Citation]:
        """What answers each of the questions, each quote once."""
        answers = (self._extractor.answer(question, documents) for question in turn.questions)
        return list(dict.fromkeys(chain.from_iterable(answers)))

    def _nothing_found(self, turn: Turn) -> str:
        is_empty = self.services.search.nearest(turn.text, turn.collections) is None
        return NO_DOCUMENTS if is_empty else REFUSAL


def interleaved(rankings: Sequence[Sequence[Passage]]) -> list[Passage]:
    """The passages of several rankings by their ranks, each once."""
    found: dict[str, Passage] = {}
    for passage in chain.from_iterable(zip_longest(*rankings)):
        if passage is not None:
            found.setdefault(passage.id, passage)
    return list(found.values())


def _match(cosine: float) -> float:
    """How probable it makes that a message is about the documents."""
    rise = 1 / (1 + math.exp((MATCHES - cosine) / WIDTH))
    return round(UNMATCHED + (MATCHED - UNMATCHED) * rise, 4)
