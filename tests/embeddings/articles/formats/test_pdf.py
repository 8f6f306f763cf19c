"""PDF: what is read of printed pages, and what is said of those that cannot be read."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from benchmarks.printed_pages import draw, make_pages, share_in_order
from embeddings.articles.files import read_paths
from embeddings.articles.parsing.results import ReadFile, ReadOptions

ROOT = Path(__file__).parents[4]
Text = tuple[float, float, float, str]
BODY = [
    "The councillors of Hartwell voted by nine to four on Tuesday to close the ferry ter-",
    "minal, and the harbour authority said that no operator had come forward to take it.",
]


def make(*pages: list[Text] | None, **said: object) -> bytes:
    """Write a PDF of texts at (left, base, size), in points; ``None`` for a picture alone."""
    into = BytesIO()
    with PdfPages(into, metadata={"CreationDate": None, **said}) as file:
        for page in pages:
            figure = Figure(figsize=(595 / 72, 842 / 72))
            for left, base, size, text in page or ():
                figure.text(left / 595, base / 842, text, fontsize=size, parse_math=False)
            if page is None:
                figure.figimage(np.zeros((20, 20)))
            file.savefig(figure)
    return into.getvalue()


def story(title: str = "", lines: list[str] = BODY, top: float = 700) -> list[Text]:
    body = [(50.0, top - 14 * number, 10.0, line) for number, line in enumerate(lines)]
    return [(50.0, top + 40, 22.0, title), *body] if title else body


def read(path: Path, data: bytes) -> ReadFile:
    path.write_bytes(data)
    (file,) = read_paths([path], ReadOptions(), {})
    return file


def problems(file: ReadFile) -> list[str]:
    return [problem.message for problem in file.problems]


@pytest.mark.parametrize("seed", [3, 5])
def test_words_of_columns_are_in_the_order_of_reading(tmp_path: Path, seed: int) -> None:
    pages = [page for _, page in make_pages(ROOT / "seeds", 3, seed)]
    file = read(tmp_path / "a.pdf", draw(pages, seed))
    right = [word for page in pages for word in page.words]
    assert share_in_order(file.documents[0].text.split(), right) > 0.99
    assert sorted(file.dropped[file.documents[0].path]) == ["1", "2", "3", *["Harbour Courier"] * 3]


def test_lines_of_a_paragraph_are_one_and_parted_words_are_put_together(tmp_path: Path) -> None:
    text = read(tmp_path / "a.pdf", make(story() + story(top=640))).documents[0].text
    first, second = text.strip().split("\n\n")
    assert first == second
    assert "to close the ferry terminal, and the harbour" in first


def test_a_paragraph_goes_on_over_a_page(tmp_path: Path) -> None:
    data = make(story(lines=BODY[:1]), story(lines=BODY[1:]))
    assert read(tmp_path / "a.pdf", data).documents[0].text.count("\n") == 1


def test_the_title_is_what_is_largest_on_the_first_page(tmp_path: Path) -> None:
    second = story("Another", ["Residents said they would appeal to the minister in the spring."])
    data = make(story("Ferry terminal to close"), second, Title="Layout 7 of the day")
    assert read(tmp_path / "a.pdf", data).documents[0].title == "Ferry terminal to close"


@pytest.mark.parametrize(
    ("stated", "title"),
    [("Ferry terminal to close", "Ferry terminal to close"), ("Microsoft Word - a.doc", "")],
)
def test_without_a_headline_the_title_is_that_of_the_metadata(
    tmp_path: Path, stated: str, title: str
) -> None:
    assert read(tmp_path / "a.pdf", make(story(), Title=stated)).documents[0].title == title


def test_a_date_in_the_text_goes_before_that_of_the_file_which_is_said(tmp_path: Path) -> None:
    made = datetime(2024, 3, 7, 12)
    dated = [(50.0, 720.0, 10.0, "5 March 2024"), *story("Ferry to close")]
    file = read(tmp_path / "a.pdf", make(dated, CreationDate=made))
    assert (file.documents[0].published, file.notes) == ("2024-03-05", ())
    file = read(tmp_path / "b.pdf", make(story(), CreationDate=made))
    assert file.documents[0].published == "2024-03-07"
    assert file.notes == ("no date is in its text: taken from when the PDF was made",)


def test_ligatures_are_letters(tmp_path: Path) -> None:
    data = make(story(lines=["The first oﬃcer ﬂed from fire and offered five coffees."]))
    assert "The first officer fled from fire and offered five coffees." in (
        read(tmp_path / "a.pdf", data).documents[0].text
    )


def test_a_scan_is_counted_as_one(tmp_path: Path) -> None:
    file = read(tmp_path / "a.pdf", make(None, None))
    assert problems(file) == ["no text in it: its 2 pages are pictures, as of a scan; left out"]
    file = read(tmp_path / "b.pdf", make(story(), None))
    assert len(file.documents) == 1
    assert problems(file) == ["1 of its 2 pages has no text, as pictures and scans have none"]


def test_what_is_written_from_right_to_left_is_said(tmp_path: Path) -> None:
    file = read(tmp_path / "a.pdf", make(story(lines=["שלום עולם שלום עולם"])))
    assert problems(file) == ["it is written from right to left, and its words may be out of order"]


def test_an_encrypted_pdf_is_one_sentence(tmp_path: Path) -> None:
    lock = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"41" * 32 + b"> /U <"
    lock += b"42" * 32 + b"> >> /ID [<" + b"43" * 16 + b"><" + b"43" * 16 + b">]"
    data = make(story()).replace(b"trailer\n<<", b"trailer\n<< " + lock)
    assert problems(read(tmp_path / "a.pdf", data)) == [
        "encrypted: it asks for a password; left out"
    ]


@pytest.mark.parametrize("data", [b"%PDF-1.4\n", b"no PDF", make(story())[:200]])
def test_what_is_no_pdf_or_cut_off_is_one_sentence(tmp_path: Path, data: bytes) -> None:
    file = read(tmp_path / "a.pdf", data)
    assert problems(file) == ["no PDF, or one that is damaged or cut off; left out"]


def test_an_empty_pdf_is_one_sentence(tmp_path: Path) -> None:
    assert problems(read(tmp_path / "a.pdf", b"")) == ["an empty file"]


def test_an_export_is_said_to_look_like_many_articles(tmp_path: Path) -> None:
    fields = [(50.0, 560.0, 10.0, "Length: 30 words"), (50.0, 60.0, 10.0, "Load-Date: March 6")]
    file = read(tmp_path / "a.pdf", make(*[[*story("Ferry"), *fields]] * 3))
    assert "this looks like 3 articles; it was read as one" in problems(file)
    assert set(file.rules.values()) == {"running head"}
