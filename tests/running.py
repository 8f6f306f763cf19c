"""The command, run within the test's own process: as a fresh one, without its imports."""

from __future__ import annotations

import contextlib
from pathlib import Path

from typer.testing import CliRunner


def run(*args: object, text: str = "", cwd: Path | None = None) -> tuple[int, str, str]:
    """Run ``topicwire ARGS`` in a terminal of 80 columns.

    Args:
        args: The command's name, options and arguments.
        text: What is typed.
        cwd: The folder to run in.

    Returns:
        Exit code, output, and what went to standard error.
    """
    from topics.cli.entry import app

    with contextlib.chdir(cwd) if cwd else contextlib.nullcontext():
        result = CliRunner().invoke(app, [*map(str, args)], input=text, env={"COLUMNS": "80"})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr
