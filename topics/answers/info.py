"""What a database holds, and what was left out of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.corpus.contents import (
    count_distinct,
    count_filled,
    count_kinds,
    count_languages,
    count_outlets,
    count_removals,
    count_rows,
    count_unplaced,
    read_dates,
    read_removals,
)
from embeddings.corpus.outlets import ALIASES
from embeddings.corpus.store import CorpusStore
from embeddings.corpus.versions import list_twins
from embeddings.search.index import describe_index
from topics.answers.session import Database
from topics.coverage.credit.owners import OWNERS
from topics.hierarchy.outline import read_outline
from topics.pipeline.coverage_tables import STORY_COUNTS, count_wide_stories
from topics.pipeline.furniture import list_furniture
from topics.pipeline.sharing import CopyCount, count_copies


@dataclass(frozen=True)
class CorpusInfo:
    """What a database holds.

    Attributes:
        path: The file.
        bytes: Its size.
        documents: Number of articles.
        kinds: Kind of file that they were read from, by its ending, and number of articles, most
            first.
        untitled: Articles without a title.
        from_folder: Articles that have the name of their file's folder for outlet.
        passages: Number of passages.
        furniture: How many of them an outlet repeats under its articles, whatever these are on.
        distinct: Number of distinct passage texts.
        outlets: Known outlets and number of articles, most first.
        owners: Owner by outlet, as remembered.
        aliases: Outlet by other names of it, as remembered.
        earliest: The earliest date of an article, or ``""``.
        latest: The latest.
        undated: Articles without a date.
        languages: Language, as an ISO 639 code, and number of articles, most first; ``und``:
            unsure; ``""``: the next run finds it.
        encoder: Name, fingerprint and dimension of the model its vectors are of, or ``{}``.
        vectors: Stored vectors, those of removed passages included (a cache).
        search: Recall at 10 of the index that searches go by, and the number of its passages;
            ``{}`` where there is none of the articles as they are, so that all are compared.
        topics: Number of topics of all levels.
        topics_shown: Number of those that are shown when no level is asked for.
        subtopics: Number of parts that are shown below them.
        copies: Groups of copies and related pairs by what they are.
        stories: Number of stories, those of one outlet among them.
        stories_across: Number of those that several known outlets have.
        too_short: Ids of articles with too few words to be of a story.
        answers: Pairs that the user answered yes or no to.
        edits: Changes made to topics by hand.
        removed: Rule and number of lines left out as page furniture, most first.
        problems: File, line if known, and reason of each thing that could not be read.
        twins: File, address and id of each article that was met once more, from another
            address or file, and is counted once.
        unclustered: Passages that no topic has yet.
    """

    path: str
    bytes: int
    documents: int
    kinds: tuple[tuple[str, int], ...]
    untitled: int
    from_folder: int
    passages: int
    furniture: int
    distinct: int
    outlets: tuple[tuple[str, int], ...]
    owners: dict[str, str]
    aliases: dict[str, str]
    earliest: str
    latest: str
    undated: int
    languages: tuple[tuple[str, int], ...]
    encoder: dict[str, Any]
    vectors: int
    search: dict[str, Any]
    topics: int
    topics_shown: int
    subtopics: int
    copies: tuple[CopyCount, ...]
    stories: int
    stories_across: int
    too_short: tuple[str, ...]
    answers: int
    edits: int
    removed: tuple[tuple[str, int], ...]
    problems: tuple[tuple[str, int | None, str], ...]
    twins: tuple[tuple[str, str, str], ...]
    unclustered: int


def info(db: Database = "topicwire.db") -> CorpusInfo:
    """Describe a database.

    Raises:
        StoreError: There is no such database.
    """
    with CorpusStore.open(Path(db)) as store:
        return describe(store)


def describe(store: CorpusStore) -> CorpusInfo:
    """Describe an open store."""
    path = store.path
    earliest, latest, undated = read_dates(store)
    untitled, from_folder = count_filled(store)
    outline = read_outline(store)
    return CorpusInfo(
        path=str(path),
        bytes=path.stat().st_size,
        documents=count_rows(store, "documents"),
        kinds=tuple(count_kinds(store)),
        untitled=untitled,
        from_folder=from_folder,
        passages=count_rows(store, "passages"),
        furniture=count_rows(store, "furniture"),
        distinct=count_distinct(store),
        outlets=tuple(count_outlets(store)),
        owners=store.setting(OWNERS) or {},
        aliases=store.setting(ALIASES) or {},
        earliest=earliest,
        latest=latest,
        undated=undated,
        languages=tuple(count_languages(store)),
        encoder=store.setting("encoder") or {},
        vectors=count_rows(store, "vectors"),
        search=describe_index(store),
        topics=count_rows(store, "topics"),
        topics_shown=len(outline.on(None)),
        subtopics=len(set(outline.parts.values())),
        copies=count_copies(store),
        stories=count_rows(store, "stories"),
        stories_across=count_wide_stories(store),
        too_short=tuple((store.setting(STORY_COUNTS) or {}).get("too_short", ())),
        answers=count_rows(store, "judgements"),
        edits=count_rows(store, "edits"),
        removed=tuple(count_removals(store)),
        problems=tuple(store.file_problems()),
        twins=tuple(list_twins(store)),
        unclustered=count_unplaced(store),
    )


@dataclass(frozen=True)
class RemovedLine:
    """A line of page furniture, or a passage that an outlet repeats under its articles.

    Attributes:
        document_id: The article it stood in.
        title: The article's.
        rule: Name of the rule that took it out.
        start: Offset in the article's text, or ``None`` where the HTML reader dropped it.
        text: The line.
    """

    document_id: str
    title: str
    rule: str
    start: int | None
    text: str


def removed_lines(db: Database = "topicwire.db") -> list[RemovedLine]:
    """Return all page furniture, by article and place.

    Raises:
        StoreError: There is no such database.
    """
    with CorpusStore.open(Path(db)) as store:
        rows = [*read_removals(store), *list_furniture(store)]
        # The sort is stable: lines that the HTML reader dropped stay last, in their order.
        rows.sort(key=lambda row: (row[0], row[3] is None, row[3] or 0))
        return [RemovedLine(*row) for row in rows]
