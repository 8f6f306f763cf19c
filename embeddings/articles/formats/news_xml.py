"""XML of agencies and archives: NITF, NewsML, TEI and ALTO, told by their first element."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import IO, TYPE_CHECKING, NamedTuple

from embeddings.articles.formats.cells import undo_markup
from embeddings.articles.formats.format import Format, Row, about_file
from embeddings.articles.formats.plain import join_hyphens, read_plain
from embeddings.articles.formats.xml_text import find_root, read_xml
from embeddings.articles.parsing.dates import DateOrder, parse_date
from embeddings.articles.parsing.decoding import LONG_ARTICLE, MOST_ARTICLE, RefusedError, clean
from embeddings.articles.parsing.results import ReadOptions
from embeddings.documents import Document
from embeddings.text.normalising import normalise

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# Elements that begin and end a paragraph, of all these kinds and of HTML in them.
_BLOCKS = frozenset(
    """p h1 h2 h3 h4 h5 h6 hl1 hl2 head li item l ab tr row dt dd block div div1 div2 div3 lg list
    ol ul table bq blockquote pre byline dateline tagline opener closer salute signed trailer sp
    speaker section article body body.content body.end""".split()  # noqa: SIM905
)
# Captions of pictures, notes, running heads: no part of an article's text.
_UNSEEN = frozenset(
    "body.head media figure header fn note fw teiHeader del script style iframe".split()  # noqa: SIM905
)
_SET_ASIDE = frozenset({"sic", "orig", "abbr"})
_CELLS = frozenset({"td", "th", "cell"})
_BREAKS = frozenset({"br", "lb"})
# Characters of private use, while white space is folded: a line's end, and one within a word.
_LINE, _WITHIN = "\ue000", "\ue001"
# As IPTC writes a moment; at midnight it is a day.
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)\d\d(Z|[+-]\d{4})?")
# Names of characters, which XML knows from a DTD alone; none is loaded.
_NAMED = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z]\w{1,30};")


class _Found(NamedTuple):
    """What an element says of its article, as it stands there."""

    text: str
    title: str = ""
    source: str = ""
    date: str = ""
    url: str = ""
    id: str = ""


def read_news_xml(stream: IO[bytes], options: ReadOptions) -> Iterator[Row[Document]]:
    """Read the article of a file, or the articles of one that holds several.

    Nothing is fetched, no DTD is loaded and no entity of a file's own is put in. XML that is
    broken or cut off is read as far as it goes.

    Raises:
        RefusedError: It is no text, no XML, larger than ``MOST_XML``, or METS, which holds no text.
    """
    from lxml import etree

    xml = read_xml(stream, options)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, recover=True
    )
    root = etree.fromstring(_NAMED.sub(_as_character, xml.data), parser)
    if root is not None and _name(root) == "mets":
        raise RefusedError("METS, which lists a scan's pages: name the folder of its ALTO files")
    if root is None or _name(root) not in _READERS:
        raise RefusedError("no news in XML of a kind that is read")
    for problem in (xml.problem, _describe_errors(parser.error_log)):
        if problem:
            yield about_file(problem)
    found = list(_READERS[_name(root)](root))
    if _name(root) == "alto":
        yield about_file(note="a scanned page: its articles are not told apart")
    if not found:
        yield about_file("no text in it; left out")
    for number, each in enumerate(found, start=1):
        place = number if len(found) > 1 else 0
        yield _as_row(each, place, options.date_order)


def _as_character(named: re.Match[bytes]) -> bytes:
    character = html.unescape(named[0].decode("ascii"))
    return character.encode("utf-8") if character not in "<>&" else named[0]


def _describe_errors(log: object) -> str:
    first = next(iter(log), None)  # type: ignore[call-overload]
    if first is None:
        return ""
    return f"the XML is broken (line {first.line}: {first.message}); read as far as it goes"


def _as_row(found: _Found, number: int, order: DateOrder) -> Row[Document]:
    line = number or None
    if not found.text.strip():
        return Row(number, line, None, "an item without text; left out")
    if len(found.text) > MOST_ARTICLE:
        return Row(number, line, None, f"{LONG_ARTICLE}; left out")
    published = parse_date(_spell_out(found.date), order)
    problem = ""
    if found.date and not published:
        problem = f"the date {found.date[:40]!r} was not understood"
    article = read_plain(clean(found.text), order)
    # A scanned page states no title of its own; an article among others has no other.
    title = clean(found.title) or ("" if number else article.title)
    title = title if any(map(str.isalpha, title)) else ""  # but the number of a page
    said = {key: clean(getattr(found, key)) for key in ("source", "url", "id")}
    published = published or article.published
    return Row(number, line, replace(article, title=title, published=published, **said), problem)


def _spell_out(date: str) -> str:
    moment = _MOMENT.fullmatch(date)
    if moment is None:
        return date
    year, month, day, hour, minute, zone = moment.groups("")
    is_day = (hour, minute) == ("00", "00") and zone != "Z"
    return f"{year}-{month}-{day}" + ("" if is_day else f"T{hour}:{minute}{zone}")


def _read_nitf(root: Element) -> Iterator[_Found]:
    body = root.find(".//{*}body.content")
    if body is None:
        return
    # The New York Times' archive repeats the first paragraph in a block of its own.
    whole = next((one for one in body.iter("{*}block") if one.get("class") == "full_text"), body)
    yield _Found(
        _text_of(whole),
        _first_text(root, ".//{*}hedline/{*}hl1", ".//{*}head/{*}title"),
        _first_value(root, ("pubdata", "name"), ("doc.copyright", "holder")),
        _first_value(
            root,
            ("pubdata", "date.publication"),
            ("date.issue", "norm"),
            ("date.release", "norm"),
            ("story.date", "norm"),
        ),
        _first_value(root, ("pubdata", "ex-ref")),
        _first_value(root, ("doc-id", "id-string")),
    )


def _read_newsml(root: Element) -> Iterator[_Found]:
    for item in root.iter("{*}newsItem"):
        inner = item.find(".//{*}contentSet/{*}inlineXML")
        nested = list(inner.iter("{*}nitf")) if inner is not None else []
        texts = [found.text for one in nested for found in _read_nitf(one)]
        if not texts and inner is not None:
            body = inner.find(".//{*}body")
            texts = [_text_of(inner if body is None else body)]
        data = item.find(".//{*}contentSet/{*}inlineData")
        plain = "" if data is None else undo_markup("".join(data.itertext()))
        yield _Found(
            next(iter(texts), "") or plain,
            _first_text(item, ".//{*}contentMeta/{*}headline", ".//{*}itemMeta/{*}title"),
            _first_text(item, ".//{*}itemMeta/{*}provider/{*}name")
            or _first_value(item, ("provider", "literal"))
            or _first_value(item, ("provider", "qcode")).rpartition(":")[2],
            _first_text(
                item,
                ".//{*}contentMeta/{*}contentCreated",
                ".//{*}itemMeta/{*}firstCreated",
                ".//{*}itemMeta/{*}versionCreated",
            ),
            id=item.get("guid", ""),
        )


def _read_older_newsml(root: Element) -> Iterator[_Found]:
    for item in root.iter("{*}NewsItem"):
        # The article is longer than the captions of its pictures.
        texts = (_text_of(content) for content in item.iter("{*}DataContent"))
        yield _Found(
            undo_markup(max(texts, key=len, default="")),
            _first_text(item, ".//{*}NewsLines/{*}HeadLine"),
            _first_value(item, ("Provider/{*}Party", "FormalName"))
            or _first_text(item, ".//{*}NewsIdentifier/{*}ProviderId"),
            _first_text(item, ".//{*}NewsManagement/{*}FirstCreated"),
            id=_first_text(item, ".//{*}NewsIdentifier/{*}PublicIdentifier"),
        )


def _read_tei(root: Element) -> Iterator[_Found]:
    texts = [root] if _name(root) != "teiCorpus" else root.iterchildren("{*}TEI", "{*}TEI.2")
    for one in texts:
        header = one.find("{*}teiHeader")
        body = one.find(".//{*}text//{*}body")
        if body is None:
            continue
        about = _Found(
            _text_of(body),
            _first_text(header, "{*}fileDesc/{*}titleStmt/{*}title"),
            _first_text(
                header,
                ".//{*}sourceDesc//{*}title[@level='j']",
                ".//{*}sourceDesc//{*}monogr/{*}title",
                ".//{*}publicationStmt/{*}publisher",
            ),
            _find_tei_date(header),
            _first_text(header, ".//{*}publicationStmt/{*}idno[@type='URL']"),
        )
        # An issue of a paper, whose parts are its articles.
        parts = [part for part in body.iter("{*}div") if part.get("type") == "article"]
        for part in parts:
            head = part.find("{*}head")
            title = "" if head is None else _text_of(head)
            yield about._replace(text=_text_of(part, head), title=title, url="")
        if not parts:
            yield about


def _find_tei_date(header: Element | None) -> str:
    for place in (".//{*}sourceDesc//{*}date", ".//{*}publicationStmt//{*}date"):
        for date in [] if header is None else header.findall(place):
            stated = date.get("when") or date.get("when-iso") or _text_of(date)
            if stated:
                return str(stated)
    return ""


def _read_alto(root: Element) -> Iterator[_Found]:
    blocks = (_text_of_block(block) for block in root.iter("{*}TextBlock"))
    text = "\n\n".join(filter(None, blocks))
    if text:
        yield _Found(text)


def _text_of_block(block: Element) -> str:
    """Return the lines of a block; a word that ALTO says was parted stands where it begins."""
    lines = []
    for line in block.iter("{*}TextLine"):
        words: list[str] = []
        for part in line.iterchildren("{*}String", "{*}HYP"):
            kind, whole = part.get("SUBS_TYPE"), part.get("SUBS_CONTENT")
            if _name(part) == "HYP":
                is_said = bool(words) and words[-1].endswith(_WITHIN)
                words[-1:] = [words[-1] + ("" if is_said else "-")] if words else []
            elif kind == "HypPart1" and whole:
                words.append(whole + _WITHIN)
            elif kind != "HypPart2" or not whole:
                words.append(part.get("CONTENT", ""))
        lines.append(" ".join(filter(None, words)).replace(_WITHIN, ""))
    return "\n".join(filter(None, lines))


def _text_of(element: Element, without: Element | None = None) -> str:
    """Return what a reader sees of an element, paragraphs set off by empty lines."""
    from lxml.etree import iterwalk

    parts: list[str] = []
    walker = iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, node in walker:
        name = _name(node)
        parent = node.getparent()
        is_aside = name in _SET_ASIDE and parent is not None and _name(parent) == "choice"
        is_unseen = name in _UNSEEN or is_aside or node is without
        if event == "start":
            if is_unseen:
                walker.skip_subtree()
            elif name in _BREAKS:
                parts.append(_WITHIN if node.get("break") == "no" else _LINE)
        if name in _BLOCKS or name in _CELLS:
            parts.append("\n" if name in _BLOCKS else " ")
        if event == "start" and not is_unseen:
            parts.append(_on_one_line(node.text))
        elif event != "start" and node is not element:
            parts.append(_on_one_line(node.tail))
    paragraphs = (normalise(part) for part in "".join(parts).split("\n"))
    text = "\n\n".join(filter(None, paragraphs))
    text = re.sub(rf"[-\u00ad\u00ac]?\s*{_WITHIN}\s*", "", text)
    return join_hyphens(re.sub(rf" *{_LINE} *", "\n", text)).strip()


def _on_one_line(text: str | None) -> str:
    return (text or "").replace("\n", " ")


def _name(element: Element) -> str:
    """Return an element's name without its namespace, ``""`` for a comment."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _first_text(element: Element | None, *places: str) -> str:
    """Return the first text of an element at these places, on one line."""
    for place in places:
        for found in [] if element is None else element.findall(place):
            if text := normalise(" ".join(_text_of(found).split())):
                return text
    return ""


def _first_value(element: Element, *places: tuple[str, str]) -> str:
    """Return the first value of these attributes, each with its element's name."""
    for name, attribute in places:
        for found in element.iterfind(f".//{{*}}{name}"):
            if value := (found.get(attribute) or "").strip():
                return value
    return ""


_READERS: Mapping[str, Callable[[Element], Iterator[_Found]]] = {
    "nitf": _read_nitf,
    "newsItem": _read_newsml,
    "newsMessage": _read_newsml,
    "NewsML": _read_older_newsml,
    "TEI": _read_tei,
    "TEI.2": _read_tei,
    "teiCorpus": _read_tei,
    "alto": _read_alto,
}


def _claims(head: bytes) -> bool:
    return find_root(head) in (*_READERS, "mets")


NEWS_XML = Format((".xml", ".nitf", ".tei"), read_news_xml, claims=_claims)
