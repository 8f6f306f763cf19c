"""Copies, relations and stories written to the store and read again, story ids carried over."""

from __future__ import annotations

import dataclasses
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from embeddings.corpus.contents import count_rows
from embeddings.corpus.store import CorpusStore
from embeddings.documents import Passage
from topics.coverage.articles.articles import Article
from topics.coverage.reuse.boilerplate import Copies
from topics.hierarchy.identity import TopicKey, carry_ids

if TYPE_CHECKING:
    from embeddings.words.copies import CopySurvey
    from topics.coverage.relations.articles import ArticleRelation
    from topics.coverage.relations.relations import Relation
    from topics.coverage.stories.stories import StorySurvey

# The setting that holds what the search for stories left out.
STORY_COUNTS = "story_counts"
# The highest story id ever given, so that none is given twice.
LAST_STORY_ID = "last_story_id"
# Passages up to which the database looks for their relations; of more all are read.
_FEW = 10_000


def store_copies(store: CorpusStore, passages: Sequence[Passage], survey: CopySurvey) -> None:
    """Replace the groups of copies, and which passage stands for each wording."""
    ids = [passage.id for passage in passages]
    groups = list(enumerate(survey.groups, 1))
    with store.transaction():
        store.replace_rows(
            "copy_groups",
            [(n, one.kind, ids[one.canonical], one.across, one.short, "") for n, one in groups],
        )
        store.replace_rows(
            "copy_members",
            (
                (ids[row], number, round(share, 4))
                for number, group in groups
                for row, share in zip(group.members, group.shares, strict=True)
            ),
        )
        store.replace_rows(
            "wordings",
            ((ids[row], ids[canonical]) for canonical, rows in survey.wordings for row in rows),
        )


def store_relations(
    store: CorpusStore, passages: Sequence[Passage], relations: Sequence[Relation]
) -> None:
    """Replace the relations of passages."""
    store.replace_rows(
        "relations",
        [
            (
                one.kind,
                passages[one.a].id,
                passages[one.b].id,
                round(one.score, 4),
                json.dumps(dataclasses.asdict(one.evidence), ensure_ascii=False),
                one.across,
                "",
            )
            for one in relations
        ],
    )


def store_article_relations(
    store: CorpusStore, articles: Sequence[Article], relations: Sequence[ArticleRelation]
) -> None:
    """Replace the relations of whole articles."""
    store.replace_rows(
        "article_relations",
        [
            (
                one.kind,
                articles[one.a].id,
                articles[one.b].id,
                round(one.share_a, 4),
                round(one.share_b, 4),
                one.facts,
            )
            for one in relations
        ],
    )


def store_stories(store: CorpusStore, articles: Sequence[Article], survey: StorySurvey) -> None:
    """Replace the stories; the id of each is that of the one whose articles it continues.

    What was left out is kept as ``STORY_COUNTS``: ids of articles too short to be compared,
    pairs of ids put together by the user that others of the user's contradict, and how many
    pairs lie too many days apart.
    """
    stories = survey.stories
    before: dict[int, set[bytes]] = {}
    for document_id, story_id in store.rows("SELECT document_id, story_id FROM story_memory"):
        before.setdefault(story_id, set()).add(document_id.encode("utf-8", "surrogatepass"))
    ids = carry_ids(
        {story_id: TopicKey(members) for story_id, members in before.items()},
        [
            TopicKey({articles[n].id.encode("utf-8", "surrogatepass") for n in story.members})
            for story in stories
        ],
        (store.setting(LAST_STORY_ID) or 0) + 1,
    )
    members = [
        (articles[n].id, story_id)
        for story_id, story in zip(ids, stories, strict=True)
        for n in story.members
    ]
    with store.transaction():
        store.replace_rows(
            "stories",
            [
                (story_id, articles[story.central].id, round(story.cohesion, 4))
                for story_id, story in zip(ids, stories, strict=True)
            ],
        )
        store.replace_rows("story_members", members)
        store.replace_rows("story_memory", members)
        store.set_setting(
            STORY_COUNTS,
            {
                "too_short": [articles[number].id for number in survey.too_short],
                "dropped": [[articles[a].id, articles[b].id] for a, b in survey.dropped],
                "ruled_out": survey.ruled_out,
            },
        )
        store.set_setting(LAST_STORY_ID, max([store.setting(LAST_STORY_ID) or 0, *ids]))


