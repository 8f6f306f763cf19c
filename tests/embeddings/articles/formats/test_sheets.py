"""Workbooks, made here as the programs write them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from embeddings.articles.files import read_paths
from embeddings.articles.parsing.results import ReadFile, ReadOptions
from embeddings.errors import InputError

VOTE = "Councillors in Hartwell voted to close the old ferry terminal."
BANK = "The central bank of Republica left its rate at four per cent."
HEAD = ["Title", "Text", "Date", "Source"]
ROW = ["Ferry", VOTE, 45356, "Harbour Post"]
Rows = Sequence[Sequence[object]]
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def xlsx(sheets: Mapping[str, Rows | str]) -> bytes:
    """A workbook; numbers are days since 1900, with the format of a date."""
    files = {
        "[Content_Types].xml": "<Types xmlns='http://schemas.openxmlformats.org/package/2006/"
        "content-types'><Default Extension='xml' ContentType='application/xml'/></Types>",
        "_rels/.rels": f"<Relationships xmlns='{_PACKAGE}'><Relationship Id='r' "
        f"Type='{_OFFICE}/officeDocument' Target='xl/workbook.xml'/></Relationships>",
        "xl/styles.xml": f"<styleSheet xmlns='{_MAIN}'><cellXfs><xf numFmtId='0'/>"
        "<xf numFmtId='14'/></cellXfs></styleSheet>",
    }
    listed, related = "", f"<Relationship Id='s' Type='{_OFFICE}/styles' Target='styles.xml'/>"
    for at, (name, rows) in enumerate(sheets.items(), start=1):
        body = rows if isinstance(rows, str) else "".join(_row(row) for row in rows)
        files[f"xl/worksheets/s{at}.xml"] = (
            f"<worksheet xmlns='{_MAIN}'><sheetData>{body}</sheetData></worksheet>"
        )
        listed += f"<sheet name='{name}' sheetId='{at}' r:id='r{at}'/>"
        related += (
            f"<Relationship Id='r{at}' Type='{_OFFICE}/worksheet' Target='worksheets/s{at}.xml'/>"
        )
    files["xl/workbook.xml"] = (
        f"<workbook xmlns='{_MAIN}' xmlns:r='{_OFFICE}'><sheets>{listed}</sheets></workbook>"
    )
    files["xl/_rels/workbook.xml.rels"] = (
        f"<Relationships xmlns='{_PACKAGE}'>{related}</Relationships>"
    )
    return pack(files)


def _row(row: Sequence[object]) -> str:
    cells = "".join(
        f"<c s='1'><v>{cell}</v></c>"
        if isinstance(cell, (int, float))
        else f"<c t='inlineStr'><is><t>{escape(str(cell))}</t></is></c>"
        for cell in row
    )
    return f"<row>{cells}</row>"


def ods(rows: Rows) -> bytes:
    body = "".join(
        "<table:table-row>"
        + "".join(
            f"<table:table-cell office:value-type='string'><text:p>{escape(str(cell))}</text:p>"
            "</table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    names = "".join(
        f" xmlns:{name}='urn:oasis:names:tc:opendocument:xmlns:{name}:1.0'"
        for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content{names}><office:body><office:spreadsheet>"
        f"<table:table table:name='News'>{body}</table:table>"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return pack({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": "<m/>"})


def pack(files: Mapping[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def read(folder: Path, data: bytes, name: str = "a.xlsx", **columns: str) -> ReadFile:
    path = folder / name
    path.write_bytes(data)
    (found,) = read_paths([path], ReadOptions(columns=columns), {})
    return found


def problems(file: ReadFile) -> list[str]:
    return [each.message for each in file.problems]


def test_a_row_is_an_article_and_a_date_is_a_date(tmp_path):
    file = read(tmp_path, xlsx({"News": [HEAD, ROW, ["Bank", BANK, 45357.5, "Times"]]}))
    one, other = file.documents
    assert (one.title, one.text, one.source) == ("Ferry", VOTE, "Harbour Post")
    assert (one.published, other.published) == ("2024-03-05", "2024-03-06T12:00")
    assert problems(file) == []


def test_an_open_document_gives_the_same_articles(tmp_path):
    rows = [HEAD, ["Ferry", VOTE, "2024-03-05", "Harbour Post"]]
    (one,) = read(tmp_path, ods(rows), "a.ods").documents
    (other,) = read(tmp_path, xlsx({"News": rows})).documents
    assert replace(one, id="", path="") == replace(other, id="", path="")


def test_sheets_with_text_are_read_and_the_others_named(tmp_path):
    sheets = {"March": [HEAD, ROW], "Codes": [["Code", "Meaning"], ["a", "b"]], "Empty": []}
    file = read(tmp_path, xlsx({**sheets, "April": [["Body"], [BANK]]}))
    assert [each.text for each in file.documents] == [VOTE, BANK]
    assert [each.id.rpartition("#")[2] for each in file.documents] == ["1", "2"]
    assert problems(file) == ["sheet 'Codes' has no column of text; left out"]
    assert file.notes == ("sheet 'April': text from Body",)


def test_rows_above_the_header_are_no_header(tmp_path):
    file = read(tmp_path, xlsx({"News": [["Export of 6 March"], [], HEAD, ROW]}))
    assert [each.source for each in file.documents] == ["Harbour Post"]
    assert problems(file) == ["1 row stands above the header, not read"]


def test_a_row_without_text_is_named_by_its_place_on_the_sheet(tmp_path):
    file = read(tmp_path, xlsx({"News": [HEAD, ROW, [], ["Bank", "", "", ""]]}))
    assert [(each.line, each.message) for each in file.problems] == [
        (4, "a row without text; left out")
    ]


def test_numbers_are_written_as_they_show(tmp_path):
    rows = "<row><c t='str'><v>id</v></c><c t='str'><v>text</v></c></row>"
    rows += f"<row><c><v>7</v></c><c t='str'><v>{VOTE}</v></c></row>"
    assert [each.id for each in read(tmp_path, xlsx({"News": rows})).documents] == ["7"]


def test_columns_may_be_named(tmp_path):
    file = read(tmp_path, xlsx({"News": [["Lead", "Text"], [VOTE, "x"]]}), text="Lead")
    assert [each.text for each in file.documents] == [VOTE]


def test_a_sheet_without_a_column_that_was_named_is_left_out(tmp_path):
    file = read(
        tmp_path, xlsx({"A": [["Text", "By"], [VOTE, "x"]], "B": [["Text"], [BANK]]}), source="By"
    )
    assert [each.source for each in file.documents] == ["x"]
    assert problems(file) == [
        "sheet 'B' has no column of text, or not those that were named; left out"
    ]


def test_a_table_that_begins_below_is_read_with_its_places(tmp_path):
    cell = "<c r='{}' t='str'><v>{}</v></c>"
    rows = f"<row r='5'>{cell.format('C5', 'text')}</row><row r='6'>{cell.format('C6', VOTE)}</row>"
    rows += f"<row r='7'>{cell.format('C7', 'n/a')}</row>"
    file = read(tmp_path, xlsx({"News": rows}))
    assert [each.text for each in file.documents] == [VOTE]
    assert [each.line for each in file.problems] == [7]


def test_a_workbook_without_text_names_its_columns(tmp_path):
    with pytest.raises(InputError, match="the columns are 'Code', 'Meaning'"):
        read(tmp_path, xlsx({"Codes": [["Code", "Meaning"], ["a", "b"]]}))


def test_a_workbook_that_needs_a_password_is_one_sentence(tmp_path):
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900) + "EncryptedPackage".encode("utf-16-le")
    assert problems(read(tmp_path, data)) == ["it needs a password; save it without; left out"]


def test_an_open_document_that_needs_a_password_is_one_sentence(tmp_path):
    data = pack({"META-INF/manifest.xml": "<m><encryption-data/></m>", "content.xml": "\x01"})
    file = read(tmp_path, data, "a.ods")
    assert problems(file) == ["it needs a password; save it without; left out"]


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.xlsm", "a.xlsb", "a.ods"])
def test_a_workbook_cut_off_is_one_sentence(tmp_path, name):
    data = xlsx({"News": [HEAD, ROW]})
    file = read(tmp_path, data[: len(data) // 2], name)
    assert problems(file) == ["it is damaged or no workbook; left out"]


def test_a_cell_far_away_does_not_end_the_run(tmp_path):
    far = "<row r='1'><c r='A1' t='str'><v>text</v></c></row>"
    far += "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"
    (problem,) = problems(read(tmp_path, xlsx({"News": far})))
    assert problem == "it is damaged, or takes more than 2 GB of memory to read; left out"
