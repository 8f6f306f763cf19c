"""Word processors' files: .docx and .odt, of which a zip archive holds the text as XML."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import partial
from typing import IO, NamedTuple

from embeddings.articles.formats.format import Format, Row
from embeddings.articles.formats.plain import read_printed
from embeddings.articles.parsing.decoding import LONG_ARTICLE, MOST_ARTICLE, RefusedError, clean
from embeddings.articles.parsing.results import ReadOptions
from embeddings.articles.parsing.unfolding import ALWAYS_READ
from embeddings.documents import Document

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# As "Strict Open XML" names it.
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
# How files that need a password begin, and old .doc files under another name.
_OLE = b"\xd0\xcf\x11\xe0"
_BLOCK = 1 << 16


class _Markup(NamedTuple):
    """The names of elements in a kind of file.

    Attributes:
        part: The part of the archive that holds the text.
        body: What the text stands in.
        paragraphs: Elements that are a paragraph each.
        texts: Elements whose characters are text, within a paragraph.
        signs: Elements that stand for a character.
        row: A row of a table.
        cell: A cell in it.
        item: What makes a paragraph an item of a list.
        unseen: Elements that no reader sees, with all that is in them.
        level: The element and the attribute that say that a paragraph is a heading.
        top: What they say of the highest.
    """

    part: str
    body: str
    paragraphs: frozenset[str]
    texts: frozenset[str]
    signs: Mapping[str, str]
    row: str
    cell: str
    item: str
    unseen: frozenset[str]
    level: tuple[str, str]
    top: frozenset[str]


_DOCX = _Markup(
    part="word/document.xml",
    body=f"{_W}body",
    paragraphs=frozenset({f"{_W}p"}),
    texts=frozenset({f"{_W}t"}),
    signs={f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}tab": " ", f"{_W}noBreakHyphen": "-"},
    row=f"{_W}tr",
    cell=f"{_W}tc",
    item=f"{_W}numPr",
    # Of a drawing with a text box there are two versions, of tab stops only places.
    unseen=frozenset({_FALLBACK, f"{_W}del", f"{_W}moveFrom", f"{_W}tabs"}),
    level=(f"{_W}pStyle", f"{_W}val"),
    top=frozenset({"Title", "Heading1"}),
)
_ODT = _Markup(
    part="content.xml",
    body=f"{_OFFICE}body",
    paragraphs=frozenset({f"{_TEXT}p", f"{_TEXT}h"}),
    texts=frozenset({f"{_TEXT}p", f"{_TEXT}h"}),
    signs={f"{_TEXT}line-break": "\n", f"{_TEXT}tab": " ", f"{_TEXT}s": " "},
    row=f"{_TABLE}table-row",
    cell=f"{_TABLE}table-cell",
    item=f"{_TEXT}list-item",
    unseen=frozenset(
        {f"{_TEXT}tracked-changes", f"{_TEXT}note", f"{_OFFICE}annotation", f"{_OFFICE}forms"}
    ),
    level=(f"{_TEXT}h", f"{_TEXT}outline-level"),
    top=frozenset({"1"}),
)


class _Paragraphs:
    """Takes the paragraphs from a stream of XML, for ``lxml.etree.XMLParser``.

    The cells of a table's row are one paragraph where none of them holds several.
    """

    def __init__(self, markup: _Markup) -> None:
        self._markup = markup
        self._unseen = 0
        self._inside: list[str] = []  # body, paragraphs and texts that are open
        self._open: list[list[str]] = []  # the characters of the open paragraphs
        self._rows: list[list[list[str]]] = []  # the cells of the open rows
        self._heading = self._is_item = False
        self._length = 0
        self.title = ""
        self.paragraphs: list[str] = []

    def doctype(self, *_: str | None) -> None:
        raise RefusedError("it defines entities of its own, as no word processor does")

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        markup, tag = self._markup, tag.replace(_STRICT, _W)
        if self._unseen or tag in markup.unseen:
            self._unseen += 1
            return
        if tag == markup.body or tag in markup.paragraphs | markup.texts:
            self._inside.append(tag)
        if tag in markup.paragraphs:
            self._open.append([])
        elif tag == markup.row:
            self._rows.append([])
        elif tag == markup.cell and self._rows:
            self._rows[-1].append([])
        elif tag == markup.item:
            self._is_item = True
        if tag == markup.level[0]:
            stated = attributes.get(markup.level[1]) or attributes.get(_STRICT + "val")
            self._heading = stated in markup.top
        if tag in markup.signs:
            self._add(markup.signs[tag])

    def data(self, text: str) -> None:
        if not self._unseen and self._inside and self._inside[-1] in self._markup.texts:
            self._add(text)

    def end(self, tag: str) -> None:
        tag = tag.replace(_STRICT, _W)
        if self._unseen:
            self._unseen -= 1
            return
        if self._inside and tag == self._inside[-1]:
            self._inside.pop()
        if tag in self._markup.paragraphs and self._open:
            self._close_paragraph("".join(self._open.pop()).strip())
        elif tag == self._markup.row and self._rows:
            cells = self._rows.pop()
            if any(len(cell) > 1 for cell in cells):
                for paragraph in (paragraph for cell in cells for paragraph in cell):
                    self._keep(paragraph)
            else:
                self._keep(" | ".join(paragraph for cell in cells for paragraph in cell))

    def close(self) -> _Paragraphs:
        return self

    def _add(self, text: str) -> None:
        self._length += len(text)
        if self._length > MOST_ARTICLE:
            raise RefusedError(LONG_ARTICLE)
        if self._open:
            self._open[-1].append(text)

    def _close_paragraph(self, text: str) -> None:
        if self._heading and not self.title:
            self.title = " ".join(text.split())
        self._keep(f"- {text}" if self._is_item and text and not self._heading else text)
        self._heading = self._is_item = False

    def _keep(self, paragraph: str) -> None:
        if not paragraph:
            return
        if self._rows and self._rows[-1]:
            self._rows[-1][-1].append(paragraph)
        else:
            self.paragraphs.append(paragraph)


def read_word(stream: IO[bytes], options: ReadOptions, markup: _Markup) -> Iterator[Row[Document]]:
    """Read the paragraphs, headings and tables of a word processor's file.

    The title is the first heading of the highest level, else the first line as in a plain
    text. Footnotes, comments, what was deleted and macros are not read.

    Raises:
        RefusedError: It is no such file, is cut off, needs a password, or unfolds to too
            much.
    """
    from lxml import etree

    if stream.read(len(_OLE)) == _OLE:
        raise RefusedError("it needs a password, or is of an older Word; save it without, as .docx")
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            if markup is _DOCX:
                markup = markup._replace(top=markup.top | _find_heading_styles(archive))
            found = _parse(archive, markup)
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError, NotImplementedError) as error:
        raise RefusedError("it is damaged or cut off") from error
    yield from read_printed(clean("\n\n".join(found.paragraphs)), options, clean(found.title))


def _parse(archive: zipfile.ZipFile, markup: _Markup) -> _Paragraphs:
    from lxml import etree

    found = _Paragraphs(markup)
    parser = etree.XMLParser(
        target=found, resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False
    )
    with closing(_open_part(archive, markup.part)) as part:
        while block := part.read(_BLOCK):
            parser.feed(block)
    parser.close()
    return found


def _open_part(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    part = archive.getinfo(name)
    if part.flag_bits & 1 or b"encryption-data" in _read_manifest(archive):
        raise RefusedError("it needs a password")
    if part.file_size > ALWAYS_READ:
        raise RefusedError(f"it unfolds to more than {ALWAYS_READ // 1_000_000} MB")
    return archive.open(part)


def _read_manifest(archive: zipfile.ZipFile) -> bytes:
    try:
        with archive.open("META-INF/manifest.xml") as part:
            return part.read(1 << 20)
    except KeyError:
        return b""


def _find_heading_styles(archive: zipfile.ZipFile) -> frozenset[str]:
    """Return the ids of the styles of titles, which have names in the language of Word."""
    from lxml import etree

    try:
        part = _open_part(archive, "word/styles.xml")
    except KeyError:
        return frozenset()
    ids = set()
    with closing(part):
        styles = etree.iterparse(
            part, tag=f"{_W}style", resolve_entities=False, no_network=True, huge_tree=False
        )
        for _, style in styles:
            name = style.find(f"{_W}name")
            if name is not None and name.get(f"{_W}val", "").lower() in ("title", "heading 1"):
                ids.add(style.get(f"{_W}styleId", ""))
            style.clear()
    return frozenset(ids)


DOCX = Format((".docx",), partial(read_word, markup=_DOCX))
ODT = Format((".odt",), partial(read_word, markup=_ODT))
