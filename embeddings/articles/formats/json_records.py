"""JSON as it is found: an object a line, an array, an object that wraps one, printed prettily."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

from embeddings.articles.formats.format import Record
from embeddings.articles.parsing.decoding import (
    LONG_LINE,
    MOST_LINE,
    BinaryDataError,
    decode,
    decoded_lines,
    detect,
    find_encoding,
    open_text,
    peek,
)

# Keys under which answers of news APIs and exports keep their articles.
_WRAPPERS = (
    *("articles", "results", "items", "docs", "documents", "hits", "response", "data", "posts"),
    *("entries", "stories", "news", "records", "rows", "value", "tweets", "statuses", "feed"),
)
_DEEPEST_WRAPPER = 3
# An object with a text of its own is a record, whatever lists it holds: its tags, its images.
_LONG_TEXT = 280
_BLOCK = 1 << 16


def read_json_records(stream: IO[bytes], encoding: str, broken: Counter[str]) -> Iterator[Record]:
    """Read the objects of a file; what cannot be read is a problem, and the rest is read.

    One object a line, or one after the other over any number of lines, in an array or not.
    An object that wraps a list of objects stands for these.

    Args:
        stream: The file's bytes.
        encoding: What the user said, ``""`` to find out.
        broken: Counts, by encoding, the places that could not be decoded.

    Raises:
        BinaryDataError: The file is no text.
    """
    is_lines = _is_one_a_line(stream, encoding)
    number = 0
    for record in (_read_lines if is_lines else _read_values)(stream, encoding, broken):
        inner = _unwrap(record.content) if record.content is not None else None
        if inner is None:
            number = record.number if is_lines else number + 1
            yield record._replace(number=number)
            continue
        shared = _feed_of(record.content or {})
        for each in inner:
            number += 1
            yield Record(number, record.line, {**each, **shared})


def _feed_of(wrapper: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what the entries of a JSON Feed share: its title is their outlet."""
    is_feed = "jsonfeed.org" in str(wrapper.get("version", ""))
    return {"feed": {"title": wrapper.get("title")}} if is_feed else {}


def _is_one_a_line(stream: IO[bytes], encoding: str) -> bool:
    """Whether the first lines are objects, or are meant to be."""
    sample = peek(stream)
    text = decode(sample, encoding).text if sample.strip() else ""
    lines = [line for line in text.split("\n", 20) if line.strip()][:2]
    if not lines or not lines[0].lstrip().startswith(("{", "[")):
        return True
    try:
        return isinstance(json.loads(lines[0]), dict)
    except (ValueError, RecursionError):
        # A first line that is broken, or one object over several lines?
        return len(lines) > 1 and lines[1].startswith("{")


def _read_lines(stream: IO[bytes], encoding: str, broken: Counter[str]) -> Iterator[Record]:
    for number, line in enumerate(_json_lines(stream, encoding, broken), start=1):
        if line is None:
            yield Record(number, number, None, f"{LONG_LINE}; left out")
            continue
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Record(
                number, number, None, f"not JSON ({_reason(error)}); the line was left out"
            )
            continue
        yield _as_record(value, number)


def _as_record(value: object, line: int) -> Record:
    if isinstance(value, dict):
        return Record(line, line, value)
    return Record(line, line, None, f"a JSON {type(value).__name__}, not an object; left out")


def _reason(error: Exception) -> str:
    return getattr(error, "msg", "") or "it is nested too deeply"


def _read_values(stream: IO[bytes], encoding: str, broken: Counter[str]) -> Iterator[Record]:
    """Read one value after the other, in memory that grows with the largest alone."""
    encoding, count = find_encoding(stream, encoding)
    broken.update({encoding: count} if count else {})
    with open_text(stream, encoding) as reader:
        yield from _decode_values(reader)


def _decode_values(reader: io.TextIOWrapper) -> Iterator[Record]:
    decoder = json.JSONDecoder()
    text, place, line, wanted, ended = "", 0, 1, _BLOCK, False
    while True:
        start = place
        while place < len(text) and text[place] in " \t\r\n,[]\ufeff":
            place += 1
        line += text.count("\n", start, place)
        problem = ""
        if place < len(text):
            try:
                value, end = decoder.raw_decode(text, place)
            except RecursionError as error:
                problem = f"not JSON ({_reason(error)})"
            except ValueError as error:
                # More of the file may make it whole.
                problem = f"not JSON ({_reason(error)})" if ended else ""
                if len(text) - place > MOST_LINE:
                    problem = f"a JSON value of more than {MOST_LINE // 1_000_000} MB"
            else:
                line += text.count("\n", place, end)
                yield _as_record(value, line)
                place, wanted = end, _BLOCK
                continue
        if problem:
            yield Record(line, line, None, f"{problem}; from here on the file was left out")
        if problem or ended:
            return
        text, place = text[place:], 0
        more = reader.read(wanted)
        text, wanted, ended = text + more, 2 * wanted, not more


def _unwrap(value: Mapping[str, Any], depth: int = 0) -> Sequence[Mapping[str, Any]] | None:
    """Return the objects that an object wraps, ``None`` where it is a record itself."""
    if any(isinstance(each, str) and len(each) > _LONG_TEXT for each in value.values()):
        return None
    for name in _WRAPPERS:
        inner = value.get(name)
        if isinstance(inner, dict) and depth < _DEEPEST_WRAPPER:
            found = _unwrap(inner, depth + 1)
            if found is not None:
                return found
        if isinstance(inner, list) and inner and all(isinstance(each, dict) for each in inner):
            return inner
    return None


def _json_lines(stream: IO[bytes], encoding: str, broken: Counter[str]) -> Iterator[str | None]:
    """Decode line by line: one line in another encoding does not spoil the rest.

    A line longer than ``MOST_LINE`` is ``None``.
    """
    if encoding or detect(peek(stream)).startswith(("utf-16", "utf-32")):
        encoding, count = find_encoding(stream, encoding)
        broken.update({encoding: count} if count else {})
        yield from decoded_lines(stream, encoding, newline="\n")
        return
    first = True
    while line := stream.readline(MOST_LINE):
        if len(line) == MOST_LINE:
            while line and not line.endswith(b"\n"):
                line = stream.readline(MOST_LINE)
            yield None
            continue
        if first:
            line, first = line.removeprefix(b"\xef\xbb\xbf"), False
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError:
            try:
                found = decode(line)
            except BinaryDataError:
                found = decode(line, "utf-8")
            broken.update({found.encoding: found.replaced} if found.replaced else {})
            yield found.text
