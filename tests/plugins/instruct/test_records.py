"""Files of records: arrays and lines, packed and plain, broken, huge, and what is no such file."""

import gzip
import json
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.errors import InputError
from plugins.instruct.data import cursor, reading, records
from plugins.instruct.data.reading import read_examples
from plugins.instruct.examples import Request
from tests.ingest.reading import write
from tests.plugins.instruct.data_files import GOOD, GOOD_LINE, chat, file_of, refusal


def refusal_and_peak_bytes(path: Path) -> tuple[str, int]:
    tracemalloc.start()
    try:
        return refusal(path), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


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
