"""A kept tree over a corpus that has changed: rows placed, topics born and ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from topics.discovery.births import find_births, find_subjects
from topics.discovery.condensing import compact
from topics.discovery.ground import Ground
from topics.discovery.levels import find_topics
from topics.discovery.placing import place_by_draw, place_nearest, strongest
from topics.keeping.kept import KeptTopic, KeptTree, find_leaves

Labels = NDArray[np.int64]

# Below this share of founders a topic may be on something else by now.
LEAST_FOUNDERS = 0.5
# It has come apart where it holds two subjects of so much of it each.
LEAST_SHARE = 0.2


@dataclass(frozen=True)
class Growth:
    """What became of a kept tree.

    Attributes:
        kept: The tree now.
        leaves: int64 ``(n,)``: id of each row's finest topic.
        born: Ids of topics that came up, with the number of their rows.
        ended: Ids of topics of the default level of which no text is left.
        placed: Number of rows that had no topic yet.
        changed_guided: Whether the user's own topics have changed.
        unmeasured: Ids of topics that lost more than half of their texts to those: how stable they
            were says nothing of what is left.
        joined: Ids of discovered topics of the default level most of which joined since, the
            largest first.
        apart: Those of them that are several subjects by now.
    """

    kept: KeptTree
    leaves: Labels
    born: dict[int, int]
    ended: tuple[int, ...]
    placed: int
    changed_guided: bool
    unmeasured: tuple[int, ...] = ()
    joined: tuple[int, ...] = ()
    apart: tuple[int, ...] = ()


@dataclass(frozen=True)
class Rows:
    """The rows of a corpus as growth looks at them.

    Attributes:
        ground: Edges and vectors.
        texts: Row of each text by content hash, copies' texts included.
        articles: int64 ``(n,)``: the article of each row.
        taken: int64 ``(n,)``: the user's topic that fits each row, -1 for none.
        left_out: Texts of the corpus that no topic is made of for now, by content hash.
    """

    ground: Ground
    texts: Mapping[bytes, int]
    articles: Labels
    taken: Labels
    left_out: Set[bytes] = frozenset()


def grow_kept(
    kept: KeptTree, rows: Rows, guided: Sequence[str], digest: str, first_free: int
) -> Growth:
    """Take what was added into a kept tree, and what is gone out of it.

    No text that was there changes its topic, but for: copies found to be one, which take the
    topic of most of their texts; what the user's own topics take or let go where these have
    changed; and texts that joined since topics were found, into a topic that is born.

    Args:
        kept: As the last run left it.
        rows: The corpus.
        guided: Names of the user's topics, in order.
        digest: Of these topics, to be compared with ``kept.guided``.
        first_free: The lowest id never given yet.
    """
    board = _Board(kept, rows, guided, first_free)
    changed = digest != kept.guided
    board.send_home(changed=changed)
    placed = int((board.leaves < 0).sum())
    board.place()
    board.bear()
    born = board.born
    texts = {key: int(board.leaves[row]) for key, row in rows.texts.items()}
    founders = {
        key
        for key, row in rows.texts.items()
        if board.founders[row] and (key in kept.founders or texts[key] not in kept.topics)
    }
    # What is left out for now has its place when it comes back.
    away = rows.left_out - texts.keys()
    left_out = {key: leaf for key, leaf in kept.leaves.items() if key in away}
    founders |= kept.founders & left_out.keys()
    used = {one for leaf in {*texts.values(), *left_out.values()} for one in board.tree.above(leaf)}
    ended = tuple(
        one
        for one, topic in sorted(kept.topics.items())
        if one not in used and topic.stands_on(kept.default) and not topic.guided
    )
    halved = _find_halved(kept, board.tree, texts) & used if changed else set()
    grown = replace(
        board.tree,
        topics={
            one: replace(topic, stability=None) if one in halved else topic
            for one, topic in board.tree.topics.items()
            if one in used
        },
        leaves=texts | left_out,
        founders=frozenset(founders),
        guided=digest,
        _above={},
    )
    joined = _find_joined(grown)
    return Growth(
        grown,
        board.leaves,
        born,
        ended,
        placed,
        changed,
        tuple(sorted(halved)),
        joined,
        board.find_apart(joined),
    )


def _find_joined(kept: KeptTree) -> tuple[int, ...]:
    """Return the topics most of whose texts joined since they were made, the largest first."""
    sizes: Counter[int] = Counter()
    founded: Counter[int] = Counter()
    for key, leaf in kept.leaves.items():
        topic = kept.above(leaf)[kept.default]
        sizes[topic] += 1
        founded[topic] += key in kept.founders
    return tuple(
        one
        for one, size in sizes.most_common()
        if founded[one] < LEAST_FOUNDERS * size and not kept.topics[one].guided
    )


def _find_halved(kept: KeptTree, now: KeptTree, texts: Mapping[bytes, int]) -> set[int]:
    """Return the measured topics that keep less than half of their texts that are still there."""
    before: Counter[int] = Counter()
    after: Counter[int] = Counter()
    for (old, new), number in Counter(
        (leaf, texts[key]) for key, leaf in kept.leaves.items() if key in texts
    ).items():
        stays = set(now.above(new))
        for one in kept.above(old):
            before[one] += number
            after[one] += number * (one in stays)
    return {
        one
        for one, number in before.items()
        if 2 * after[one] < number and kept.topics[one].stability is not None
    }


class _Board:
    """Rows and their finest topics, while growth goes on."""

    def __init__(self, kept: KeptTree, rows: Rows, guided: Sequence[str], first_free: int) -> None:
        self.tree, self.rows = kept, rows
        self._guided, self._next = list(guided), first_free
        self.born: dict[int, int] = {}
        self.leaves = find_leaves(kept, rows.texts, rows.ground.rows)
        self.founders = np.zeros(rows.ground.rows, np.bool_)
        self.founders[[row for key, row in rows.texts.items() if key in kept.founders]] = True

    def send_home(self, *, changed: bool) -> None:
        """Settle which of the user's topics each row is in, and which rows are to be placed."""
        known = self.leaves >= 0
        own = np.full(len(self.leaves), -1, np.int64)
        own[known] = self._homes_of(self.leaves[known])
        # What was in a topic that the user has no more is let go.
        self.wanted = np.where(known & (not changed) & (own > -2), own, self.rows.taken)
        moved = known & (own != self.wanted)
        self.leaves[moved] = -1
        self.founders[moved] = False

    def place(self) -> None:
        """Give each row without a topic one of its home that draws it most, else the nearest."""
        if not len(self.leaves):
            return
        self._open_homes()
        numbers, labels = np.unique(self.leaves, return_inverse=True)
        labels = labels.astype(np.int64) - int(numbers[0] < 0)
        numbers = numbers[numbers >= 0]
        homes = self._homes_of(numbers)
        ground = self.rows.ground
        labels = place_by_draw(ground.edges, labels, homes, self.wanted)
        for home in np.unique(self.wanted[labels < 0]).tolist():
            inside = self.wanted == home
            part = np.where(inside, labels, 0)
            placed = place_nearest(ground.unit, part, inside & (labels >= 0))
            labels = np.where(inside, placed, labels)
        self.leaves = numbers[labels]

    def bear(self) -> None:
        """Find topics that have come up among what joined."""
        shown = self.tree.at(self.leaves, self.tree.default)
        # What has no founder left is a topic all the same, and is not born a second time.
        held = np.isin(shown, np.unique(shown[self.founders]))
        free = ~self.founders & (self.wanted < 0) & held
        born = find_births(self.rows.ground, compact(shown), free, self.rows.articles)
        for number in range(int(born.max(initial=-1)) + 1):
            inside = np.flatnonzero(born == number)
            self._add(inside, self._find_broader(inside))

    def find_apart(self, topics: Sequence[int]) -> tuple[int, ...]:
        """Return those of some topics that would be several, were they not kept."""
        shown = self.tree.at(self.leaves, self.tree.default)
        inside = np.isin(shown, topics)
        if not inside.any():
            return ()
        subjects = find_subjects(self.rows.ground, compact(shown), inside, self.rows.articles)
        held = [Counter(shown[rows].tolist()) for rows in subjects]
        sizes = Counter(shown[inside].tolist())
        return tuple(
            one
            for one in topics
            if sum(part[one] >= max(LEAST_SHARE * sizes[one], 1) for part in held) > 1
        )

    def _open_homes(self) -> None:
        """Make a topic where a home has rows to be placed and none that is placed."""
        for home in np.unique(self.wanted[self.leaves < 0]).tolist():
            inside = self.wanted == home
            if (self.leaves[inside] >= 0).any():
                continue
            rows = np.flatnonzero(inside)
            if home >= 0:
                self._add(rows, None, self._guided[home])
                continue
            parts = find_topics(self.rows.ground.part(rows))
            for part in range(int(parts.max()) + 1):
                self._add(rows[parts == part], None)

    def _add(self, rows: NDArray[np.intp], parent: int | None, guided: str = "") -> None:
        """Put rows into a topic of their own, whose founders they are."""
        level = 0 if parent is None else self.tree.default
        # How stable it is nobody knows yet: it is shown, as what is not measured is.
        topic = KeptTopic(level, self.tree.depth - 1, parent, guided, shown=True)
        number, self._next = self._next, self._next + 1
        self.tree = replace(self.tree, topics={**self.tree.topics, number: topic}, _above={})
        self.leaves[rows] = number
        self.founders[rows] = True
        if not guided:
            self.born[number] = len(rows)

    def _find_broader(self, rows: NDArray[np.intp]) -> int | None:
        """Return the broader topic that draws rows most, but for the user's own."""
        if self.tree.default == 0:
            return None
        edges = self.rows.ground.edges[rows]
        above = self.tree.at(self.leaves, self.tree.default - 1)
        open_to = (self.wanted < 0)[edges.indices]
        open_to &= ~np.isin(edges.indices, rows)
        if not open_to.any():
            return None
        numbers, topics = np.unique(above[edges.indices[open_to]], return_inverse=True)
        together = np.zeros(len(topics), np.int64)
        best = strongest(together, topics.astype(np.int64), edges.data[open_to])[1][0]
        return self._make_broader(int(numbers[best]))

    def _make_broader(self, topic_id: int) -> int:
        """Return a topic that stands above the default level alone, made where there is none."""
        topic = self.tree.topics[topic_id]
        if topic.finest < self.tree.default:
            return topic_id
        number, self._next = self._next, self._next + 1
        broader = replace(topic, finest=self.tree.default - 1, name="", shown=False, stability=None)
        lower = replace(topic, level=self.tree.default, parent=number)
        topics = {**self.tree.topics, number: broader, topic_id: lower}
        self.tree = replace(self.tree, topics=topics, _above={})
        return number

    def _homes_of(self, leaves: Labels) -> Labels:
        """Return the user's topic that each of the finest topics lies in; -1 none, -2 a former."""
        ids, inverse = np.unique(leaves, return_inverse=True)
        names = [
            self.tree.topics[self.tree.above(leaf)[self.tree.default]].guided
            for leaf in ids.tolist()
        ]
        homes = [
            -1 if not name else self._guided.index(name) if name in self._guided else -2
            for name in names
        ]
        return np.array(homes, np.int64)[inverse] if len(ids) else leaves
