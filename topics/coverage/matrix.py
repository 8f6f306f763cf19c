"""Who repeats whom, outlet by outlet, and how much of each outlet stood nowhere before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.copies import CopyGroup
from embeddings.documents import Passage
from embeddings.wording import WordedTexts
from topics.coverage.articles import Article
from topics.coverage.boilerplate import find_boilerplate
from topics.coverage.origins import Pair, WordOrigins, trace_origins, words_of_rows
from topics.coverage.word_kinds import EARLIER, KINDS, UNORDERED, tell_words

# A passage counts for a pair of outlets when this share of its words does.
_PASSAGE_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class OutletReuse:
    """What of one outlet stood in another.

    Attributes:
        outlet: The outlet whose words they are; ``""`` for unknown.
        source: The outlet where they stood before; ``""`` for unknown. Where the order is
            not known, where they stood too.
        directed: Whether ``source`` surely had them first.
        words: Words. Those that several outlets may have had first are shared out.
        uncertain_words: Of these, the ones shared out.
        credited_words: Of the words, those in articles credited to an agency alone: they
            may have come from it to both.
        passages: Passages that are, for the greater part, made of such words.
        articles: Articles with such a passage.
    """

    outlet: str
    source: str
    directed: bool
    words: int
    uncertain_words: int
    credited_words: int
    passages: int
    articles: int


@dataclass(frozen=True, slots=True)
class OutletShare:
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

    def share(self, kind: str) -> float:
        """Return the share of its words of one kind, e.g. ``"original"``; 0.0 of none."""
        count: int = getattr(self, kind)
        return count / self.words if self.words else 0.0


@dataclass(frozen=True, slots=True)
class OutletMatrix:
    """Reuse between outlets.

    Attributes:
        outlets: One row for each outlet, by words, most first; then by name.
        reuse: Pairs of outlets that have words in common, most words first. An outlet's own
            repetition is in its row only.
        unnamed_words: Reused words for which more than ``timelines.MOST_TIED`` outlets are equally
            likely; they are in the outlets' rows and in no pair.
    """

    outlets: tuple[OutletShare, ...]
    reuse: tuple[OutletReuse, ...]
    unnamed_words: int


def measure_outlets(
    passages: Sequence[Passage],
    articles: Sequence[Article],
    groups: Sequence[CopyGroup],
    relations: Sequence[Pair] = (),
    *,
    wire: Collection[int] = (),
    stories: Sequence[Collection[int]] = (),
    texts: WordedTexts | None = None,
) -> OutletMatrix:
    """Measure how much of each outlet stood before in each other one.

    Args:
        passages: Of the corpus.
        articles: Of the corpus.
        groups: Copies among the passages.
        relations: Containments, and wordings whose facts differ.
        wire: Numbers of articles credited to an agency alone that is not their outlet.
        stories: Article numbers of each story; help to find boilerplate.
        texts: The words of the passages' bodies, if they have been read.
    """
    origins = trace_origins(passages, articles, groups, relations, texts)
    rote = find_boilerplate(articles, groups, stories)
    kinds = tell_words(passages, articles, origins, boilerplate=rote, wire=wire)
    cells, unnamed = _fill(articles, origins, kinds, frozenset(wire))
    return OutletMatrix(_count_outlets(articles, origins, kinds), cells, unnamed)


def _count_outlets(
    articles: Sequence[Article], origins: WordOrigins, kinds: NDArray[np.uint8]
) -> tuple[OutletShare, ...]:
    names = sorted({article.document.source for article in articles})
    place = {name: index for index, name in enumerate(names)}
    of_article = np.array([place[a.document.source] for a in articles] or [0], np.int64)
    number = origins.article_of[words_of_rows(origins.texts)]
    known = number >= 0
    counts = np.bincount(
        of_article[number[known]] * len(KINDS) + kinds[known],
        minlength=len(names) * len(KINDS),
    ).reshape(len(names), len(KINDS))
    held = Counter(article.document.source for article in articles)
    undated = Counter(a.document.source for a in articles if not a.document.published)
    rows = [
        OutletShare(
            outlet=name,
            articles=held[name],
            words=int(counts[index].sum()),
            undated=undated[name],
            **dict(zip(KINDS, counts[index].tolist(), strict=True)),
        )
        for index, name in enumerate(names)
    ]
    return tuple(sorted(rows, key=lambda row: (-row.words, row.outlet)))


class _Cell:
    """What one outlet has from another, as it is added up."""

    def __init__(self) -> None:
        self.words = self.uncertain = self.credited = self.passages = 0
        self.articles: set[int] = set()


def _fill(
    articles: Sequence[Article],
    origins: WordOrigins,
    kinds: NDArray[np.uint8],
    wire: Collection[int],
) -> tuple[tuple[OutletReuse, ...], int]:
    """Add up the words by outlet, source and direction; returns also what has no source."""
    cells: dict[tuple[str, str, bool], _Cell] = defaultdict(_Cell)
    counted = np.flatnonzero((kinds == EARLIER) | (kinds == UNORDERED))
    rows = words_of_rows(origins.texts)[counted]
    places = origins.of_word[counted].astype(np.int64)
    keys, counts = np.unique(rows * max(1, len(origins.origins)) + places, return_counts=True)
    unnamed = 0
    lengths = origins.texts.lengths.tolist()
    in_row: dict[tuple[int, tuple[str, str, bool]], int] = defaultdict(int)
    for key, count in zip(keys.tolist(), counts.tolist(), strict=True):
        row, place = divmod(key, len(origins.origins))
        origin = origins.origins[place]
        if not origin.outlets:
            unnamed += count
            continue
        article = int(origins.article_of[row])
        outlet = articles[article].document.source
        directed = origin.kind == "earlier"
        share, rest = divmod(count, len(origin.outlets))
        for index, source in enumerate(origin.outlets):
            cell = cells[outlet, source, directed]
            words = share + (index < rest)
            cell.words += words
            cell.uncertain += words if len(origin.outlets) > 1 else 0
            cell.credited += words if article in wire else 0
            in_row[row, (outlet, source, directed)] += count
    for (row, name), count in in_row.items():
        if count >= _PASSAGE_SHARE * lengths[row]:
            cells[name].passages += 1
            cells[name].articles.add(int(origins.article_of[row]))
    reuse = [
        OutletReuse(
            *name, cell.words, cell.uncertain, cell.credited, cell.passages, len(cell.articles)
        )
        for name, cell in cells.items()
        if cell.words
    ]
    reuse.sort(key=lambda cell: (-cell.words, cell.outlet, cell.source, cell.directed))
    return tuple(reuse), unnamed
