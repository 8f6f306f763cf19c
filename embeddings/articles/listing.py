"""Which files a run reads: those named, and those in the folders named."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from embeddings.articles.formats.format import ADVICE, describe_others
from embeddings.articles.formats.registry import describe_formats, find_format
from embeddings.articles.parsing.results import Problem, ReadFile
from embeddings.errors import InputError


def list_files(
    paths: Sequence[Path], follow_links: bool = False
) -> tuple[dict[Path, bool], list[ReadFile]]:
    """Return the files to read, and what was passed over in the folders.

    Folders are walked with all that is in them; hidden files are passed over. A link is
    read as what it leads to if that lies in the folder given; one that leads out of it is
    counted, unless links are followed.

    Args:
        paths: Files and folders. Links among them are followed.
        follow_links: Whether links in folders are followed wherever they lead.

    Returns:
        Absolute paths in their order, each once, with whether the file was named itself;
        and for each folder in which something was passed over, its problems.

    Raises:
        InputError: A path is missing or of a kind that is not read, or a folder holds no
            articles.
    """
    files: dict[Path, bool] = {}
    folders: list[ReadFile] = []
    for path in paths:
        whole = find_path(path)
        if whole.is_dir():
            found, problems = _walk(whole, follow_links)
            if problems:
                folders.append(ReadFile(str(whole), "", problems=tuple(problems)))
            if not found:
                why = f" ({'; '.join(each.message for each in problems)})" if problems else ""
                raise InputError(f"{path} holds no articles{why}; {describe_formats()} are read")
            for file in found:
                files.setdefault(file, False)
        elif find_format(whole):
            files[whole] = True
        else:
            advice = ADVICE.get(path.suffix.lower())
            kind = advice or f"of a kind that is not read; {describe_formats()} are"
            raise InputError(f"{path} is {kind}")
    return dict(sorted(files.items(), key=lambda item: item[0].as_posix())), folders


def find_path(path: Path) -> Path:
    """Return the absolute path of a file or folder, links followed.

    Raises:
        InputError: There is nothing, or neither file nor folder, or it cannot be looked at.
    """
    try:
        whole = path.resolve(strict=True)
        if not whole.is_dir() and not whole.is_file():
            raise InputError(f"{path} is a pipe or a device; give a file or a folder.")
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist; give a file or folder of articles.") from error
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", "") or error
        raise InputError(f"{str(path)[:200]} cannot be opened: {reason}") from error
    return whole


def _walk(folder: Path, follow_links: bool) -> tuple[list[Path], list[Problem]]:
    """Return the files to read below a folder, and what was passed over, by its kind."""
    found: list[Path] = []
    others: Counter[str] = Counter()
    closed: list[OSError] = []
    special = broken = leading_out = 0
    walked = {folder}

    def enter(link: Path) -> bool:
        """Whether to go into a folder: each once, so that links in a circle end."""
        nonlocal leading_out
        if not link.is_symlink():
            return True
        target = link.resolve()
        outside = folder != target and folder not in target.parents
        if outside and not follow_links:
            leading_out += 1
        new = outside and follow_links and walked.isdisjoint((target, *target.parents))
        walked.update({target} if new else ())
        return new

    for place, subfolders, names in os.walk(folder, onerror=closed.append, followlinks=True):
        subfolders[:] = sorted(
            name for name in subfolders if not name.startswith(".") and enter(Path(place, name))
        )
        for name in sorted(names):
            file = Path(place, name)
            if name.startswith("."):
                continue
            if not find_format(file):
                others[file.suffix.lower() or "no suffix"] += 1
            elif not file.exists():
                broken += 1
            elif not file.is_file():
                special += 1
            elif not follow_links and file.is_symlink() and folder not in file.resolve().parents:
                leading_out += 1
            else:
                found.append(file.resolve())
    messages = [
        describe_others(others),
        _passed_over(special, "pipe or device", "pipes or devices"),
        _passed_over(broken, "link to nothing", "links to nothing"),
        _passed_over(
            leading_out,
            "link that leads out of the folder",
            "links that lead out of the folder",
            "; --follow-links reads what they lead to",
        ),
    ]
    problems = [Problem(str(folder), None, message) for message in messages if message]
    for error in closed:
        place = show_path(Path(os.fsdecode(error.filename)))
        problems.append(Problem(place, None, f"cannot be opened: {error.strerror}; passed over"))
    return found, problems


def show_path(path: Path) -> str:
    r"""Return a path as text: bytes of its name that are not UTF-8 as ``\xNN``."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _passed_over(count: int, one: str, many: str, more: str = "") -> str:
    if not count:
        return ""
    return f"{count} {f'{one} was' if count == 1 else f'{many} were'} passed over{more}"
