"""Corpora that are large in one way: time must grow with them, and memory must not.

Each case is run at a size and at multiples of it; the exponent is the slope of processors' time,
less that of an empty run, over the size on logarithmic axes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.holds.newsroom import DATABASE, Newsroom, read_counts

WORDS = ("convoy", "river", "bank", "talks", "bridge", "rate", "school", "border", "rain", "ship")
MOST_MEGABYTES = 1024
# Of one article: of more than 20 MB it is refused.
_LINES = 250_000


class Large(NamedTuple):
    """A way to be large.

    Attributes:
        name: What there is much of.
        size: How much of it the benchmark has at most.
        write: Writes so much of it to a folder.
        count: Articles and passages that are stored of so much.
    """

    name: str
    size: int
    write: Callable[[Path, int], None]
    count: Callable[[int], tuple[int, int]]


class Run(NamedTuple):
    """One run of ``cluster``: what it was given, how it ended, its processors' time, its memory."""

    name: str
    size: int
    faults: tuple[str, ...]
    seconds: float
    megabytes: float


def _identical_lines(folder: Path, size: int) -> None:
    line = "The ministers met in Geneva to talk about a ceasefire.\n"
    for number, start in enumerate(range(0, size, _LINES)):
        lines = line * min(_LINES, size - start)
        (folder / f"lines-{number}.txt").write_text(f"Talks, day {number}\n\n{lines}")


def _copies(folder: Path, size: int) -> None:
    text = "\n\n".join(
        f"The {word} of the {other} was spoken of by all who met at the {third} on Friday, and "
        f"nobody there could say what a {word} has to do with it."
        for word, other, third in zip(WORDS, WORDS[3:], WORDS[5:], strict=False)
    )
    with (folder / "copies.jsonl").open("w") as file:
        for number in range(size):
            row = {"id": str(number), "source": f"outlet {number % 50}", "text": text}
            file.write(json.dumps(row) + "\n")


def _words(folder: Path, size: int) -> None:
    with (folder / "words.jsonl").open("w") as file:
        for number in range(0, size, 100):
            text = "\n\n".join(f"{WORDS[one % 10]}{one}" for one in range(number, number + 100))
            file.write(json.dumps({"id": str(number), "text": text}) + "\n")


def _files(folder: Path, size: int) -> None:
    for number in range(size):
        place = folder / f"outlet-{number % 20}"
        place.mkdir(exist_ok=True)
        word, other = WORDS[number % 10], WORDS[number // 10 % 10]
        (place / f"{number}.txt").write_text(
            f"Story {number}\n\nThe {word} number {number} met the {other} on Friday night.\n"
        )


LARGE = (
    Large("identical lines", 1_000_000, _identical_lines, lambda size: (-(-size // _LINES), size)),
    Large("copies of an article", 10_000, _copies, lambda size: (size, 5 * size)),
    Large("passages of one word", 100_000, _words, lambda size: (size // 100, size)),
    Large("tiny files", 50_000, _files, lambda size: (size, size)),
)


def run_large(
    room: Newsroom,
    share: float,
    steps: int = 3,
    cases: Sequence[Large] = LARGE,
    fresh: bool = True,
) -> Iterator[Run]:
    """Run each case at ``share`` of its size and at so many halves of it.

    Args:
        room: Where; the static model.
        share: Of the largest size.
        steps: Sizes a case, each half the next.
        cases: What is run.
        fresh: In processes of their own, which have only the memory that they use.
    """
    for number, large in enumerate(cases):
        sizes = {max(int(large.size * share / 2**step) // 100 * 100, 100) for step in range(steps)}
        for size in sorted(sizes):
            yield _run(room, large, size, f"large-{number}-{size}", fresh)


def _run(room: Newsroom, large: Large, size: int, name: str, fresh: bool = True) -> Run:
    place = room.place("nothing", name)
    articles = place.with_suffix(".articles") / "outlet"
    articles.mkdir(parents=True)
    large.write(articles, size)
    line = ["cluster", str(articles), "--no-stability"]
    ended = room.run(place, line, fresh=fresh, limit=3600)
    faults = [] if ended.code == 0 and not ended.broke else [ended.err.strip()[-300:]]
    if ended.megabytes > MOST_MEGABYTES:
        faults.append(f"it took {ended.megabytes:,.0f} MB")
    found = read_counts(place / DATABASE)
    expected = large.count(size)
    if found[0] != expected[0] or (expected[1] and found[1] != expected[1]):
        faults.append(f"{found} articles and passages are stored, not {expected}")
    return Run(large.name, size, tuple(faults), ended.work, ended.megabytes)


def time_idle(room: Newsroom) -> float:
    """Return the seconds of a run over next to nothing."""
    return _run(room, LARGE[0], 1, "idle").seconds


def find_exponent(runs: list[Run], idle: float) -> float:
    """Return the least-squares slope of log time over log size.

    Args:
        runs: Of one case.
        idle: Seconds of a run over next to nothing, which each run takes beside its work.
    """
    points = [(math.log(run.size), math.log(max(run.seconds - idle, 0.01))) for run in runs]
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / sum(
        (x - mean_x) ** 2 for x, _ in points
    )