def last_story_id(store: CorpusStore) -> int:
    """Return the highest id that a stored story has; 0 for none."""
    return store.rows("SELECT max(story_id) FROM story_memory")[0][0] or 0


def read_copies(store: CorpusStore, passages: Sequence[Passage]) -> list[Copies]:
    """Return the stored groups of copies among some passages: their rows, and whether short."""
    row_of = {passage.id: row for row, passage in enumerate(passages)}
    found: dict[tuple[int, bool], list[int]] = defaultdict(list)
    for number, short, passage_id in store.each(
        "SELECT g.id, g.short, m.passage_id FROM copy_groups AS g "
        "JOIN copy_members AS m ON m.group_id = g.id ORDER BY g.id"
    ):
        if passage_id in row_of:
            found[number, bool(short)].append(row_of[passage_id])
    return [(tuple(sorted(rows)), short) for (_, short), rows in found.items()]


def read_canonicals(store: CorpusStore, a: int, b: int) -> dict[int, str]:
    """Return the body of the passage that stands for the copies of each of two passages, by id."""
    return dict(
        store.rows(
            "SELECT m.passage_id, substr(p.text, p.body_start - p.start + 1) "
            "FROM copy_members AS m JOIN copy_groups AS g ON g.id = m.group_id "
            "JOIN passages AS p ON p.id = g.canonical WHERE m.passage_id IN (?, ?)",
            (a, b),
        )
    )


def find_kin(store: CorpusStore, document_ids: Iterable[str]) -> set[str]:
    """Return some articles, and those that hold copies or relations of their passages.

    Relations of copies are among them, and copies of what is related.
    """
    own = store.rows(
        "SELECT id FROM passages WHERE document_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(document_ids)),),
    )
    copies = _add_copies(store, {passage_id for (passage_id,) in own})
    related = store.rows(
        "SELECT a, b FROM relations WHERE a IN (SELECT value FROM json_each(?1)) "
        "OR b IN (SELECT value FROM json_each(?1))",
        (json.dumps(list(copies)),),
    )
    kin = _add_copies(store, copies.union(*related))
    found = store.rows(
        "SELECT document_id FROM passages WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(kin)),),
    )
    return {document_id for (document_id,) in found}


def _add_copies(store: CorpusStore, passage_ids: set[int]) -> set[int]:
    found = store.rows(
        "SELECT c.passage_id FROM copy_members AS m JOIN copy_members AS c "
        "ON c.group_id = m.group_id WHERE m.passage_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(passage_ids)),),
    )
    return passage_ids | {passage_id for (passage_id,) in found}


def read_group_members(
    store: CorpusStore, numbers: Iterable[int] | None = None
) -> Iterator[tuple[int, str, str, bool, list[tuple[int, str, str, str]]]]:
    """Return the groups of copies, all or some: number, kind, sharing, across outlets, members.

    Each member is a passage's id with its outlet, date and language; by document id and position.
    """
    rows = store.rows(
        "SELECT g.id, g.kind, g.sharing, g.across, p.id, d.source, d.published, d.language "
        "FROM copy_groups AS g "
        "JOIN copy_members AS m ON m.group_id = g.id JOIN passages AS p ON p.id = m.passage_id "
        "JOIN documents AS d ON d.id = p.document_id "
        "WHERE ?1 IS NULL OR g.id IN (SELECT value FROM json_each(?1)) "
        "ORDER BY g.id, p.document_id, p.position",
        (None if numbers is None else json.dumps(list(numbers)),),
    )
    for (number, kind, sharing, across), members in groupby(rows, key=lambda row: row[:4]):
        yield number, kind, sharing, bool(across), [row[4:] for row in members]


