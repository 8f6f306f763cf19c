"""Bytes to text: UTF-8 and its marks, UTF-16, what a page declares, legacy encodings."""

from __future__ import annotations

import codecs
import contextlib
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, AnyStr, NamedTuple, cast

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
    *(b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"\x7fELF"),
    *(b"\xd0\xcf\x11\xe0", b"SQLite format 3", b"PAR1"),
)
_DECLARED = re.compile(
    rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:\-]+)|<\?xml[^>]+encoding\s*=\s*[\"']([\w.:\-]+)",
    re.IGNORECASE,
)
# Pages that declare these labels are in Windows-1252 (WHATWG Encoding Standard, 4.2).
_LATIN = frozenset({"iso-8859-1", "iso8859-1", "latin-1", "latin1", "us-ascii", "ascii", "cp1252"})
# White space and what Windows-1252 puts in the control range are no sign of binary data.
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# C0, DEL and C1 but for tab and line feed: terminals obey them, and search marks its
# matches with two of them.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SAMPLE = 1 << 20
# In bytes or characters. What is larger is no article, and takes many times its size to read.
MOST_ARTICLE = 20_000_000
MOST_LINE = 64_000_000
LONG_ARTICLE = f"an article of more than {MOST_ARTICLE // 1_000_000} MB"
LONG_LINE = f"a line of more than {MOST_LINE // 1_000_000} MB"
# In text of Western languages, letters beyond ASCII are few; read as Windows-1252, a
# Cyrillic or Greek text is full of them.
_WESTERN_SHARE = 0.12
_WESTERN_LETTERS = frozenset("àâäáãåæçèéêëìíîïñòóôöøœùúûüýÿßÀÂÄÁÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÖØŒÙÚÛÜÝŸ")
_WESTERN_MARKS = frozenset("‘’“”‚„–—…•€£§©®°´«»¡¿ºª½¼¾×·\xa0\xad™‹›ˆ˜¢¥†‡‰²³µ¶±¹")


class Decoded(NamedTuple):
    r"""A text and how sure it is.

    Attributes:
        text: Without mark, control characters and lone surrogates, line ends as ``\\n``.
        encoding: The name of the encoding used.
        replaced: The places that the encoding has no character for, now U+FFFD.
    """

    text: str
    encoding: str
    replaced: int


class RefusedError(ValueError):
    """A file's bytes are not what is read; the message says why, and what is not read."""


class BinaryDataError(RefusedError):
    """The bytes are no text."""

    def __init__(self) -> None:
        super().__init__("no text but binary data")


def find_codec(label: str) -> str:
    """Return Python's name of an encoding of text, ``""`` where it knows none of this name."""
    try:
        # Codecs such as zlib have names too, but decode no text.
        b"\xff".decode(label, "replace")
        codecs.getincrementaldecoder(label)
        return codecs.lookup(label).name
    except (LookupError, ValueError):
        return ""


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
    chosen = _with_order(encoding, data) if encoding else detect(data, page)
    text = data.decode(chosen, "replace")
    replaced = _count_broken(io.BytesIO(data), chosen)[0] if "\ufffd" in text else 0
    return Decoded(clean(text).lstrip("\ufeff"), chosen, replaced)


def find_encoding(stream: IO[bytes], encoding: str = "") -> tuple[str, int]:
    """Find the encoding of a stream that may be larger than memory.

    Args:
        stream: Read to its end, and set back to its start.
        encoding: What the user said, ``""`` to find out.

    Returns:
        Its name, and the number of places that it has no character for.

    Raises:
        BinaryDataError: The beginning is not text in any encoding known here.
    """
    sample = peek(stream)
    chosen = _with_order(encoding, sample) if encoding else detect(sample)
    if not encoding and not chosen.startswith(("utf-16", "utf-32", "utf-8-sig")):
        broken, is_utf8 = _count_broken(stream, "utf-8")
        if is_utf8:
            return "utf-8", broken
        chosen = "cp1252" if chosen == "utf-8" else chosen
    return chosen, _count_broken(stream, chosen)[0]


def decoded_lines(stream: IO[bytes], encoding: str, newline: str = "") -> Iterator[str]:
    r"""Decode line by line, without mark; line ends stay as they are.

    Args:
        stream: From its start.
        encoding: What has no character becomes U+FFFD.
        newline: What ends a line; ``""`` for any of ``\n``, ``\r`` and ``\r\n``.

    Raises:
        RefusedError: A line is longer than ``MOST_LINE``.
    """
    with open_text(stream, encoding, newline) as reader:
        first = True
        while line := reader.readline(MOST_LINE):
            if len(line) == MOST_LINE:
                raise RefusedError(f"{LONG_LINE}, with what follows it")
            yield line.lstrip("\ufeff") if first else line
            first = False


