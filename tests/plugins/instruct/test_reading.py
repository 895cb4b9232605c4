"""Files of instructions and preferences: every format, and what is wrong with a file of them."""

import gzip
import json
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.errors import InputError
from assistant.schema import Message
from plugins.instruct import cursor, reading, records
from plugins.instruct.examples import Example, Preference, Request
from plugins.instruct.formats import MAX_EXAMPLE_CHARS
from plugins.instruct.reading import read_examples, read_preferences
from tests.ingest.reading import write

GOOD = {"instruction": "Add.", "input": "1, 2", "output": "3"}
GOOD_LINE = json.dumps(GOOD)
GOOD_PAIR = {"instruction": "Add.", "chosen": "3", "rejected": "4"}
USER, ASSISTANT = Message("user", "Hi"), Message("assistant", "Hello")


def file_of(folder: Path, *records: object) -> Path:
    """A file with each record on a line of its own."""
    return write(folder / "a.jsonl", "".join(json.dumps(record) + "\n" for record in records))


def chat(*texts: str) -> list[dict[str, str]]:
    """Chat messages from texts such as `user: Hi`."""
    return [dict(zip(("role", "content"), text.split(": "), strict=True)) for text in texts]


def share(*texts: str) -> list[dict[str, str]]:
    return [dict(zip(("from", "value"), text.split(": "), strict=True)) for text in texts]


def refusal(path: Path, read: Callable[[Path], object] = read_examples) -> str:
    with pytest.raises(InputError) as refused:
        read(path)
    return str(refused.value)


def refusal_and_peak_bytes(path: Path) -> tuple[str, int]:
    tracemalloc.start()
    try:
        return refusal(path), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


# What a file is


@pytest.mark.parametrize(
    "text",
    [
        GOOD_LINE,
        f"[{GOOD_LINE}]",
        f"\ufeff{GOOD_LINE}",
        json.dumps([GOOD], indent=2),
        f"\r\n [\r\n{GOOD_LINE}\r\n]\r\n\r\n",
        f"\n{GOOD_LINE}\r\n\n",
    ],
    ids=["a line", "an array", "a byte order mark", "indented", "Windows", "blank lines"],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "packed"])
@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.gz", "a"])
def test_a_file_is_known_by_what_is_in_it(
    tmp_path: Path, name: str, pack: Callable[[bytes], bytes], text: str
) -> None:
    examples = read_examples(write(tmp_path / name, pack(text.encode())))
    assert [(one.request, one.response) for one in examples] == [(Request("Add.", "1, 2"), "3")]


def test_an_example_knows_the_line_of_a_file_of_lines(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", f"\n{GOOD_LINE}\n\n{GOOD_LINE}")
    assert [example.where for example in read_examples(path)] == ["line 2", "line 4"]


def test_an_example_knows_the_line_on_which_it_begins_in_an_array(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", json.dumps([GOOD, GOOD, GOOD], indent=1))
    assert [example.where for example in read_examples(path)] == ["line 2", "line 7", "line 12"]


@pytest.mark.parametrize("n_chars", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("indent", [None, 1])
def test_where_a_file_is_cut_into_pieces_makes_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, indent: int | None, n_chars: int
) -> None:
    records = [{**GOOD, "input": '"ü" \\ 😀\n' * n, "n": [-12.5, True, None]} for n in range(9)]
    path = write(tmp_path / "a.json", json.dumps(records, indent=indent))
    whole = read_examples(path)
    monkeypatch.setattr(cursor, "PIECE_CHARS", n_chars)
    assert read_examples(path) == whole
    assert [example.request.input for example in whole[:2]] == ["", '"ü" \\ 😀']


def test_a_number_is_whole_where_a_file_is_cut_into_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cursor, "PIECE_CHARS", 1)
    assert "got -12345: mend it" in refusal(write(tmp_path / "a.json", "[-12345]"))


def test_a_file_may_hold_records_of_several_kinds_and_duplicates(tmp_path: Path) -> None:
    prompted = {"prompt": "Add.", "completion": "3"}
    talk = {"messages": chat("user: Add.", "assistant: 3")}
    path = file_of(tmp_path, GOOD, prompted, talk, GOOD)
    assert [example.response for example in read_examples(path)] == ["3"] * 4


# Records to learn from


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


# Defects of JSON


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"instruction": "a"', r"the JSON is broken at .* \(Expecting ',' delimiter\)"),
        ('{"instruction": "a', r"the JSON is broken at '{.* \(Unterminated string starting\)"),
        (f"{GOOD_LINE},", r"the JSON is broken at .* \(Extra data\)"),
        ("Add.", r"the JSON is broken at 'Add\.' \(Expecting value\)"),
        ("[" * 100_000, "must not be nested deeply"),
        ('{"a":' * 100_000, "must not be nested deeply"),
        (f'{{"a": {"9" * 5_000}}}', "a number must have at most 4,300 digits"),
    ],
)
def test_broken_json_in_a_file_of_lines_is_named_with_its_line(
    tmp_path: Path, line: str, reason: str
) -> None:
    lines = [GOOD_LINE] * 600
    lines[511] = line
    with pytest.raises(InputError, match=rf"^a\.jsonl, line 512: .*{reason}"):
        read_examples(write(tmp_path / "a.jsonl", "\n".join(lines)))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"instruction": "a" "output": "b"},', r"broken at .* \(Expecting ',' delimiter\)"),
        ('{"instruction": "a, "output": "b"},', r"broken at .* \(Expecting ',' delimiter\)"),
        ('{"instruction": "a', r"broken at .* \(Invalid control character\)"),
        ("Add.", r"broken at .* \(Expecting value\)"),
        ("[" * 100_000, "must not be nested deeply"),
        (f'{{"a": {"9" * 5_000}}},', "a number must have at most 4,300 digits"),
    ],
)
def test_broken_json_in_an_array_is_named_with_its_line(
    tmp_path: Path, line: str, reason: str
) -> None:
    lines = ["[", *[f"{GOOD_LINE},"] * 598, GOOD_LINE, "]"]
    lines[511] = line
    with pytest.raises(InputError, match=rf"^a\.json, line 512: .*{reason}"):
        read_examples(write(tmp_path / "a.json", "\n".join(lines)))


