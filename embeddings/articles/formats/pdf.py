"""PDF: the text of printed pages in the order of reading, without what all pages repeat."""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import IO, TYPE_CHECKING

from embeddings.articles.formats.exports.splitting import describe_unsplit
from embeddings.articles.formats.format import Format, Row, about_file
from embeddings.articles.formats.pdf_layout import PrintedLine, Word, order_lines
from embeddings.articles.formats.pdf_text import join_lines, part_heads
from embeddings.articles.formats.plain import find_date
from embeddings.articles.parsing.dates import DateOrder, parse_date
from embeddings.articles.parsing.decoding import LONG_ARTICLE, MOST_ARTICLE, RefusedError, clean
from embeddings.articles.parsing.lines import find_lines
from embeddings.articles.parsing.results import ReadOptions
from embeddings.documents import Document

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

# With pictures, which are most of it.
_MOST_FILE = 256_000_000
# White space that parts two words, and how far back and up letters of one may go, in sizes
# of the type.
_WORD_GAP, _BACK, _UP = 0.17, 0.1, 0.2
# A headline is larger than the text by this.
_LARGER = 1.15
_TITLE_LENGTH = 300
# Of letters, from which on a text is one of right to left.
_RIGHT_TO_LEFT = 0.3
# What programs call a file that has no title.
_NO_TITLE = re.compile(
    r"untitled.*|microsoft (?:word|powerpoint).*|\S*|.*\.(?:docx?|pdf|indd|qxd|tex|rtf|odt)",
    re.IGNORECASE,
)
_MADE = re.compile(r"D:(\d{4})(\d\d)(\d\d)")


def read_pdf(stream: IO[bytes], options: ReadOptions) -> Iterator[Row[Document]]:
    """Read a PDF as one article; one that looks like many is said to.

    Lines are put in the order of reading, column by column; running heads and the numbers of
    pages are left out and listed; words parted at a line's end are put together. The title is
    what is largest on the first page with text, else that of the metadata; the date is one
    that the text states, else that on which the file was made, and that is said.

    Raises:
        RefusedError: It is no PDF, is damaged, asks for a password, or is too large.
    """
    data = stream.read(_MOST_FILE + 1)
    if not data:
        yield about_file("an empty file")
        return
    if len(data) > _MOST_FILE:
        raise RefusedError(f"a PDF of more than {_MOST_FILE // 1_000_000} MB")
    document = _open(data)
    try:
        unknown: Counter[int] = Counter()
        pages = list(_read_pages(document, unknown))
        said = document.get_metadata_dict(skip_empty=True)
    finally:
        document.close()
    kept, heads = part_heads(pages)
    if not any(kept):
        count = (
            "its page is a picture" if len(pages) == 1 else f"its {len(pages)} pages are pictures"
        )
        yield about_file(f"no text in it: {count}, as of a scan; left out")
        return
    article, note = _make_article([page for page in kept if page], said, options.date_order)
    if doubt := describe_unsplit("\n".join(line.text for page in pages for line in page)):
        yield about_file(doubt)
    problems = _find_problems(pages, unknown.total(), article.text)
    yield Row(
        *(0, None, article, "; ".join(problems)),
        dropped=tuple(map(clean, heads)),
        note=note,
        rule="running head",
    )


def _open(data: bytes) -> PdfDocument:
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        return PdfDocument(data)
    except PdfiumError as error:
        if "assword" in str(error):
            raise RefusedError("encrypted: it asks for a password") from error
        raise RefusedError("no PDF, or one that is damaged or cut off") from error


def _read_pages(document: PdfDocument, unknown: Counter[int]) -> Iterator[list[PrintedLine]]:
    """Yield the lines of each page; count characters by page that the file gives no meaning."""
    from pypdfium2 import PdfiumError

    characters = 0
    for number in range(len(document)):
        try:
            page = document[number]
        except PdfiumError:  # damaged, but others may not be
            yield []
            continue
        words = list(_read_words(page, number, unknown))
        page.close()
        characters += sum(len(word.text) + 1 for word in words)
        if characters > MOST_ARTICLE:
            raise RefusedError(LONG_ARTICLE)
        # Blocks of all pages have numbers of their own.
        yield [line._replace(block=line.block + 10_000 * number) for line in order_lines(words)]


