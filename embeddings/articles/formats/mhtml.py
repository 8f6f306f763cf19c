"""Pages that a browser saved with all that is on them, in one file (MHTML, RFC 2557)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import IO

from embeddings.articles.formats.format import HEAD, Format, Row, about_file
from embeddings.articles.formats.mime import (
    MOST_MESSAGE,
    find_part,
    parse_message,
    read_header,
    read_part,
)
from embeddings.articles.formats.pages import PAGES, read_page, split_page
from embeddings.articles.formats.xml_text import is_web_page
from embeddings.articles.parsing.addresses import choose_address
from embeddings.articles.parsing.results import ReadOptions
from embeddings.documents import Document


def read_mhtml(stream: IO[bytes], options: ReadOptions) -> Iterator[Row[Document]]:
    """Read the page of an MHTML file: its first part of HTML.

    The address is the part's ``Content-Location``, where the page states none. The file's
    date is that of the saving, and is not read. A page that only bears the ending is read
    as the page it is.

    Raises:
        RefusedError: It is too large, or the page is no text.
    """
    data = stream.read(MOST_MESSAGE + 1)
    if is_web_page(data[:HEAD]):
        yield from PAGES.read(io.BytesIO(data), options)
        return
    message = parse_message(data)
    page = find_part(message, "text/html")
    if page is None:
        yield about_file("no page in it; left out")
        return
    located = [read_header(page, "Content-Location")]
    located.append(read_header(message, "Snapshot-Content-Location"))
    address = next((each for each in located if each.startswith(("http://", "https://"))), "")
    for row in read_part(page, options, read_page, split_page):
        if row.content is None or row.number:
            yield row
        else:
            yield row._replace(
                content=replace(row.content, url=choose_address(row.content.url, address))
            )


MHTML = Format((".mhtml", ".mht"), read_mhtml, library=PAGES.library)
