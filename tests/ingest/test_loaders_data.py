"""Tables, records, source code, logs, RTF and e-mails."""

import json
from email.message import EmailMessage
from pathlib import Path

import pytest

from assistant.errors import DocumentError
from ingest.loaders import load, pages
from tests.ingest.reading import headings, text_of, text_read, write


def test_a_tsv_file_keeps_commas_and_quotes_within_its_cells(tmp_path: Path) -> None:
    source = 'Name\tNote\nAnna\tone, two; three\nBernd\t5" wide\n'
    expected = 'Name: Anna; Note: one, two; three\nName: Bernd; Note: 5" wide'
    assert text_read(tmp_path / "a.tsv", source) == expected


def test_a_csv_cell_may_be_very_long(tmp_path: Path) -> None:
    source = f"Name,Note\nAnna,{'x' * 150_000}\n"
    assert text_read(tmp_path / "a.csv", source).endswith("x" * 150_000)


@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.log", "a.py", "a.jsonl"])
def test_a_very_long_file_is_read_whole_in_numbered_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(pages, "PART_CHARS", 100)
    monkeypatch.setattr("ingest.loaders.code.PART_CHARS", 100)
    rows = [f"{number}" for number in range(1, 101)]
    document = load(write(tmp_path / name, "\n".join(rows)))
    assert [page.number for page in document.pages] == list(range(1, document.n_pages + 1))
    assert document.n_pages > 2
    assert max(len(page.text) for page in document.pages) <= 100
    assert [row for row in text_of(document).replace("1: ", "").split() if row != "1:"][-5:] == (
        rows[-5:]
    )


def test_a_short_file_has_no_page_numbers(tmp_path: Path) -> None:
    (page,) = load(write(tmp_path / "a.txt", "short")).pages
    assert page.number is None


JSON = {
    "users": [
        {"name": "Anna", "tags": ["x", "y"], "items": [{"sku": 1}, {"sku": 2}], "age": None},
        {"name": "Bernd\nB.", "active": True, "address": {"city": "Bonn"}},
    ],
    "version": "1.10",
}


def test_json_is_a_line_a_value_with_its_path(tmp_path: Path) -> None:
    assert text_read(tmp_path / "a.json", json.dumps(JSON)) == (
        "users.name: Anna\nusers.tags: x, y\nusers.items.1.sku: 1\nusers.items.2.sku: 2\n\n"
        "users.name: Bernd B.\nusers.active: true\nusers.address.city: Bonn\n\nversion: 1.10"
    )


def test_json_numbers_stay_as_they_are_written(tmp_path: Path) -> None:
    digits = "9" * 5_000  # more than Python turns into a number
    source = f'{{"a": 1.10, "b": 1e3, "c": {digits}}}'
    assert text_read(tmp_path / "a.json", source) == f"a: 1.10\nb: 1e3\nc: {digits}"


def test_json_nested_hundreds_deep_is_read(tmp_path: Path) -> None:
    source = '{"a":' * 400 + '"owl"' + "}" * 400
    assert text_read(tmp_path / "a.json", source) == f"{'.'.join('a' * 400)}: owl"


def test_json_nested_without_end_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="nested deeper than a parser can follow"):
        load(write(tmp_path / "a.json", "[" * 200_000))


def test_broken_json_is_refused_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"no valid JSON: .* in line 2, column 5\."):
        load(write(tmp_path / "a.json", '{\n"a":, 1}'))


def test_json_lines_by_the_name_of_json_are_read(tmp_path: Path) -> None:
    assert text_read(tmp_path / "a.json", '{"a": 1}\n{"a": 2}\n') == "a: 1\n\na: 2"


def test_the_bad_lines_of_json_lines_are_reported_and_the_others_kept(tmp_path: Path) -> None:
    source = '{"a": 1, "b": "x\u2028y"}\n\noops\n{"a": 2}\n{"a":\n' + "[" * 100_000
    document = load(write(tmp_path / "a.jsonl", source))
    assert text_of(document) == "a: 1\nb: x y\n\na: 2"
    assert document.warnings == (
        "There are 3 lines that are no valid JSON, left out (line 3, 5, 6): mend them.",
    )


def test_json_lines_without_a_good_line_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="2 lines that are no valid JSON"):
        load(write(tmp_path / "a.jsonl", "no\nnor this\n"))