def _read_words(page: PdfPage, number: int, unknown: Counter[int]) -> Iterator[Word]:
    """Yield the words of a page in the order in which they are drawn."""
    from pypdfium2 import raw

    text = page.get_textpage()
    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    word: Word | None = None
    last = 0.0
    for index in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, index)
        character = _character(code) if raw.FPDFText_IsHyphen(text, index) != 1 else "-"
        raw.FPDFText_GetLooseCharBox(text, index, box)
        if not character.strip() or not box.right > box.left:
            unknown[number] += code == 0
            if word is not None:
                yield word
            word = None
            continue
        raw.FPDFText_GetCharOrigin(text, index, x, y)
        raw.FPDFText_GetMatrix(text, index, matrix)
        size = raw.FPDFText_GetFontSize(text, index) * (abs(matrix.c) + abs(matrix.d)) or 1.0
        unit = min(word.size, size) if word is not None else size
        # The letters of a ligature have one place.
        if (
            word is not None
            and abs(y.value - word.base) < _UP * unit
            and box.left - word.right < _WORD_GAP * unit
            and box.left - last > -_BACK * unit
        ):
            word = word._replace(text=word.text + character, right=max(word.right, box.right))
            last = box.left
            continue
        if word is not None:
            yield word
        word, last = Word(character, box.left, box.right, y.value, size), box.left
    if word is not None:
        yield word
    text.close()


def _character(code: int) -> str:
    """Return a character as it is typed: no ligatures, no control characters."""
    if code in (0x02, 0xAD, 0xFFFE):  # a hyphen at a line's end, as PDFium writes it
        return "-"
    character = chr(code) if code < 0x110000 else ""
    return unicodedata.normalize("NFKC", character) if "ﬀ" <= character <= "ﬆ" else clean(character)


def _make_article(
    pages: list[list[PrintedLine]], said: Mapping[str, str], order: DateOrder
) -> tuple[Document, str]:
    """Return the article, and what is to be said of how it was read."""
    lines = [line for page in pages for line in page]
    text = clean(join_lines(lines))
    stated = clean(said.get("Title", "")).strip()
    title = _find_headline(pages[0], lines) or ("" if _NO_TITLE.fullmatch(stated) else stated)
    published, note = find_date(find_lines(text), order), ""
    if not published and (made := _MADE.match(said.get("CreationDate", ""))):
        published = parse_date("-".join(made.groups()), order)
        note = "no date is in its text: taken from when the PDF was made" if published else ""
    return Document("", text, title, published=published), note


def _find_headline(first: list[PrintedLine], lines: list[PrintedLine]) -> str:
    """Return the lines that stand together in the largest type of the first page."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    usual = sizes.most_common(1)[0][0]
    worded = [line for line in first if sum(map(str.isalpha, line.text)) > 1]
    largest = max((line.size for line in worded), default=0.0)
    if largest < _LARGER * usual:
        return ""
    headline: list[PrintedLine] = []
    for line in first:
        if line.size > largest / _LARGER:
            headline.append(line)
        elif headline:
            break
    title = join_lines(headline).replace("\n\n", " ").strip()
    return title if len(title) <= _TITLE_LENGTH else ""


def _find_problems(pages: list[list[PrintedLine]], unknown: int, text: str) -> Iterator[str]:
    if empty := sum(not page for page in pages):
        have = "has" if empty == 1 else "have"
        yield f"{empty} of its {len(pages)} pages {have} no text, as pictures and scans have none"
    if unknown:
        are = "character is" if unknown == 1 else "characters are"
        yield f"{unknown} {are} without a meaning in it, and left out"
    letters = [unicodedata.bidirectional(letter) for letter in text if letter.isalpha()]
    if sum(kind in ("R", "AL") for kind in letters) > _RIGHT_TO_LEFT * len(letters):
        yield "it is written from right to left, and its words may be out of order"


PDF = Format((".pdf",), read_pdf, library="pypdfium2")
