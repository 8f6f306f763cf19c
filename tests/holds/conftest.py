"""The newsroom, made once for all drivers of a process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.holds.newsroom import Newsroom, make_newsroom


@pytest.fixture(scope="session")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    made = make_newsroom(tmp_path_factory.mktemp("newsroom") / "made")
    yield made
    made.close()