@pytest.mark.parametrize(
    ("name", "source", "names"),
    [
        (
            "a.py",
            "import os\n\n\n@cache\ndef f():\n    pass\n\nasync def g(): pass\n",
            ["", "f", "g"],
        ),
        ("a.py", "class A:\n    def inner(self): pass\n", ["A"]),
        ("a.ts", "export class A {}\nexport const f = (x: T) => x\ntype T = 1\n", ["A", "f", "T"]),
        ("a.tsx", "export default function App() {\n}\n", ["App"]),
        ("a.java", "package x;\npublic final class A {\n}\n", ["x", "A"]),
        ("a.c", "#include <a.h>\nstatic int add(int a)\n{\n}\nint x(void);\n", ["", "add"]),
        ("a.cpp", "void A::run(int a) {\n  f(a);\n}\nstruct B { };\n", ["A::run", "B"]),
        ("a.cs", "namespace N;\npublic class A { }\n", ["N", "A"]),
        ("a.go", "func (s *S) Run() error {\n}\ntype S struct {}\n", ["Run", "S"]),
        ("a.rs", "pub fn f() {}\nimpl<T> A<T> {\n}\n", ["f", "A<T>"]),
        ("a.rb", "module M\nend\ndef ok?\nend\n", ["M", "ok?"]),
        ("a.php", "<?php\nfunction f($a) {\n}\n", ["", "f"]),
        ("a.swift", "public func f() {}\nextension A {}\n", ["f", "A"]),
        ("a.kt", "data class A(val b: Int)\nfun f() = 1\n", ["A", "f"]),
        ("a.scala", "object A {\n}\ntrait B\n", ["A", "B"]),
        ("a.sh", "#!/bin/sh\nset -e\nmain() {\n  x\n}\nfunction f {\n}\n", ["", "main", "f"]),
        ("a.sql", "create table if not exists a.b (\n x int);\nCREATE VIEW v AS\n", ["a.b", "v"]),
        ("a.R", "f <- function(x) x\n", ["f"]),
        ("a.lua", "local function f()\nend\n", ["f"]),
        ("a.yaml", "on: push\njobs:\n  test: 1\n", ["on", "jobs"]),
        ("a.toml", "x = 1\n[tool.ruff]\ny = 2\n", ["", "tool.ruff"]),
        ("a.css", "p { color: red }\n", [""]),
    ],
)
def test_source_code_has_a_section_for_each_definition(
    tmp_path: Path, name: str, source: str, names: list[str]
) -> None:
    document = load(write(tmp_path / name, source))
    assert document.title == name
    assert text_of(document) == source.rstrip("\n")
    assert [section.heading for section in document.pages[0].sections] == names


def test_decorators_and_comments_belong_to_the_definition_below_them(tmp_path: Path) -> None:
    (page,) = load(write(tmp_path / "a.py", "x = 1\n\n# Why.\n@cache\ndef f(): pass\n")).pages
    assert headings(page)["f"] == "# Why.\n@cache\ndef f(): pass"


def test_a_log_loses_its_colours(tmp_path: Path) -> None:
    assert text_read(tmp_path / "a.log", "\x1b[31mERROR\x1b[0m disk full\n") == "ERROR disk full\n"


def test_rtf_is_read_as_text(tmp_path: Path) -> None:
    source = (
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\*\generator Word;}"
        r"\f0 Gr\'fc\'dfe \b und\b0  \u8364? 5.\par Second line.\par}"
    )
    assert text_read(tmp_path / "a.rtf", source).strip() == "Grüße und € 5.\nSecond line."


def test_what_is_no_rtf_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"It is not RTF: that begins with \{\\rtf"):
        load(write(tmp_path / "a.rtf", "plain text"))


def mail(tmp_path: Path, message: EmailMessage) -> str:
    return text_read(tmp_path / "a.eml", message.as_bytes())


def test_an_e_mail_names_its_attachments(tmp_path: Path) -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "Anna <a@example.org>", "Plan"
    message.set_content("See the plan.\n")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="Plän.pdf")
    inner = EmailMessage()
    inner["Subject"] = "Before"
    message.add_attachment(inner)
    assert mail(tmp_path, message) == (
        "From: Anna <a@example.org>\nSubject: Plan\nAttachments: Plän.pdf, e-mail 'Before'\n\n"
        "See the plan."
    )


def test_an_e_mail_of_html_alone_is_read_as_a_page(tmp_path: Path) -> None:
    message = EmailMessage()
    message["Subject"] = "News"
    message.set_content(
        "<style>p{}</style><h1>News</h1><ul><li>One</ul><script>x</script>", subtype="html"
    )
    assert mail(tmp_path, message) == "Subject: News\n\nNews\n\n- One"


def test_the_plain_text_of_an_e_mail_is_preferred(tmp_path: Path) -> None:
    message = EmailMessage()
    message.set_content("Plain words.")
    message.add_alternative("<p>Rich words.</p>", subtype="html")
    assert mail(tmp_path, message) == "Plain words."


def test_half_a_surrogate_pair_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "half.json"
    path.write_text(r'{"half \ud83d": "a \ud83d pair"}', "utf-8")
    assert "".join(page.text for page in load(path).pages).encode() == b"half : a  pair"
