"""What stories and outlets are told from: the stored corpus with its copies and stories."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.corpus.citations import read_places
from embeddings.corpus.contents import read_removals
from embeddings.corpus.outlets import ALIASES
from embeddings.corpus.store import CorpusStore
from embeddings.documents import Document, Passage
from topics.coverage.articles.articles import Article
from topics.coverage.credit.agencies import Credit
from topics.coverage.credit.credits import find_credits
from topics.coverage.credit.owners import OWNERS, Owners, read_owners
from topics.coverage.credit.wire import find_agencies
from topics.coverage.reuse.corpus import Coverage
from topics.pipeline.citing import load_articles
from topics.pipeline.coverage_tables import find_kin, read_copies, read_pairs, read_stories
from topics.pipeline.furniture import read_furniture
from topics.pipeline.kept_texts import taking_kept
from topics.pipeline.quotations import read_quoted
from topics.pipeline.sharing import read_rows_of

if TYPE_CHECKING:
    from topics.pipeline.work import CorpusWork


def load_coverage(
    store: CorpusStore,
    story_id: int | None = None,
    corpus: tuple[list[Passage], list[Article]] | None = None,
) -> Coverage:
    """Read all of a store that coverage is told from, or all that one story is told from.

    Args:
        store: Its stories are up to date.
        story_id: The story.
        corpus: All passages and articles, where they are at hand.
    """
    stories = read_stories(store)
    kin = None if story_id is None else find_kin(store, stories[story_id])
    passages, articles = corpus or load_articles(store, kin)
    dropped = _read_dropped(store, kin)
    number = {article.id: place for place, article in enumerate(articles)}
    noted = read_rows_of(store, passages, "boilerplate")
    return Coverage(
        [passage.body for passage in passages],
        articles,
        read_copies(store, passages),
        read_pairs(store, passages),
        stories={
            story_id: tuple(number[one] for one in members if one in number)
            for story_id, members in stories.items()
        },
        stated=dict(enumerate(_find_credits(store, [one.document for one in articles], dropped))),
        quoted=read_quoted(store, passages),
        rote=read_furniture(store, [one.id for one in passages]).union(*noted),
        quotations=read_rows_of(store, passages, "quotation"),
        dropped=dropped,
    )


def take_coverage(work: CorpusWork) -> Coverage:
    """Read what outlets are measured by, and hold no longer what was read for it.

    Of a million lines that is 340 MB: their passages, and the texts of articles, which are left
    out since words are traced in the bodies of passages.
    """
    coverage = load_coverage(work.store, corpus=(work.passages, work.articles))
    work.let_go("passages", "articles", "documents")
    bare = [
        replace(one, document=replace(one.document, text=""), body="") for one in coverage.articles
    ]
    return replace(coverage, articles=bare)


def read_agencies(store: CorpusStore, passage_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """Return the agencies whose text the articles of some passages may carry, by passage id."""
    places = {one: place[0] for one, place in read_places(store, passage_ids).items()}
    dropped = _read_dropped(store, set(places.values()))
    documents = store.documents(sorted(set(places.values())))
    stated = _find_credits(store, documents, dropped)
    found = {one.id: find_agencies(one, said) for one, said in zip(documents, stated, strict=True)}
    return {passage_id: found[document_id] for passage_id, document_id in places.items()}


def _find_credits(
    store: CorpusStore, documents: Sequence[Document], dropped: Mapping[str, Sequence[str]]
) -> list[tuple[Credit, ...]]:
    with taking_kept(store):
        return [find_credits(one, dropped.get(one.id, ())) for one in documents]


def _read_dropped(store: CorpusStore, document_ids: Collection[str] | None) -> dict[str, list[str]]:
    dropped: dict[str, list[str]] = defaultdict(list)
    for document_id, _, _, start, line in read_removals(store, document_ids):
        if start is None:
            dropped[document_id].append(line)
    return dropped


def open_owners(path: Path | str | None, store: CorpusStore) -> Owners:
    """Read a file of owners; without one, those that ``cluster --owners`` left in the store."""
    if path is not None:
        return read_owners(Path(path))
    return Owners(store.setting(OWNERS) or {}, store.setting(ALIASES) or {})
