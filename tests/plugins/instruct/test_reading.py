"""Instructions and preferences: every format of a record, and what is wrong with one."""

import json
from pathlib import Path

import pytest

from assistant.errors import InputError
from assistant.schema import Message
from plugins.instruct.data.formats import MAX_EXAMPLE_CHARS
from plugins.instruct.data.reading import read_examples, read_preferences
from plugins.instruct.examples import Example, Preference, Request
from tests.ingest.reading import write
from tests.plugins.instruct.data_files import GOOD, GOOD_LINE, chat, file_of, refusal

GOOD_PAIR = {"instruction": "Add.", "chosen": "3", "rejected": "4"}
USER, ASSISTANT = Message("user", "Hi"), Message("assistant", "Hello")
BAD = {"instruction": "a", "output": ""}


def share(*texts: str) -> list[dict[str, str]]:
    return [dict(zip(("from", "value"), text.split(": "), strict=True)) for text in texts]


@pytest.mark.parametrize(
    "record",
    [
        {"instruction": "Add.", "output": "3"},
        {"instruction": "Add.", "input": "", "output": "3"},
        {"instruction": "Add.", "input": None, "output": "3", "messages": None},
        {"prompt": "Add.", "completion": "3"},
        {"prompt": chat("user: Add."), "completion": chat("assistant: 3")},
        {"prompt": "Add.", "completion": chat("assistant: 3")},
        {"messages": chat("user: Add.", "assistant: 3")},
        {"messages": chat("user: Add.", "assistant: 3"), "prompt": "Add.", "id": 7},
        {"conversations": share("human: Add.", "gpt: 3")},
        {"conversations": chat("user: Add.", "assistant: 3")},
    ],
)
def test_the_same_example_is_read_from_every_format(
    tmp_path: Path, record: dict[str, object]
) -> None:
    assert read_examples(file_of(tmp_path, record)) == [Example(Request("Add."), "3", "line 1")]


@pytest.mark.parametrize("name", ["template", "task"])
def test_the_task_of_a_prompt_is_kept(tmp_path: Path, name: str) -> None:
    path = file_of(tmp_path, {name: "sums", "prompt": "Add.", "completion": "3"})
    assert [example.task for example in read_examples(path)] == ["sums"]


@pytest.mark.parametrize(
    "record",
    [
        {
            "messages": chat(
                "system: Be nice", "user: Hi", "assistant: Hello", "user: Bye", "assistant: Ciao"
            )
        },
        {
            "conversations": share(
                "system: Be nice", "human: Hi", "gpt: Hello", "human: Bye", "gpt: Ciao"
            )
        },
    ],
    ids=["chat messages", "ShareGPT"],
)
def test_a_conversation_is_an_example_for_each_response(
    tmp_path: Path, record: dict[str, object]
) -> None:
    hi = Request("Hi", system="Be nice")
    bye = Request("Bye", history=(USER, ASSISTANT), system="Be nice")
    assert read_examples(file_of(tmp_path, record)) == [
        Example(hi, "Hello", "line 1"),
        Example(bye, "Ciao", "line 1"),
    ]


def test_what_a_user_says_last_without_a_response_is_left(tmp_path: Path) -> None:
    path = file_of(tmp_path, {"messages": chat("user: Hi", "assistant: Hello", "user: Bye")})
    assert read_examples(path) == [Example(Request("Hi"), "Hello", "line 1")]


def test_responses_within_a_prompt_are_history_alone(tmp_path: Path) -> None:
    prompt = chat("system: Be nice", "user: Hi", "assistant: Hello", "user: Bye")
    path = file_of(tmp_path, {"prompt": prompt, "completion": chat("assistant: Farewell")})
    request = Request("Bye", history=(USER, ASSISTANT), system="Be nice")
    assert read_examples(path) == [Example(request, "Farewell", "line 1")]


def test_text_is_kept_but_for_white_space_around_it(tmp_path: Path) -> None:
    record = {"instruction": " a\tb \n", "input": "\n c\n\n d", "output": "\u00a0e  f\r\n"}
    (example,) = read_examples(file_of(tmp_path, record))
    assert (example.request, example.response) == (Request("a\tb", "c\n\n d"), "e  f")


