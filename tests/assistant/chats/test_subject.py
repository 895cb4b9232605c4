import asyncio

import pytest

from assistant.chats.subject import name_by_model, name_from
from assistant.errors import ModelError
from tests.assistant.test_history import Notes


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("When is an uploaded file deleted?", "When is an uploaded file deleted?"),
        ("Hello, can you please tell me: when does the lease end?", "When does the lease end?"),
        ("Hi! What does groundedness say? I need it today.", "What does groundedness say?"),
        ("/docs the notice period", "The notice period"),
        ("Hello", "Hello"),
        ("", "Chat"),
        ("one two three four five six seven eight nine ten eleven twelve thirteen",
         "One two three four five six seven eight nine ten eleven…"),
        ("x" * 200, "X" + "x" * 58 + "…"),
        ("  several\n lines \n of a question ", "Several lines of a question"),
    ],
)  # fmt: skip
def test_a_chat_is_named_after_the_first_thing_that_is_said(message: str, name: str) -> None:
    assert name_from(message) == name


@pytest.mark.parametrize(
    ("reply", "name"),
    [
        ("The end of the lease", "The end of the lease"),
        ("“Lease ends.”\nI chose this for its brevity.", "Lease ends"),
        ("This conversation is about a person who wants to know when a lease ends.", ""),
        ("", ""),
        (ModelError("It is down.", "m"), ""),
    ],
)
def test_a_model_s_name_is_taken_where_it_is_one(reply: str | ModelError, name: str) -> None:
    assert asyncio.run(name_by_model(Notes(reply), "When does it end?", "In May.")) == name
