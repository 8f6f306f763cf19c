"""What a command writes goes over no database and over no article."""

from __future__ import annotations

import pytest

from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError
from tests.running import run
from topics.answers.export import ExportReport, export
from topics.answers.spreadsheets import write_csv
from topics.answers.suggest import save_draft


@pytest.fixture
def articles(news, put):
    """The file that an article of the database was read from."""
    path = news.with_name("articles.csv")
    path.write_text("text\nOne.\n")
    with CorpusStore.open(news, write=True) as store:
        put(store, "read", ["One."], path=str(path))
    return path


def test_a_draft_goes_over_no_database(news):
    before = news.read_bytes()
    code, _, told = run("topics", "suggest", "--output", news, "--force", "--db", news)
    assert (code, "is a database" in told) == (InputError.exit_code, True)
    assert news.read_bytes() == before


def test_a_table_goes_over_no_database_whatever_its_name(news):
    named = news.with_name("news.csv")
    news.rename(named)
    before = named.read_bytes()
    for write in (
        lambda: export(named, db=named),
        lambda: write_csv(named, [], ExportReport, db=named),
    ):
        with pytest.raises(InputError, match="is a database"):
            write()
    assert named.read_bytes() == before


def test_nothing_goes_over_the_articles_that_were_read(news, articles):
    link = articles.with_name("link.csv")
    link.symlink_to(articles)
    for write in (
        lambda: export(link, db=news),
        lambda: write_csv(articles, [], ExportReport, db=news),
        lambda: save_draft("draft", articles, force=True, db=news),
    ):
        with pytest.raises(InputError, match="were read from"):
            write()
    assert articles.read_text() == "text\nOne.\n"


def test_a_table_goes_over_no_other_file_that_it_was_made_from(news):
    owners = news.with_name("owners.csv")
    owners.write_text("")
    with pytest.raises(InputError, match="read by this very command"):
        write_csv(owners, [], ExportReport, db=news, inputs=[owners])