def test_half_a_surrogate_pair_is_replaced(tmp_path: Path) -> None:
    line = r'{"instruction": "a\ud83d", "output": "\ud83d\ude00 \udc80"}'
    (example,) = read_examples(write(tmp_path / "a.jsonl", line))
    assert (example.request.text, example.response) == ("a\ufffd", "😀 \ufffd")


def test_a_file_may_hold_records_of_several_kinds_and_duplicates(tmp_path: Path) -> None:
    prompted = {"prompt": "Add.", "completion": "3"}
    talk = {"messages": chat("user: Add.", "assistant: 3")}
    path = file_of(tmp_path, GOOD, prompted, talk, GOOD)
    assert [example.response for example in read_examples(path)] == ["3"] * 4


# Preferences


@pytest.mark.parametrize(
    "record",
    [
        {**GOOD_PAIR, "output": "3"},
        {**GOOD_PAIR, "input": "", "output": None},
        {"prompt": "Add.", "chosen": "3", "rejected": "4"},
        {"prompt": chat("user: Add."), "chosen": "3", "rejected": chat("assistant: 4")},
        {
            "prompt": chat("user: Add."),
            "chosen": chat("assistant: 3"),
            "rejected": chat("assistant: 4"),
        },
        {
            "chosen": chat("user: Add.", "assistant: 3"),
            "rejected": chat("user: Add.", "assistant: 4"),
        },
        {
            "prompt": "Add.",
            "chosen": chat("user: Add.", "assistant: 3"),
            "rejected": chat("user: Add.", "assistant: 4"),
        },
    ],
    ids=["Alpaca", "nulls", "texts", "mixed", "messages", "implicit prompt", "repeated prompt"],
)
def test_the_same_preference_is_read_from_every_format(
    tmp_path: Path, record: dict[str, object]
) -> None:
    path = file_of(tmp_path, record)
    assert read_preferences(path) == [Preference(Request("Add."), "3", "4", "line 1")]


def test_the_input_of_a_preference_is_kept(tmp_path: Path) -> None:
    (preference,) = read_preferences(file_of(tmp_path, {**GOOD_PAIR, "input": "1, 2"}))
    assert preference.request == Request("Add.", "1, 2")


def test_a_preference_may_have_a_conversation_before_it(tmp_path: Path) -> None:
    before = chat("system: Be nice", "user: Hi", "assistant: Hello", "user: Bye")
    sides = {"chosen": chat("assistant: Farewell"), "rejected": chat("assistant: Ciao")}
    request = Request("Bye", history=(USER, ASSISTANT), system="Be nice")
    expected = [Preference(request, "Farewell", "Ciao", "line 1")]
    assert read_preferences(file_of(tmp_path, {"prompt": before, **sides})) == expected
    implicit = {name: before + side for name, side in sides.items()}
    assert read_preferences(file_of(tmp_path, implicit)) == expected


def test_a_prompt_that_a_side_says_again_later_still_comes_first(tmp_path: Path) -> None:
    sides = {
        name: chat("assistant: Sure?", "user: Yes", f"assistant: {last}")
        for name, last in (("chosen", "Done"), ("rejected", "No"))
    }
    history = (Message("user", "Yes"), Message("assistant", "Sure?"))
    assert read_preferences(file_of(tmp_path, {"prompt": "Yes", **sides})) == [
        Preference(Request("Yes", history=history), "Done", "No", "line 1")
    ]


