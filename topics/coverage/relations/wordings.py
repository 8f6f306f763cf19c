"""Relations by wording: versions of one text with other facts, and texts inside longer ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from embeddings.documents import Document, Passage
from embeddings.text.keeping import keep_value, key_of
from embeddings.text.normalising import hash_text
from embeddings.text.wording import WordedTexts, read_many
from embeddings.words.alignment import compare
from embeddings.words.copies import CopySurvey
from embeddings.words.steps import Step
from topics.coverage.relations.containment import (
    contained_pairs,
    lay_beside,
    recall_described,
)
from topics.coverage.relations.relations import Relation, RelationOptions, Sourced
from topics.coverage.relations.shared_runs import check_runs, find_candidates


def relate_versions(
    passages: Sequence[Passage], documents: Mapping[str, Document], survey: CopySurvey
) -> list[Relation]:
    """Relate the versions of one wording that were kept apart, since their facts conflict.

    One pair for each version but the leader's, with the ``Comparison`` of the two texts; of
    their copies, two that stand in different documents are chosen, across outlets if any do.

    Args:
        passages: Those of the survey.
        documents: By id, see ``find_relations``.
        survey: What ``survey_copies`` found.

    Returns:
        By falling share of words in common.
    """
    corpus = Sourced(passages, documents, np.zeros(len(passages), np.int64))
    members = {group.canonical: group.members for group in survey.groups}
    relations = []
    for pair in survey.conflicting:
        sides = []
        for row in pair:
            digest = hash_text(passages[row].body)
            rows = [one for one in members.get(row, (row,))
                    if hash_text(passages[one].body) == digest]  # fmt: skip
            sides.append(corpus.sort(rows))
        chosen = _choose(sides[0], sides[1], corpus) or (sides[0][0], sides[1][0])
        first, second = sorted(chosen, key=corpus.order)
        evidence = compare(passages[first].body, passages[second].body)
        across = corpus.across(first, second)
        relations.append(Relation("near_copy", first, second, evidence, across))
    relations.sort(key=lambda r: (-r.score, corpus.order(r.a), corpus.order(r.b)))
    return relations


def relate_judged(
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    kind: Literal["contains", "same_event"],
    pairs: Sequence[tuple[str, str]],
) -> list[Relation]:
    """Relate pairs because the user said so, with the ``Comparison`` of the two as evidence.

    Args:
        passages: In any order.
        documents: By id.
        kind: What the user said.
        pairs: Of bodies, as ``hash_text(body).hex()``; those that are not there are passed
            over, and so are those that stand in one document only.
    """
    corpus = Sourced(passages, documents, np.zeros(len(passages), np.int64))
    wanted = {key for pair in pairs for key in pair}
    rows_of: dict[str, list[int]] = defaultdict(list)
    for row, passage in enumerate(passages):
        key = hash_text(passage.body).hex() if wanted else ""
        if key in wanted:
            rows_of[key].append(row)
    found = []
    for pair in sorted(pairs):
        sides = [corpus.sort(rows_of[key]) for key in pair]
        chosen = _choose(sides[0], sides[1], corpus)
        if chosen is not None:
            a, b = chosen if kind == "contains" else sorted(chosen, key=corpus.order)
            evidence = compare(passages[a].body, passages[b].body)
            found.append(Relation(kind, a, b, evidence, corpus.across(a, b)))
    return found


def find_contained(
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    nodes: Sequence[int] | NDArray[np.integer],
    *,
    options: RelationOptions | None = None,
    scattered: bool = False,
) -> list[Relation]:
    """Find texts that stand, edited in places, inside longer ones.

    Needs no vectors. See ``find_relations`` for the other arguments.

    Args:
        passages: Paragraphs, or whole articles.
        documents: See ``find_relations``.
        nodes: See ``find_relations``.
        options: What counts.
        scattered: Also find texts that stand in blocks all over the longer one, in any
            order: for whole articles, cut down from a longer story.
    """
    options = options or RelationOptions()
    corpus = Sourced(passages, documents, np.asarray(nodes, dtype=np.int64))
    rows_by_hash: dict[bytes, list[int]] = defaultdict(list)
    for row, passage in enumerate(passages):
        if corpus.nodes[row] >= 0:
            rows_by_hash[hash_text(passage.body)].append(row)
    hashes = sorted(rows_by_hash)
    groups = [corpus.sort(rows_by_hash.pop(digest)) for digest in hashes]
    nodes_of_texts = corpus.nodes[[rows[0] for rows in groups]]
    # An answer to a pair mostly leaves all that they hang on as it was.
    standing = keep_value(
        "standing 1",
        key_of(repr((options, scattered)), b"".join(hashes), nodes_of_texts.tobytes()),
        lambda: _find_standing(
            read_many(passages[rows[0]].body for rows in groups),
            hashes,
            nodes_of_texts,
            options,
            scattered=scattered,
        ),
    )
    relations = []
    for longer, shorter, shift in standing:
        pair = _choose(groups[longer], groups[shorter], corpus)
        if pair is not None:
            bodies = passages[pair[0]].body, passages[pair[1]].body
            evidence = recall_described(*bodies, shift, scattered=scattered)
            relations.append(Relation("contains", *pair, evidence, corpus.across(*pair)))
    return relations


def _find_standing(
    texts: WordedTexts,
    hashes: Sequence[bytes],
    nodes: NDArray[np.int64],
    options: RelationOptions,
    *,
    scattered: bool,
) -> list[tuple[int, int, int]]:
    """Find the longer and the shorter text of each two nodes, and where it begins; most first."""
    found = find_candidates(texts, options.contained_words, nodes)
    pairs = zip(found.pairs.tolist(), found.shifts.tolist(), strict=True)
    shifts = {(longer, shorter): shift for (longer, shorter), shift in pairs}
    best: dict[tuple[int, int], tuple[float, int, int]] = {}
    for longer, shorter, share in contained_pairs(
        texts, hashes, found, options.contained_share,
        least_firm=options.contained_firm, scattered=scattered,
    ):  # fmt: skip
        key = int(nodes[longer]), int(nodes[shorter])
        if key not in best or share > best[key][0]:
            best[key] = share, longer, shorter
    ordered = sorted(best.values(), key=lambda b: (-b[0], b[1], b[2]))
    return [(longer, shorter, shifts[longer, shorter]) for _, longer, shorter in ordered]


def check_contained(
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    nodes: Sequence[int] | NDArray[np.integer],
    rows: tuple[int, int],
    *,
    options: RelationOptions | None = None,
    scattered: bool = False,
) -> Iterator[Step]:
    """Test whether one passage contains another, as ``find_contained`` does.

    Args:
        passages: See ``find_contained``.
        documents: See ``find_contained``.
        nodes: See ``find_contained``.
        rows: The longer passage, and the shorter one.
        options: See ``find_contained``.
        scattered: See ``find_contained``.
    """
    options = options or RelationOptions()
    corpus = Sourced(passages, documents, np.asarray(nodes, dtype=np.int64))
    of_two = corpus.check_documents(*rows)
    if not of_two.passed:
        yield of_two
    texts = read_many(passages[row].body for row in rows)
    yield from check_runs(texts, corpus.nodes[list(rows)], options.contained_words)
    for *_, standing in lay_beside(texts, find_candidates(texts, 1, np.arange(2)), scattered):
        yield from standing.check(options.contained_share, options.contained_firm)


def _choose(a: Sequence[int], b: Sequence[int], corpus: Sourced) -> tuple[int, int] | None:
    """Pick the rows that stand for two texts: across outlets if there are such."""
    inside = None
    for row_a in corpus.one_of_each(a):
        for row_b in corpus.one_of_each(b):
            if corpus.across(row_a, row_b):
                return row_a, row_b
            if inside is None and corpus.check_documents(row_a, row_b).passed:
                inside = row_a, row_b
    return inside
