"""How alike is alike enough: shipped thresholds, and those a user's examples have set."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError, StoreError
from embeddings.words.copies import CopyOptions
from embeddings.words.minhash import plan_bands
from topics.coverage.relations.relations import RelationOptions
from topics.coverage.stories.stories import StoryOptions

# The setting that holds what differs from what is shipped.
_SETTING = "thresholds"

KINDS = ("near_copy", "contains", "same_event", "story")


@dataclass(frozen=True)
class Thresholds:
    """What counts as related, each between 0 and 1.

    Attributes:
        near_copy: ``CopyOptions.share``.
        contains: ``RelationOptions.contained_share``.
        same_event: ``RelationOptions.event_score``.
        story: ``StoryOptions.threshold``.
        jaccard: ``CopyOptions.jaccard``: pairs of this Jaccard similarity of word pairs are
            compared with the chance ``recall``.
        recall: See ``jaccard``.
    """

    near_copy: float = CopyOptions().share
    contains: float = RelationOptions().contained_share
    same_event: float = RelationOptions().event_score
    story: float = StoryOptions().threshold
    jaccard: float = CopyOptions().jaccard
    recall: float = CopyOptions().recall

    def check(self) -> Thresholds:
        """Return these thresholds.

        Raises:
            InputError: One is not between 0 and 1, or no bands reach jaccard and recall.
        """
        for name, value in dataclasses.asdict(self).items():
            if not 0 < value < 1:
                raise InputError(f"The threshold {name} is {value}; give one between 0 and 1.")
        try:
            plan_bands(self.jaccard, self.recall)
        except ValueError as error:
            raise InputError(str(error)) from error
        return self

    def for_copies(self) -> CopyOptions:
        """Return what counts as a copy."""
        return CopyOptions(share=self.near_copy, jaccard=self.jaccard, recall=self.recall)

    def for_relations(self) -> RelationOptions:
        """Return what counts as a relation."""
        return RelationOptions(contained_share=self.contains, event_score=self.same_event)

    def for_stories(self) -> StoryOptions:
        """Return what makes a story."""
        return StoryOptions(threshold=self.story)


def read_thresholds(store: CorpusStore) -> Thresholds:
    """Return the thresholds of a store.

    Raises:
        StoreError: What is stored is none that Topicwire wrote.
    """
    stored = store.setting(_SETTING) or {}
    try:
        return Thresholds(**{name: float(value) for name, value in stored.items()}).check()
    except (TypeError, ValueError, AttributeError, InputError) as error:
        raise StoreError(
            f"The thresholds in {store.path} are damaged; `topicwire calibrate --reset --db "
            f"{store.path}` brings back those shipped."
        ) from error


def put_thresholds(store: CorpusStore, thresholds: Thresholds) -> None:
    """Store thresholds; only what differs from those shipped is written."""
    shipped = dataclasses.asdict(Thresholds())
    changed = {
        name: value
        for name, value in dataclasses.asdict(thresholds.check()).items()
        if value != shipped[name]
    }
    store.set_setting(_SETTING, changed or None)
