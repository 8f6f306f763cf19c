"""Who repeats whom, outlet by outlet, and how much of each outlet stood nowhere before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from embeddings.documents import Passage
from embeddings.words.copies import CopyGroup
from topics.coverage.articles.articles import Article
from topics.coverage.credit.owners import Owners
from topics.coverage.reuse.origins import Pair, trace_words
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


def measure_outlets(
    passages: Sequence[Passage],
    articles: Sequence[Article],
    groups: Sequence[CopyGroup],
    relations: Sequence[Pair] = (),
    *,
    wire: Collection[int] = (),
    stories: Sequence[Collection[int]] = (),
    owners: Owners | None = None,
) -> OutletReport:
    """Measure how much of each outlet stood before in each other one.

    Args:
        passages: Of the corpus.
        articles: Of the corpus.
        groups: Copies among the passages.
        relations: Containments, and wordings whose facts differ.
        wire: Numbers of articles credited to an agency alone that is not their outlet.
        stories: Article numbers of each story, each article in one at most. Its articles are
            laid side by side as a whole, so that a sentence reused inside a longer paragraph
            is found; between articles of two stories only passages are compared. They help
            to find boilerplate, too.
        owners: Who owns which outlet.
    """
    known = owners or Owners()
    trace = trace_words(passages, articles, groups, relations, stories=stories, wire=wire)
    cells, unnamed = _fill(articles, trace, frozenset(wire))
    lines = _count_outlets(articles, trace, known)
    return OutletReport(lines, cells, unnamed, known.strangers(one.outlet for one in lines))


def _count_outlets(
    articles: Sequence[Article], trace: WordTrace, owners: Owners
) -> tuple[OutletLine, ...]:
    names = sorted({article.document.source for article in articles})
    place = {name: index for index, name in enumerate(names)}
    of_article = np.array([place[a.document.source] for a in articles] or [0], np.int64)
    number = np.repeat(trace.article_of, trace.texts.lengths)
    known = number >= 0
    counts = np.bincount(
        of_article[number[known]] * len(KINDS) + trace.kinds[known],
        minlength=len(names) * len(KINDS),
    ).reshape(len(names), len(KINDS))
    held = Counter(article.document.source for article in articles)
    undated = Counter(a.document.source for a in articles if not a.document.published)
    rows = []
    for name, kinds in zip(names, counts.tolist(), strict=True):
        words, own = sum(kinds), kinds[ORIGINAL]
        share = round(own / words, 4) if words else 0.0
        rows.append(
            OutletLine(
                outlet=name,
                articles=held[name],
                words=words,
                **dict(zip(KINDS, kinds, strict=True)),
                undated=undated[name],
                owner=owners.of(name),
                original_share=share,
            )
        )
    return tuple(sorted(rows, key=lambda row: (-row.words, row.outlet)))


# An outlet, where its words stand too, and whether they surely stood there before.
_Name = tuple[str, str, bool]


class _Cell:
    """What two outlets have in common, as it is added up."""

    def __init__(self) -> None:
        self.words = [0, 0]
        self.uncertain = self.credited = self.passages = 0
        self.articles: set[int] = set()

    def describe(self, name: _Name) -> OutletReuse:
        words, source_words = self.words
        return OutletReuse(
            *name,
            words,
            source_words,
            self.uncertain,
            self.credited,
            self.passages,
            len(self.articles),
        )


def _fill(
    articles: Sequence[Article], trace: WordTrace, wire: Collection[int]
) -> tuple[tuple[OutletReuse, ...], int]:
    """Add up the words by outlet, source and direction; returns also what has no source."""
    cells: dict[_Name, _Cell] = defaultdict(_Cell)
    counted = np.flatnonzero((trace.kinds == EARLIER) | (trace.kinds == UNORDERED))
    rows = np.repeat(np.arange(len(trace.texts)), trace.texts.lengths)[counted]
    places = trace.of_word[counted].astype(np.int64)
    keys, counts = np.unique(rows * max(1, len(trace.origins)) + places, return_counts=True)
    unnamed = 0
    # Words, and those of them credited to an agency, by outlet, sources and direction.
    sums: dict[tuple[str, tuple[str, ...], bool], list[int]] = defaultdict(lambda: [0, 0])
    in_row: dict[tuple[int, _Name], int] = defaultdict(int)
    for key, count in zip(keys.tolist(), counts.tolist(), strict=True):
        row, place = divmod(key, len(trace.origins))
        origin = trace.origins[place]
        if not origin.outlets:
            unnamed += count
            continue
        article = int(trace.article_of[row])
        outlet, directed = articles[article].document.source, origin.kind == "earlier"
        total = sums[outlet, origin.outlets, directed]
        total[0] += count
        total[1] += count if article in wire else 0
        for source in origin.outlets:
            in_row[row, _cell_name(outlet, source, directed)] += count
    _share_out(sums, cells)
    lengths = trace.texts.lengths.tolist()
    for (row, name), count in in_row.items():
        cells[name].articles.add(int(trace.article_of[row]))
        cells[name].passages += count >= _PASSAGE_SHARE * lengths[row]
    reuse = [cell.describe(name) for name, cell in cells.items() if any(cell.words)]
    reuse.sort(
        key=lambda c: (-max(c.words, c.source_words), c.outlet, c.source, c.directed),
    )
    return tuple(reuse), unnamed


def _cell_name(outlet: str, source: str, directed: bool) -> _Name:
    """Name the cell of two outlets, the same from either side where nobody knows the order."""
    if directed:
        return outlet, source, True
    return min(outlet, source), max(outlet, source), False


def _share_out(
    sums: Mapping[tuple[str, tuple[str, ...], bool], Sequence[int]], cells: Mapping[_Name, _Cell]
) -> None:
    """Give each source its part of the words that several may have had first.

    Shared out once for all words of an outlet and the same sources, so that what cannot be
    shared is less than one word each.
    """
    for (outlet, sources, directed), (words, credited) in sums.items():
        for index, source in enumerate(sources):
            name = _cell_name(outlet, source, directed)
            part, part_credited = (
                number // len(sources) + (index < number % len(sources))
                for number in (words, credited)
            )
            cell = cells[name]
            cell.words[name[0] != outlet] += part
            cell.credited += part_credited
            cell.uncertain += part if len(sources) > 1 else 0
