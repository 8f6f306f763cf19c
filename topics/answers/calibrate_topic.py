"""A topic of the user's own taught by example: what ``topicwire calibrate topic`` does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings.corpus.citations import find_text, read_quotations
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError, StoreError
from embeddings.vectors.embedding import embed_corpus
from embeddings.vectors.graph import node_keys
from topics.answers.encoder import stored_encoder
from topics.answers.session import Database
from topics.answers.topics import find_topics, open_clustered
from topics.coverage.examples.calibration import choose_pairs, estimate
from topics.coverage.examples.score_curve import Prior, draw_outcomes
from topics.edits.edits import Anchor, Edit, list_answers, put_edit, read_edits
from topics.guiding.answers import is_taught
from topics.hierarchy.outline import read_outline
from topics.pipeline.run import derive
from topics.pipeline.topics import FITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

# From here on a passage is more likely the topic's than not; below LEAST_FIT it is not asked of.
BAR = 0.5
LEAST_FIT = 0.05


@dataclass(frozen=True)
class TopicQuestion:
    """A passage on which the user's yes or no says most.

    Attributes:
        topic: Name of the topic.
        key: The passage's content hash in hexadecimal.
        number: Its number.
        text: Its text.
        title: Its article's headline.
        source: The outlet.
        published: ISO 8601, cut to what is known.
        fit: How far it fits the topic, 0 to 1; from .5 on it is taken.
    """

    topic: str
    key: str
    number: int
    text: str
    title: str
    source: str
    published: str
    fit: float


@dataclass(frozen=True)
class Range:
    """An estimate with the bounds of its 90 % interval, each a share, 0 to 1."""

    share: float
    low: float
    high: float


@dataclass(frozen=True)
class TopicCalibration:
    """What the answers say of a topic.

    Attributes:
        topic: Its name.
        answers: Passages answered.
        yes: Of these, how many belong to it.
        taught: Whether there are answers enough to learn from.
        taken: Distinct passages that fit it.
        precision: Share of these that belong to it.
        recall: Share of what belongs to it that fits, of what is somewhat like it.
        share: Share of all distinct passages that belongs to it.
        moved: Share of the passages, 0 to 1, whose topic changed.
    """

    topic: str
    answers: int
    yes: int
    taught: bool
    taken: int
    precision: Range
    recall: Range
    share: Range
    moved: float


def topic_questions(
    topic: str, *, count: int = 10, db: Database = "topicwire.db"
) -> list[TopicQuestion]:
    """Draw passages to be answered, those nearest to the bar first.

    The sample is drawn with chances that are known, most near the bar and some far from it,
    so that precision, recall and share can be estimated from the answers.

    Args:
        topic: Id or name of one of the user's own topics.
        count: How many at most.
        db: The database.

    Raises:
        InputError: No such topic, one that was discovered, or a count below 1.
        StoreError: No such database, never clustered, or changed since.
    """
    if count < 1:
        raise InputError(f"--count is {count}; give 1 or more questions to be asked.")
    with open_clustered(db, current=True) as store:
        name = _own(store, topic)
        keys, fits, judged = _read(store, name)
        chosen = choose_pairs(fits, judged, BAR, count, keys=keys)
        return [_ask(store, name, keys[one.place], float(fits[one.place])) for one in chosen]


def answer_topic(topic: str, key: str, belongs: bool, *, db: Database = "topicwire.db") -> None:
    """Store a yes (a pin) or a no (its opposite); ``calibrate_topic`` acts on it.

    Args:
        topic: Name of one of the user's own topics.
        key: As ``TopicQuestion.key``.
        belongs: Whether the passage belongs to the topic.
        db: The database.

    Raises:
        StoreError: There is no such database.
    """
    with CorpusStore.open(Path(db), write=True, create=False) as store:
        put_edit(store, Edit(0, "pin" if belongs else "exclude", (Anchor(topic),), (key,)))


def calibrate_topic(topic: str, *, db: Database = "topicwire.db") -> TopicCalibration:
    """Learn from the answers so far, bring topics up to date, and say how good the topic is.

    Raises:
        InputError: No such topic, or one that was discovered.
        StoreError: No such database, never clustered, or changed since.
    """
    with open_clustered(db, current=True, write=True) as store:
        name = _own(store, topic)
        encoder = stored_encoder(store)
        embed_corpus(store, encoder)
        derivation = derive(store, encoder)
        _, fits, judged = _read(store, name)
        total = len(node_keys(store))
    prior = Prior(BAR, rate=BAR)
    found = estimate(fits, judged, BAR, prior=prior)
    drawn = draw_outcomes(fits, judged, np.array([BAR]), prior)
    shares = drawn.positives[:, 0] / total
    # The mean of draws that nearly all agree may lie outside of their interval.
    low, middle, high = np.quantile(shares, (0.05, 0.5, 0.95)).tolist()
    return TopicCalibration(
        topic=name,
        answers=len(judged),
        yes=sum(judged.values()),
        taught=is_taught(judged),
        taken=found.taken,
        precision=Range(found.precision, found.precision_low, found.precision_high),
        recall=Range(found.recall, found.recall_low, found.recall_high),
        share=Range(middle, low, high),
        moved=derivation.moved,
    )


def _own(store: CorpusStore, given: str) -> str:
    """Return the name of the one topic of the user's own that is meant."""
    outline = read_outline(store)
    found = [one for one in find_topics(store, [given]) if outline.kinds[one] == "guided"]
    if len(found) != 1:
        own = [outline.names[one] for one, kind in outline.kinds.items() if kind == "guided"]
        listed = ", ".join(repr(name) for name in own) or "give some with `cluster --topics FILE`"
        raise InputError(
            f"{given!r} is not one topic of your own, and only those are calibrated: {listed}."
        )
    return outline.names[found[0]]


def _read(store: CorpusStore, name: str) -> tuple[list[str], NDArray[np.float64], dict[int, bool]]:
    """Return what may be asked of: content hashes, fits, and answers by place."""
    own = [topic["name"] for topic in store.setting("guided") or []]
    every, keys = store.array(FITS), node_keys(store)
    if every is None or name not in own or every.shape != (len(keys), len(own)):
        raise StoreError(
            f"How far passages fit your topics is not stored in {store.path} yet; run "
            f"`topicwire cluster --db {store.path}`."
        )
    column = every[:, own.index(name)].astype(np.float64)
    said = list_answers(read_edits(store)).get(name, {})
    hashes = [key.hex() for key in keys]
    kept = [row for row, key in enumerate(hashes) if column[row] >= LEAST_FIT or key in said]
    judged = {place: said[hashes[row]] for place, row in enumerate(kept) if hashes[row] in said}
    return [hashes[row] for row in kept], np.clip(column[kept], 0.0, 1.0), judged


def _ask(store: CorpusStore, topic: str, key: str, fit: float) -> TopicQuestion:
    found = find_text(store, key)
    if found is None:
        raise store.damaged(f"the passage {key}")
    cited = read_quotations(store, [found[0]])[found[0]]
    return TopicQuestion(
        topic, key, found[0], found[1], cited.title, cited.source, cited.published, round(fit, 4)
    )
