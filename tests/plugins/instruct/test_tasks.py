"""Telling messages that bring their text along."""

import pytest

from ingest.embedder import MiniLMEmbedder
from plugins.instruct.tasks import LEAST, TextTasks


@pytest.fixture(scope="module")
def tasks() -> TextTasks:
    return TextTasks(MiniLMEmbedder())


@pytest.mark.parametrize(
    "message",
    [
        "Is this review positive or negative?\nThe battery died after a week and nobody answered.",
        "Summarize: Anna is late again, Tom waits at the station and they miss the train.",
        "The cat ate the mouse that lived in the barn.\n\nRewrite this in the passive voice.",
        'Correct the grammar of the sentence "He go to school every days".',
        "Give a title to this article: Prices of wheat rose for the third month in a row.",
    ],
)
def test_a_task_with_its_text_is_recognised(tasks: TextTasks, message: str) -> None:
    found = tasks.nearest(message)
    assert found is not None
    assert found[0] >= LEAST


@pytest.mark.parametrize(
    "message",
    [
        "",
        "hello",
        "Summarize the report that I uploaded",
        "What was the revenue of the company in 2021?",
        "Which of these did they name:\n- revenue\n- profit\n- cash flow",
        "Who signed the agreement?",
        ":\n:\n:",
    ],
)
def test_other_messages_are_left_to_others(tasks: TextTasks, message: str) -> None:
    assert tasks.nearest(message) is None
