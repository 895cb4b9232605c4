"""Word documents, presentations and spreadsheets, made by real libraries."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pptx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from ingest.loaders import load, sheets
from tests.ingest.reading import headings, text_of


def word_text(tmp_path: Path, word: Any) -> str:
    word.save(tmp_path / "a.docx")
    return text_of(load(tmp_path / "a.docx"))


def add_table(word: Any, *rows: str) -> Any:
    table = word.add_table(len(rows), len(rows[0].split()))
    for row, text in zip(table.rows, rows, strict=True):
        for cell, word_ in zip(row.cells, text.split(), strict=True):
            cell.text = word_
    return table


def test_headers_and_footers_of_word_are_left_out(tmp_path: Path) -> None:
    word = docx.Document()
    word.sections[0].header.paragraphs[0].text = "Confidential"
    word.sections[0].footer.paragraphs[0].text = "Page 1"
    word.add_paragraph("The text.")
    assert word_text(tmp_path, word) == "The text."


def test_the_title_style_names_a_word_document(tmp_path: Path) -> None:
    word = docx.Document()
    word.add_heading("Annual report", 0)
    word.add_heading("Sales", 1)
    word.add_paragraph("They grew.")
    word.save(tmp_path / "a.docx")
    document = load(tmp_path / "a.docx")
    assert document.title == "Annual report"
    assert list(headings(document.pages[0])) == ["Annual report", "Annual report > Sales"]


def test_word_lists_keep_their_marks(tmp_path: Path) -> None:
    word = docx.Document()
    for text, style in [
        ("dot", "List Bullet"),
        ("inner dot", "List Bullet 2"),
        ("first", "List Number"),
        ("second", "List Number"),
    ]:
        word.add_paragraph(text, style)
    word.add_paragraph("After.")
    lines = [line.strip() for line in word_text(tmp_path, word).split("\n") if line.strip()]
    assert lines == ["- dot", "- inner dot", "1. first", "2. second", "After."]


def test_a_merged_cell_of_word_counts_in_each_of_its_rows(tmp_path: Path) -> None:
    word = docx.Document()
    table = add_table(word, "Year City", "2020 Bonn", "x Köln")
    table.cell(2, 0).text = ""
    table.cell(1, 0).merge(table.cell(2, 0))
    assert word_text(tmp_path, word) == "Year: 2020; City: Bonn\nYear: 2020; City: Köln"


def test_a_frame_around_text_is_read_as_text(tmp_path: Path) -> None:
    word = docx.Document()
    cell = word.add_table(1, 1).cell(0, 0)
    cell.text = "Note well."
    cell.add_paragraph("It is in a box.")
    assert word_text(tmp_path, word) == "Note well.\n\nIt is in a box."


def test_insertions_count_and_deletions_do_not(tmp_path: Path) -> None:
    word = docx.Document()
    paragraph = word.add_paragraph("The price is ")
    for tag, text_tag, text in [("w:del", "w:delText", "nine"), ("w:ins", "w:t", "ten")]:
        change, run, words = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(text_tag)
        words.text = text
        run.append(words)
        change.append(run)
        paragraph._p.append(change)
    assert word_text(tmp_path, word) == "The price is ten"


def test_a_content_control_s_text_is_read(tmp_path: Path) -> None:
    word = docx.Document()
    paragraph = word.add_paragraph("Within a control.")
    control, inside = OxmlElement("w:sdt"), OxmlElement("w:sdtContent")
    paragraph._p.addprevious(control)
    control.append(inside)
    inside.append(paragraph._p)
    assert word_text(tmp_path, word) == "Within a control."


def test_a_table_of_contents_is_left_out(tmp_path: Path) -> None:
    word = docx.Document()
    word.styles.add_style("TOC 1", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    word.add_paragraph("Sales\t3", "TOC 1")
    word.add_paragraph("The text.")
    assert word_text(tmp_path, word) == "The text."


def test_an_outline_level_makes_a_heading(tmp_path: Path) -> None:
    word = docx.Document()
    level = OxmlElement("w:outlineLvl")
    level.set(qn("w:val"), "1")
    word.add_paragraph("Own style")._p.get_or_add_pPr().append(level)
    word.add_paragraph("The text.")
    word.save(tmp_path / "a.docx")
    assert list(headings(load(tmp_path / "a.docx").pages[0])) == ["Own style"]


def test_a_slide_keeps_its_bullets_its_table_and_its_notes(tmp_path: Path) -> None:
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text = "Quarter"
    slide.placeholders[1].text = "Sales grew\nCosts fell"
    slide.placeholders[1].text_frame.paragraphs[1].level = 1
    table = slide.shapes.add_table(2, 2, 0, Inches(6), Inches(4), Inches(1)).table
    for at, text in enumerate(["City", "People", "Bonn", "3"]):
        table.cell(at // 2, at % 2).text = text
    slide.notes_slide.notes_text_frame.text = "Thank the team."
    show.save(tmp_path / "a.pptx")
    (page,) = load(tmp_path / "a.pptx").pages
    assert page.text == (
        "Quarter\n\n- Sales grew\n  - Costs fell\n\nCity: Bonn; People: 3\n\nNotes: Thank the team."
    )
    assert list(headings(page)) == ["Quarter"]


def test_a_chart_s_figures_and_a_group_s_text_are_read(tmp_path: Path) -> None:
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[6])
    data = CategoryChartData()
    data.categories = ["2019", "2020"]
    data.add_series("Sales", (1.5, 2.0))
    box = (0, Inches(3), Inches(4), Inches(3))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *box, data)
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "In a group"
    show.save(tmp_path / "a.pptx")
    assert text_of(load(tmp_path / "a.pptx")) == "In a group\n\n2019; Sales: 1.5\n2020; Sales: 2"


def workbook(**rows_of_sheets: list[list[object]]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in rows_of_sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return book


def test_a_sheet_is_a_page_under_its_name(tmp_path: Path) -> None:
    book = workbook(
        Cities=[["City", None, "People"], ["Bonn", None, 336_000], [None], ["Köln", None, 1.5]],
        Empty=[],
        Rest=[["Only", "names"]],
    )
    book.save(tmp_path / "a.xlsx")
    document = load(tmp_path / "a.xlsx")
    assert [(page.number, page.text) for page in document.pages] == [
        (1, "City: Bonn; People: 336000\nCity: Köln; People: 1.5"),
        (3, "Only | names"),
    ]
    assert [list(headings(page)) for page in document.pages] == [["Cities"], ["Rest"]]
    assert document.n_pages == 3


def test_cells_are_written_as_a_person_would(tmp_path: Path) -> None:
    book = workbook(
        S=[
            ["Report of 2024"],
            ["Day", "Time", "Share", "Sum", "Yes", "Text"],
            [date(2024, 5, 1), datetime(2024, 5, 1, 10, 30), 0.255, 0.1 + 0.2, True, "a\nb"],
        ]
    )
    book["S"]["C3"].number_format = "0.0%"
    book.save(tmp_path / "a.xlsx")
    assert text_of(load(tmp_path / "a.xlsx")) == (
        "Report of 2024\nDay: 2024-05-01; Time: 2024-05-01 10:30; Share: 25.5%; Sum: 0.3; "
        "Yes: TRUE; Text: a b"
    )


def test_a_workbook_with_too_many_cells_is_read_in_part_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MAX_CELLS", 5)
    rows: list[list[object]] = [["A", "B"], [1, 2], [3, 4], [5, 6]]
    workbook(First=rows, Second=rows).save(tmp_path / "a.xlsx")
    document = load(tmp_path / "a.xlsx")
    assert text_of(document) == "A: 1; B: 2"
    assert document.warnings == (
        "A workbook may have 5 filled cells: sheet 'First' was read up to row 2, later sheets not "
        "at all. Split the workbook, or save its sheets as CSV.",
    )


def test_a_sheet_with_too_many_columns_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MAX_COLUMNS", 2)
    workbook(S=[["A", "B", "C"], [1, 2, 3]]).save(tmp_path / "a.xlsx")
    document = load(tmp_path / "a.xlsx")
    assert text_of(document) == "A: 1; B: 2"
    assert "2 rows of sheet 'S' have more" in document.warnings[0]
