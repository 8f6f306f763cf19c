"""Which copies and relations are asked for, and how many others there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, TypeVar

from embeddings.corpus.filters import Filters
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError
from topics.coverage.reuse.sharing import SHARINGS
from topics.pipeline.coverage_tables import read_group_members
from topics.pipeline.sharing import CopyCount

T = TypeVar("T")

# Number, kind, kind of sharing, whether it is across outlets, passages.
Group = tuple[int, str, str, bool, list[int]]

KINDS = ("exact", "near_copy", "contains", "same_event")


def check_kinds(given: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """Return kinds of pairs, all that are known where none is given.

    Raises:
        InputError: One is not known.
    """
    kinds = (given,) if isinstance(given, str) else tuple(given)
    for kind in kinds:
        if kind not in known:
            raise InputError(f"--kind is {kind!r}; use one of {', '.join(known)}.")
    return kinds or tuple(known)


def check_sharing(given: Sequence[str]) -> frozenset[str]:
    """Return kinds of sharing, reporting that was copied where none is given.

    Raises:
        InputError: One is not known.
    """
    wanted = (given,) if isinstance(given, str) else tuple(given)
    for one in wanted:
        if one not in (*SHARINGS, "all"):
            raise InputError(f"--sharing is {one!r}; use one of {', '.join(SHARINGS)}, all.")
    return frozenset(SHARINGS if "all" in wanted else wanted or ("copied",))


def check_share(share: float) -> None:
    """Check a least share.

    Raises:
        InputError: It is not from 0 to 1.
    """
    if not 0 <= share <= 1:
        raise InputError(f"--least-share is {share}; give a share from 0 to 1, such as 0.8.")


def cut(
    found: Iterable[T], limit: int | None, more: Counter[str], kind_of: Callable[[T], str]
) -> list[T]:
    """Return as many of each kind as are shown, and count the others in ``more``."""
    shown, seen = [], Counter[str]()
    for one in found:
        kind = kind_of(one)
        seen[kind] += 1
        if limit is None or seen[kind] <= limit:
            shown.append(one)
        else:
            more[kind] += 1
    return shown


def choose_pairs(
    rows: Iterable[tuple[Any, ...]],
    filters: Filters,
    kinds: Sequence[str],
    sharing: Collection[str],
) -> tuple[list[tuple[Any, ...]], list[CopyCount]]:
    """Choose the pairs asked for, of passages or of articles.

    Args:
        rows: Kind, both ids, two figures, the kind of sharing, whether it is across outlets,
            and outlet, date and language of either.
        filters: What one of the two must fit.
        kinds: Of which kinds.
        sharing: Of which kinds of sharing; events told in own words are of none,
            and chosen.

    Returns:
        Kind, ids, figures and kind of sharing, by kind, else in the order of ``rows``; and how
        many others were left out.
    """
    of_kinds = [row for row in rows if row[0] in kinds]
    wanted = [row for row in of_kinds if not row[5] or row[5] in sharing]
    chosen = [row[:6] for row in wanted if filters.fit(*row[7:10]) or filters.fit(*row[10:])]
    chosen.sort(key=lambda row: KINDS.index(row[0]))
    others = Counter((r[0], r[5], bool(r[6])) for r in of_kinds if r[5] and r[5] not in sharing)
    return chosen, [CopyCount(*what, number) for what, number in sorted(others.items())]


def choose_groups(
    store: CorpusStore, filters: Filters, kinds: Sequence[str], sharing: Collection[str]
) -> tuple[list[Group], list[CopyCount]]:
    """Return the groups asked for, those of most outlets first, and how many others are not."""
    chosen, left_out = [], Counter[tuple[str, bool]]()
    for number, kind, told, across, members in read_group_members(store):
        if kind not in kinds:
            continue
        if told and told not in sharing:
            left_out[told, across] += 1
        elif any(filters.fit(*where) for _, *where in members):
            outlets = {source for _, source, *_ in members if source}
            place = (-len(outlets), -len(members), number)
            group = number, kind, told, across, [one for one, *_ in members]
            chosen.append((place, group))
    others = [CopyCount("group", *what, number) for what, number in sorted(left_out.items())]
    return [group for _, group in sorted(chosen)], others
