"""What must hold after a run that came to harm: nothing lost, and the next run goes on.

What was there before, and what a reader saw on the way, has been acknowledged and must be there.
The next run, the same command or, where all was stored, ``cluster``, must end as if nothing had
happened, and leave no file behind.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.holds.newsroom import (
    DATABASE,
    Contents,
    Newsroom,
    find_damage,
    list_files,
    read_contents,
)
from tests.holds.registry import CATCH_UP, Case

# Tables whose rows nobody may lose; the settings change on the way.
KEPT = ("documents", "removals", "passages", "edits", "judgements")
OLD = b"An older file.\n"
NONE = b""


class After(NamedTuple):
    """What a run leaves: the database's rows, its folder's files, and the file it wrote."""

    contents: Contents
    files: list[str]
    output: bytes


class Undisturbed(NamedTuple):
    """A case run in peace.

    Attributes:
        work: Seconds of the processors' time that it took.
        before: The rows it began with.
        once: What it leaves.
        caught_up: What ``cluster`` leaves after it.
        writes: How many writes it made in its folder; 0 where they are not counted.
    """

    work: float
    before: Contents
    once: After
    caught_up: After
    writes: int


class Trial(NamedTuple):
    """One harm: what was done to which case, whether it met it at work, and what was wrong."""

    what: str
    case: str
    met: bool
    faults: tuple[str, ...]


@cache
def run_in_peace(room: Newsroom, case: Case, fresh: bool) -> Undisturbed:
    """Run a case as it is meant, and then ``cluster``; once for all harms of a newsroom."""
    place = lay(room, case, f"peace-{hash((case, fresh)):x}")
    before = read_contents(place / DATABASE)
    counted = place.with_suffix(".count")
    more = {"HOLDS_UNDER": f"{place}/", "HOLDS_COUNT": str(counted)}
    ended = room.expect(place, case.line, case.typed, more=more, fresh=fresh)
    writes = int(counted.read_text()) if counted.exists() else 0
    once = look(place, case)
    room.expect(place, CATCH_UP, fresh=fresh)
    return Undisturbed(ended.work, before, once, look(place, case), writes)


def lay(room: Newsroom, case: Case, name: str) -> Path:
    """Lay the state a case begins with in a folder, with an older file where it writes one."""
    place = room.place(case.state, name)
    if case.output and not case.fresh:
        (place / case.output).write_bytes(OLD)
    return place


def look(place: Path, case: Case) -> After:
    """Read what a run left."""
    file = place / case.output
    output = file.read_bytes() if case.output and file.exists() else NONE
    return After(read_contents(place / DATABASE), list_files(place), output)


def find_faults(
    room: Newsroom,
    place: Path,
    case: Case,
    peace: Undisturbed,
    seen: Contents | None = None,
    fresh: bool = False,
) -> tuple[str, ...]:
    """Say what a harm lost, and what is wrong with the run after it.

    Args:
        room: Where.
        place: The folder of the run; deleted where nothing is wrong.
        case: What came to harm there.
        peace: The case in peace.
        seen: What a reader saw on the way.
        fresh: Run the next in a process of its own.
    """
    # The next run must meet what was left, and reading it would mend it: a copy is read.
    copy = shutil.copytree(place, place.with_suffix(".copy"))
    if damage := find_damage(copy / DATABASE):
        return (f"damaged: {damage}",)
    left = look(copy, case)
    faults = [*_find_losses(left, peace, seen), *_go_on(room, place, case, peace, left, fresh)]
    if left.output not in (NONE if case.fresh else OLD, peace.once.output):
        faults.append("the output is neither the old file nor the new one")
    if not faults:
        _sweep(place)
    return tuple(faults)


def _find_losses(left: After, peace: Undisturbed, seen: Contents | None) -> Iterator[str]:
    """Say what was there before the kill and is not any more."""
    for table in KEPT:
        rows = set(left.contents.own.get(table, ()))
        ends = set(peace.once.contents.own.get(table, ()))
        if missing := set(peace.before.own.get(table, ())) & ends - rows:
            yield f"{len(missing)} rows of {table} from before are lost"
        if seen is not None and (missing := set(seen.own.get(table, ())) & ends - rows):
            yield f"{len(missing)} rows of {table} that a reader saw are lost"
    for which, vectors in (("before", peace.before.vectors), ("on the way", _vectors(seen))):
        if vectors.keys() - left.contents.vectors.keys():
            yield f"vectors stored {which} are lost"


def _vectors(seen: Contents | None) -> dict[bytes, bytes]:
    return {} if seen is None else seen.vectors


def _go_on(
    room: Newsroom, place: Path, case: Case, peace: Undisturbed, left: After, fresh: bool
) -> Iterator[str]:
    """Run what comes next, and compare with what comes of it in peace."""
    stored, ends = left.contents.own, peace.once.contents.own
    # What writes over nothing cannot be run again where its file is there.
    done = stored == ends and (not case.output or (case.fresh and left.output != NONE))
    done |= case.once and all(stored.get(table) == ends[table] for table in KEPT)
    ended = room.run(place, CATCH_UP if done else case.line, case.typed, fresh=fresh)
    if ended.code or ended.broke:
        yield f"the next run ends with {ended.code}: {ended.err.strip()[-300:]}"
        return
    expected = peace.caught_up if done else peace.once
    found = look(place, case)
    if found.files != expected.files:
        yield f"left behind: {sorted(set(found.files) ^ set(expected.files))}"
    if damage := find_damage(place / DATABASE):
        yield f"damaged after the next run: {damage}"
    if case.resumes or stored in (peace.before.own, ends):
        yield from _compare(found, expected)


def _compare(found: After, expected: After) -> Iterator[str]:
    for kind in ("own", "derived"):
        tables, wanted = getattr(found.contents, kind), getattr(expected.contents, kind)
        if differing := [name for name in wanted if tables.get(name) != wanted[name]]:
            yield f"the next run ends in another state: {', '.join(differing)}"
    if found.contents.vectors.keys() != expected.contents.vectors.keys():
        yield "the next run ends with other vectors"
    if found.output != expected.output:
        yield "the next run writes another file"


def _sweep(place: Path) -> None:
    """Delete what one kill made."""
    for folder in place.parent.glob(f"{place.name}*"):
        if folder.stem == place.name:
            shutil.rmtree(folder) if folder.is_dir() else folder.unlink()
