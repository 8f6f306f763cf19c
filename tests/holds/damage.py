"""Damage a database in many ways, and compare what the commands say with the truth.

A command may end with a sentence or with the right answer. Where it gives another answer and
does not say so, or a traceback, it is counted as such.
"""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.holds.newsroom import DATABASE, Newsroom
from tests.holds.processes import Ended
from tests.holds.registry import CATCH_UP, READING

PAGE = 4096
VERSIONS = (-1, 0, 1, 2, 3, 4, 99)
# Of strangers: what may lie under the name of a database.
FOREIGN = {
    "nothing": b"",
    "a sentence": b"This is no database.\n" * 99,
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9,
    "an archive": b"PK\x03\x04" + bytes(999),
    "the name of SQLite alone": b"SQLite format 3\0",
    "a header of SQLite and zeros": b"SQLite format 3\0\x10\0\x01\x01\0\x40\x20\x20" + bytes(8168),
}
# Values where others are expected, as JSON, text, numbers and bytes go wrong.
CELLS = (None, "", "[", "null", "{}", "[[]]", '"x"', -1, 10**18, 0.5, "nan", b"\xff\xfe", b"")
# What tells of the file, not of what is in it.
_OF_THE_FILE = re.compile(r'"bytes": \d+')


class Answer(NamedTuple):
    """What a command made of a damaged file.

    Attributes:
        way: How the file was damaged, as in ``WAYS``.
        what: The damage.
        command: The command.
        kind: ``sentence``, ``right``, ``wrong`` or ``traceback``.
        said: The end of a traceback, or of an answer that is wrong.
    """

    way: str
    what: str
    command: str
    kind: str
    said: str


def flip_bit(db: Path, chance: random.Random) -> str:
    content = bytearray(db.read_bytes())
    place = chance.randrange(len(content))
    content[place] ^= 1 << chance.randrange(8)
    db.write_bytes(content)
    return f"bit at {place}"


def spoil_page(db: Path, chance: random.Random) -> str:
    """Fill a page with zeros or noise, or with another page."""
    content = bytearray(db.read_bytes())
    page, other = (chance.randrange(len(content) // PAGE) * PAGE for _ in range(2))
    how = chance.choice(["zeros", "noise", "another page"])
    filling = {
        "zeros": bytes(PAGE),
        "noise": chance.randbytes(PAGE),
        "another page": content[other : other + PAGE],
    }
    content[page : page + PAGE] = filling[how]
    db.write_bytes(content)
    return f"{how} in the page at {page}"


def cut(db: Path, chance: random.Random) -> str:
    content = db.read_bytes()
    length = chance.randrange(len(content))
    db.write_bytes(content[:length])
    return f"cut to {length}"


def replace_by_foreign(db: Path, chance: random.Random) -> str:
    name = chance.choice(list(FOREIGN))
    db.write_bytes(FOREIGN[name])
    return name


def claim_version(db: Path, chance: random.Random) -> str:
    version = chance.choice(VERSIONS)
    with sqlite3.connect(db) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    return f"version {version}"


def spoil_cell(db: Path, chance: random.Random) -> str:
    """Put a value where it does not belong, as a stranger's program might."""
    connection = sqlite3.connect(db)
    tables = [
        name
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '*_*' "
            "AND name NOT IN ('words', 'documents', 'passages') ORDER BY name"
        )
        if connection.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone()  # noqa: S608
    ]
    table = chance.choice(tables)
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    column, value = chance.choice(columns), chance.choice(CELLS)
    rows = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
    rowid = connection.execute(
        f'SELECT "{columns[0]}" FROM {table} LIMIT 1 OFFSET ?',  # noqa: S608
        (chance.randrange(rows),),
    ).fetchone()[0]
    try:
        connection.execute(
            f'UPDATE {table} SET "{column}" = ? WHERE "{columns[0]}" = ?',  # noqa: S608
            (value, rowid),
        )
        connection.commit()
    except sqlite3.IntegrityError:
        connection.rollback()
    connection.close()
    return f"{value!r} in {table}.{column}"


WAYS: tuple[Callable[[Path, random.Random], str], ...] = (
    flip_bit,
    spoil_page,
    spoil_cell,
    cut,
    replace_by_foreign,
    claim_version,
)


def damage_at_random(
    room: Newsroom,
    count: int,
    seed: int,
    ways: Sequence[Callable[[Path, random.Random], str]] = WAYS,
    commands: int = 4,
) -> Iterator[Answer]:
    """Damage the database in each way in turn, and ask some commands.

    Args:
        room: Where.
        count: How many files are damaged.
        seed: Of places and values.
        ways: How they are damaged.
        commands: How many of the commands that read are asked for each file; ``cluster`` goes
            over it after them.
    """
    chance = random.Random(seed)
    lines = [case.line for case in READING]
    whole = room.place("whole", f"undamaged-{seed}")
    truth = dict(zip(lines, room.run_all(whole, lines), strict=True))
    for number in range(count):
        place = room.place("whole", f"damaged-{seed}-{number}")
        spoil = ways[number % len(ways)]
        way = spoil.__name__.replace("_", " ")
        what = spoil(place / DATABASE, chance)
        chosen = chance.sample(lines, commands)
        asked = [*chosen, CATCH_UP]
        try:
            found = room.run_all(place, asked)
        except (TimeoutError, RuntimeError) as error:
            # All are asked in one process, which hung or died of one of them.
            yield Answer(way, what, "; ".join(map(" ".join, asked)), "traceback", str(error))
            continue
        for line, ended in zip(asked, found, strict=True):
            kind, said = judge(ended, truth.get(line))
            yield Answer(way, what, " ".join(line), kind, said)
        shutil.rmtree(place)


def judge(ended: Ended, truth: Ended | None) -> tuple[str, str]:
    """Return the kind of an answer, and what it says where it is not as it should be."""
    if ended.broke or (ended.code and ended.sentences != 1):
        return "traceback", ended.err[-600:]
    if ended.code:
        return "sentence", ""
    if truth is None or _plain(ended.out) == _plain(truth.out):
        return "right", ""
    return "wrong", ended.out[-200:]


def _plain(out: str) -> str:
    return _OF_THE_FILE.sub("", out)
