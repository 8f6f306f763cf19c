"""What a run over files says of topics: those of each text, and the tree with sizes and names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from embeddings.shards.stages import write_file
from topics.discovery.strips import find_places
from topics.hierarchy.tree import TopicTree
from topics.naming.describing import describe_tree
from topics.pipeline.sharded.grouping import Grouping, read_default, read_groups
from topics.pipeline.sharded.parts import Source, column, matrix
from topics.pipeline.sharded.weighing import read_strip

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Topics of so many levels below the one shown get names.
_NAMED_BELOW = 1


def list_members(task: Grouping) -> None:
    """List the texts of a strip: hash, number of the topic on each level, and how firmly there.

    A second group has the texts that a wording stands for.
    """
    import pyarrow as pa

    graph, placed, tree, nodes, bodies, wordings = task.reads
    strip, default = read_strip(graph, task.number), read_default(tree)
    labels, ends = read_groups(placed, strip, task.number)
    edges = strip.edges
    row = np.repeat(np.arange(len(labels)), np.diff(edges.indptr))
    same = labels[row, default] == ends[edges.indices, default]
    whole = np.bincount(row, edges.data, minlength=len(labels))
    firm = np.bincount(row, edges.data * same, minlength=len(labels))
    strengths = np.where(whole > 0, firm / np.maximum(whole, 1e-300), 1.0).clip(0, 1)
    numbers = _number(read_tree(tree), labels)
    own = np.array(nodes.take("body", strip.rows), np.int64)
    order = np.argsort(own)
    table = wordings.read(["wording", "text"], group=0)
    leads, texts = column(table, "wording"), column(table, "text")
    place = np.searchsorted(own[order], leads).clip(max=max(len(own) - 1, 0))
    held = (own[order][place] == leads) & (leads != texts) if len(own) else leads < 0
    copies = np.argsort(texts[held])
    with write_file(task) as output:
        for rows, bodies_of in (
            (np.arange(len(own)), own),
            (order[place[held]][copies], texts[held][copies]),
        ):
            by_text = np.argsort(bodies_of)
            hashes: list[bytes] = [b""] * len(rows)
            taken = bodies.take("hash", bodies_of[by_text])
            for at, one in zip(by_text.tolist(), taken, strict=True):
                hashes[at] = one
            columns = {f"level_{level}": numbers[rows, level] for level in range(labels.shape[1])}
            strength = strengths[rows].astype(np.float32)
            output.add(
                pa.table({"hash": pa.array(hashes, pa.binary()), **columns, "strength": strength})
            )


def read_tree(tree: Source) -> TopicTree:
    """Return the tree of topics, whose rows are atoms."""
    levels = matrix(tree.read(), "groups")
    return TopicTree(tuple(levels.T), read_default(tree))


def _number(tree: TopicTree, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the numbers of topics in ``tree.topics``, given those on their levels."""
    return np.stack([here[labels[:, level]] for level, here in enumerate(tree.places)], axis=1)


def describe_topics(task: Grouping) -> None:
    """Count the texts of all topics, and name those shown, and their parts, from a sample."""
    import pyarrow as pa

    members, tree = task.reads[0], read_tree(task.reads[1])
    levels = len(tree.levels)
    sizes = np.zeros(len(tree.topics), np.int64)
    for group in (0, 1):
        for table in members.each([f"level_{level}" for level in range(levels)], group=group):
            numbers = np.stack([column(table, one) for one in table.column_names], axis=1)
            for level in range(levels):
                fresh = numbers[:, level]
                if level:
                    fresh = fresh[fresh != numbers[:, level - 1]]
                sizes += np.bincount(fresh, minlength=len(sizes))
    names, phrases = _name(tree, task)
    topics = tree.topics
    with write_file(task) as output:
        output.add(
            pa.table(
                {
                    "topic": np.arange(len(topics)),
                    "level": np.array([one.level for one in topics], np.int64),
                    "finest": np.array([one.finest for one in topics], np.int64),
                    "parent": np.array([one.parent for one in topics], np.int64),
                    "texts": sizes,
                    "name": pa.array(names, pa.string()),
                    "keyphrases": pa.array(phrases, pa.list_(pa.string())),
                }
            )
        )
        output.facts = {"default": tree.default, "levels": levels}


def _name(tree: TopicTree, task: Grouping) -> tuple[list[str], list[list[str]]]:
    """Return names and keyphrases of the topics, empty where a topic gets none."""
    members, _, placed, summed, nodes, bodies, texts = task.reads
    sample = summed.read(group=1).sort_by("row")
    rows, vectors = column(sample, "row"), matrix(sample, "vector")
    count = min(tree.default + 1 + _NAMED_BELOW, len(tree.levels))
    levels = np.empty((len(rows), count), np.int64)
    strengths, hashes = np.empty(len(rows), np.float32), np.empty(len(rows), object)
    for given, table in zip(placed.each(["row"], group=0), members.each(group=0), strict=True):
        place, here = find_places(column(given, "row"), rows)
        for level in range(count):
            levels[here, level] = column(table, f"level_{level}")[place[here]]
        strengths[here] = column(table, "strength")[place[here]]
        hashes[here] = table["hash"].take(place[here]).to_pylist()
    known = [np.unique(levels[:, level], return_inverse=True) for level in range(count)]
    seen = TopicTree(tuple(labels for _, labels in known), tree.default)
    listed = bodies.take("body", np.array(nodes.take("body", rows), np.int64))
    documents = _find_documents(texts, hashes.tolist())
    told = describe_tree(listed, seen, strengths, vectors, documents=documents)
    names, phrases = [""] * len(tree.topics), [list[str]() for _ in tree.topics]
    for one, topic in zip(told, seen.topics, strict=True):
        number = int(known[topic.level][0][topic.label])
        names[number], phrases[number] = one.name, list(one.keyphrases)
    return names, phrases


def _find_documents(texts: Source, hashes: list[bytes]) -> list[str]:
    """Return of each text an article that has it: the first by its id."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted, found = pa.array(hashes, pa.binary()), dict[bytes, str]()
    for table in texts.each(["hash", "document"]):
        mine = table.filter(pc.is_in(table["hash"], value_set=wanted))
        for key, document in zip(
            *(mine[one].to_pylist() for one in mine.column_names), strict=True
        ):
            found[key] = min(document, found.get(key, document))
    return [found[key] for key in hashes]
