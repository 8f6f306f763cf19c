"""The tools over the news of the day, asked by the protocol's own client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.running import lay_flat

pytest.importorskip("mcp")
from mcp import Client

from tests.conftest import WordEncoder
from topics.answers.session import Session
from topics.assistants.server import build


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the points lie, and the model, are not the question here."""
    lay_flat(monkeypatch)
    monkeypatch.setattr("topics.answers.encoder.stored_encoder", lambda _: WordEncoder())


class Asking:
    """Calls a tool; without a name lists the tools."""

    def __init__(self, db: Session) -> None:
        self.db = db

    def __call__(self, name: str = "", **given: Any) -> Any:
        async def call() -> Any:
            async with Client(build(self.db)) as client:
                return await (client.call_tool(name, given) if name else client.list_tools())

        return anyio.run(call)


@pytest.fixture
def ask(news: Path) -> Iterator[Asking]:
    with Session(news) as db:
        yield Asking(db)