# Defects of records


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ([], "a record must be an object, got a list"),
        ("a", "a record must be an object, got 'a'"),
        (None, "a record must be an object, got null"),
        ({}, 'a record must have "messages", .* or "prompt" and "completion", got none'),
        ({"data": [GOOD]}, "got 'data': .* save that array alone"),
        ({"instruction": "a"}, "\"output\" is missing or null, the fields are 'instruction'"),
        ({"instruction": "a", "output": None}, '"output" is missing or null'),
        ({"prompt": "a", "output": "b"}, '"completion" is missing or null'),
        ({"instruction": ["a"], "output": "b"}, '"instruction" must be text, got a list'),
        ({"instruction": "a", "output": {}}, '"output" must be text, got an object'),
        ({"instruction": "a", "input": 3, "output": "b"}, '"input" must be text, got 3'),
        ({"prompt": True, "completion": "b"}, '"prompt" must be text or a list .*, got true'),
        ({"prompt": "a", "completion": []}, '"completion" must be text or a list .*, got none'),
        ({"prompt": "a", "completion": "b", "task": 4}, '"task" must be text, got 4'),
        ({"instruction": " \n", "output": "b"}, '"instruction" must not be empty'),
        ({"instruction": "a", "output": " \n"}, '"output" must not be empty'),
        ({"prompt": "a", "completion": ""}, '"completion" must not be empty'),
        ({"prompt": "\t", "completion": "b"}, '"prompt" must not be empty'),
    ],
)
def test_a_record_that_is_no_example_is_refused_with_its_reason(
    tmp_path: Path, record: object, reason: str
) -> None:
    with pytest.raises(InputError, match=rf"^a\.jsonl, line 2: .*{reason}"):
        read_examples(file_of(tmp_path, GOOD, record))


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ("a", "\"messages\" must be a list of messages, got 'a'"),
        ([], '"messages" must be a list of messages, got none'),
        (["a"], 'message 1 of "messages" must be an object with a role and a text'),
        ([{"content": "a"}], '"from" of message 1 of "messages" must be one of .*, got null'),
        ([{"role": ["user"]}], '"role" of message 1 .* must be one of user, human, .* a list'),
        (chat("tool: a"), "\"role\" of message 1 .* got 'tool': rename it"),
        (share("bot: a"), "\"from\" of message 1 .* got 'bot'"),
        ([{"role": "user"}], '"content" of message 1 .* must be text, got null'),
        ([{"role": "user", "content": [{}]}], '"content" of message 1 .* text, got a list'),
        (chat("user: Hi", "assistant: "), '"content" of message 2 of .* must not be empty'),
        (chat("user:  ", "assistant: Hi"), '"content" of message 1 of .* must not be empty'),
        (chat("user: a", "user: b"), "take turns, .* 2 .* by the user instead of the assistant"),
        (chat("assistant: a"), "message 1 .* by the assistant instead of the user"),
        (chat("user: a", "system: b"), "message 2 .* by the system instead of the assistant"),
        (chat("system: a", "system: b"), "message 2 .* by the system instead of the user"),
        (chat("user: a"), "must have a response, got 1 messages and none by the assistant"),
        (chat("system: a"), "must have a response"),
        (chat("user: a", "assistant: b") * 501, "at most 1,000 messages, got 1,002: split it"),
    ],
)
def test_a_conversation_that_cannot_be_learned_is_refused_with_its_reason(
    tmp_path: Path, messages: object, reason: str
) -> None:
    with pytest.raises(InputError, match=rf"^a\.jsonl, line 2: .*{reason}"):
        read_examples(file_of(tmp_path, GOOD, {"messages": messages}))


def test_an_example_may_be_as_long_as_the_limit_and_no_longer(tmp_path: Path) -> None:
    fits = {"prompt": "a", "completion": "b" * (MAX_EXAMPLE_CHARS - 1)}
    assert len(read_examples(file_of(tmp_path, fits))) == 1
    longer = {"prompt": "ab", "completion": "b" * (MAX_EXAMPLE_CHARS - 1)}
    message = refusal(file_of(tmp_path, fits, longer))
    assert message.startswith(
        "a.jsonl, line 2: an example must have at most 400,000 characters, got 400,001 from 'ab' on"
    )


