"""From distinct texts to wordings: MinHash bands, pairs, what is near, and what it comes to.

Every step is that of ``embeddings.words``; here it is told which texts it is of. What one text
does to another ends at the bounds of a connected part of the pairs that may be near copies, so
that such parts are verified apart from each other and give what they give together.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.shards.stages import Output, write_file
from embeddings.text.wording import read_many
from embeddings.words.copies import Wordings, find_wordings
from embeddings.words.minhash import SMALL_BUCKET, merge_pairs, pair_up
from embeddings.words.verifying import (
    Verifier,
    pair_all,
    rows_of_copies,
    sign_bands,
    verify_bucket,
    verify_strangers,
)
from embeddings.words.versions import Judged, Version
from topics.pipeline.sharded.parts import Part, Settings, Source, column

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Pairs gathered from bands before repeated ones are dropped: 32 MB.
_PENDING = 4_000_000
# What a row of ``components`` is: a pair that may be near, one that was aligned, a text and its
# hub, a text and the number of its pairs.
_HOPEFUL, _TRIED, _HUB, _OFTEN = range(4)


def _band_groups(settings: Settings) -> list[NDArray[np.int64]]:
    """Return the bands by the task that pairs what agrees in them."""
    bands = settings.copies.plan().bands
    return np.array_split(np.arange(bands), count_groups(settings))


def count_groups(settings: Settings) -> int:
    """Return how many groups of bands there are."""
    return min(settings.copies.plan().bands, settings.shards)


def find_bands(task: Part) -> None:
    """Sign the texts of a shard: their rows, then the keys of each group of bands."""
    import pyarrow as pa

    (bodies,) = task.reads
    options = task.settings.copies
    texts = read_many(bodies.folder.read(bodies.tasks[task.number], ["body"])["body"].to_pylist())
    rows = rows_of_copies(texts, options)
    keys = sign_bands(texts.select(rows), options.plan())
    with write_file(task) as output:
        output.add(pa.table({"value": rows.astype(np.uint32)}))
        for bands in _band_groups(task.settings):
            output.add(pa.table({"value": keys[:, bands].reshape(-1)}))


def find_candidates(task: Part) -> None:
    """Pair the texts that agree in a band: a group for each owner's shard, then large buckets."""
    bands, bodies = task.reads
    starts, count = bodies.starts, int(bodies.starts[-1])
    width = len(_band_groups(task.settings)[task.number])
    rows, keys = [np.empty(0, np.int64)], [np.empty((0, width), np.uint32)]
    for name, start in zip(bands.tasks, starts.tolist(), strict=False):
        with bands.folder.open(name) as file:
            rows.append(column(file.read_row_group(0), "value").astype(np.int64) + start)
            of_group = column(file.read_row_group(1 + task.number), "value")
            keys.append(of_group.reshape(-1, width))
    all_rows, all_keys = np.concatenate(rows), np.concatenate(keys)
    known, fresh = np.empty(0, np.int64), list[Any]()
    large: dict[bytes, NDArray[np.int64]] = {}
    for band in range(width):
        pairs, buckets = pair_up(np.ascontiguousarray(all_keys[:, band]), all_rows, count)
        fresh.append(pairs)
        large.update((bucket.tobytes(), bucket) for bucket in buckets)
        if sum(map(len, fresh)) > _PENDING:
            known, fresh = merge_pairs(known, *fresh), []
    found = _unpack(merge_pairs(known, *fresh), count)
    with write_file(task) as output:
        _add_by_owner(output, found, starts)
        sizes = [len(bucket) for bucket in large.values()]
        numbers = np.repeat(np.arange(len(large)), sizes)
        members = np.concatenate([np.empty(0, np.int64), *large.values()])
        _add(output, numbers, members)


