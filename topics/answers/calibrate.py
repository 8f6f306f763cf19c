"""Thresholds set by example: what ``topicwire calibrate`` does."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.corpus.citations import find_keys, find_text, read_bodies
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError
from embeddings.text.wording import read_words
from embeddings.vectors.embedding import embed_corpus
from embeddings.words.alignment import Change, compare
from topics.answers.candidates import Candidate, Side, find_candidates
from topics.answers.session import Database, session_of
from topics.answers.topics import open_clustered
from topics.coverage.examples.calibration import Estimate, choose_pairs, choose_threshold, estimate
from topics.coverage.examples.judgements import (
    KINDS,
    Judgement,
    JudgementKind,
    drop_judgement,
    order_pair,
    put_judgement,
    read_judgements,
)
from topics.coverage.examples.score_curve import Prior
from topics.coverage.examples.thresholds import Thresholds, put_thresholds, read_thresholds
from topics.pipeline.run import derive


@dataclass(frozen=True)
class Question:
    """A pair on which the user's yes or no says most.

    Attributes:
        kind: ``near_copy``, ``contains``, ``same_event`` or ``story``.
        a: The first text; of ``contains`` the longer one.
        b: The second.
        score: What it is measured by, 0 to 1.
        threshold: From where on such pairs are joined.
        changes: What differs, word by word, for copies and contained passages.
    """

    kind: JudgementKind
    a: Side
    b: Side
    score: float
    threshold: float
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Calibration:
    """What the answers say of a threshold.

    Attributes:
        kind: Of which pairs.
        before: The threshold as it was, with what it finds and misses by the answers.
        after: The threshold as it is now.
        questions: Pairs answered so far.
        gone: Pairs answered whose texts are not in the corpus any more, or too unlike to be
            candidates; they say nothing of the threshold, but are kept apart or together
            where they are there.
    """

    kind: JudgementKind
    before: Estimate
    after: Estimate
    questions: int
    gone: int


def find_pairs(kind: str = "near_copy", *, db: Database = "topicwire.db") -> list[Candidate]:
    """Find the pairs of a kind that might be joined, for ``questions`` and ``calibrate``.

    Answers change none of them, so that one search serves both.

    Raises:
        InputError: An unknown kind.
        StoreError: No such database, never clustered, or changed since.
    """
    checked = check_kind(kind)
    with open_clustered(db, current=True) as store:
        return find_candidates(db, store, checked)


def questions(
    kind: str = "near_copy",
    *,
    count: int = 10,
    db: Database = "topicwire.db",
    pairs: Sequence[Candidate] | None = None,
) -> list[Question]:
    """Choose pairs to be answered, those nearest to the threshold first.

    Args:
        kind: ``near_copy``, ``contains``, ``same_event`` or ``story``.
        count: How many at most.
        db: The database.
        pairs: As ``find_pairs`` gives them; they are sought where they are left out.

    Raises:
        InputError: An unknown kind, or a count below 1.
        StoreError: No such database, never clustered, or changed since.
    """
    checked = check_kind(kind)
    if count < 1:
        raise InputError(f"--count is {count}; give 1 or more questions to be asked.")
    with open_clustered(db, current=True) as store:
        found = find_candidates(db, store, checked) if pairs is None else pairs
        judged = _answers(found, read_judgements(store), checked)
        threshold = getattr(read_thresholds(store), kind)
        chosen = choose_pairs(
            [one.score for one in found],
            judged,
            threshold,
            count,
            keys=[f"{one.a.key} {one.b.key}" for one in found],
            wordings=[one.wording for one in found],
        )
    return [_ask(checked, found[question.place], threshold) for question in chosen]


def _ask(kind: JudgementKind, pair: Candidate, threshold: float) -> Question:
    changes: tuple[Change, ...] = ()
    if kind in ("near_copy", "contains"):
        changes = compare(pair.a.text, pair.b.text).changes
    return Question(kind, pair.a, pair.b, round(pair.score, 4), threshold, changes)


def judge(kind: str, a: str, b: str, same: bool | None, *, db: Database = "topicwire.db") -> None:
    """Store a yes or no to a pair, or take it back; ``calibrate`` acts on it.

    Args:
        kind: What the pair was asked for.
        a: Key of the first text, as ``Question.a.key``.
        b: Key of the second.
        same: Whether they belong together; ``None`` takes an answer back.
        db: The database.

    Raises:
        InputError: An unknown kind, or no two texts.
        StoreError: There is no such database.
    """
    checked = check_kind(kind)
    with CorpusStore.open(Path(db), write=True, create=False) as store:
        if same is None:
            if not drop_judgement(store, checked, a, b):
                raise InputError(
                    f"There is no {checked} answer on these two to be taken back; `topicwire "
                    "calibrate --answers` lists them."
                )
        else:
            put_judgement(store, Judgement(checked, a, b, same))


def judge_passages(
    kind: str, a: int, b: int, same: bool | None, *, db: Database = "topicwire.db"
) -> None:
    """Store a yes or no to two passages, by number; for ``story`` to their articles.

    Args:
        kind: As for ``judge``.
        a: Number of a passage.
        b: Number of another; for ``contains`` the longer of the two holds the other.
        same: As for ``judge``.
        db: The database.

    Raises:
        InputError: An unknown kind, no such passage, or both of one text or article.
        StoreError: There is no such database.
    """
    checked = check_kind(kind)
    with CorpusStore.open(Path(db)) as store:
        if checked == "contains":
            a, b = _longer_first(store, a, b)
        key_a, key_b = (_key(store, checked, number) for number in (a, b))
    if key_a == key_b:
        what = "article" if kind == "story" else "text"
        raise InputError(f"Passages {a} and {b} are of one {what}; name two that differ.")
    judge(kind, key_a, key_b, same, db=db)


def _longer_first(store: CorpusStore, a: int, b: int) -> tuple[int, int]:
    bodies = read_bodies(store, [number for number in (a, b) if 0 < number < 2**63])
    words = {number: len(read_words(body).words) for number, body in bodies.items()}
    return (b, a) if words.get(b, 0) > words.get(a, 0) else (a, b)


def _key(store: CorpusStore, kind: JudgementKind, number: int) -> str:
    document_id, key = find_keys(store, number)
    return document_id if kind == "story" else key


@dataclass(frozen=True)
class Answer:
    """An answer as it is listed.

    Attributes:
        kind: What was asked.
        a: The beginning of the first text; for stories the article's headline.
        b: The same of the second.
        same: Whether it was a yes.
        made: When, ISO 8601 in UTC.
    """

    kind: str
    a: str
    b: str
    same: bool
    made: str


def list_answers(db: Database = "topicwire.db") -> list[Answer]:
    """Return the answers given so far, by kind.

    Raises:
        StoreError: There is no such database, or an answer in it is damaged.
    """
    with CorpusStore.open(Path(db)) as store:
        return [
            Answer(
                one.kind,
                _in_words(store, one.kind, one.a),
                _in_words(store, one.kind, one.b),
                one.same,
                one.made,
            )
            for one in read_judgements(store)
        ]


def _in_words(store: CorpusStore, kind: str, key: str) -> str:
    if kind == "story":
        articles = store.documents([key])
        return articles[0].title or key if articles else f"{key} (gone)"
    found = find_text(store, key)
    return f"{found[0]}: {' '.join(found[2][:80].split())}" if found else "a text that is gone"


def calibrate(
    kind: str = "near_copy",
    *,
    precision: float | None = None,
    db: Database = "topicwire.db",
    pairs: Sequence[Candidate] | None = None,
) -> Calibration:
    """Set a threshold by the answers so far, and bring copies, stories and topics up to date.

    Args:
        kind: Of which pairs.
        precision: Take the lowest threshold that is expected to reach this precision; by
            default the one of the best F1, the harmonic mean of precision and recall.
        db: The database.
        pairs: As ``find_pairs`` gives them; they are sought where they are left out.

    Raises:
        InputError: An unknown kind, or a precision that is none.
        StoreError: No such database, never clustered, or changed since.
    """
    checked = check_kind(kind)
    check_precision(precision)
    with open_clustered(db, current=True, write=True) as store:
        found = find_candidates(db, store, checked) if pairs is None else pairs
        judgements = read_judgements(store)
        judged = _answers(found, judgements, checked)
        scores = [one.score for one in found]
        thresholds = read_thresholds(store)
        current = getattr(thresholds, kind)
        prior = Prior(getattr(Thresholds(), kind))
        before = estimate(scores, judged, current, prior=prior)
        after = choose_threshold(scores, judged, current, precision or "f1", prior=prior)
        put_thresholds(store, dataclasses.replace(thresholds, **{kind: after.threshold}))
        _derive(db, store)
    asked = sum(one.kind == kind for one in judgements)
    return Calibration(checked, before, after, asked, asked - len(judged))


def read_settings(db: Database = "topicwire.db") -> Thresholds:
    """Return the thresholds of a database.

    Raises:
        StoreError: There is no such database.
    """
    with CorpusStore.open(Path(db)) as store:
        return read_thresholds(store)


def set_thresholds(*, db: Database = "topicwire.db", **values: float) -> Thresholds:
    """Set thresholds by hand, and bring copies, stories and topics up to date.

    Args:
        db: The database.
        **values: Fields of ``Thresholds``: ``near_copy=0.75``.

    Raises:
        InputError: There is no such threshold, or it is not between 0 and 1.
        StoreError: No such database, never clustered, or changed since.
    """
    known = [field.name for field in dataclasses.fields(Thresholds)]
    for name in values:
        if name not in known:
            raise InputError(f"There is no threshold {name!r}; use one of {', '.join(known)}.")
    with open_clustered(db, current=True, write=True) as store:
        thresholds = dataclasses.replace(read_thresholds(store), **values).check()
        put_thresholds(store, thresholds)
        _derive(db, store)
    return thresholds


def reset_thresholds(db: Database = "topicwire.db") -> Thresholds:
    """Bring back the thresholds that are shipped; answers are kept.

    Raises:
        StoreError: No such database, never clustered, or changed since.
    """
    with open_clustered(db, current=True, write=True) as store:
        put_thresholds(store, Thresholds())
        _derive(db, store)
    return Thresholds()


def _answers(
    found: Sequence[Candidate], judgements: Sequence[Judgement], kind: JudgementKind
) -> dict[int, bool]:
    """Return the answers to candidates, by place; of pairs of one wording one stands for all."""
    said = {(one.a, one.b): one.same for one in judgements if one.kind == kind}
    return {
        place: said[key]
        for place, one in enumerate(found)
        if (key := order_pair(kind, one.a.key, one.b.key)) in said
    }


def check_precision(precision: float | None) -> None:
    """Check a precision to aim at.

    Raises:
        InputError: It is not between 0 and 1.
    """
    if precision is not None and not 0 < precision < 1:
        raise InputError(f"--precision is {precision}; give one between 0 and 1, such as 0.95.")


def check_kind(kind: str) -> JudgementKind:
    """Return a kind of pairs.

    Raises:
        InputError: There is none of that name.
    """
    for known in KINDS:
        if kind == known:
            return known
    raise InputError(f"There are no pairs of kind {kind!r}; use one of {', '.join(KINDS)}.")


def _derive(db: Database, store: CorpusStore) -> None:
    encoder = session_of(db).encoder(store)
    embed_corpus(store, encoder)
    derive(store, encoder)