@contextmanager
def open_text(stream: IO[bytes], encoding: str, newline: str = "") -> Iterator[io.TextIOWrapper]:
    """Decode a stream, which stays open: a wrapper that is thrown away would close it."""
    reader = io.TextIOWrapper(
        cast("io.BufferedReader", stream), encoding, "replace", newline=newline
    )
    try:
        yield reader
    finally:
        with suppress(ValueError):  # the stream is closed already
            reader.detach()


def peek(stream: IO[bytes]) -> bytes:
    """Return the beginning of a stream, and go back."""
    sample = stream.read(_SAMPLE)
    stream.seek(0)
    # A character cut in two at the sample's end would look like a broken one.
    return sample[: sample.rfind(b"\n") + 1] if len(sample) == _SAMPLE else sample


def describe_replaced(count: int, encoding: str) -> str:
    """Say that places of a file could not be decoded."""
    are = "character is" if count == 1 else "characters are"
    return f"{count} {are} not {encoding}; shown as \ufffd"


def replace_unknown(
    text: AnyStr,
    numbered: re.Pattern[AnyStr],
    is_known: Callable[[re.Match[AnyStr]], bool],
    instead: AnyStr,
) -> tuple[AnyStr, int]:
    """Replace characters given by a number that none has, by which a library would end.

    Args:
        text: Markup.
        numbered: Finds what gives a character by its number.
        is_known: Whether a character has that number.
        instead: How the markup writes U+FFFD.

    Returns:
        The markup, and how many were replaced.
    """
    unknown = sum(not is_known(found) for found in numbered.finditer(text))
    if unknown:
        text = numbered.sub(lambda found: found[0] if is_known(found) else instead, text)
    return text, unknown


def describe_unknown(count: int) -> str:
    """Say that characters are given by numbers that no character has."""
    are = "character is" if count == 1 else "characters are"
    return f"{count} {are} given by a number that stands for none; shown as \ufffd"


def clean(text: str) -> str:
    """Make line ends one kind, control characters blanks; replace lone surrogates."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _UNPRINTABLE.sub(" ", text)
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
    if wide := _detect_wide(sample):
        return wide
    if len(_CONTROL.findall(sample)) > 0.02 * len(sample):
        raise BinaryDataError
    if _count_broken(io.BytesIO(data), "utf-8")[1]:
        return "utf-8"
    declared = _DECLARED.search(data[:4096]) if page else None
    if declared:
        label = (declared[1] or declared[2]).decode("ascii", "replace").lower()
        if label in _LATIN:
            return "cp1252"
        if name := find_codec(label):
            return name
    if _is_western(sample):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return best.encoding if best is not None else "cp1252"


def _detect_wide(sample: bytes) -> str:
    """UTF-16 without a mark: every second byte of Western text is zero."""
    if len(sample) < 4 or sample.count(0) < 0.3 * len(sample):
        return ""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > 10 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 10 * odd else ""


def _with_order(encoding: str, data: bytes) -> str:
    """Name the byte order of UTF-16 and UTF-32 that begin without a mark."""
    if encoding not in ("utf-16", "utf-32") or any(data.startswith(mark) for mark, _ in _MARKS):
        return encoding
    wide = _detect_wide(data[:_SAMPLE]) if encoding == "utf-16" else ""
    return wide or f"{encoding}-le"


def _count_broken(stream: IO[bytes], encoding: str) -> tuple[int, bool]:
    """Count what an encoding cannot read in all of a stream, and go back to its start.

    Returns:
        The places that are broken; and whether they are few beside the characters beyond
        ASCII, so that it is the encoding but for some broken bytes or a cut-off end.
    """
    create = codecs.getincrementaldecoder(encoding)
    strict = create()
    with contextlib.suppress(UnicodeError):
        for block, final in _blocks(stream):
            strict.decode(block, final)
        return 0, True
    # The difference of the two is what was replaced; U+FFFD of the article's own is in both.
    replacing, ignoring = create("replace"), create("ignore")
    broken = beyond = 0
    for block, final in _blocks(stream):
        valid = ignoring.decode(block, final)
        broken += replacing.decode(block, final).count("\ufffd") - valid.count("\ufffd")
        beyond += len(valid) - len(valid.encode("ascii", "ignore"))
    return broken, broken * 4 <= beyond


def _blocks(stream: IO[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield a stream from its start, and at last an empty block that ends it."""
    stream.seek(0)
    while block := stream.read(_SAMPLE):
        yield block, False
    stream.seek(0)
    yield b"", True


def _is_western(sample: bytes) -> bool:
    """Whether it reads as Windows-1252: few letters beyond ASCII, all of them Western."""
    text = sample.decode("cp1252", "replace")
    beyond = [character for character in text if character > "\x7f"]
    letters = sum(character.isalpha() for character in text)
    marked = sum(character in _WESTERN_LETTERS for character in beyond)
    western = _WESTERN_LETTERS | _WESTERN_MARKS
    return western.issuperset(beyond) and marked <= _WESTERN_SHARE * letters
