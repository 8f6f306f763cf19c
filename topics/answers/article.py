"""One article with all that is known of it: ``topicwire article``."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embeddings.articles.parsing.addresses import canonical_address
from embeddings.corpus.citations import Quotation, find_keys, read_quotations
from embeddings.corpus.contents import find_articles, read_removals
from embeddings.corpus.store import CorpusStore
from embeddings.corpus.versions import read_addresses, read_times, read_versions
from embeddings.errors import InputError
from embeddings.words.alignment import Change, compare
from topics.answers.info import RemovedLine
from topics.answers.session import Database
from topics.pipeline.coverage_tables import read_group_members
from topics.pipeline.passage_rows import COLUMNS, read_passage_rows

if TYPE_CHECKING:
    from embeddings.documents import Document

# Articles named where what was given fits several.
_NAMED = 5


@dataclass(frozen=True)
class ArticleVersion:
    """A text that an article had before, or has in another file.

    Attributes:
        read: When it was first read, ISO 8601 in UTC; ``""`` where it was not noted.
        title: Its headline.
        published: Its date, ISO 8601, cut to what is known.
        url: Its address.
        path: The file it was read from.
        text: The whole of it.
        changes: What the next version has in its stead, word by word; that of the last is
            the text that stands.
    """

    read: str
    title: str
    published: str
    url: str
    path: str
    text: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class ArticlePassage:
    """A paragraph of an article, and where else it stands.

    Attributes:
        passage_id: The store's id.
        start: Offset of its first character in the article's text.
        end: Offset after its last.
        text: The passage.
        topic_id: Its topic, or the part of it that is shown, but for one's own topics;
            ``None`` where it has none yet.
        topic: The topic's name, or ``""``.
        copies: Its copies in this article and others.
    """

    passage_id: int
    start: int
    end: int
    text: str
    topic_id: int | None
    topic: str
    copies: tuple[Quotation, ...]


@dataclass(frozen=True)
class ArticleReport:
    """An article.

    Attributes:
        id: Its id.
        title: The headline.
        source: The outlet, or ``""``.
        published: ISO 8601, cut to what is known.
        url: Where it was published, or ``""``.
        path: The file it was read from.
        text: The whole of it, page furniture too.
        addresses: Address and file of wherever else it was met.
        first_read: When it was first read, ISO 8601 in UTC; ``""`` where it was not noted.
        changed: When its text, as it is, was first read; the same.
        story: The number of its story, or ``None``.
        versions: Its other texts, the first read first.
        passages: In the order of the text.
        removed: Lines left out as page furniture.
    """

    id: str
    title: str
    source: str
    published: str
    url: str
    path: str
    text: str
    addresses: tuple[tuple[str, str], ...]
    first_read: str
    changed: str
    story: int | None
    versions: tuple[ArticleVersion, ...]
    passages: tuple[ArticlePassage, ...]
    removed: tuple[RemovedLine, ...]


def article(wanted: str | int, db: Database = "topicwire.db") -> ArticleReport:
    """Return what is known of an article: its versions, passages, copies and addresses.

    Args:
        wanted: Its id or a web address of it, in any form; or a part of one that no other
            article has. Or the number of one of its passages: that one alone is described then.
        db: The database.

    Raises:
        InputError: It fits no article, or several; there is no such passage.
        StoreError: There is no such database.
    """
    with CorpusStore.open(Path(db)) as store:
        number = wanted if isinstance(wanted, int) else None
        document_id = (
            find_keys(store, wanted)[0] if isinstance(wanted, int) else _find(store, wanted)
        )
        (document,) = store.documents([document_id])
        times = read_times(store, document_id)
        rows = [
            dict(zip(COLUMNS, row, strict=True)) for row in read_passage_rows(store, document_id)
        ]
        return ArticleReport(
            id=document.id,
            title=document.title,
            source=document.source,
            published=document.published,
            url=document.url,
            path=document.path,
            text=document.text,
            addresses=tuple(read_addresses(store, document_id)),
            first_read=times.first,
            changed=times.changed,
            story=rows[0]["story_id"] if rows else None,
            versions=_read_versions(store, document),
            passages=_read_passages(
                store, [row for row in rows if number in (None, row["passage_id"])]
            ),
            removed=tuple(RemovedLine(*row) for row in read_removals(store, [document_id])),
        )


def _find(store: CorpusStore, wanted: str) -> str:
    """Return the id of the article that is meant."""
    given = wanted.strip()
    parts = [part for part in dict.fromkeys((given, canonical_address(given))) if part]
    if not parts:
        raise InputError("No article is named; give its id or address, or a part of one.")
    found = find_articles(store, parts)
    if not found:
        raise InputError(
            f"No article has {given!r} in its id or address; `topicwire search` finds articles "
            "by their words, and --json gives their ids."
        )
    if len(found) > 1:
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        raise InputError(
            f"{len(found)} articles have {given!r} in their id or address "
            f"({', '.join(found[:_NAMED])}{more}); give more of one."
        )
    return found[0]


def _read_versions(store: CorpusStore, document: Document) -> tuple[ArticleVersion, ...]:
    versions = read_versions(store, document.id)
    texts = [*(one.document.text for one in versions), document.text]
    changes = [compare(before, after).changes for before, after in pairwise(texts)]
    return tuple(
        ArticleVersion(
            read=one.read,
            title=one.document.title,
            published=one.document.published,
            url=one.document.url,
            path=one.document.path,
            text=one.document.text,
            changes=changed,
        )
        for one, changed in zip(versions, changes, strict=True)
    )


def _naming(row: dict[str, Any]) -> str:
    return "topic" if row["subtopic_id"] is None or row["topic_kind"] == "guided" else "subtopic"


def _read_passages(store: CorpusStore, rows: list[dict[str, Any]]) -> tuple[ArticlePassage, ...]:
    groups = [row["copy_group"] for row in rows if row["copy_group"] is not None]
    members = {
        number: [passage_id for passage_id, *_ in found]
        for number, *_, found in read_group_members(store, groups)
    }
    cited = read_quotations(store, {one for found in members.values() for one in found})
    return tuple(
        ArticlePassage(
            passage_id=row["passage_id"],
            start=row["start"],
            end=row["end"],
            text=row["text"],
            topic_id=row[f"{_naming(row)}_id"],
            topic=row[_naming(row)] or "",
            copies=tuple(
                cited[one] for one in members.get(row["copy_group"], ()) if one != row["passage_id"]
            ),
        )
        for row in rows
    )