def test_broken_json_is_named_with_its_line_within_a_record(tmp_path: Path) -> None:
    text = json.dumps([GOOD, GOOD], indent=1).replace('2",', '2"')
    assert refusal(write(tmp_path / "a.json", text)).startswith(
        "a.json, line 5: the JSON is broken"
    )


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        (f"[\n{GOOD_LINE}\n{GOOD_LINE}]", 3, "a comma or ] must follow a record, got '{"),
        (f"[\n{GOOD_LINE}\n", 3, "a comma or ] must follow a record, got the end of the file"),
        (f"[\n{GOOD_LINE},\n]", 3, "the JSON is broken at"),
        (f"[\n{GOOD_LINE},\n", 3, "the JSON is broken at"),
        ("[\n" + GOOD_LINE[:-1], 2, "the JSON is broken at"),
        (f"[\n{GOOD_LINE}]\n[{GOOD_LINE}]", 3, "nothing may follow the array, got '[{"),
        ("[]\n1", 2, "nothing may follow the array, got '1'"),
    ],
)
def test_an_array_that_is_not_well_formed_is_refused_whatever_may_be_left_out(
    tmp_path: Path, text: str, place: int, reason: str
) -> None:
    path, defects = write(tmp_path / "a.json", text), list[str]()
    assert refusal(path).startswith(f"a.json, line {place}: {reason}")
    assert refusal(path, lambda path: read_examples(path, defects.append)) == refusal(path)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(GOOD, indent=1),
        json.dumps({"data": [GOOD]}, indent=1),
        "\n".join([json.dumps(GOOD, indent=1)] * 2),
    ],
    ids=["one", "an array within", "one after another"],
)
def test_an_object_over_several_lines_is_refused_with_what_to_do(tmp_path: Path, text: str) -> None:
    message = refusal(write(tmp_path / "a.json", text))
    assert message.startswith("a.json, line 1: an object that is a record by itself must stand on")
    assert message.endswith(
        "put all objects into an array, between [ and ] with commas; or if this one object holds "
        "an array of records, save that array alone."
    )


def test_bytes_that_are_not_utf_8_are_named_with_their_line(tmp_path: Path) -> None:
    lines = [GOOD_LINE, '{"instruction": "é", "output": "b"}']
    reason = 'line 2: the text must be UTF-8, got the byte 0xe9 at \'{"instruction": "\ufffd'
    assert reason in refusal(write(tmp_path / "a.jsonl", "\n".join(lines).encode("latin-1")))
    array = "[" + ",\n".join(lines) + "]"
    assert reason in refusal(write(tmp_path / "a.json", array.encode("latin-1")))


# Several defects


BAD = {"instruction": "a", "output": ""}


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


# What is no such file


@pytest.mark.parametrize("text", ["", " \n\n ", "\ufeff", "[]", "\n[\n]\n"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "packed"])
def test_a_file_without_records_is_refused(
    tmp_path: Path, pack: Callable[[bytes], bytes], text: str
) -> None:
    message = refusal(write(tmp_path / "a.json", pack(text.encode())))
    assert message == "a.json must have at least one record, and has none: add some."


@pytest.mark.parametrize(
    "data",
    [
        b"instruction,output\nAdd.,3\n",
        b"\x89PNG\r\n\x1a\n\x00",
        b"PAR1\x15\x04",
        f"[{GOOD_LINE}]".encode("utf-16"),
        f"[{GOOD_LINE}]".encode("utf-16-le"),
        gzip.compress(gzip.compress(GOOD_LINE.encode())),
        b'"instruction"',
    ],
    ids=["a table", "a picture", "Parquet", "UTF-16", "UTF-16 unmarked", "packed", "a text"],
)
def test_data_by_another_name_is_refused_with_its_beginning(tmp_path: Path, data: bytes) -> None:
    message = refusal(write(tmp_path / "a.json", data))
    assert message.startswith("a.json must be a JSON array or JSON lines in UTF-8, got a file that")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert (
        refusal(tmp_path / "a.json") == f"There is no file {tmp_path / 'a.json'}: check its name."
    )


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"{tmp_path} is a folder: name one of the files in it."


