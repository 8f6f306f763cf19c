"""TOML files that users write."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from embeddings.errors import InputError

# A file of topics or owners is a few kilobytes.
_MOST_BYTES = 10_000_000


def read_toml(path: Path) -> str:
    """Return the text of a TOML file.

    Raises:
        InputError: It cannot be read, is not UTF-8 text, or larger than 10 MB.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise InputError(f"{path} is larger than 10 MB; name a TOML file.")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text; save it as UTF-8.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", "") or error
        raise InputError(
            f"{str(path)[:200]} cannot be read ({reason}); name a TOML file."
        ) from error


def parse_toml(text: str, path: str) -> dict[str, Any]:
    """Parse the text of a TOML file; ``path`` is what the errors call it.

    Raises:
        InputError: It is not TOML; the message says where.
    """
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise InputError(f"{path} is not valid TOML: it is nested too deeply.") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path} is not valid TOML: {error}.") from error
    except ValueError as error:
        raise InputError(f"{path} is not valid TOML: a number in it is too long.") from error
