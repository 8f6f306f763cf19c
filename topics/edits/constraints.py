"""The user's edits applied to a partition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from topics.discovery.condensing import compact, number_by_size
from topics.discovery.counting import join_to_count
from topics.discovery.ground import Ground
from topics.discovery.levels import find_topics
from topics.discovery.placing import place_by_draw, place_nearest
from topics.edits.edits import Anchor, Edit
from topics.hierarchy.showing import LEAST_PART

# A topic is found again where this share of the texts left of its anchor stayed together,
# in a topic that is nearly as large (``Anchor.fits``).
LEAST_KEPT = 1 / 3
LEAST_SIZE = 0.5


@dataclass(frozen=True)
class Edited:
    """A partition with the user's edits in it.

    Attributes:
        labels: int64 of shape ``(n,)``: guided topics first, then the discovered by size.
        touched: Discovered labels that an edit made: not found by discovery.
        idle: Ids of edits that find nothing to act on in this corpus, or contradict others.
        parts: By id of a split, the part that each row of the topic went to.
        rests: By id of a merge, a split or an exclusion, the earlier edits that made the topics
            it is about.
    """

    labels: NDArray[np.int64]
    touched: frozenset[int]
    idle: tuple[int, ...]
    parts: dict[int, dict[int, int]] = field(default_factory=dict)
    rests: dict[int, frozenset[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Memory:
    """What runs before did of the edits, where topics are kept.

    Attributes:
        idle: Ids of edits that found nothing to act on when topics were found.
        parts: By id of a split and content hash in hexadecimal, the part that a text went to.
        last: int64 of shape ``(n,)``: id of the topic that each row was in, -1 for none.
        leaves: The same of the finest topics.
    """

    idle: frozenset[int]
    parts: Mapping[int, Mapping[str, int]]
    last: NDArray[np.int64]
    leaves: NDArray[np.int64]


def apply_edits(
    labels: NDArray[np.int64],
    edits: Sequence[Edit],
    node_of: Mapping[str, int],
    ground: Callable[[], Ground],
    guided: Sequence[str] = (),
    memory: Memory | None = None,
    finer: Sequence[NDArray[np.int64]] = (),
) -> Edited:
    """Apply edits to a partition: merges and splits as made, then pins, then partings.

    With the pins goes what is kept out of a topic.

    A pin goes with its topic through later merges and splits.

    Args:
        labels: Shape ``(n,)``; the first numbers are the guided topics.
        edits: In the order made; renames are not looked at.
        node_of: Row of each text, by content hash in hexadecimal.
        ground: Gives the same rows; asked only for what edges or vectors decide.
        guided: Names of the guided topics.
        memory: Of a kept partition, in which what an edit was about is there still, however it
            has grown.
        finer: The levels from this one down, where there are any, each inside the one before.
    """
    board = _Board(labels.copy(), node_of, ground, guided, memory, finer)
    idle = [edit.id for edit in edits if edit.kind != "rename" and not board.take(edit)]
    idle += board.settle()
    fixed = len(guided)
    found = board.labels >= fixed
    renumbered = board.labels.copy()
    if found.any():
        renumbered[found] = fixed + number_by_size(board.labels[found])
    touched = {int(renumbered[row]) for row in np.flatnonzero(np.isin(board.labels, [*board.made]))}
    rests = {edit: makers for edit, makers in board.rests.items() if edit not in idle}
    return Edited(renumbered, frozenset(touched), tuple(sorted(idle)), board.parts, rests)


def rows_of(anchor: Anchor, node_of: Mapping[str, int]) -> NDArray[np.int64]:
    """Return the rows of an anchor that are left, the firmest first, each once."""
    rows = dict.fromkeys(node_of[one] for one in anchor.members if one in node_of)
    return np.array(list(rows), np.int64)


class _Board:
    """A partition that edits are applied to, one after the other."""

    def __init__(
        self,
        labels: NDArray[np.int64],
        node_of: Mapping[str, int],
        ground: Callable[[], Ground],
        guided: Sequence[str],
        memory: Memory | None,
        finer: Sequence[NDArray[np.int64]],
    ) -> None:
        self.labels = labels
        self.made: set[int] = set()
        self.parts: dict[int, dict[int, int]] = {}
        self.rests: dict[int, frozenset[int]] = {}
        # The edits that made each topic.
        self._makers: dict[int, frozenset[int]] = {}
        self._node_of, self._ground, self._memory, self._finer = node_of, ground, memory, finer
        self._guided = list(guided)
        self._next = max(int(labels.max(initial=-1)) + 1, len(guided))
        # The topic that each pinned row goes with, and the rows by which it was told.
        self._pins: dict[int, int] = {}
        self._anchors: dict[int, NDArray[np.int64]] = {}
        # The topics that each row is kept out of.
        self._excluded: dict[int, set[int]] = {}
        self._partings: list[tuple[int, int, int]] = []

    def take(self, edit: Edit) -> bool:
        """Merge or split, or note a pin or parting; returns whether it found its topics."""
        if self._memory and edit.id in self._memory.idle:
            return False
        found = [self._resolve(anchor) for anchor in edit.topics]
        labels = [label for label in found if label is not None]
        rows = [self._node_of[one] for one in edit.passages if one in self._node_of]
        if len(rows) < len(edit.passages):
            return False
        # Where topics are kept, a merge goes on with those that are left.
        fewer = self._memory is not None and edit.kind == "merge" and len(set(labels)) > 1
        if len(labels) < len(edit.topics) and not fewer:
            return False
        # A pin goes where its topic goes, and a parting is about passages.
        makers = frozenset[int]().union(*(self._makers.get(label, ()) for label in labels))
        if makers and edit.kind in ("merge", "split", "exclude"):
            self.rests[edit.id] = makers
        if edit.kind == "merge":
            return self._merge(labels, makers | {edit.id})
        if edit.kind == "split":
            return self._split(labels[0], edit, makers | {edit.id})
        if edit.kind == "pin":
            self._pins[rows[0]] = labels[0]
            self._anchors[rows[0]] = rows_of(edit.topics[0], self._node_of)
            self._excluded.get(rows[0], set()).discard(labels[0])
            return True
        if edit.kind == "exclude":
            self._excluded.setdefault(rows[0], set()).add(labels[0])
            if self._pins.get(rows[0]) == labels[0]:
                del self._pins[rows[0]]
            return True
        if rows[0] == rows[1]:
            return False
        self._partings.append((edit.id, rows[0], rows[1]))
        return True

    def settle(self) -> list[int]:
        """Put pinned rows in their places, then keep rows apart; returns what cannot be."""
        for row, label in self._pins.items():
            self.labels[row] = label
        for row, labels in self._excluded.items():
            if int(self.labels[row]) in labels:
                self.labels[row] = self._next_best(row, sorted(labels))
        return [edit for edit, one, other in self._partings if not self._part(one, other)]

    def _resolve(self, anchor: Anchor) -> int | None:
        if anchor.guided:
            return self._guided.index(anchor.guided) if anchor.guided in self._guided else None
        rows = rows_of(anchor, self._node_of)
        if not len(rows):
            return None
        # Counter keeps the order of first appearance among equals: the firmest members'.
        label, count = Counter(self.labels[rows].tolist()).most_common(1)[0]
        size = int((self.labels == label).sum())
        # What is far larger or smaller than what the edit was about is something else.
        alike = (
            label < len(self._guided)
            or self._memory is not None
            or anchor.fits(size, len(self.labels)) >= LEAST_SIZE
        )
        return int(label) if count >= LEAST_KEPT * len(rows) and alike else None

    def _merge(self, labels: Sequence[int], makers: frozenset[int]) -> bool:
        # A guided topic keeps its place and its name.
        into = min(labels)
        if len(set(labels)) < 2 or sorted(labels)[1] < len(self._guided):
            return False
        self.labels[np.isin(self.labels, labels)] = into
        for row, label in self._pins.items():
            self._pins[row] = into if label in labels else label
        for barred in self._excluded.values():
            if not barred.isdisjoint(labels):
                barred.add(into)
        self.made.add(into)
        self._makers[into] = makers
        return True

    def _split(self, label: int, edit: Edit, makers: frozenset[int]) -> bool:
        rows = np.flatnonzero(self.labels == label)
        parts = self._recall_parts(rows, edit.id)
        if parts is None:
            if label < len(self._guided) or len(rows) < max(edit.into, 2):
                return False
            parts = self._find_parts(rows, edit.into)
        self.parts[edit.id] = dict(zip(rows.tolist(), parts.tolist(), strict=True))
        for number, part in enumerate(np.unique(parts).tolist()):
            target = label if number == 0 else self._new_label()
            self.labels[rows[parts == part]] = target
            self.made.add(target)
            self._makers[target] = makers
            for barred in self._excluded.values():
                if label in barred:
                    barred.add(target)
        for row, pinned in self._pins.items():
            held = self._anchors[row][np.isin(self._anchors[row], rows)]
            if pinned == label and len(held):
                self._pins[row] = Counter(self.labels[held].tolist()).most_common(1)[0][0]
        return True

    def _find_parts(self, rows: NDArray[np.int64], into: int) -> NDArray[np.int64]:
        """Part rows as the first finer level does on which they lie in enough topics.

        A reader has seen these, by names that stay. Where there are none, parts are found.
        """
        for level in self._finer:
            parts = compact(level[rows])
            large = np.bincount(parts) >= LEAST_PART
            if large.sum() < max(into, 2):
                continue
            if large.all() and into in (0, len(large)):
                return number_by_size(parts)
            inside = self._ground().part(rows)
            # What was put here by hand, and topics of next to nothing, are no parts.
            parts = place_by_draw(inside.edges, np.where(large[parts], parts, -1))
            parts = compact(place_nearest(inside.unit, parts, parts >= 0))
            return join_to_count(inside, parts, into) if into else number_by_size(parts)
        inside = self._ground().part(rows)
        inside = Ground(inside.edges, inside.unit, inside.crowd)
        parts = find_topics(inside, count=into or None)
        return find_topics(inside, count=2) if parts.max(initial=0) == 0 else parts

    def _recall_parts(self, rows: NDArray[np.int64], edit: int) -> NDArray[np.int64] | None:
        """Return where a split put rows before, and others into the part that draws them most."""
        known = self._memory.parts.get(edit, {}) if self._memory else {}
        of_row = {self._node_of[key]: part for key, part in known.items() if key in self._node_of}
        parts = np.array([of_row.get(row, -1) for row in rows.tolist()], np.int64)
        if not (parts >= 0).any():
            return None
        if (parts >= 0).all():
            return parts
        inside = self._ground().part(rows)
        parts = place_by_draw(inside.edges, parts)
        return place_nearest(inside.unit, parts, parts >= 0)

    def _last_label(self, row: int) -> int | None:
        """Return the topic that holds most of what a row was with in the last run."""
        last = self._memory.last if self._memory else None
        if last is None or last[row] < 0:
            return None
        with_it = last == last[row]
        with_it[row] = False
        return int(np.bincount(self.labels[with_it]).argmax()) if with_it.any() else None

    def _part(self, one: int, other: int) -> bool:
        if self.labels[one] != self.labels[other]:
            return True
        if one in self._pins and other in self._pins:
            return False
        # Whichever was moved before is moved again.
        away = [
            row for row in (one, other) if self._last_label(row) not in (None, self.labels[row])
        ]
        mover = away[0] if len(away) == 1 else min((one, other), key=self._firmness)
        barred = [
            int(self.labels[a if mover == b else b])
            for _, a, b in self._partings
            if mover in (a, b)
        ]
        self.labels[mover] = self._next_best(mover, barred)
        return True

    def _firmness(self, row: int) -> tuple[bool, float, int]:
        """Rank rows by how unwilling they are to move: pinned ones last, then by pull."""
        return row in self._pins, float(self._pull(row)[self.labels[row]]), row

    def _pull(self, row: int) -> NDArray[np.float64]:
        """Return the edge weight from a row to each topic."""
        edges = self._ground().edges
        part = slice(edges.indptr[row], edges.indptr[row + 1])
        labels = self.labels[edges.indices[part]]
        pulls = np.bincount(labels, edges.data[part], minlength=self._next)
        return pulls.astype(np.float64)

    def _next_best(self, row: int, barred: list[int]) -> int:
        """Return the topic for a row that may not stay: the most linked, else the nearest."""
        last = self._last_label(row)
        if last is not None and last not in barred:
            return last
        pulls = self._pull(row)
        pulls[barred] = 0.0
        if pulls.any():
            return int(pulls.argmax())
        open_to = np.setdiff1d(self.labels, barred).tolist()
        if not open_to:
            label = self._new_label()
            self.made.add(label)
            return label
        unit = self._ground().unit
        middles = [unit[self.labels == label].mean(axis=0) for label in open_to]
        alike = [round(float(middle @ unit[row]), 5) for middle in middles]
        return int(open_to[int(np.argmax(alike))])

    def _new_label(self) -> int:
        self._next += 1
        return self._next - 1
