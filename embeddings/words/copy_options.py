"""What counts as a near copy, and how surely it is looked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from embeddings.words.alignment import Comparison
from embeddings.words.minhash import BandPlan, plan_bands
from embeddings.words.steps import Step, check_words, count_words, make_step, state_percent


@dataclass(frozen=True, slots=True)
class CopyOptions:
    """What counts as a copy, and how surely it is looked for.

    Attributes:
        share: Least share of the longer text's words that the other must hold, in order
            or moved as a run, for a near copy. See docs/decisions/copies.md.
        least_words: A text of fewer words is never a near copy, and a group of such
            texts is ``short``: the same words, but no sign that one outlet used another.
        jaccard: Pairs of this Jaccard similarity of word pairs are found with the chance
            ``recall``; more alike ones more surely.
        recall: See ``jaccard``.
        least_shared: Words that a near copy must share whatever its length, save that one
            word may always differ: seven words in common are a stock phrase ("did not
            respond to a request for comment").
        cut: Part of ``share`` that is enough where a text was only cut or added to.
        cut_kept: Share of the shorter text's words that the longer must hold for that.
        veto: Whether texts whose facts conflict are kept apart.
    """

    share: float = 0.66
    least_words: int = 8
    jaccard: float = 0.3
    recall: float = 0.97
    least_shared: int = 10
    cut: float = 0.91
    cut_kept: float = 0.95
    veto: bool = True

    def plan(self) -> BandPlan:
        """Return the bands and rows that these options ask for."""
        return plan_bands(self.jaccard, self.recall)

    def enough(self, shared: Any, shorter: Any, longer: Any) -> Any:
        """Whether texts of these lengths that share so many words are near copies.

        Of numbers or of arrays of them.
        """
        return (shared >= self.share * longer - 1e-9) | (
            (shared >= self.cut_share * longer - 1e-9) & (shared >= self.cut_kept * shorter - 1e-9)
        )

    def least_enough(self, longer: Any, share: float) -> Any:
        """Words that make up this share of a text of so many, and are enough for a copy."""
        least = np.ceil(share * longer - 1e-9).astype(np.int64)
        return np.maximum(least, self.least_in_common(longer))

    def least_of_copies(self, shorter: Any, longer: Any) -> Any:
        """Words that texts of these lengths must share to be near copies."""
        cut = np.ceil(self.cut_kept * shorter - 1e-9).astype(np.int64)
        cut = np.maximum(self.least_enough(longer, self.cut_share), cut)
        return np.minimum(self.least_enough(longer, self.share), cut)

    def least_in_common(self, longer: Any) -> Any:
        """Words that texts of which the longer has so many must share, whatever the share."""
        return np.minimum(self.least_shared, longer - 1)

    def check_shared(self, shared: int, shorter: int, longer: int) -> Iterator[Step]:
        """Test two texts of these lengths by the words that they share."""
        yield check_words(shorter, self.least_words)
        share, least = shared / max(longer, 1), int(self.least_in_common(longer))
        stated, asked = state_percent(share, self.share)
        clause = f"{stated} of the longer text's words stand in the other; {asked} are asked for"
        # Less is asked for where a text was only cut.
        if self.cut_share <= share < self.share:
            inside, kept = state_percent(shared / max(shorter, 1), self.cut_kept)
            clause += (
                f", or {self.cut_share:.0%} where a text was only cut or added to: {inside} of the "
                f"shorter one's stand in the longer, {kept} are asked for"
            )
        enough = self.enough(shared, shorter, longer)
        yield make_step("share", share, self.share, enough, clause)
        clause = f"the two share {count_words(shared)}; {least} are asked for"
        yield make_step("shared words", shared, least, shared >= least, clause)

    def check_facts(self, side_by_side: Comparison) -> Step:
        """Test whether two texts say the same."""
        differ = ", ".join(
            f"{fact.kind} {fact.before or 'none'} -> {fact.after or 'none'}"
            for fact in side_by_side.conflicts
        )
        clause = f"they say different things: {differ}" if differ else "no facts conflict"
        clause += "" if self.veto or not differ else ", which is let pass"
        return make_step("facts", differ, None, not (differ and self.veto), clause)

    @property
    def cut_share(self) -> float:
        """Share of the longer text's words that is enough where a text was only cut."""
        return self.share * min(self.cut, 1.0)
