"""The rag plugin: finds passages, and answers from them by a model or by extraction."""

import asyncio
from pathlib import PurePath

from assistant.plugin import Plugin, Services
from assistant.schema import MEMORY, Completion, Context, Passage, Pick, Response, Turn
from ingest.sentences import disarm_marks
from plugins.rag.extract import Extractor
from plugins.rag.generate import generate

NO_DOCUMENTS = (
    "There are no documents yet: run `assistant ingest PATH` in a terminal, or drop a file here."
)
NOT_FOUND = "That is not in your documents."


class Rag(Plugin):
    """Answers questions from the documents."""

    name = "rag"
    description = "Answers questions from your documents and cites the exact passages."
    command = "docs"
    command_icon = "file-search"
    examples = (
        "What does the document say about this?",
        "Summarise the report that I uploaded",
        "According to the manual, how do I set it up?",
        "Where in my files is the deadline mentioned?",
        "Which page of the contract names the notice period?",
        "What was the company's revenue in 2021?",
        "How much did they spend on research last year?",
        "Compare the figures of the two annual reports",
        "What are the main risks that the report lists?",
        "Find the passage about data protection",
        "Who signed the agreement and when?",
        "How does the procedure work, step by step?",
        "What is the default value of this setting?",
        "What is the difference between the two options?",
        "Why does the system report this error?",
        "List the requirements in the specification",
    )

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._extractor = Extractor(services.embedder, services.settings.rag)

    def affinity(self, turn: Turn) -> Pick | None:
        """How well the index matches the message; a file that came with it says still more.

        Less than 1: another plugin may be asked for in plain words.
        """
        if turn.attached:
            return Pick(self.name, 0.9, "a file came with the message")
        nearest = self.services.search.nearest(turn.text, turn.collections)
        if nearest is None:
            return Pick(self.name, 0.5, "there are no documents yet, and it says how to add some")
        cosine, passage = nearest
        name = PurePath(passage.source).name
        where = f"{name}, page {passage.page}" if passage.page else name
        return Pick(
            self.name, round(min(1.0, max(0.0, cosine)), 4), f"the documents match, best in {where}"
        )

    def gather(self, turn: Turn) -> list[Passage]:
        """The passages that fit the question best."""
        return self.services.search(turn.text, self.services.settings.rag.top_k, turn.collections)

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
            found = await asyncio.to_thread(self._extractor.answer, turn.text, documents)
            if not found:
                yield NOT_FOUND
            for position, quote in enumerate(found):
                paragraph = "\n\n" if position else ""
                text = disarm_marks(" ".join(quote.citation.quote.split()))
                yield f"{paragraph}{text} [{quote.citation.n}]"
                yield quote.citation
            yield Completion("extractive")

    def _nothing_found(self, turn: Turn) -> str:
        is_empty = self.services.search.nearest(turn.text, turn.collections) is None
        return NO_DOCUMENTS if is_empty else NOT_FOUND