def compare_buckets(task: Part) -> None:
    """Compare the longest text of each large bucket with the others.

    Groups: what was aligned; hubs; strangers; pairs of what is left of a bucket, by owner's shard.
    """
    candidates, bodies = task.reads
    buckets: dict[bytes, NDArray[np.int64]] = {}
    for table in candidates.each(group=task.settings.shards):
        numbers, members = column(table, "a"), column(table, "b")
        for bucket in np.split(members, np.flatnonzero(np.diff(numbers)) + 1):
            # Those of one text are likely of the same texts.
            if len(bucket) and bucket[0] % task.settings.shards == task.number:
                buckets[bucket.tobytes()] = bucket
    few, strangers = [np.empty((0, 2), np.int64)], [np.empty(0, np.int64)]
    rows = np.unique(np.concatenate([np.empty(0, np.int64), *buckets.values()]))
    verifier, _ = _open(bodies, rows, task.settings)
    for bucket in buckets.values():
        left = verify_bucket(np.searchsorted(rows, bucket), verifier)
        if len(left) > SMALL_BUCKET:
            strangers.append(rows[left])
        else:
            few.append(rows[pair_all(left)])
    with write_file(task) as output:
        _add_tried(output, verifier, rows)
        hubs = [(text, hub) for text, near in sorted(verifier.hubs.items()) for hub in sorted(near)]
        _add(output, *rows[np.array(hubs, np.int64).reshape(-1, 2)].T)
        _add(output, *(np.unique(np.concatenate(strangers)),) * 2)
        _add_by_owner(output, np.sort(np.concatenate(few), axis=1), bodies.starts)


def compare_strangers(task: Part) -> None:
    """Compare with each other what is near to the longest of no large bucket."""
    buckets, bodies = task.reads
    rows = np.unique(column(buckets.read(["a"], group=2), "a"))
    verifier, _ = _open(bodies, rows, task.settings)
    if len(rows):
        verify_strangers(np.arange(len(rows)), verifier)
    with write_file(task) as output:
        _add_tried(output, verifier, rows)


def find_hopeful(task: Part) -> None:
    """Find the pairs of an owner's shard that may be near, and in how many long ones texts are."""
    candidates, buckets, bodies = task.reads
    count = int(bodies.starts[-1])
    tables = [candidates.read(group=task.number), buckets.read(group=3 + task.number)]
    packed = [column(table, "a") * count + column(table, "b") for table in tables]
    pairs = _unpack(merge_pairs(*packed), count)
    rows = np.unique(pairs)
    verifier, _ = _open(bodies, rows, task.settings)
    local = verifier.long_enough(np.searchsorted(rows, pairs))
    often = np.bincount(local.ravel(), minlength=len(rows))
    with write_file(task) as output:
        _add(output, *rows[verifier.hopeful_pairs(local)].T)
        _add(output, rows[often > 0], often[often > 0])


def part_components(task: Part) -> None:
    """Deal out the connected parts of the pairs: a group for each task that verifies some."""
    import pyarrow as pa
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pairs, buckets, strangers = task.reads
    tables = {
        _HOPEFUL: [pairs.read(group=0)],
        _TRIED: [buckets.read(group=0), strangers.read(group=0)],
        _HUB: [buckets.read(group=1)],
        _OFTEN: [pairs.read(group=1)],
    }
    a, b, share, kind = (
        np.concatenate(parts)
        for parts in zip(
            *(
                (
                    column(table, "a"),
                    column(table, "b"),
                    column(table, "share"),
                    np.full(table.num_rows, kind, np.int8),
                )
                for kind, of_kind in tables.items()
                for table in of_kind
            ),
            strict=True,
        )
    )
    joins = kind <= _TRIED
    nodes = np.unique(np.concatenate((a[joins], b[joins])))
    ends = np.searchsorted(nodes, a[joins]), np.searchsorted(nodes, b[joins])
    graph = coo_array((np.ones(len(ends[0]), bool), ends), (len(nodes),) * 2)
    parts = connected_components(graph, directed=False)[1] if len(nodes) else np.empty(0, int)
    # Each task about as many pairs, whole parts in order.
    weights = np.bincount(parts[ends[0]])
    owner = (np.cumsum(weights) - weights) * task.settings.shards // max(1, weights.sum())
    place = np.searchsorted(nodes, a).clip(max=max(len(nodes) - 1, 0))
    known = nodes[place] == a if len(nodes) else np.zeros(len(a), bool)
    owner_of = np.full(len(a), -1)
    owner_of[known] = owner[parts[place[known]]]
    with write_file(task) as output:
        for number in range(task.settings.shards):
            mine = owner_of == number
            columns = {"a": a[mine], "b": b[mine], "share": share[mine], "kind": kind[mine]}
            output.add(pa.table(columns))


