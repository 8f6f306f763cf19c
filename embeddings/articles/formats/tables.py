"""Tables of articles, one a row: which column is which field, and what stands in it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, islice
from typing import IO, Any
from urllib.parse import urlsplit

from embeddings.articles.formats.cells import read_cell
from embeddings.articles.formats.columns import (
    CSV_ENDINGS,
    JSON_ENDINGS,
    NAMED_COLUMNS,
    expect_fields,
    list_matches,
)
from embeddings.articles.formats.csv_records import read_csv_records
from embeddings.articles.formats.format import Format, Record, Row, about_file
from embeddings.articles.formats.json_records import read_json_records
from embeddings.articles.formats.plain import find_date
from embeddings.articles.parsing.date_columns import describe_order, is_numeric_date
from embeddings.articles.parsing.dates import DateOrder, parse_date
from embeddings.articles.parsing.decoding import LONG_ARTICLE, MOST_ARTICLE, describe_replaced
from embeddings.articles.parsing.lines import find_lines
from embeddings.articles.parsing.relative_dates import parse_relative
from embeddings.articles.parsing.results import ReadOptions
from embeddings.documents import Document
from embeddings.errors import InputError

# Names under which tables of news keep a field, the likeliest first: those of newspaper4k,
# news-please, fundus, trafilatura, Media Cloud, GDELT, NewsAPI, the Guardian, the New York
# Times, WordPress and Twitter, and German, French, Spanish, Portuguese, Italian and Russian
# words. What only sums an article up is its text where nothing else is.
COLUMN_NAMES = {
    field: tuple(names.split())
    for field, names in {
        "id": "id article_id doc_id document_id uuid guid id_str _id stories_id",
        "text": "text body content article full_text fulltext article_text story maintext "
        "main_text body_text bodytext plaintext plain_text content_text article_body articlebody "
        "cleaned_text clean_text raw_text fields.bodytext fields.body content.rendered "
        "content_html body_html message tweet volltext inhalt texte contenu texto contenido "
        "cuerpo conteúdo corpo testo текст lead_paragraph abstract description summary snippet",
        "title": "title headline heading webtitle web_title headline.main title.rendered "
        "article_title titel überschrift titre título titulo titolo заголовок",
        "source": "source outlet publisher publication domain site newspaper source_name "
        "source.name source_domain site_name sitename media_name media news_source publisher.name "
        "sourcecommonname meta_site_name hostname html.source_info.publisher quelle medium "
        "zeitung fuente medio journal veículo fonte "
        "издание источник user.name feed.title source_url",
        "date": "date published published_at publishedat publication_date pubdate published_date "
        "pub_date publish_date date_publish publishing_date datepublished date_published "
        "publishdate published_on webpublicationdate datetime timestamp created_at seendate "
        "date_gmt created time datum fecha дата data",
        "url": "url link href canonical_url weburl web_url article_url permalink expanded_url "
        "documentidentifier enlace lien ссылка html.responded_url source_url",
        "crawled": "crawled crawled_at crawl_date date_crawled date_download download_date "
        "downloaded_at fetched fetched_at retrieved retrieved_at accessed_at scraped scraped_at "
        "scrape_date date_scraped collected_at filedate html.crawl_date",
    }.items()
}
# Rows in which dates are looked at before the first is read.
_SAMPLE_ROWS = 1000
# Columns that were not used of which a note tells the names.
_MOST_UNUSED = 12
# As NewsAPI ends what it cuts: "… [+2310 chars]".
_CUT_SHORT = re.compile(r"\[\+\d+ chars\]$")


def read_json(stream: IO[bytes], options: ReadOptions) -> Iterator[Row[Document]]:
    """Read the objects of a JSON or JSON Lines file, one an article.

    Raises:
        BinaryDataError: The file is no text.
        InputError: No object has the key of the text.
    """
    broken: Counter[str] = Counter()

    def read() -> Iterator[Record]:
        stream.seek(0)
        broken.clear()
        return read_json_records(stream, options.encoding, broken)

    yield from read_table(read, options)
    for encoding, count in sorted(broken.items()):
        yield about_file(describe_replaced(count, encoding))


def read_csv(stream: IO[bytes], options: ReadOptions) -> Iterator[Row[Document]]:
    """Read a CSV or TSV file, one article a row.

    Raises:
        BinaryDataError: The file is no text.
        InputError: No column holds the text, or one named in the options is missing.
    """
    broken: Counter[str] = Counter()
    skipped: list[str] = []
    header, _ = read_csv_records(stream, options.encoding, broken, skipped)
    for encoding, count in broken.items():
        yield about_file(describe_replaced(count, encoding))
    if skipped:
        lines = "line stands" if len(skipped) == 1 else "lines stand"
        yield about_file(f"{len(skipped)} {lines} above the header and were not read")

    def read() -> Iterator[Record]:
        stream.seek(0)
        return read_csv_records(stream, options.encoding, Counter())[1]

    yield from read_table(read, options, header)


JSON = Format(JSON_ENDINGS, read_json, has_rows=True)
CSV = Format(CSV_ENDINGS, read_csv, has_rows=True)


def read_table(
    read: Callable[[], Iterator[Record]],
    options: ReadOptions,
    header: Sequence[str] | None = None,
) -> Iterator[Row[Document]]:
    """Turn records into articles, and at the end say which column was which field.

    Dates of one column have one order of day and month: a day above twelve in any row
    decides it for all. For each field of an article the first column with something in it
    counts; a column that was named is the only one.

    Args:
        read: Starts to read the records; called twice where dates are numbers.
        options: How they are read.
        header: The columns, where they are known before the rows.

    Raises:
        InputError: No column holds the text; or one named in the options is missing from
            the header.
    """
    table = _Table(options)
    if header == []:
        return  # an empty file: nothing to name with --column
    if header is not None:
        table.expect(header)
    records = read()
    sample = list(islice(records, _SAMPLE_ROWS))
    if any(is_numeric_date(date) for date in table.stated_dates(sample)):
        dates = table.stated_dates(chain(sample, records))
        table.order, said = describe_order(dates, options.date_order)
        yield about_file(note=said)
        records = read()
        sample = []
    for record in chain(sample, records):
        yield table.read_row(record)
    if header is None:
        table.expect_text()
    for field in table.missing():
        yield about_file(f"{table.no_column(field)}; read without it")
    if table.relative:
        yield about_file(note=f"{table.relative} of its dates count back from when it was fetched")
    if note := table.describe():
        yield about_file(note=note)


class _Table:
    """What is known of a table's columns while its rows are read."""

    def __init__(self, options: ReadOptions) -> None:
        columns = options.columns.items()
        self._chosen = {("date" if f == "published" else f): name for f, name in columns}
        expect_fields(self._chosen, COLUMN_NAMES, "an article", "text")
        self.order: DateOrder = options.date_order
        self.relative = 0  # dates such as "3 hours ago"
        self._seen: dict[str, None] = {}
        self._used: dict[str, Counter[str]] = defaultdict(Counter)
        self._fields = cache(self._match)

    def _match(self, names: tuple[str, ...]) -> dict[str, list[str]]:
        room = max(0, NAMED_COLUMNS - len(self._seen))
        self._seen.update(dict.fromkeys(names[:room]))
        return list_matches(names, self._chosen, COLUMN_NAMES)

    def expect(self, header: Sequence[str]) -> None:
        """Refuse a header without text, or without a column that was named."""
        columns = self._fields(tuple(header))
        for field in ("text", *self._chosen):
            if field not in columns:
                raise InputError(self.no_column(field))

    def expect_text(self) -> None:
        """Refuse a table of which no row has a column of text."""
        if self._seen and "text" not in self._used:
            raise InputError(self.no_column("text"))

    def missing(self) -> list[str]:
        """Return the fields whose column was named and met in no row."""
        return sorted(self._chosen.keys() - self._used.keys()) if self._seen else []

    def no_column(self, field: str) -> str:
        names = ", ".join(map(repr, self._seen))
        what = "no column of article text"
        if field in self._chosen:
            what = f"no column for --column {field}={self._chosen[field]}"
        return f"{what}: the columns are {names}; name the right one with --column {field}=NAME"

    def describe(self) -> str:
        """Say which columns were which fields, where their names do not, and which were not used.

        ``""`` where there is nothing of that to say.
        """
        told = []
        for field in ("text", "title", "source", "date", "url", "id"):
            names = [name for name, count in self._used[field].most_common() if count]
            shown = "outlet" if field == "source" else field
            if [name.casefold() for name in names] not in ([], [field], [shown]):
                told.append(f"{shown} from {' or '.join(names)}")
        if not any(counts.total() for counts in self._used.values()):
            return ""
        taken = {name.partition(".")[0] for counts in self._used.values() for name in counts}
        unused = [name for name in self._seen if "." not in name and name not in taken]
        left = len(unused) - _MOST_UNUSED
        more = f" and {left} more" if left > 0 else ""
        parts = [", ".join(told)] if told else []
        parts += [f"not used: {', '.join(unused[:_MOST_UNUSED])}{more}"] if unused else []
        return "; ".join(parts)

    def stated_dates(self, records: Iterator[Record] | list[Record]) -> Iterator[str]:
        """Yield what stands in the columns of dates."""
        for record in records:
            if record.content is not None:
                columns = self._fields(_names(record.content)).get("date", ())
                yield from (str(_look_up(record.content, name) or "") for name in columns[:1])

    def read_row(self, record: Record) -> Row[Document]:
        number, line, given, problem, *_ = record
        if given is None:
            return Row(number, line, None, problem)
        columns = dict(self._fields(_names(given)))
        crawled = columns.pop("crawled", [])
        try:
            cells = {field: self._read(given, field, names) for field, names in columns.items()}
        except RecursionError:
            return Row(number, line, None, "nested too deeply; left out")
        text, stated = cells.pop("text", ""), cells.pop("date", "")
        if len(text) > MOST_ARTICLE:
            return Row(number, line, None, f"{LONG_ARTICLE}; left out")
        if not text:
            return Row(number, line, None, "a row without text; left out")
        if cut := _CUT_SHORT.search(text):
            kept = text[: cut.start()].rstrip()
            text = kept.removesuffix("…").removesuffix("...").rstrip()
            problem = "the article was cut short before it came here"
        published = parse_date(stated, self.order)
        if stated and not published and (said := self._read(given, "crawled", crawled)):
            published = parse_relative(stated, parse_date(said, self.order))
            self.relative += bool(published)
        if stated and not published:
            problem = f"the date {stated[:40]!r} was not understood"
        # As of a text file: what the article says of itself.
        published = published or find_date(find_lines(text), self.order)
        source, url = cells.pop("source", ""), cells.get("url", "")
        if not source and (host := find_host(url)):
            source = host
            self._used["source"]["the address"] += 1
        return Row(
            number,
            line,
            Document(
                id=cells.get("id", ""),
                text=text,
                title=" ".join(filter(None, map(str.strip, cells.get("title", "").split("\n")))),
                source=source,
                published=published,
                url=url,
            ),
            problem,
        )

    def _read(self, given: Mapping[str, Any], field: str, names: Sequence[str]) -> str:
        """Return the first of a field's columns that says something."""
        for name in names:
            value = _look_up(given, name)
            self._used[field][name] += 0  # met, though it may say nothing
            if field == "source" and isinstance(value, str):
                # Tweets name the program that sent them here, as a link.
                value = "" if "<a " in value else find_host(value) or value
            text = read_cell(value)
            if text:
                self._used[field][name] += 1
                return text
        return ""


def find_host(address: str) -> str:
    """Return the host of a web address, ``""`` for what is none; without ``www.`` or ``m.``."""
    if not address.startswith(("http://", "https://")):
        return ""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return re.sub(r"^(?:www\d?|m|amp|mobile)\.(?=.*\.)", "", host)


def _names(given: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the columns of a record, with those of the objects in it, as ``a.b``."""
    inner = [f"{key}.{sub}" for key, at in given.items() if isinstance(at, dict) for sub in at]
    return (*given, *inner)


def _look_up(given: Mapping[str, Any], name: str) -> Any:
    """Return what stands under a name, or under the parts of a dotted name."""
    if name in given:
        return given[name]
    value: Any = given
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value
