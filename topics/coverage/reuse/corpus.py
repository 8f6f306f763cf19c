"""A corpus with all that was found of who repeats whom: what words are traced in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from topics.coverage.articles.articles import Article
from topics.coverage.credit.agencies import Credit
from topics.coverage.credit.credits import credited_agency
from topics.coverage.reuse.boilerplate import Copies

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Coverage:
    """Texts of passages and articles, and what they share.

    Attributes:
        bodies: Those of the passages, by document id and position.
        articles: By document id.
        groups: Copies among the passages. Short ones say nothing and are passed over.
        relations: Kind and rows of two passages, one pair for all copies of both. Words are
            traced by containments, and by wordings whose facts differ.
        stories: Article numbers of each story, by story id; each article in one at most. Its
            articles are laid side by side as a whole, so that a sentence inside a paragraph of
            one's own is found too; between articles of two stories only passages are compared.
        stated: The agencies that articles credit, by number: of all of them.
        quoted: Words of quotations that others quote too, int64 of shape ``(n, 3)`` (see
            ``find_quoted``); ``None`` where it is not known yet.
        rote: Rows of passages that an outlet repeats whatever its articles are on, and of
            boilerplate; what stands in many stories is boilerplate beside them.
        quotations: Rows of each text that is told to be a quotation (``tell_sharing``),
            whether marked or not: what those have of each other was quoted there before.
        dropped: Lines that the reader of web pages left out, by document id.
    """

    bodies: Sequence[str]
    articles: Sequence[Article]
    groups: Sequence[Copies] = ()
    relations: Sequence[tuple[str, int, int]] = ()
    stories: Mapping[int, Collection[int]] = field(default_factory=dict)
    stated: Mapping[int, tuple[Credit, ...]] = field(default_factory=dict)
    quoted: NDArray[np.int64] | None = None
    rote: Collection[int] = ()
    quotations: Sequence[Sequence[int]] = ()
    dropped: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def wire(self) -> frozenset[int]:
        """Numbers of the articles that are credited to an agency alone."""
        return frozenset(number for number, said in self.stated.items() if credited_agency(said))