@pytest.mark.parametrize("cut", [-4, 12, 2])
def test_a_packed_file_that_is_cut_off_is_refused(tmp_path: Path, cut: int) -> None:
    packed = gzip.compress(GOOD_LINE.encode() * 50)[:cut]
    assert refusal(write(tmp_path / "a.gz", packed)).startswith("a.gz cannot be unpacked (Compr")


# Large files


@pytest.mark.parametrize("unit", ["\n", " ", "x", "{\n", "1,"])
@pytest.mark.parametrize("start", [f"{GOOD_LINE}\n", f"[{GOOD_LINE},", '[{"instruction": "'])
def test_a_bomb_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: str, unit: str
) -> None:
    monkeypatch.setattr(cursor, "MAX_FILE_CHARS", 100_000)
    monkeypatch.setattr(cursor, "MAX_RECORD_CHARS", 20_000)
    monkeypatch.setattr(cursor, "PIECE_CHARS", 5_000)
    text = start + unit * (10_000_000 // len(unit))
    path = write(tmp_path / "a.gz", gzip.compress(text.encode(), 1))
    message, peak_bytes = refusal_and_peak_bytes(path)
    assert message.endswith(".")
    assert peak_bytes < 1_000_000


@pytest.mark.parametrize("start", ['{"instruction": "', '[{"instruction": "'])
def test_a_record_without_end_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: str
) -> None:
    monkeypatch.setattr(cursor, "MAX_RECORD_CHARS", 20_000)
    monkeypatch.setattr(records, "MAX_RECORD_CHARS", 20_000)
    monkeypatch.setattr(cursor, "PIECE_CHARS", 5_000)
    path = write(tmp_path / "a.gz", gzip.compress((start + "x" * 10_000_000).encode(), 1))
    message, peak_bytes = refusal_and_peak_bytes(path)
    assert message.startswith("a.gz, line 1: a record must have at most")
    assert peak_bytes < 1_000_000


def test_a_file_that_unpacks_to_too_much_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cursor, "MAX_FILE_CHARS", 3_000_000)
    path = write(tmp_path / "a.gz", gzip.compress(f"{GOOD_LINE}\n".encode() * 100_000))
    assert refusal(path) == (
        "a.gz must have at most 3,000,000 characters when unpacked, and has more: split it into "
        "several files."
    )


@pytest.mark.parametrize(
    "records",
    [[GOOD] * 4, [GOOD, 1, 2, GOOD], [{"messages": chat("user: a", "assistant: b") * 4}]],
    ids=["examples", "defects", "responses"],
)
def test_a_file_of_too_many_examples_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, records: list[object]
) -> None:
    monkeypatch.setattr(reading, "MAX_ITEMS", 3)
    assert len(read_examples(file_of(tmp_path, *[GOOD] * 3))) == 3
    message = "a.jsonl must hold at most 3 examples, and holds more: split it."
    assert refusal(file_of(tmp_path, *records)) == message


@pytest.mark.parametrize("n_chars", [9_000_000, 30_000_000])
def test_a_line_that_is_no_record_by_its_length_is_left_and_read_over(
    tmp_path: Path, n_chars: int
) -> None:
    long = f'{{"instruction": "{"x" * n_chars}", "output": "b"}}'
    path = write(tmp_path / "a.jsonl", "\n".join([GOOD_LINE, long, GOOD_LINE]))
    defects: list[str] = []
    examples = read_examples(path, defects.append)
    assert [example.where for example in examples] == ["line 1", "line 3"]
    assert [defect[:58] for defect in defects] == [
        "a.jsonl, line 2: a record must have at most 8,000,000 char"
    ]


@pytest.mark.parametrize("n_chars", [9_000_000, 30_000_000])
def test_an_element_that_is_no_record_by_its_length_is_refused(
    tmp_path: Path, n_chars: int
) -> None:
    long = f'{{"instruction": "{"x" * n_chars}", "output": "b"}}'
    path = write(tmp_path / "a.json", f"[{GOOD_LINE},\n{long},\n{GOOD_LINE}]")
    assert refusal(path).startswith("a.json, line 2: a record must have at most 8,000,000 char")


def test_a_large_array_is_read_in_short_time(tmp_path: Path) -> None:
    record = json.dumps({**GOOD, "input": "word " * 100}, indent=1)
    path = write(tmp_path / "a.json", "[" + ",\n".join([record] * 50_000) + "]")
    started = time.process_time()
    assert len(read_examples(path)) == 50_000
    assert time.process_time() - started < 10
