"""The stages from lists of neighbours to topics, in their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from topics.discovery.communities import RUNS_AGREE, SWEEPS, default_resolution
from topics.discovery.ground import atom_resolution
from topics.discovery.levels import CLOSER
from topics.pipeline.sharded import describing, grouping, weighing
from topics.pipeline.sharded.grouping import Grouping
from topics.pipeline.sharded.memory import needs_of

if TYPE_CHECKING:
    from topics.pipeline.sharded.plan import Sharded

# Rows of a strip: its edges and Leiden's copy of them take a gigabyte.
STRIP_ROWS = 250_000
# Up to so many rows one worker holds the graph of all, some 5 GB.
HEAD_ROWS = 1_000_000
# Rounds in which rows move among atoms, and among topics.
MOVES, SETTLES = 2, 2
# Runs of Leiden in a strip: rows that all put together are an atom.
WAYS = 2


@dataclass
class Finding:
    """The stages of one run that find topics.

    Attributes:
        sharded: The run; its stages to ``lists`` are done.
        rows: In the graph.
        strips: That it is cut into.
        whole: The weight of the graph, and of that what lies inside strips; once it is made.
    """

    sharded: Sharded
    rows: int
    strips: int
    whole: tuple[float, float] = (0.0, 0.0)

    def do(
        self,
        name: str,
        work: Callable[[Any], None],
        after: Sequence[str],
        resolutions: tuple[float, ...] = (),
        *,
        once: bool = False,
        half: bool = False,
    ) -> str:
        """Do a stage, by strips or once; returns its name."""
        sharded = self.sharded
        reads = tuple(sharded.made[one] for one in after)
        options = {"strips": self.strips, "resolutions": resolutions, "half": half}
        folder, inputs = sharded.open(name, reads, options)
        tasks = [
            Grouping(
                *(folder, f"{number:05d}", inputs, number, sharded.settings, reads),
                *(self.rows, self.strips, self.whole[0], resolutions, half),
            )
            for number in range(1 if once else self.strips)
        ]
        rows = self.rows / len(tasks)  # of a strip, or all
        sharded.finish(folder, work, tasks, needs_of(work.__name__, rows))
        return name

    def move(
        self,
        work: Callable[[Any], None],
        last: str,
        resolutions: tuple[float, ...],
        rounds: int,
        after: Sequence[str] = (),
    ) -> str:
        """Move rows in rounds, all of them in odd ones; returns the name of the last."""
        name = last
        for number in range(rounds):
            reads = ["graph", last, *after]
            last = self.do(f"{name}-{number + 1}", work, reads, resolutions, half=number % 2 == 1)
        return last

    def weigh(self) -> None:
        """Make the graph."""
        self.do("centres", weighing.draw_centres, ["vectors", "nodes"], once=True)
        self.do("places", weighing.place_rows, ["vectors", "nodes", "lists", "centres"])
        self.do("weights", weighing.weigh_rows, ["lists", "places"])
        self.do("graph", weighing.unite_rows, ["weights", "places"])
        self.sharded.let_go("weights")
        facts = [one.facts for _, one in sorted(self.sharded.markers["graph"].items())]
        whole, inside = (sum(one[name] for one in facts) for name in ("whole", "inside"))
        self.whole = whole, inside

    def find_exactly(self) -> tuple[str, str]:
        """Find topics on the graph of all rows; returns the stages of rows and of the sample."""
        self.do("tree", grouping.group_rows, ["graph", "places"], once=True)
        self.do("sums", grouping.sample_rows, ["places"])
        return self.do("placed", grouping.spread_groups, ["graph", "tree"]), "sums"

    def find_from_atoms(self) -> tuple[str, str]:
        """Find topics on a graph of atoms; returns the stages of rows and of sums."""
        usual = default_resolution(self.rows)
        fine = (atom_resolution(self.rows),) * WAYS
        found = self.do("strips", grouping.part_strip, ["graph"], fine)
        found = self.move(grouping.move_strip, found, fine, MOVES)
        atoms = self.do("atoms", grouping.part_again, ["graph", found])
        self.do("links", grouping.link_atoms, ["graph", atoms])
        self.do("sums", grouping.sum_atoms, [atoms, "places"])
        # Rows of one atom that move to several communities are no atom. So it is on one machine:
        # rows move in each of the runs that are to agree.
        ways = (usual,) * RUNS_AGREE + (CLOSER * usual,) * RUNS_AGREE
        self.do("tries", grouping.try_topics, ["links", "sums"], ways, once=True)
        tried = self.do("tried", grouping.spread_groups, ["graph", atoms, "tries"])
        tried = self.move(grouping.move_strip, tried, ways, SWEEPS)
        cores = self.do("cores", grouping.part_again, ["graph", tried])
        self.do("core-links", grouping.link_atoms, ["graph", cores])
        self.do("core-sums", grouping.sum_atoms, [cores, "places"])
        self.do("tree", grouping.group_atoms, ["core-links", "core-sums"], once=True)
        placed = self.do("placed", grouping.spread_groups, ["graph", cores, "tree"])
        placed = self.move(grouping.settle_strip, placed, (usual,), SETTLES, ["tree"])
        return placed, "core-sums"


def place_topics(sharded: Sharded) -> tuple[str, str]:
    """Find topics from ``lists`` on; returns the stages of rows' topics, and of a sample."""
    rows = int(sharded.made["lists"].starts[-1])
    finding = Finding(sharded, rows, max(1, -(-rows // STRIP_ROWS)))
    finding.weigh()
    exact = rows <= HEAD_ROWS
    placed = finding.find_exactly() if exact else finding.find_from_atoms()
    whole, inside = finding.whole
    share = round(inside / whole, 3) if whole else 1.0
    sharded.run.describe(topics={"exact": exact, "strips": finding.strips, "inside": share})
    return placed


def find_topics_by_strips(sharded: Sharded) -> None:
    """Find topics from ``lists`` on, those of each text, and their names."""
    placed, sums = place_topics(sharded)
    rows = int(sharded.made["lists"].starts[-1])
    finding = Finding(sharded, rows, len(sharded.made["graph"].tasks))
    of_text = ["graph", placed, "tree", "nodes", "bodies", "wordings"]
    finding.do("members", describing.list_members, of_text)
    told = ["members", "tree", placed, sums, "nodes", "bodies", "texts"]
    finding.do("topics", describing.describe_topics, told, once=True)
