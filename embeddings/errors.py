"""The errors a user can cause, each a sentence that says what to do next."""

from __future__ import annotations


class TopicwireError(Exception):
    """A mistake or an obstacle that the user can act on.

    The message is shown as it stands: what was given, what was expected, what to type.
    """

    exit_code = 1


class InputError(TopicwireError):
    """A path, an option or a file's content is not what it must be."""

    exit_code = 2


class ModelError(TopicwireError):
    """An embedding model is missing, unknown, or not the one it claims to be."""

    exit_code = 3


class StoreError(TopicwireError):
    """The database cannot be used: locked, full, of another kind or a newer version."""

    exit_code = 4


def first_line(error: object) -> str:
    """Return the first line of what an exception or a warning says, without its full stop."""
    return (str(error).strip() or repr(error)).splitlines()[0].rstrip(".")
