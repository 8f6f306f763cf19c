"""What a run over files would take: ``topicwire cluster --simulate N``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.errors import InputError
from embeddings.shards.notes import read_manifest
from embeddings.shards.place import Place
from topics.answers.import_files import MEMORY
from topics.pipeline.sharded.importing import Results, open_results
from topics.pipeline.sharded.plan import MOST_IMPORTED

# Dollars for an hour of one core, of a cloud's general machine on demand.
PRICE = 0.05
# Fewer passages tell nothing: a process takes longer to start than to do them. Nor do they tell of
# what grows faster than the corpus, and is little yet.
_LEAST, _LEAST_GROWING = 1000, 100_000
# A run over so many more passages than were measured is guessed.
_FAR = 100


@dataclass(frozen=True)
class Rate:
    """What some stages take, as it was measured once: ``docs/decisions/scale.md``.

    Attributes:
        name: Of them together.
        stages: Those of a run over files.
        seconds: Of a processor for a passage, where there are ``at`` passages.
        bytes: Of a passage in files.
        at: Passages of which it was measured.
        power: It grows with this power of the passages.
    """

    name: str
    stages: tuple[str, ...]
    seconds: float
    bytes: float
    at: float = 120_000
    power: float = 1.0


_COPIES = ("candidates", "buckets", "strangers", "pairs", "components", "wordings")
_TOPICS = (
    *("centres", "places", "weights", "graph", "strips", "atoms", "links", "sums", "tries"),
    *("tried", "cores", "core-links", "core-sums", "tree", "placed", "members", "topics"),
)
RATES = (
    Rate("articles", ("documents", "homes", "articles", "texts", "bodies"), 160e-6, 1000),
    Rate("bands", ("bands",), 131e-6, 520),
    Rate("copies", _COPIES, 89e-6, 60, power=1.74),
    Rate("vectors", ("vectors",), 5260e-6, 1540),
    Rate("neighbours", ("nodes", "rows", "cells", "neighbours", "lists"), 193e-6, 2600, 1e6, 1.5),
    Rate("import: relations, stories, topics, names", (), 550e-6, 5_400),
    Rate("topics in files", _TOPICS, 516e-6, 3_000),
)


@dataclass(frozen=True)
class Estimate:
    """What some stages would take.

    Attributes:
        name: Of them together.
        hours: Of one core.
        bytes: Of their files; of an import, of the database.
        source: Where the rate is from.
    """

    name: str
    hours: float
    bytes: float
    source: str


@dataclass(frozen=True)
class Simulation:
    """What a run over so many passages would take: worked out, not measured.

    Attributes:
        passages: How many.
        stages: What stages would take.
        hours: Of one core, all in all.
        bytes: All in all.
        price: Of a core-hour, in dollars.
        cost: In dollars.
        notes: What to make of it.
    """

    passages: int
    stages: tuple[Estimate, ...]
    hours: float
    bytes: float
    price: float
    cost: float
    notes: tuple[str, ...]


def simulate(passages: float, out: Path | str | None = None) -> Simulation:
    """Work out what a run over so many passages would take.

    Args:
        passages: How many.
        out: Of a finished run, whose rates are taken where it was large enough.

    Raises:
        InputError: No number of passages, or no finished run.
    """
    if not 1 <= passages < 1e12:
        raise InputError(f"--simulate {passages:g} is no number of passages; give one like 1e8.")
    place = None if out is None else Place.of_results(out)
    results = None if place is None else open_results(place, read_manifest(place))
    rates = [one for one in RATES if one.stages != _TOPICS or passages > MOST_IMPORTED]
    stages = tuple(_estimate(rate, passages, results) for rate in rates)
    hours, size = sum(one.hours for one in stages), sum(one.bytes for one in stages)
    least = min([1e6, *([results.passages] if results else [])])
    notes = []
    if passages > _FAR * least:
        notes.append(
            "The corpora that rates were measured on are a hundredth of this, or less: candidates "
            "of copies grow faster than the corpus, and may grow otherwise there."
        )
    room = MEMORY * passages / 1e9
    notes.append(
        f"The import, where topics are found, takes {room:,.0f} GB of one machine's memory."
        + (" Topics in files do without it." if passages > MOST_IMPORTED else "")
    )
    return Simulation(int(passages), stages, hours, size, PRICE, hours * PRICE, tuple(notes))


def _estimate(rate: Rate, passages: float, results: Results | None) -> Estimate:
    measured = None if results is None else _measure(rate, results)
    source = f"{rate.seconds * 1e6:,.0f} us a passage at {rate.at:,.0f}"
    if measured is not None and results is not None:
        source = f"{measured.seconds * 1e6:,.0f} us a passage, measured there"
    rate = measured or rate
    grown = (passages / rate.at) ** (rate.power - 1)
    # What grows faster writes more of it, too; neighbours are as many whatever they took.
    larger = grown if rate.name == "copies" else 1.0
    hours = rate.seconds * grown * passages / 3600
    if rate.power > 1:
        source += f", to the power of {rate.power:g}"
    return Estimate(rate.name, hours, rate.bytes * larger * passages, source)


def _measure(rate: Rate, results: Results) -> Rate | None:
    """Return a rate as the last run had it; nothing where it was too small to tell."""
    spent: dict[str, Any] = results.manifest.get("spent", {})
    count = results.passages
    least = _LEAST if rate.power == 1 else _LEAST_GROWING
    # Few rows are compared with all others, which tells nothing of a search in cells.
    searched = "cells" in results.stages or rate.name != "neighbours"
    mine = [name for name in results.stages if name in rate.stages or name[:-2] in rate.stages]
    # Of a stage that was done before the run was killed, nobody noted what it took.
    told = all(spent.get(name, {}).get("tasks") for name in mine)
    if count < least or not searched or not mine or not told:
        return None
    seconds = sum(
        spent[name]["work"] * len(results.markers[name]) / spent[name]["tasks"] for name in mine
    )
    size = sum(one.size for name in mine for one in results.markers[name].values())
    return Rate(rate.name, rate.stages, seconds / count, size / count, count, rate.power)
