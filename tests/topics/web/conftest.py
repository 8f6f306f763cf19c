"""The web page over the news of the day, asked as a browser asks."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from embeddings.corpus.store import CorpusStore
from embeddings.vectors.embedding import embed_corpus, note_encoder
from tests.conftest import WordEncoder, article, paragraphs_of
from tests.running import lay_flat
from tests.topics.conftest import NEWS
from topics.answers.session import Session
from topics.pipeline.run import derive, lay_out
from topics.pipeline.stages import stored_digest
from topics.web.app import build
from topics.web.desk import Desk, LaidOut

Ask = Callable[..., TestClient]


@pytest.fixture(scope="session")
def news_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of ``NEWS``, for all tests that only read it."""
    path = tmp_path_factory.mktemp("web") / "news.db"
    with CorpusStore.open(path, write=True) as store:
        for name, fields in NEWS.items():
            paragraphs = fields["paragraphs"]
            rest = {key: str(value) for key, value in fields.items() if key != "paragraphs"}
            document = article(name, paragraphs, language="en", **rest)
            store.put_document(document, [], paragraphs_of(document))
        encoder = WordEncoder()
        note_encoder(store, encoder)
        embed_corpus(store, encoder)
        derive(store, encoder)
    return path


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Where the points lie, and the model, are not the question here."""
    lay_flat(monkeypatch)

    def lay_out_here(path: Path, note: Callable[[float], None]) -> LaidOut:
        note(1.0)
        with CorpusStore.open(path) as store:
            return stored_digest(store, "relations"), lay_out(store, keep=False)

    monkeypatch.setattr("topics.web.mapping.lay_out_apart", lay_out_here)
    if "real_model" not in request.keywords:
        monkeypatch.setattr("topics.answers.encoder.stored_encoder", lambda _: WordEncoder())


@pytest.fixture
def own_file(news_file: Path, tmp_path: Path) -> Path:
    """A copy of the database, to be changed."""
    return Path(shutil.copy(news_file, tmp_path / "own.db"))


@pytest.fixture(scope="session")
def open_client() -> Ask:
    """Open a client of a database, at the address it is served at."""

    def open_one(db: Path, *, edit: bool = False, host: str = "127.0.0.1") -> TestClient:
        return TestClient(
            build(Desk(Session(db), edit=edit, patience=None), host=host),
            base_url=f"http://{host}:8765",
        )

    return open_one


@pytest.fixture(scope="session")
def client(news_file: Path, open_client: Ask) -> TestClient:
    """A client of the news of the day."""
    return open_client(news_file)
