"""Word processors' files, made here."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from embeddings.articles.files import read_paths
from embeddings.articles.parsing.results import ReadFile, ReadOptions

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
STRICT = 'xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"'
ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "text", "table")
)
PIER = "The harbour authority said the pier needed repairs worth 4.2 million pounds."


def paragraph(text: str, style: str = "") -> str:
    said = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{said}<w:r><w:t>{text}</w:t></w:r></w:p>"


def pack(**parts: str) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return into.getvalue()


def docx(body: str, namespace: str = W, before: str = "", **parts: str) -> bytes:
    document = f"{before}<w:document {namespace}><w:body>{body}</w:body></w:document>"
    return pack(**{"word/document.xml": document}, **parts)


def odt(body: str, **parts: str) -> bytes:
    text = f"<office:body><office:text>{body}</office:text></office:body>"
    content = f"<office:document-content {ODF}>{text}</office:document-content>"
    return pack(**{"content.xml": content}, **parts)


def read(folder: Path, name: str, data: bytes) -> ReadFile:
    path = folder / "harbour-post" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    (file,) = read_paths([path], ReadOptions(), {})
    return file


def text_of(folder: Path, name: str, data: bytes) -> str:
    file = read(folder, name, data)
    assert file.problems == ()
    return file.documents[0].text


@pytest.mark.parametrize("namespace", [W, STRICT])
def test_a_word_file_is_its_paragraphs_with_title_and_date(tmp_path, namespace):
    body = paragraph("Ferry terminal to close") + paragraph("5 March 2024") + paragraph(PIER)
    (article,) = read(tmp_path, "a.docx", docx(body, namespace)).documents
    assert (article.title, article.published) == ("Ferry terminal to close", "2024-03-05")
    assert article.text == f"Ferry terminal to close\n\n5 March 2024\n\n{PIER}"
    assert article.source == "harbour-post"


@pytest.mark.parametrize("style", ["Heading1", "Title", "berschrift1"])
def test_the_first_heading_is_the_title(tmp_path, style):
    styles = (
        f'<w:styles {W}><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
        "</w:styles>"
    )
    body = paragraph("NEWS DESK") + paragraph("Ferry to close", style) + paragraph(PIER)
    file = read(tmp_path, "a.docx", docx(body, **{"word/styles.xml": styles}))
    assert file.documents[0].title == "Ferry to close"


def test_soft_breaks_tabs_and_hyphens_are_kept_and_tab_stops_are_not(tmp_path):
    body = (
        "<w:p><w:pPr><w:tabs><w:tab/><w:tab/></w:tabs></w:pPr><w:r><w:t>One</w:t><w:br/>"
        "<w:t>two</w:t><w:tab/><w:t>three</w:t><w:noBreakHyphen/><w:t>four</w:t></w:r></w:p>"
    )
    assert text_of(tmp_path, "a.docx", docx(body)) == "One\ntwo three-four"


def test_deleted_words_field_codes_and_second_versions_of_a_drawing_are_not_read(tmp_path):
    compatibility = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    body = (
        f"<w:p><w:r><w:t>Kept.</w:t></w:r><w:del><w:r><w:t>gone</w:t></w:r></w:del>"
        f"<w:r><w:instrText>HYPERLINK gone</w:instrText></w:r><mc:Fallback {compatibility}>"
        "<w:t>gone</w:t></mc:Fallback></w:p>"
    )
    assert text_of(tmp_path, "a.docx", docx(body)) == "Kept."


def test_the_cells_of_a_row_are_one_paragraph_unless_they_hold_paragraphs(tmp_path):
    def row(*cells: str) -> str:
        return "<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr>"

    table = row(paragraph("Port"), paragraph("Ships")) + row(
        paragraph(PIER) + paragraph("It said so."), paragraph("Aside.")
    )
    text = text_of(tmp_path, "a.docx", docx(f"<w:tbl>{table}</w:tbl>"))
    assert text.split("\n\n") == ["Port | Ships", PIER, "It said so.", "Aside."]


def test_items_of_a_list_are_marked(tmp_path):
    item = "<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>Docks</w:t></w:r></w:p>"
    assert text_of(tmp_path, "a.docx", docx(paragraph(PIER) + item)) == f"{PIER}\n\n- Docks"


def test_an_open_document_is_its_paragraphs(tmp_path):
    body = (
        "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>"
        '<text:h text:outline-level="1">Ferry to close</text:h>'
        "<text:p>5 March 2024</text:p>"
        f"<text:p>{PIER}<text:note><text:p>gone</text:p></text:note><text:s/>It<text:line-break/>"
        "<text:span>said so.</text:span></text:p>"
        "<text:list><text:list-item><text:p>Docks</text:p></text:list-item></text:list>"
        "<table:table-row><table:table-cell><text:p>Port</text:p></table:table-cell>"
        "<table:table-cell><text:p>Ships</text:p></table:table-cell></table:table-row>"
    )
    (article,) = read(tmp_path, "a.odt", odt(body)).documents
    assert (article.title, article.published) == ("Ferry to close", "2024-03-05")
    assert article.text.split("\n\n") == [
        *("Ferry to close", "5 March 2024", f"{PIER} It\nsaid so.", "- Docks", "Port | Ships")
    ]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.docx", docx(paragraph(PIER))[:-40], "it is damaged or cut off; left out"),
        ("a.docx", b"PK\x03\x04", "it is damaged or cut off; left out"),
        ("a.docx", pack(other="x"), "it is damaged or cut off; left out"),
        ("a.docx", docx("<w:p>"), "it is damaged or cut off; left out"),
        ("a.docx", docx(""), "no text in it; left out"),
        (
            "a.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            "it needs a password, or is of an older Word; save it without, as .docx; left out",
        ),
        (
            "a.odt",
            odt("", **{"META-INF/manifest.xml": "<manifest:encryption-data/>"}),
            "it needs a password; left out",
        ),
        ("a.docx", docx(" " * 64_000_001), "it unfolds to more than 64 MB; left out"),
        (
            "a.docx",
            docx(paragraph("a" * 20_000_001)),
            "an article of more than 20 MB; left out",
        ),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path, name, data, message):
    file = read(tmp_path, name, data)
    assert [problem.message for problem in file.problems] == [message]
    assert file.documents == ()


def test_entities_are_neither_expanded_nor_fetched(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("stolen")
    before = f'<!DOCTYPE w [<!ENTITY a SYSTEM "{secret.as_uri()}"><!ENTITY b "boom">]>'
    body = "<w:p><w:r><w:t>Kept.&a;&b;</w:t></w:r></w:p>"
    file = read(tmp_path, "a.docx", docx(body, before=before))
    assert file.documents == ()
    assert [problem.message for problem in file.problems] == [
        "it defines entities of its own, as no word processor does; left out"
    ]