def part_wordings(task: Part) -> None:
    """Verify the pairs of whole connected parts, and gather them into wordings."""
    import pyarrow as pa

    components, bodies = task.reads
    table = components.read(group=task.number)
    kind, share = column(table, "kind"), column(table, "share")
    ends = np.stack((column(table, "a"), column(table, "b")), axis=1)
    rows = np.unique(ends[kind <= _HUB])
    verifier, contents = _open(bodies, rows, task.settings)
    tried = np.searchsorted(rows, ends[kind == _TRIED])
    for (a, b), found in zip(tried.tolist(), share[kind == _TRIED].tolist(), strict=True):
        verifier.tried.add((a, b))
        if found:
            verifier.edges[a, b] = found
    for text, hub in np.searchsorted(rows, ends[kind == _HUB]).tolist():
        verifier.hubs.setdefault(text, set()).add(hub)
    often = np.zeros(len(rows), np.int64)
    np.add.at(often, np.searchsorted(rows, ends[kind == _OFTEN, 0]), ends[kind == _OFTEN, 1])
    verifier.verify(np.unique(np.searchsorted(rows, ends[kind == _HOPEFUL]), axis=0), often)
    wordings = find_wordings(verifier, contents, Judged())
    listed = [
        (versions[0].canonical, version.canonical, text, share)
        for versions in wordings.versions
        for version in versions
        for text, share in version.shares.items()
    ]
    numbers = rows[np.array([row[:3] for row in listed], np.int64).reshape(-1, 3)]
    names = ("wording", "canonical", "text")
    shares = {"share": np.array([row[3] for row in listed], np.float64)}
    apart = rows[np.array(wordings.apart, np.int64).reshape(-1, 2)]
    none = np.full(len(apart), -1)
    with write_file(task) as output:
        output.add(pa.table(dict(zip(names, numbers.T, strict=True)) | shares))
        columns = dict(zip(names, (*apart.T, none), strict=True))
        output.add(pa.table(columns | {"share": np.zeros(len(apart))}))
        output.facts = {"candidates": wordings.candidates}


def read_wordings(wordings: Source) -> Wordings:
    """Return what the texts come to, numbered among all."""
    versions: list[list[Version]] = []
    table = wordings.read(group=0)
    rows = zip(*(table[name].to_pylist() for name in table.column_names), strict=True)
    for _, of_wording in groupby(rows, lambda row: row[0]):
        versions.append([])
        for canonical, of_version in groupby(of_wording, lambda row: row[1]):
            shares = {text: share for _, _, text, share in of_version}
            versions[-1].append(Version(canonical, shares))
    apart = wordings.read(["wording", "canonical"], group=1)
    pairs = sorted(zip(apart["wording"].to_pylist(), apart["canonical"].to_pylist(), strict=True))
    markers = (wordings.folder.find_marker(name) for name in wordings.tasks)
    return Wordings(versions, pairs, sum(one.facts["candidates"] for one in markers if one))


def _open(
    bodies: Source, rows: NDArray[np.int64], settings: Settings
) -> tuple[Verifier, list[str]]:
    """Return a verifier of some texts, numbered by their places in ``rows``; and the texts."""
    contents = bodies.take("body", rows)
    return Verifier(read_many(contents), settings.copies), contents


def _unpack(packed: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    return np.stack(np.divmod(packed, max(count, 1)), axis=1)


def _add(
    output: Output, a: NDArray[np.int64], b: NDArray[np.int64], share: Sequence[float] | None = None
) -> None:
    import pyarrow as pa

    shares = np.zeros(len(a)) if share is None else np.array(share, np.float64)
    output.add(pa.table({"a": a, "b": b, "share": shares}))


def _add_tried(output: Output, verifier: Verifier, rows: NDArray[np.int64]) -> None:
    tried = sorted(verifier.tried)
    a, b = rows[np.array(tried, np.int64).reshape(-1, 2)].T
    _add(output, a, b, [verifier.edges.get(pair, 0.0) for pair in tried])


def _add_by_owner(output: Output, pairs: NDArray[np.int64], starts: NDArray[np.int64]) -> None:
    """Write pairs, a group for each shard: that of the lower text where their sum is even."""
    low = (pairs.sum(axis=1) & 1) == 0
    shard = np.searchsorted(starts, np.where(low, *pairs.T), side="right") - 1
    for number in range(len(starts) - 1):
        _add(output, *pairs[shard == number].T)
