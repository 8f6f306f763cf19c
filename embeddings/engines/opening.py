"""From what the user typed to an engine."""

from __future__ import annotations

from embeddings.engines.protocol import Engine
from embeddings.errors import InputError

ENGINES = ("local", "ray")


def open_engine(
    name: str = "local", *, workers: int | None = None, address: str | None = None
) -> Engine:
    """Open an engine; use it in a ``with`` block, which ends its workers.

    Args:
        name: ``local``, processes of this machine; or ``ray``, a cluster.
        workers: Cores that tasks may use at once; None for all there are.
        address: Of a Ray cluster, or ``auto`` for the one that this machine is part of; None
            starts Ray on this machine, and ends it.

    Raises:
        InputError: There is no such engine, the number is none, or Ray is not installed.
        TopicwireError: Ray does not start, or is not found at the address.
    """
    if workers is not None and workers < 1:
        raise InputError(f"{workers} workers cannot be: expected 1 or more, such as --workers 2.")
    if name == "local":
        from embeddings.engines.local import LocalEngine

        if address is not None:
            raise InputError("An address is that of a Ray cluster: add --engine ray.")
        return LocalEngine(workers)
    if name == "ray":
        from embeddings.engines.ray import start

        return start(workers, address)
    raise InputError(f"There is no engine {name!r}: expected one of {', '.join(ENGINES)}.")