def read_relations(
    store: CorpusStore, passage_ids: Iterable[int] | None = None
) -> list[tuple[Any, ...]]:
    """Return the relations of passages, all or those between some, by kind and falling score.

    Of each: kind, the ids of both passages, score, evidence as JSON, what kind of sharing it
    is, whether across outlets, and outlet, date and language of the one passage and of the other.
    """
    return store.rows(
        "SELECT r.kind, r.a, r.b, r.score, r.evidence, r.sharing, r.across, d.source, d.published, "
        "d.language, e.source, e.published, e.language FROM relations AS r "
        "JOIN passages AS p ON p.id = r.a JOIN documents AS d ON d.id = p.document_id "
        "JOIN passages AS q ON q.id = r.b JOIN documents AS e ON e.id = q.document_id "
        "WHERE ?1 IS NULL OR (r.a IN (SELECT value FROM json_each(?1)) "
        "AND r.b IN (SELECT value FROM json_each(?1))) "
        "ORDER BY r.kind, r.score DESC, p.document_id, p.position, q.document_id, q.position",
        (None if passage_ids is None else json.dumps(list(passage_ids)),),
    )


def read_passage_articles(store: CorpusStore, passage_ids: Iterable[int]) -> dict[int, str]:
    """Return the document id of each of some passages."""
    return dict(
        store.rows(
            "SELECT id, document_id FROM passages WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(passage_ids)),),
        )
    )


def read_pairs(store: CorpusStore, passages: Sequence[Passage]) -> list[tuple[str, int, int]]:
    """Return kind and rows of the stored relations between some passages."""
    row_of = {passage.id: row for row, passage in enumerate(passages)}
    few = row_of if len(row_of) < _FEW else None
    return [
        (kind, row_of[a], row_of[b])
        for kind, a, b, *_ in read_relations(store, few)
        if a in row_of and b in row_of
    ]


def read_article_pairs(store: CorpusStore) -> list[tuple[Any, ...]]:
    """Return the relations of whole articles.

    Of each: kind, the ids of both articles, the share of either's words in the other, what kind
    of sharing it is (``copied``, or an ``update`` by one outlet), whether across outlets, and
    outlet, date and language of the one article and of the other.
    """
    return store.rows(
        "SELECT r.kind, r.a, r.b, r.share_a, r.share_b, "
        "CASE WHEN d.source = '' OR d.source != e.source THEN 'copied' ELSE 'update' END, "
        "d.source = '' OR d.source != e.source, "
        "d.source, d.published, d.language, e.source, e.published, e.language "
        "FROM article_relations AS r "
        "JOIN documents AS d ON d.id = r.a JOIN documents AS e ON e.id = r.b"
    )


def read_stories(store: CorpusStore) -> dict[int, list[str]]:
    """Return the document ids of each story, by date, those without last; by story id."""
    found: dict[int, list[str]] = {}
    for story_id, document_id in store.rows(
        "SELECT m.story_id, d.id FROM story_members AS m JOIN documents AS d "
        "ON d.id = m.document_id ORDER BY m.story_id, d.published = '', d.published, d.id"
    ):
        found.setdefault(story_id, []).append(document_id)
    return found


def read_story_heads(store: CorpusStore) -> dict[int, tuple[str, float]]:
    """Return the headline of each story's central article and the story's cohesion, by id."""
    store.check_rows("stories")
    rows = store.rows(
        "SELECT s.id, d.title, s.cohesion FROM stories AS s JOIN documents AS d ON d.id = s.central"
    )
    return {story_id: (title, cohesion) for story_id, title, cohesion in rows}


def read_story_articles(store: CorpusStore) -> dict[int, list[tuple[str, str, str, str]]]:
    """Return document id, outlet, date and language of the articles of each story, by its id."""
    found: dict[int, list[tuple[str, str, str, str]]] = {}
    for story_id, document_id, *where in store.rows(
        "SELECT m.story_id, d.id, d.source, d.published, d.language FROM story_members AS m "
        "JOIN documents AS d ON d.id = m.document_id"
    ):
        found.setdefault(story_id, []).append((document_id, where[0], where[1], where[2]))
    return found


def count_wide_stories(store: CorpusStore) -> int:
    """Count the stories that several known outlets have."""
    return count_rows(
        store,
        "(SELECT story_id FROM story_members AS m JOIN documents AS d ON d.id = m.document_id "
        "GROUP BY story_id HAVING count(DISTINCT nullif(d.source, '')) > 1)",
    )
