"""Web archives (WARC, ISO 28500): the pages among what a crawler was sent."""

from __future__ import annotations

import gzip
import io
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, redirect_stderr
from dataclasses import replace
from typing import IO, Any, cast

from embeddings.articles.formats.archives import list_zip
from embeddings.articles.formats.format import (
    Format,
    Row,
    about_file,
    describe_failure,
    read_one,
)
from embeddings.articles.formats.pages import PAGES, read_page
from embeddings.articles.parsing.addresses import choose_address
from embeddings.articles.parsing.dates import parse_date
from embeddings.articles.parsing.decoding import MOST_ARTICLE, RefusedError, find_codec
from embeddings.articles.parsing.results import ReadOptions
from embeddings.articles.parsing.unfolding import describe_unfolded, most_unfolded
from embeddings.documents import Document
from embeddings.errors import InputError

# Where a record begins that is not the first.
_BEGINS = re.compile(rb"\nWARC/\d")
_BLOCK = 1 << 20
# How a WACZ file begins.
_ZIP = b"PK\x03\x04"
_PAGE_KINDS = ("text/html", "application/xhtml+xml")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:\-]+)", re.IGNORECASE)


def read_warcs(stream: IO[bytes], options: ReadOptions) -> Iterator[Row[Document]]:
    """Read a WARC file, or those in a WACZ file, which is a ZIP archive of them.

    Raises:
        InputError: warcio, which reads WARC files, is not installed.
        RefusedError: A WACZ file is damaged, or unfolds to too much.
    """
    is_zip = stream.read(len(_ZIP)) == _ZIP
    stream.seek(0)
    if not is_zip:
        yield from read_warc(stream, options)
        return
    number, most = 0, most_unfolded(stream.seek(0, io.SEEK_END))
    for member in list_zip(stream):
        if member.open is None or not re.search(r"\.warc(?:\.gz)?$", member.name):
            continue  # indexes, and what the program notes of its crawl
        with member.open() as packed, tempfile.TemporaryFile() as file:
            warc = cast("IO[bytes]", file)
            is_packed = member.name.endswith(".gz")
            _copy(gzip.GzipFile(fileobj=packed) if is_packed else packed, warc, most)
            last = number
            for row in read_warc(warc, options):
                number = last + row.number if row.number else number
                yield row._replace(number=number if row.number else 0, member=member.name)


def _copy(stream: IO[bytes] | gzip.GzipFile, file: IO[bytes], most: int) -> None:
    """Copy a WARC file out of an archive, so many bytes at most."""
    size = 0
    while block := stream.read(_BLOCK):
        size += len(block)
        if size > most:
            raise RefusedError(describe_unfolded(most))
        file.write(block)
    file.seek(0)


def read_warc(stream: IO[bytes], options: ReadOptions) -> Iterator[Row[Document]]:
    """Read the pages that a crawler was answered with, each with the address of its record.

    The date is one that the page states, else that of the record, which is counted. Other
    records are counted too. A broken one is a problem, and reading goes on at the next.

    Raises:
        InputError: warcio, which reads WARC files, is not installed.
    """
    others: Counter[str] = Counter()
    number = dated = 0
    for record in _read_records(stream):
        if isinstance(record, str):
            yield about_file(record)
            continue
        kind = _find_kind(record)
        if kind not in _PAGE_KINDS:
            others[kind] += 1
            continue
        number += 1
        try:
            rows = list(_read_page(record, options))
        except Exception as error:
            rows = [about_file(describe_failure(error))]
        for row in rows:
            article = row.content
            if article is not None and not article.published:
                stated = record.rec_headers.get_header("WARC-Date") or ""
                article = replace(article, published=parse_date(stated))
                dated += bool(article.published)
            yield row._replace(number=number, content=article)
    if dated:
        are = "page states no date: it is" if dated == 1 else "pages state no date: theirs is"
        yield about_file(note=f"{dated} {are} when it was saved")
    if others:
        listed = ", ".join(f"{count} {kind}" for kind, count in sorted(others.items()))
        are = "record is no page" if others.total() == 1 else "records are no pages"
        yield about_file(note=f"{others.total()} {are} ({listed})")


def _read_records(stream: IO[bytes]) -> Iterator[Any]:
    """Yield the records of warcio, and a sentence for each that is broken."""
    try:
        from warcio.archiveiterator import ArchiveIterator
    except ImportError as error:
        raise InputError(
            "WARC files are read by warcio, which is missing; type pip install topicwire[warc]"
        ) from error
    start = 0
    while start >= 0:
        stream.seek(start)
        records, odd = ArchiveIterator(stream), 0
        try:
            while True:
                with _silence():
                    record = next(records, None)
                if records.err_count > odd:
                    odd = records.err_count
                    yield f"a record before byte {records.offset} is not as long as it says"
                if record is None:
                    return
                if not record.rec_type:
                    raise ValueError("a record that does not say what it is")
                yield record
        except Exception:  # of many kinds, as warcio is given what was crawled
            broken = max(start, records.offset)
            yield f"a broken record at byte {broken}; left out"
            start = _find_next(stream, broken + 1)


def _silence() -> AbstractContextManager[object]:
    """Keep warcio from printing what stands in a file."""
    return redirect_stderr(io.StringIO())


def _find_next(stream: IO[bytes], start: int) -> int:
    """Return where the next record begins behind a place, -1 where none does."""
    stream.seek(start)
    place, tail = start, b""
    while block := stream.read(_BLOCK):
        # A beginning may lie across two blocks.
        if found := _BEGINS.search(tail + block):
            return place - len(tail) + found.start() + 1
        place += len(block)
        tail = block[-8:]
    return -1


def _find_kind(record: Any) -> str:
    """Return the type of what a server answered; for any other record what it is."""
    if record.rec_type != "response" or record.http_headers is None:
        return str(record.rec_type)
    status = record.http_headers.get_statuscode()
    if status != "200":
        return f"answer {status}"
    kind = record.http_headers.get_header("Content-Type") or "answer of no type"
    return str(kind).partition(";")[0].strip().lower()


def _read_page(record: Any, options: ReadOptions) -> Iterator[Row[Document]]:
    stated = _CHARSET.search(record.http_headers.get_header("Content-Type") or "")
    charset = find_codec(stated[1]) if stated else ""
    options = replace(options, encoding=options.encoding or charset)
    with _silence():
        data = record.content_stream().read(MOST_ARTICLE + 1)
    address = record.rec_headers.get_header("WARC-Target-URI") or ""
    for row in read_one(io.BytesIO(data), options, read_page, page=True):
        content = row.content
        if content is not None:
            content = replace(content, url=choose_address(content.url, address.strip("<> ")))
        yield row._replace(content=content)


WARC = Format((".warc", ".wacz"), read_warcs, has_rows=True, library=f"{PAGES.library} warcio")
