"""What was read, as commands say it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from topics.answers.counting import count, fold_problems, tell_files
from topics.cli.output import echo, plain

if TYPE_CHECKING:
    from embeddings.corpus.intake import ReadingReport

PROBLEMS_SHOWN = 5


def print_reading(reading: ReadingReport, first: str = "") -> None:
    """Say what was read, and what could not be.

    Args:
        reading: What was read.
        first: Said of files and articles where they do not go into a database.
    """
    where = "`topicwire info --problems`" + (" of the database" if first else "")
    if first:
        echo(plain(first))
    elif reading.files:
        echo(
            f"Read {plain(tell_files(reading.kinds, by_kind=True))}: "
            f"{count(reading.added, 'article')} added, {reading.updated} updated, "
            f"{reading.unchanged} unchanged."
        )
    if reading.repeated:
        echo(
            f"  Met once more, under another address or in another file: {reading.repeated:,}, "
            f"counted once ({where} lists them)."
        )
    if without := _describe_without(reading.without):
        echo(f"  Of {'these' if first else 'those added or updated'}, {without}.")
    if reading.guessed:
        echo(f"  {plain(_describe_guessed(reading.guessed))}; --source gives another.")
    for line in tell_notes(reading.notes):
        echo(f"  {plain(line)}")
    problems = fold_problems(reading.problems)
    for problem in problems[:PROBLEMS_SHOWN]:
        line = f", line {problem.line}" if problem.line else ""
        echo(f"  {plain(shorten_path(problem.path))}{line}: {plain(problem.message)}")
    if len(problems) > PROBLEMS_SHOWN:
        left = len(problems) - PROBLEMS_SHOWN
        echo(f"  and {left} more; {where} lists all.")


def _describe_guessed(guessed: Counter[str]) -> str:
    folders = [folder for folder, _ in guessed.most_common()]
    what = f"{folders[0]}, the folder, is"
    if folders[1:]:
        more = f" and {len(folders) - 3} more" if folders[3:] else ""
        what = f"their folders ({', '.join(folders[:3])}{more}) are"
    verb = "names" if guessed.total() == 1 else "name"
    return f"{count(guessed.total(), 'article')} {verb} no outlet: {what} taken for it"


def tell_notes(notes: Mapping[str, Sequence[str]]) -> list[str]:
    """Return how files were understood, a line for those of which the same is to be said.

    Of more than ``PROBLEMS_SHOWN`` lines the rest is counted.
    """
    files: dict[str, list[str]] = {}
    for path, told in notes.items():
        files.setdefault("; ".join(told), []).append(Path(path).name)
    lines = [
        f"{names[0]}{f' and {len(names) - 1} more' if names[1:] else ''}: {note}"
        for note, names in files.items()
    ]
    left = len(notes) - sum(len(names) for names in islice(files.values(), PROBLEMS_SHOWN))
    more = [f"and notes on {count(left, 'more file')}; --json has all."] if left else []
    return lines[:PROBLEMS_SHOWN] + more


def _describe_without(without: Mapping[str, int]) -> str:
    names = {"published": "date", "source": "outlet", "title": "title"}
    told = [
        f"{without[field]} {'has' if without[field] == 1 else 'have'} no {name}"
        for field, name in names.items()
        if without.get(field)
    ]
    return ", ".join(told)


def shorten_path(path: str) -> str:
    """Return a path as seen from the current folder, where it lies below it."""
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path
