"""Who repeats whom, outlet by outlet, and how much of each outlet stood nowhere before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from topics.coverage.articles.articles import Article
from topics.coverage.credit.owners import Owners
from topics.coverage.reuse.corpus import Coverage
from topics.coverage.reuse.origins import trace_words
from topics.coverage.reuse.timelines import Origin
from topics.coverage.reuse.word_kinds import EARLIER, KINDS, ORIGINAL, UNORDERED, WordTrace

# A passage counts for a pair of outlets when this share of its words does.
_PASSAGE_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class OutletReuse:
    """What two outlets have in common.

    Where it is known who had it first, ``outlet`` has it from ``source``. Where it is not, the
    pair is given once, the outlets in alphabetical order, and what each has that stands in the
    other too is counted on either side. The two sides differ: words that stand in a third
    outlet as well may be laid to that one on one side.

    Attributes:
        outlet: An outlet; ``""`` for unknown.
        source: The other; ``""`` for unknown.
        directed: Whether ``source`` surely had the words first.
        words: Words of ``outlet``. Those that several outlets may have had first are shared
            out.
        source_words: Where the order is not known, words of ``source``; else, and between
            articles that are both of unknown outlet, 0.
        uncertain_words: Of both, the ones shared out.
        credited_words: Of both, those in articles credited to an agency alone: they may have
            come from it to both outlets.
        passages: Passages, on either side, that are for the greater part made of such words.
        articles: Articles, on either side, that hold any such word.
    """

    outlet: str
    source: str
    directed: bool
    words: int
    source_words: int
    uncertain_words: int
    credited_words: int
    passages: int
    articles: int


@dataclass(frozen=True, slots=True)
class OutletLine:
    """Of what an outlet's words are made, in this corpus. The counts add up to ``words``.

    Attributes:
        outlet: The outlet, ``""`` for all articles whose outlet is not known.
        articles: Its articles.
        words: Their words, furniture of the page left out.
        original: Stood nowhere before, and are none of the following.
        wire: Stood nowhere before, in articles credited to an agency alone.
        earlier: Stood in another outlet before.
        unordered: Stand in another outlet too, and it is not known who was first.
        self: Repeat the outlet itself.
        quote: Quotations that others have as well.
        boilerplate: Repeated whatever the story.
        undated: Articles without a date.
        owner: Its owner, where a file of owners names one, else the outlet itself.
        original_share: ``original`` as a share of ``words``.
    """

    outlet: str
    articles: int
    words: int
    original: int
    wire: int
    earlier: int
    unordered: int
    self: int
    quote: int
    boilerplate: int
    undated: int
    owner: str
    original_share: float


@dataclass(frozen=True, slots=True)
class OutletReport:
    """Reuse between the outlets of a corpus.

    Attributes:
        outlets: A row for each outlet, by words, most first; then by name.
        reuse: Pairs of outlets that have words in common, most words first, by the side that
            has more. An outlet's own repetition is in its row only.
        unnamed_words: Reused words for which more than ``timelines.MOST_TIED`` outlets are equally
            likely; they are in the outlets' rows and in no pair.
        strangers: Outlets that the file of owners names and that are not in the corpus.
    """

    outlets: tuple[OutletLine, ...]
    reuse: tuple[OutletReuse, ...]
    unnamed_words: int
    strangers: tuple[str, ...]


def measure_outlets(coverage: Coverage) -> OutletReport:
    """Measure how much of each outlet stood before in each other one, each its own owner.

    All articles are laid beside those of other stories, too, for words that are not found
    within their own.
    """
    trace = trace_words(coverage, beyond=True)
    reuse, unnamed = _count_pairs(coverage.articles, trace, coverage.wire)
    return OutletReport(_count_outlets(coverage.articles, trace), reuse, unnamed, ())


def name_owners(report: OutletReport, owners: Owners) -> OutletReport:
    """Return a report with who owns each outlet."""
    lines = tuple(replace(one, owner=owners.of(one.outlet)) for one in report.outlets)
    return replace(report, outlets=lines, strangers=owners.strangers(one.outlet for one in lines))


def _count_outlets(articles: Sequence[Article], trace: WordTrace) -> tuple[OutletLine, ...]:
    counts = np.zeros(len(articles) * len(KINDS), np.int64)
    for rows, words in trace.parts():
        number = np.repeat(trace.article_of[rows], trace.texts.lengths[rows])
        known = number >= 0
        keys = number[known] * len(KINDS) + trace.kinds[words][known]
        counts += np.bincount(keys, minlength=len(counts))
    by_outlet: dict[str, NDArray[np.int64]] = defaultdict(lambda: np.zeros(len(KINDS), np.int64))
    for article, kinds in zip(articles, counts.reshape(-1, len(KINDS)), strict=True):
        by_outlet[article.document.source] += kinds
    held = Counter(article.document.source for article in articles)
    undated = Counter(a.document.source for a in articles if not a.document.published)
    lines = [
        OutletLine(
            outlet=outlet,
            articles=held[outlet],
            words=int(kinds.sum()),
            **dict(zip(KINDS, kinds.tolist(), strict=True)),
            undated=undated[outlet],
            owner=outlet,
            original_share=round(float(kinds[ORIGINAL] / max(1, kinds.sum())), 4),
        )
        for outlet, kinds in by_outlet.items()
    ]
    return tuple(sorted(lines, key=lambda line: (-line.words, line.outlet)))


# An outlet, where its words stand too, and whether they surely stood there before.
_Pair = tuple[str, str, bool]


def _count_pairs(
    articles: Sequence[Article], trace: WordTrace, wire: Collection[int]
) -> tuple[tuple[OutletReuse, ...], int]:
    """Add up the words by outlet, source and direction; returns also what has no source."""
    unnamed = 0
    # By outlet, sources and direction: all words, and those credited to an agency.
    sums: dict[tuple[str, tuple[str, ...], bool], list[int]] = defaultdict(lambda: [0, 0])
    in_row: Counter[tuple[int, _Pair]] = Counter()
    for row, origin, count in _count_origins(trace):
        if not origin.outlets:
            unnamed += count
            continue
        article = int(trace.article_of[row])
        outlet, directed = articles[article].document.source, origin.kind == "earlier"
        total = sums[outlet, origin.outlets, directed]
        total[0] += count
        total[1] += count if article in wire else 0
        for source in origin.outlets:
            in_row[row, _name_pair(outlet, source, directed)] += count
    passages: Counter[_Pair] = Counter()
    holders: dict[_Pair, set[int]] = defaultdict(set)
    for (row, pair), count in in_row.items():
        passages[pair] += count >= _PASSAGE_SHARE * int(trace.texts.lengths[row])
        holders[pair].add(int(trace.article_of[row]))
    # Each source has its part of the words that several may have had first. Shared out once
    # for all words of the same sources, so that what cannot be shared is less than one each.
    words: Counter[tuple[_Pair, bool]] = Counter()
    uncertain: Counter[_Pair] = Counter()
    credited: Counter[_Pair] = Counter()
    for (outlet, sources, directed), total in sums.items():
        for place, source in enumerate(sources):
            pair = _name_pair(outlet, source, directed)
            part, of_wire = (n // len(sources) + (place < n % len(sources)) for n in total)
            words[pair, pair[0] != outlet] += part
            uncertain[pair] += part if len(sources) > 1 else 0
            credited[pair] += of_wire
    found = [
        OutletReuse(
            *pair,
            words=words[pair, False],
            source_words=words[pair, True],
            uncertain_words=uncertain[pair],
            credited_words=credited[pair],
            passages=passages[pair],
            articles=len(holders[pair]),
        )
        for pair in holders
        if words[pair, False] or words[pair, True]
    ]
    found.sort(key=lambda c: (-max(c.words, c.source_words), c.outlet, c.source, c.directed))
    return tuple(found), unnamed


def _count_origins(trace: WordTrace) -> Iterator[tuple[int, Origin, int]]:
    """Count the words of each passage that are from each origin, others' outlets only."""
    for rows, words in trace.parts():
        kinds = trace.kinds[words]
        counted = np.flatnonzero((kinds == EARLIER) | (kinds == UNORDERED))
        row_of = np.repeat(np.arange(rows.start, rows.stop), trace.texts.lengths[rows])[counted]
        keys = row_of * max(1, len(trace.origins)) + trace.of_word[words][counted]
        keys, counts = np.unique(keys, return_counts=True)
        for key, count in zip(keys.tolist(), counts.tolist(), strict=True):
            row, place = divmod(key, len(trace.origins))
            yield row, trace.origins[place], count


def _name_pair(outlet: str, source: str, directed: bool) -> _Pair:
    """Name two outlets, the same from either side where nobody knows the order."""
    return (*((outlet, source) if directed else sorted((outlet, source))), directed)
