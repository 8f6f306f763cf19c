"""``topicwire info``: each number is of what its words say."""

from __future__ import annotations

from pathlib import Path

import pytest

from embeddings.corpus.store import CorpusStore
from tests.conftest import article, paragraphs_of
from tests.running import run


def tell(path: Path, sources: list[str]) -> dict[str, str]:
    """Return the lines of ``info`` on a corpus of one article an outlet."""
    with CorpusStore.open(path, write=True) as store:
        for number, source in enumerate(sources):
            one = article(f"a{number}", [f"The river rose for {number} days."], source=source)
            store.put_document(one, [], paragraphs_of(one))
    lines = run("info", "--db", path)[1].splitlines()
    return {line.split()[0]: " ".join(line.split()[1:]) for line in lines}


@pytest.mark.parametrize(
    ("sources", "articles", "outlets"),
    [
        (["", ""], "2", "none known"),
        (["Post", "Echo", "Post"], "3 from 2 outlets", "Post 2, Echo 1"),
        (["Post", ""], "2 from 1 outlet, 1 of no known outlet", "Post 1"),
    ],
)
def test_articles_of_no_known_outlet_are_of_none(tmp_path, sources, articles, outlets):
    told = tell(tmp_path / "n.db", sources)
    assert (told["articles"], told["outlets"]) == (articles, outlets)


def test_what_there_is_none_of_is_not_said_to_be_listed(tmp_path):
    told = tell(tmp_path / "n.db", ["Post"])
    assert (told["unread"], told["furniture"]) == ("none", "0 lines left out")
    assert told["copies"] == "none"


def test_what_articles_were_read_from_and_what_they_do_not_state_is_counted(tmp_path):
    with CorpusStore.open(tmp_path / "n.db", write=True) as store:
        for number, (path, fields) in enumerate(
            [
                ("/in/post/a.txt", {"source": "post"}),
                ("/in/post/b.jsonl.gz", {"source": "echo", "title": "Rain"}),
                ("/in/post/b.jsonl.gz", {"source": "echo"}),
                ("standard input", {"source": "", "title": "Rain"}),
            ]
        ):
            one = article(f"a{number}", [f"The river rose for {number} days."], path=path, **fields)
            store.put_document(one, [], paragraphs_of(one))
    told = run("info", "--db", tmp_path / "n.db", columns=200)[1]
    assert "2 .jsonl, 1 .txt, 1 standard input" in told
    said = "outlet of 1 article called after the folder of their file; no title in 2 articles"
    assert said in told
