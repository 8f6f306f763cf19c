"""The command, run within the test's own process: as a fresh one, without its imports."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner


def run(
    *args: object, text: str = "", cwd: Path | None = None, columns: int = 80
) -> tuple[int, str, str]:
    """Run ``topicwire ARGS`` as in a pipe.

    Args:
        args: The command's name, options and arguments.
        text: What is typed.
        cwd: The folder to run in.
        columns: How wide a line may be.

    Returns:
        Exit code, output, and what went to standard error.
    """
    from topics.cli.entry import app

    with contextlib.chdir(cwd) if cwd else contextlib.nullcontext():
        env = {"COLUMNS": str(columns)}
        result = CliRunner().invoke(app, [*map(str, args)], input=text, env=env)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def load_commands() -> Any:
    """Return the command with all below it, which it loads as they are asked for."""
    from topics.cli.entry import COMMANDS, app

    whole = typer.main.get_command(app)
    for name in COMMANDS:
        whole.load(name)
    return whole


def lay_flat(patch: pytest.MonkeyPatch) -> None:
    """Lay maps out by the first two numbers of vectors: where points lie is not the question."""
    from topics.maps.layout import Layout

    def layout(_graph: Any, vectors: Any, keys: Any) -> Layout:
        return Layout(vectors[:, :2], keys)

    patch.setattr("topics.pipeline.layouts.layout", layout)
