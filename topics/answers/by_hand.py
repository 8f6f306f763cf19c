"""All that was made by hand, as one file that can be read: edits, answers, topics, owners.

A passage is named by the hash of its text, which stands beside it, an article by its id, so that
the file loads into any database of the same articles.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from embeddings.articles.parsing.addresses import canonical_address
from embeddings.corpus.citations import list_hashes
from embeddings.corpus.contents import list_titles, refuse_source
from embeddings.corpus.outlets import ALIASES, fold_outlet, put_aliases
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError
from embeddings.vectors.embedding import embed_corpus
from embeddings.writing import replace_file
from topics.answers.encoder import stored_encoder
from topics.answers.hand_file import HEAD, MadeByHand, read_by_hand, write_by_hand
from topics.answers.session import Database
from topics.answers.topics import open_clustered
from topics.coverage.credit.owners import OWNERS, Owners, build_owners
from topics.coverage.examples.judgements import (
    Judgement,
    order_pair,
    put_judgement,
    read_judgements,
)
from topics.coverage.examples.thresholds import Thresholds, put_thresholds, read_thresholds
from topics.edits.edits import Edit, put_edit, read_edits
from topics.guiding.taxonomy import GuidedTopic
from topics.keeping.kept import KEPT_FROM, KeptTree
from topics.pipeline.keeping import replace_found
from topics.pipeline.kept_tables import put_parts, read_kept, read_parts
from topics.pipeline.run import derive


@dataclass(frozen=True)
class SaveReport:
    """What was written.

    Attributes:
        path: The file.
        edits: Edits of topics.
        answers: Answers to pairs.
        topics: Topics of the user's own.
        thresholds: Thresholds that differ from those shipped.
        owners: Owners of outlets, and other names of outlets.
        kept: Topics that are kept.
    """

    path: str
    edits: int
    answers: int
    topics: int
    thresholds: int
    owners: int
    kept: int


@dataclass(frozen=True)
class LoadReport:
    """What of a file is in the database now.

    Attributes:
        edits: Edits that are new.
        answers: Answers that are new.
        topics: Topics of the user's own that are new.
        thresholds: Thresholds that are new.
        owners: Owners of outlets and other names of outlets that are new.
        kept: Topics that are kept, in place of those that were found here.
        already: Of all these, how many were there.
        unplaced: What could not be placed, and why.
        idle: Numbers of edits that find nothing to act on.
        moved: Share of the passages, 0 to 1, whose topic changed.
    """

    edits: int
    answers: int
    topics: int
    thresholds: int
    owners: int
    kept: int
    already: int
    unplaced: tuple[str, ...]
    idle: tuple[int, ...]
    moved: float


# Saving


def save_edits(file: Path | str, *, db: Database = "topicwire.db") -> SaveReport:
    """Write edits, answers, the user's own topics, thresholds and owners as JSON.

    Args:
        file: Replaced where it is one that this function wrote.
        db: The database.

    Raises:
        InputError: ``file`` is there and is another one, or it cannot be written.
        StoreError: There is no such database.
    """
    path = Path(file)
    with CorpusStore.open(Path(db)) as store:
        refuse_source(store, path)
        made = _stored(store)
        content = write_by_hand(store, made)
    try:
        if path.is_file() and not _is_ours(path):
            raise InputError(f"{path} is there already and is another file; name a new one.")
        with replace_file(path, inputs=[Path(db)]) as new:
            new.write_text(content, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror or error}).") from error
    return SaveReport(
        str(path),
        edits=len(made.edits),
        answers=len(made.answers),
        topics=len(made.topics),
        thresholds=len(made.thresholds),
        owners=len(made.owners.by_outlet) + len(made.owners.aliases),
        kept=len(made.kept.topics) if made.kept else 0,
    )


def _is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(HEAD)) == HEAD


def _stored(store: CorpusStore) -> MadeByHand:
    shipped = dataclasses.asdict(Thresholds())
    chosen = dataclasses.asdict(read_thresholds(store)).items()
    return MadeByHand(
        topics=[GuidedTopic(**topic) for topic in store.setting("guided") or []],
        thresholds={name: value for name, value in chosen if value != shipped[name]},
        edits=read_edits(store),
        answers=read_judgements(store),
        owners=Owners(store.setting(OWNERS) or {}, store.setting(ALIASES) or {}),
        kept=read_kept(store),
        parts=read_parts(store),
    )


# Loading


def load_edits(file: Path | str, *, db: Database = "topicwire.db") -> LoadReport:
    """Put what ``save_edits`` wrote on a database of the same articles; what is there stays.

    Args:
        file: As written by ``save_edits``.
        db: The database.

    Raises:
        InputError: ``file`` is another one.
        StoreError: No such database, or nothing in it has been clustered.
    """
    with open_clustered(db, write=True) as store:
        made = read_by_hand(Path(file), list_hashes(store))
        encoder = stored_encoder(store)
        embed_corpus(store, encoder)
        with store.transaction():
            loading = _Loading(store)
            counts = loading.load(made)
            derivation = derive(store, encoder)
        return LoadReport(
            **counts,
            already=loading.already,
            unplaced=tuple(loading.unplaced),
            idle=derivation.idle,
            moved=derivation.moved,
        )


class _Loading:
    """Puts what a file holds on a store, one kind after the other."""

    def __init__(self, store: CorpusStore) -> None:
        self._store = store
        self._there = _stored(store)
        self._hashes = list_hashes(store)
        self._articles = {document_id for document_id, _ in list_titles(store)}
        self.already = 0
        self.unplaced: list[str] = []

    def load(self, made: MadeByHand) -> dict[str, int]:
        """Store what is new and can be placed; returns how many of each kind."""
        return {
            "topics": self._load_topics(made.topics),
            "thresholds": self._load_thresholds(made.thresholds),
            "owners": self._load_owners(made.owners),
            "kept": self._load_kept(made.kept),
            "edits": self._load_edits(made.edits, made.parts),
            "answers": self._load_answers(made.answers),
        }

    def _load_topics(self, topics: Iterable[GuidedTopic]) -> int:
        known = {topic.name.casefold(): topic for topic in self._there.topics}
        new = []
        for topic in topics:
            there = known.get(topic.name.casefold())
            if there is None:
                new.append(topic)
            elif there == topic:
                self.already += 1
            else:
                self.unplaced.append(f"your topic {topic.name!r}: there is another of that name")
        if new:
            self._there.topics.extend(new)
            stored = [dataclasses.asdict(topic) for topic in self._there.topics]
            self._store.set_setting("guided", stored)
        return len(new)

    def _load_thresholds(self, thresholds: dict[str, float]) -> int:
        new = {}
        for name, value in thresholds.items():
            there = self._there.thresholds.get(name)
            if there is None:
                new[name] = value
            elif there == value:
                self.already += 1
            else:
                self.unplaced.append(f"the threshold {name} {value}: it is {there} here")
        if new:
            put_thresholds(self._store, Thresholds(**{**self._there.thresholds, **new}).check())
        return len(new)

    def _load_owners(self, owners: Owners) -> int:
        there = self._there.owners
        by_outlet = self._add_names("owner of", there.by_outlet, owners.by_outlet)
        aliases = self._add_names("other name", there.aliases, owners.aliases)
        new = len(by_outlet) + len(aliases)
        if new:
            tables = {
                "owners": {**there.by_outlet, **by_outlet},
                "aliases": {**there.aliases, **aliases},
            }
            try:
                both = build_owners(tables, "The database with this file")
            except InputError as error:
                self.unplaced.append(f"owners and other names of outlets: {error}")
                return 0
            self._store.set_setting(OWNERS, dict(both.by_outlet) or None)
            put_aliases(self._store, both.aliases)
        return new

    def _add_names(
        self, what: str, there: Mapping[str, str], given: Mapping[str, str]
    ) -> dict[str, str]:
        """Return what is said of names of which nothing is said here."""
        known = {fold_outlet(name): said for name, said in there.items()}
        new = {}
        for name, said in given.items():
            here = known.get(fold_outlet(name))
            if here is None:
                new[name] = said
            elif here == said:
                self.already += 1
            else:
                self.unplaced.append(f"the {what} {name!r}, {said!r}: it is {here!r} here")
        return new

    def _load_edits(self, edits: Iterable[Edit], parts: Mapping[int, Mapping[str, int]]) -> int:
        known = {dataclasses.replace(edit, id=0, made="") for edit in self._there.edits}
        guided = {topic.name for topic in self._there.topics}
        new = 0
        for edit in edits:
            if dataclasses.replace(edit, id=0, made="") in known:
                self.already += 1
            elif not self._hashes.issuperset(edit.passages):
                self.unplaced.append(f"edit {edit.id} ({edit.kind}): its passage is in no article")
            elif not all(
                one.guided in guided if one.guided else self._hashes.intersection(one.members)
                for one in edit.topics
            ):
                self.unplaced.append(
                    f"edit {edit.id} ({edit.kind}): no passage of its topic is here"
                )
            else:
                number = put_edit(self._store, edit)
                told = parts.get(edit.id, {}).items()
                put_parts(self._store, [(number, key, part) for key, part in told])
                new += 1
        return new

    def _load_kept(self, kept: KeptTree | None) -> int:
        """Put topics in place of those that were just found here; returns how many."""
        there = self._there.kept
        if kept is None or kept == there:
            self.already += kept is not None
            return 0
        if there is None or not replace_found(self._store, kept, there):
            why = (
                f"those of fewer than {KEPT_FROM} distinct passages are found anew by each run"
                if there is None
                else "this database has its own, in which articles or edits have come since they "
                "were found"
            )
            self.unplaced.append(f"the topics that are kept: {why}")
            return 0
        return len(kept.topics)

    def _load_answers(self, answers: Iterable[Judgement]) -> int:
        known = {(one.kind, one.a, one.b): one.same for one in self._there.answers}
        new = 0
        for given in answers:
            one = self._name_articles(given) if given.kind == "story" else given
            there = known.get((one.kind, one.a, one.b))
            here = self._articles if one.kind == "story" else self._hashes
            if there == one.same:
                self.already += 1
            elif there is not None:
                self.unplaced.append(f"an answer on {one.kind}: the pair has the other answer here")
            elif one.a in here and one.b in here:
                put_judgement(self._store, one)
                new += 1
            else:
                what = "article" if one.kind == "story" else "passage"
                self.unplaced.append(f"an answer on {one.kind}: a {what} of its pair is not here")
        return new

    def _name_articles(self, answer: Judgement) -> Judgement:
        """Name articles as they are named here, though the file may be older than that."""
        a, b = (
            key if key in self._articles else canonical_address(key) or key
            for key in (answer.a, answer.b)
        )
        a, b = order_pair(answer.kind, a, b)
        return dataclasses.replace(answer, a=a, b=b)
