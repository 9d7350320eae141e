"""Spreadsheets that say they are larger than they are, or hold one thing far away from everything else."""

import tracemalloc
import zipfile
from time import perf_counter

import pytest
from openpyxl import Workbook

from preceptor.datasets.readers.rows import RowProblem
from preceptor.datasets.readers.sheets import MOST_COLUMNS, sheet
from preceptor.datasets.readers.source import Source

HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>prompt</t></is></c></row>'


def cell(place, text):
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def row(number, *cells):
    return f'<row r="{number}">{"".join(cells)}</row>'


@pytest.fixture
def written(tmp_path):
    """A workbook whose sheet is what is given, with the dimension that it declares."""

    def write(rows, dimension="A1:XFD1048576"):
        plain = tmp_path / "plain.xlsx"
        Workbook().save(plain)
        path = tmp_path / "sheet.xlsx"
        name = "xl/worksheets/sheet1.xml"
        text = (
            '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            f'<dimension ref="{dimension}"/><sheetData>{"".join(rows)}</sheetData></worksheet>'
        )
        with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for one in old.namelist():
                new.writestr(one, text if one == name else old.read(one))
        return Source(path=path)

    return write


def read(source):
    """What is in it, in seconds and in bytes that say that nothing was filled up."""
    tracemalloc.start()
    begun = perf_counter()
    found = list(sheet(source))
    took, (_now, peak) = perf_counter() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < 60
    assert peak < 50_000_000
    return found


def test_a_size_that_is_only_said_costs_nothing(written):
    rows = [HEAD, *(row(number, cell(f"A{number}", f"Prompt {number}")) for number in range(2, 1_002))]
    found = read(written(rows))
    assert [one.value["prompt"] for one in found] == [f"Prompt {number}" for number in range(2, 1_002)]
    assert [one.line for one in found] == list(range(2, 1_002))


def test_a_cell_in_the_last_place_of_all_is_an_error_in_words(written):
    (first, problem) = read(written([HEAD, row(2, cell("A2", "Hi")), row(1_048_576, cell("XFD1048576", "!"))]))
    assert first.value == {"prompt": "Hi"}
    assert isinstance(problem, RowProblem)
    assert (problem.line, problem.code, problem.fatal) == (1_048_576, "too_wide", True)
    assert "Delete the columns and rows that lie far away" in str(problem.message)


def test_a_row_far_below_is_read_and_one_beyond_all_sheets_is_not(written):
    far = read(written([HEAD, row(1_048_576, cell("A1048576", "Far"))]))
    assert [(one.line, one.value) for one in far] == [(1_048_576, {"prompt": "Far"})]
    (problem,) = read(written([HEAD, row(99_999_999_999, cell("A99999999999", "Farther"))]))
    assert (problem.line, problem.fatal) == (1_048_577, True)


def test_formatting_far_to_the_right_is_passed_over_and_too_much_of_it_ends_the_reading(written):
    def rows(count):
        return [HEAD, *(row(n, cell(f"A{n}", "Hi"), f'<c r="XFD{n}" s="0"/>') for n in range(2, count + 2))]

    assert [one.value for one in read(written(rows(20)))] == [{"prompt": "Hi"}] * 20
    *good, problem = read(written(rows(5_000)))
    assert len(good) < 1_100
    assert problem.code == "too_wide"


def test_a_header_may_be_wide_but_not_endless(written):
    columns = [f"c{n}" for n in range(MOST_COLUMNS)]
    book = Workbook(write_only=True)
    page = book.create_sheet()
    page.append(columns)
    page.append(list(range(MOST_COLUMNS)))
    source = written([HEAD])
    book.save(source.path)
    (found,) = read(source)
    assert len(found.value) == MOST_COLUMNS
    (problem,) = read(written([row(1, cell("A1", "prompt"), cell("XFD1", "far"))]))
    assert (problem.line, problem.code) == (1, "too_wide")


NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def with_parts(source, parts):
    """The same workbook with other parts; None leaves one out."""
    with zipfile.ZipFile(source.path) as old:
        kept = {one: old.read(one) for one in old.namelist()} | parts
    with zipfile.ZipFile(source.path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in kept.items():
            if data is not None:
                new.writestr(name, data)
    return source


@pytest.mark.parametrize(
    "broken",
    [
        "<c r='A3'><v>abc</v></c>",
        "<c r='A3' t='s'><v>999</v></c>",
        "<c r='A3' t='b'><v>x</v></c>",
        "<c r='A3' t='d'><v>yesterday</v></c>",
        "<c r='1A'><v>1</v></c>",
        f"<c r='A3'><v>{'9' * 5_000}</v></c>",
        "<c r='A3'>",
    ],
)
def test_a_cell_that_is_not_what_it_claims_ends_the_reading_in_words(written, broken):
    good, problem = read(written([HEAD, row(2, cell("A2", "Hi")), row(3, broken)]))
    assert good.value == {"prompt": "Hi"}
    assert (problem.line, problem.code, problem.fatal) == (3, "not_sheet", True)


@pytest.mark.parametrize(
    "parts",
    [
        {"xl/worksheets/sheet1.xml": None},
        {"xl/styles.xml": "<x>"},
        {"xl/workbook.xml": "<x/>"},
        {"xl/workbook.xml": "<x"},
        {"xl/workbook.xml": f"<workbook {NS}><sheets/></workbook>"},
        {"[Content_Types].xml": "<a/>"},
    ],
)
def test_a_workbook_in_pieces_says_so(written, parts):
    (problem,) = read(with_parts(written([HEAD]), parts))
    assert (problem.code, problem.fatal) == ("not_sheet", True)


def test_shared_texts_without_end_are_not_unpacked(written):
    strings = f"<sst {NS}>" + "<si><t>a</t></si>" * 6_000_000 + "</sst>"
    (problem,) = read(with_parts(written([HEAD]), {"xl/sharedStrings.xml": strings}))
    assert (problem.code, problem.fatal) == ("too_large", True)


@pytest.mark.parametrize("what", ["a row of empty cells", "one text", "what stands before the rows"])
def test_one_thing_without_end_is_not_kept(written, what):
    size = 10_000_000
    rows = {
        "a row of empty cells": [HEAD, row(2, "<c/>" * (size // 4))],
        "one text": [HEAD, row(2, cell("A2", "x" * size))],
        "what stands before the rows": [HEAD, "</sheetData><a>" + "<b/>" * (size // 4) + "</a><sheetData>"],
    }[what]
    source = written(rows, dimension="A1")
    *good, problem = list(sheet(source))
    assert (good, problem.code, problem.fatal) == ([], "too_large", True)
    assert source.progress < 0.5, "no more of it was read"
