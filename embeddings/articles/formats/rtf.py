"""Rich text (.rtf)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from embeddings.articles.formats.format import Format, Row, about_file
from embeddings.articles.formats.plain import read_printed
from embeddings.articles.parsing.decoding import (
    LONG_ARTICLE,
    MOST_ARTICLE,
    RefusedError,
    clean,
    describe_unknown,
    find_codec,
    replace_unknown,
)
from embeddings.articles.parsing.results import ReadOptions
from embeddings.articles.parsing.unfolding import ALWAYS_READ
from embeddings.documents import Document

# Pictures are written as hexadecimal digits.
_PICTURE = re.compile(rb"[\da-fA-F\s]{200,}")
_CODEPAGE = re.compile(rb"\\ansicpg(\d{3,5})")
# A character by its number; above 32767 the number less 65536, as it was meant to be written.
_NUMBERED = re.compile(r"(?<!\\)\\u(-?\d+)")


def read_rtf(stream: IO[bytes], options: ReadOptions) -> Iterator[Row[Document]]:
    """Read rich text: a paragraph a line, the cells of a table's row set off by ``|``.

    Raises:
        RefusedError: It is no rich text, or too large.
    """
    from striprtf.striprtf import rtf_to_text

    data = stream.read(ALWAYS_READ + 1)
    if not data.lstrip().startswith(b"{\\rtf"):
        if not data.strip():
            yield about_file("an empty file")
            return
        raise RefusedError("it is no rich text")
    size = len(data)
    data = _PICTURE.sub(b" ", data)
    if len(data) > MOST_ARTICLE or size > ALWAYS_READ:
        raise RefusedError(LONG_ARTICLE)
    codepage = _CODEPAGE.search(data)
    encoding = find_codec(f"cp{codepage[1].decode()}") if codepage else ""
    encoding = options.encoding or encoding or "cp1252"
    # The addresses of links are not shown to a reader, and striprtf would seek them slowly.
    markup = data.decode(encoding, "replace").replace("\\fldinst", "\\datafield")
    markup, unknown = replace_unknown(markup, _NUMBERED, _is_known, r"\u65533")
    text = rtf_to_text(markup, encoding, "replace")  # type: ignore[no-untyped-call]
    lines = (line.strip(" \t|") for line in clean(text).split("\n"))
    if not data.rstrip(b"\0 \t\r\n").endswith(b"}"):
        yield about_file("it is cut off; read as far as it goes")
    if unknown:
        yield about_file(describe_unknown(unknown))
    yield from read_printed("\n\n".join(filter(None, lines)), options)


def _is_known(found: re.Match[str]) -> bool:
    return len(found[1]) < 8 and -0x10000 <= int(found[1]) < 0x110000


RTF = Format((".rtf",), read_rtf, library="striprtf")
