"""The command's way in, and a check that ``embeddings`` and ``topics`` are ours.

Other distributions have packages of these names. When one hides or overwrites ours, imports
would fail far from the cause, so this module, whose own name is safe, looks first.
"""

from __future__ import annotations

import signal
import sys
from importlib.util import find_spec
from pathlib import Path


def find_clash() -> str | None:
    """Return a sentence about a package that is not ours, or ``None``."""
    for name in ("embeddings", "topics"):
        spec = find_spec(name)
        origin = Path(spec.origin) if spec and spec.origin else None
        if origin is None:
            return (
                f"Topicwire's package `{name}` is missing; install it anew: pip install topicwire."
            )
        # Our __init__.py files say whose they are; a stranger's do not.
        if "topicwire" not in origin.read_text(encoding="utf-8", errors="replace"):
            return (
                f"The package `{name}` at {origin.parent} is not Topicwire's; another distribution "
                "with that name is installed: use an environment of its own "
                "(python -m venv .venv; .venv/bin/pip install topicwire)."
            )
    return None


def main() -> None:
    """Run the command."""
    try:
        clash = find_clash()
        if clash:
            print(f"topicwire: {clash}", file=sys.stderr)
            raise SystemExit(1)
        from topics.cli.entry import main as run

        run()
    except KeyboardInterrupt:
        # Met while the command was being imported; at its work it answers by itself.
        print("topicwire: stopped before it had begun.", file=sys.stderr)
        raise SystemExit(130) from None
    finally:
        # All is said: an interrupt now ends the process, and prints nothing of Python's end.
        signal.signal(signal.SIGINT, signal.SIG_DFL)


if __name__ == "__main__":
    main()
