"""What kind of sharing each group of copies and each relation is: told, kept, counted and read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from embeddings.corpus.store import CorpusStore
from embeddings.documents import Passage
from topics.coverage.articles.articles import Article
from topics.coverage.reuse.boilerplate import Copies, find_recurring

if TYPE_CHECKING:
    from topics.coverage.reuse.sharing import Sharing

# The name of the stage.
SHARING = "sharing"
# Relations whose passages share their words.
TEXTUAL = ("contains", "near_copy")


@dataclass(frozen=True)
class Told:
    """Kinds of sharing, of groups in their order and of relations by kind and rows."""

    groups: list[Sharing]
    relations: list[tuple[str, int, int, Sharing]]


@dataclass(frozen=True)
class CopyCount:
    """How many of one kind there are, as every command and report counts them.

    Attributes:
        what: ``group`` of copies, or a pair: ``near_copy`` (one wording, other facts),
            ``contains``, ``same_event``.
        sharing: ``copied`` (reporting), ``quotation`` (of one speaker, statement, document or
            tweet), ``boilerplate`` (a note, an appeal, a stock phrase), ``update`` (the
            outlet's own reporting again), ``repeat`` (within one article); ``""`` of events
            told in own words that are no quotation, and where a run is to tell it yet.
        across: Whether it stands in several outlets.
        count: How many.
    """

    what: str
    sharing: str
    across: bool
    count: int


def tell_all(
    passages: Sequence[Passage],
    articles: Sequence[Article],
    groups: Sequence[Copies],
    relations: Sequence[tuple[str, int, int]],
    furniture: Collection[int],
    stories: Sequence[Collection[int]],
) -> Told:
    """Tell the kind of sharing of all groups, and of the relations that share words.

    Of those of one event these are the ones that quote one speaker alike.
    """
    # Only runs tell; what reads the kinds starts without.
    from topics.coverage.reuse.sharing import find_quoted_events, tell_sharing

    textual = [one for one in relations if one[0] in TEXTUAL]
    rote = find_recurring(articles, groups, stories).union(furniture)
    pairs = [(a, b) for _, a, b in textual]
    containing = [(a, b) for kind, a, b in textual if kind == "contains"]
    of_groups, of_pairs = tell_sharing(passages, articles, groups, pairs, rote, containing)
    found = [(*one, told) for one, told in zip(textual, of_pairs, strict=True)]
    events = [one for one in relations if one[0] == "same_event"]
    quoted = find_quoted_events(passages, articles, [(a, b) for _, a, b in events])
    found += [(*one, "quotation") for one, told in zip(events, quoted, strict=True) if told]
    return Told(of_groups, found)


def store_told(store: CorpusStore, passages: Sequence[Passage], told: Told) -> None:
    """Note the kinds of sharing at the groups, numbered from 1, and the relations."""
    with store.transaction() as connection:
        connection.executemany(
            "UPDATE copy_groups SET sharing = ? WHERE id = ?",
            [(sharing, number) for number, sharing in enumerate(told.groups, 1)],
        )
        connection.executemany(
            "UPDATE relations SET sharing = ? WHERE kind = ? AND a = ? AND b = ?",
            [
                (sharing, kind, passages[a].id, passages[b].id)
                for kind, a, b, sharing in told.relations
            ],
        )


def count_copies(store: CorpusStore) -> tuple[CopyCount, ...]:
    """Count groups and relations by what they are, in a fixed order."""
    rows = store.rows(
        "SELECT 'group', sharing, across, count(*) FROM copy_groups GROUP BY sharing, across "
        "UNION ALL "
        "SELECT kind, sharing, across, count(*) FROM relations GROUP BY kind, sharing, across "
        "ORDER BY 1, 3 DESC, 2"
    )
    return tuple(CopyCount(what, told, bool(across), count) for what, told, across, count in rows)


def read_rows_of(
    store: CorpusStore, passages: Sequence[Passage], sharing: Sharing
) -> list[tuple[int, ...]]:
    """Return the rows, among some passages, of each group and pair of one kind.

    Groups of a few words are left out; of a passage that contains boilerplate only that is.
    """
    row_of = {passage.id: row for row, passage in enumerate(passages)}
    groups: dict[int, list[int]] = {}
    for number, passage_id in store.rows(
        "SELECT g.id, m.passage_id FROM copy_groups AS g JOIN copy_members AS m "
        "ON m.group_id = g.id WHERE g.sharing = ? AND NOT g.short",
        (sharing,),
    ):
        groups.setdefault(number, []).append(passage_id)
    pairs = [
        (b,) if (kind, sharing) == ("contains", "boilerplate") else (a, b)
        for kind, a, b in store.rows(
            "SELECT kind, a, b FROM relations WHERE sharing = ?", (sharing,)
        )
    ]
    return [
        tuple(sorted(row_of[one] for one in ids if one in row_of))
        for ids in chain(groups.values(), pairs)
    ]
