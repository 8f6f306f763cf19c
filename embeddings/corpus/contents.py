"""What a store holds, counted and listed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from embeddings.corpus.identity import name_kind
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError


def count_rows(store: CorpusStore, table: str) -> int:
    """Return the number of rows of a table."""
    return int(store.rows(f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608 - our own words


def count_distinct(store: CorpusStore) -> int:
    """Return the number of distinct passages."""
    return int(store.rows("SELECT count(DISTINCT hash) FROM passages")[0][0])


def count_outlets(store: CorpusStore) -> list[tuple[str, int]]:
    """Return each known outlet and its number of articles, most first."""
    return store.rows(
        "SELECT source, count(*) FROM documents WHERE source != '' GROUP BY source "
        "ORDER BY count(*) DESC, source"
    )


def count_unplaced(store: CorpusStore) -> int:
    """Return the passages without a topic that are no page furniture: a run was stopped."""
    return int(
        store.rows(
            "SELECT count(*) FROM passages WHERE id NOT IN (SELECT passage_id FROM assignments) "
            "AND id NOT IN (SELECT passage_id FROM furniture)"
        )[0][0]
    )


def count_languages(store: CorpusStore) -> list[tuple[str, int]]:
    """Return each language and its number of articles, most first; ``""``: not found yet."""
    return store.rows(
        "SELECT language, count(*) FROM documents GROUP BY language "
        "ORDER BY count(*) DESC, language"
    )


def count_kinds(store: CorpusStore) -> list[tuple[str, int]]:
    """Return each kind of file that articles were read from and their number, most first."""
    kinds: Counter[str] = Counter()
    for path, number in store.rows("SELECT path, count(*) FROM documents GROUP BY path"):
        kinds[name_kind(path)] += number
    return sorted(kinds.items(), key=lambda one: (-one[1], one[0]))


def count_filled(store: CorpusStore) -> tuple[int, int]:
    """Return how many articles have no title, and how many have their folder's name for outlet."""
    (untitled,) = store.rows("SELECT count(*) FROM documents WHERE title = ''")[0]
    folders = store.rows("SELECT path, source, count(*) FROM documents GROUP BY path, source")
    named = [n for path, source, n in folders if source and source == Path(path).parent.name]
    return int(untitled), sum(named)


def read_dates(store: CorpusStore) -> tuple[str, str, int]:
    """Return the earliest and the latest date, or ``""``, and how many articles have none."""
    first, last, undated = store.rows(
        "SELECT min(nullif(published, '')), max(published), total(published = '') FROM documents"
    )[0]
    return first or "", last or "", int(undated)


def list_titles(store: CorpusStore) -> list[tuple[str, str]]:
    """Return id and title of each article, by id."""
    return store.rows("SELECT id, title FROM documents ORDER BY id")


def find_articles(store: CorpusStore, parts: Iterable[str]) -> list[str]:
    """Return the ids of the articles that have one of some texts in their id or an address.

    Where one is the whole of an id or address, only those of which it is.
    """
    wanted = json.dumps(list(parts))
    for fits in ("t.name = w.value", "instr(t.name, w.value)"):
        found = store.rows(
            "SELECT DISTINCT t.id FROM (SELECT id, id AS name FROM documents "  # noqa: S608
            "UNION ALL SELECT id, url FROM documents UNION ALL SELECT id, address FROM documents "
            "UNION ALL SELECT document_id, url FROM addresses) AS t "
            f"JOIN json_each(?) AS w ON {fits} ORDER BY t.id",
            (wanted,),
        )
        if found:
            return [document_id for (document_id,) in found]
    return []


def list_articles(store: CorpusStore) -> list[tuple[str, str, str]]:
    """Return id, outlet and path of each article, by id."""
    return store.rows("SELECT id, source, path FROM documents ORDER BY id")


def refuse_source(store: CorpusStore, out: Path) -> None:
    """Refuse to write over a file that was read as articles, or was to be.

    Raises:
        InputError: ``out`` is such a file of the store.
    """
    paths = (str(out.absolute()), str(out.resolve()))
    if store.rows(
        "SELECT 1 FROM (SELECT path FROM documents UNION ALL SELECT path FROM files "
        "UNION ALL SELECT path FROM addresses UNION ALL SELECT path FROM versions "
        "UNION ALL SELECT path FROM problems) WHERE path IN (?, ?) LIMIT 1",
        paths,
    ):
        raise InputError(f"Articles of {store.path} were read from {out}; name another file.")


def count_removals(store: CorpusStore) -> list[tuple[str, int]]:
    """Return each rule and its number of lines left out as page furniture, most first."""
    return store.rows(
        "SELECT rule, count(*) FROM removals GROUP BY rule ORDER BY count(*) DESC, rule"
    )


def read_removals(
    store: CorpusStore, document_ids: Iterable[str] | None = None
) -> list[tuple[Any, ...]]:
    """Return the lines left out as page furniture, of some articles or all, by article and place.

    Of each: id and title of the article, the rule, where it stood in the article's text
    (``None`` where the HTML reader dropped it), and the line.
    """
    return store.rows(
        "SELECT d.id, d.title, r.rule, r.start, r.text FROM removals AS r "
        "JOIN documents AS d ON d.id = r.document_id "
        "WHERE ?1 IS NULL OR d.id IN (SELECT value FROM json_each(?1)) "
        "ORDER BY d.id, r.start IS NULL, r.start, r.rowid",
        (None if document_ids is None else json.dumps(list(document_ids)),),
    )
