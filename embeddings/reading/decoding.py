"""Bytes to text: UTF-8 and its marks, UTF-16, what a page declares, legacy encodings."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

# The marks at a file's start, longest first: UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Beginnings of common kinds that hold no plain text: PDF, ZIP (docx), PNG, JPEG, GIF,
# gzip, ELF, OLE (doc), SQLite, Parquet.
_BINARY = (
    b"%PDF-",
    b"PK\x03\x04",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x1f\x8b",
    b"\x7fELF",
    b"\xd0\xcf\x11\xe0",
    b"SQLite format 3",
    b"PAR1",
)
_DECLARED = re.compile(
    rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:\-]+)|<\?xml[^>]+encoding\s*=\s*[\"']([\w.:\-]+)",
    re.IGNORECASE,
)
# Pages that declare these labels are in Windows-1252 (WHATWG Encoding Standard, 4.2).
_LATIN = frozenset({"iso-8859-1", "iso8859-1", "latin-1", "latin1", "us-ascii", "ascii", "cp1252"})
# White space and what Windows-1252 puts in the control range are no sign of binary data.
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_SAMPLE = 1 << 20
# In text of Western languages, letters beyond ASCII are few; read as Windows-1252, a
# Cyrillic or Greek text is full of them.
_WESTERN_SHARE = 0.12
_WESTERN_LETTERS = frozenset("àâäáãåæçèéêëìíîïñòóôöøœùúûüýÿßÀÂÄÁÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÖØŒÙÚÛÜÝŸ")
_WESTERN_MARKS = frozenset("‘’“”‚„–—…•€£§©®°´«»¡¿ºª½¼¾×·\xa0\xad™‹›ˆ˜¢¥†‡‰²³µ¶±¹")


class Decoded(NamedTuple):
    r"""A text and how sure it is.

    Attributes:
        text: Without mark, NUL and lone surrogates, line ends as ``\\n``.
        encoding: The name of the encoding used.
        replaced: Bytes that the encoding has no character for.
    """

    text: str
    encoding: str
    replaced: int


class BinaryDataError(ValueError):
    """The bytes are no text."""


def decode(data: bytes, encoding: str = "", page: bool = False) -> Decoded:
    """Decode a file.

    Args:
        data: The bytes.
        encoding: What the user said, ``""`` to find out.
        page: Whether to look for an HTML ``charset`` declaration.

    Raises:
        BinaryDataError: They are not text in any encoding known here.
        LookupError: The encoding named does not exist.
    """
    chosen = encoding or detect(data, page)
    text = data.decode(chosen, "replace")
    replaced = text.count("�")
    return Decoded(clean(text).lstrip("\ufeff"), chosen, replaced)


def clean(text: str) -> str:
    """Make line ends one kind; take out NUL and replace lone surrogates."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        text = text.replace("\0", "")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        # Pairs written as two escapes are one character; what is left has no meaning.
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def detect(data: bytes, page: bool = False) -> str:
    """Name the encoding of a file, or of its beginning.

    Raises:
        BinaryDataError: It is not text.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    if data.startswith(_BINARY):
        raise BinaryDataError
    sample = data[:_SAMPLE]
    wide = _detect_wide(sample)
    if wide:
        return wide
    if len(_CONTROL.findall(sample)) > 0.02 * len(sample):
        raise BinaryDataError
    if _is_utf8(data):
        return "utf-8"
    declared = _DECLARED.search(data[:4096]) if page else None
    if declared:
        label = (declared[1] or declared[2]).decode("ascii", "replace").lower()
        if label in _LATIN:
            return "cp1252"
        try:
            return codecs.lookup(label).name
        except LookupError:
            pass
    return _detect_legacy(sample)


def _detect_wide(sample: bytes) -> str:
    """UTF-16 without a mark: every second byte of Western text is zero."""
    if len(sample) < 4 or sample.count(0) < 0.3 * len(sample):
        return ""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > 10 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 10 * odd else ""


def _is_utf8(data: bytes) -> bool:
    """Whether it is UTF-8, but for a few broken bytes or a cut-off end."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
        broken = text.count("�")
        valid = sum(character > "\x7f" for character in text) - broken
        return broken * 4 <= valid
    return True


def _detect_legacy(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    if _is_western(sample):
        return "cp1252"
    best = from_bytes(sample).best()
    return best.encoding if best is not None else "cp1252"


def _is_western(sample: bytes) -> bool:
    """Whether it reads as Windows-1252: few letters beyond ASCII, all of them Western."""
    text = sample.decode("cp1252", "replace")
    beyond = [character for character in text if character > "\x7f"]
    letters = sum(character.isalpha() for character in text)
    foreign = sum(c not in _WESTERN_LETTERS and c not in _WESTERN_MARKS for c in beyond)
    marked = sum(character in _WESTERN_LETTERS for character in beyond)
    return foreign == 0 and marked <= _WESTERN_SHARE * letters