def test_history_counts_toward_the_length_of_an_example(tmp_path: Path) -> None:
    half = "b" * (MAX_EXAMPLE_CHARS // 2)
    path = file_of(tmp_path, {"messages": chat("user: a", f"assistant: {half}") * 2})
    assert "got 400,002 from 'a' on" in refusal(path)


def test_a_long_value_is_shown_in_short(tmp_path: Path) -> None:
    assert "'" + "x" * 40 + "…'" in refusal(file_of(tmp_path, {"messages": "x" * 1_000}))


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({**GOOD_PAIR, "rejected": " 3\n"}, "must differ, got '3' for both"),
        ({**GOOD_PAIR, "chosen": ""}, '"chosen" must not be empty'),
        ({**GOOD_PAIR, "rejected": 4}, '"rejected" must be text, got 4'),
        (GOOD, '"chosen" is missing or null'),
        ({"chosen": "a", "rejected": "b"}, "got 'chosen', 'rejected'"),
        ({"prompt": "a", "chosen": "b"}, '"rejected" is missing or null'),
        ({"prompt": "a" * MAX_EXAMPLE_CHARS, "chosen": "b", "rejected": "c"}, "at most 400,000"),
        ({**GOOD_PAIR, "rejected": "a" * MAX_EXAMPLE_CHARS}, "at most 400,000"),
        (
            {"prompt": "a", "chosen": chat("assistant: b"), "rejected": chat("assistant: b")},
            "must differ, got 'b' for both",
        ),
        (
            {
                "chosen": chat("user: a", "assistant: b"),
                "rejected": chat("user: c", "assistant: d"),
            },
            "must be the same but for their last message",
        ),
        (
            {
                "chosen": chat("system: be", "user: a", "assistant: b"),
                "rejected": chat("user: a", "assistant: d"),
            },
            "must be the same but for their last message",
        ),
        (
            {"chosen": chat("user: a", "assistant: b"), "rejected": chat("user: a")},
            '"rejected" must end with the assistant',
        ),
        (
            {
                "prompt": "not what they say",
                "chosen": chat("user: a", "assistant: b"),
                "rejected": chat("user: a", "assistant: c"),
            },
            'take turns, .* message 1 of "chosen" is by the user',
        ),
    ],
)
def test_a_record_that_is_no_preference_is_refused_with_its_reason(
    tmp_path: Path, record: object, reason: str
) -> None:
    with pytest.raises(InputError, match=rf"^a\.jsonl, line 2: .*{reason}"):
        read_preferences(file_of(tmp_path, GOOD_PAIR, record))


# Several defects


@pytest.mark.parametrize(
    ("records", "end"),
    [
        ([GOOD, BAD, GOOD], "delete the record."),
        ([GOOD, BAD, GOOD, BAD], "delete the record. 1 more record has a defect, on line 4."),
        (
            [BAD, GOOD, GOOD, 1, BAD],
            "delete the record. 2 more records have defects, the next on line 4.",
        ),
    ],
)
def test_the_first_defect_is_told_in_full_and_how_many_more_there_are(
    tmp_path: Path, records: list[object], end: str
) -> None:
    message = refusal(file_of(tmp_path, *records))
    assert message.startswith(f'a.jsonl, line {records.index(BAD) + 1}: "output" must not be')
    assert message.endswith(end)


def test_defects_that_are_asked_for_are_told_one_by_one_and_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", "\n".join([GOOD_LINE, json.dumps(BAD), "{", GOOD_LINE]))
    defects: list[str] = []
    assert [example.where for example in read_examples(path, defects.append)] == [
        "line 1",
        "line 4",
    ]
    assert defects == [
        'a.jsonl, line 2: "output" must not be empty, and is: fill it or delete the record.',
        "a.jsonl, line 3: the JSON is broken at '{' (Expecting property name enclosed in double "
        "quotes): mend it.",
    ]


def test_preferences_with_defects_are_left_out_where_they_are_asked_for(tmp_path: Path) -> None:
    path = file_of(tmp_path, GOOD_PAIR, {**GOOD_PAIR, "rejected": "3"})
    defects: list[str] = []
    assert len(read_preferences(path, defects.append)) == 1
    assert [defect[:16] for defect in defects] == ["a.jsonl, line 2:"]


def test_a_file_of_nothing_but_defects_is_refused_whatever_may_be_left_out(tmp_path: Path) -> None:
    path, defects = file_of(tmp_path, BAD, BAD), list[str]()
    assert refusal(path, lambda path: read_examples(path, defects.append)).endswith(
        "has a defect, on line 2."
    )
