"""Changing topics by hand: what ``topicwire edit`` does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from embeddings.corpus.citations import find_text
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError
from embeddings.vectors.embedding import embed_corpus
from topics.answers.counting import count
from topics.answers.session import Database, session_of
from topics.answers.topics import TopicSummary, find_topics, open_clustered, summarise_topics
from topics.edits.edits import ANCHORS, Anchor, Edit, Kind, drop_edit, put_edit, read_edits
from topics.hierarchy.lineage import Change
from topics.hierarchy.outline import Outline, read_outline
from topics.pipeline.assignments import count_by_topic, find_wording, read_firmest
from topics.pipeline.kept_tables import has_kept, read_kept_names
from topics.pipeline.run import derive, find_resting
from topics.pipeline.topic_tables import read_names

NAME_LENGTH = 80
# Topics named in one sentence.
_NAMED = 6


@dataclass(frozen=True)
class EditReport:
    """What an edit did.

    Attributes:
        edit: Its number, to undo it.
        what: What it says, in words.
        moved: Share of the passages, 0 to 1, whose topic changed.
        idle: Numbers of edits that cannot be obeyed any more.
        topics: The topics as they are now.
        changes: What became of the topics of before.
        names: Names, by id, of the topics in ``changes``.
    """

    edit: int
    what: str
    moved: float
    idle: tuple[int, ...]
    topics: list[TopicSummary]
    changes: tuple[Change, ...]
    names: dict[int, str]


@dataclass(frozen=True)
class EditLine:
    """An edit as it is listed.

    Attributes:
        id: Its number.
        kind: ``rename``, ``merge``, ``split``, ``pin``, ``exclude`` or ``part``.
        made: When, ISO 8601 in UTC.
        what: What it says, in words.
    """

    id: int
    kind: str
    made: str
    what: str


def rename(topic: str, name: str, *, db: Database = "topicwire.db") -> EditReport:
    """Give a discovered topic, of any level, a name of your own.

    Raises:
        InputError: No such topic, a guided one, or a name that is empty, too long or taken.
        StoreError: No such database, or nothing in it has been clustered.
    """
    clean = " ".join(name.split())
    if not clean.isprintable():
        raise InputError("The name holds characters that cannot be shown; write it in plain text.")
    if not clean or len(clean) > NAME_LENGTH:
        raise InputError(
            f"The name has {len(clean)} characters; give it 1 to {NAME_LENGTH}: "
            'topicwire edit rename 4 "Arms deliveries".'
        )
    with _editing(db) as (store, outline):
        topic_id = _one(store, topic)
        _refuse_guided(outline, topic_id, "is one of your own topics; change its name in its file")
        for other, taken in outline.names.items():
            if other != topic_id and taken.casefold() == clean.casefold():
                raise InputError(f"Topic {other} is called {taken!r} already; choose another name.")
        anchor = _anchor(store, outline, topic_id)
        return _apply(db, store, Edit(0, "rename", (anchor,), name=clean), renames=topic_id)


def merge(topics: Sequence[str], *, db: Database = "topicwire.db") -> EditReport:
    """Make one topic of several; with a guided one among them, they go into that.

    Raises:
        InputError: Fewer than two topics, several guided ones, or not all on the level shown.
        StoreError: No such database, or nothing in it has been clustered.
    """
    with _editing(db) as (store, outline):
        ids = list(dict.fromkeys(_one(store, topic) for topic in topics))
        if len(ids) < 2:
            raise InputError("Name two topics or more: topicwire edit merge 4 7.")
        if sum(outline.kinds[one] == "guided" for one in ids) > 1:
            raise InputError("Two of these are your own topics; make one of them in their file.")
        anchors = tuple(_anchor(store, outline, _shown(outline, one)) for one in ids)
        return _apply(db, store, Edit(0, "merge", anchors))


def split(topic: str, into: int = 0, *, db: Database = "topicwire.db") -> EditReport:
    """Part a discovered topic, into the parts that it has or into ``into``.

    Raises:
        InputError: A guided topic, one not on the level shown, or one that is too small.
        StoreError: No such database, or nothing in it has been clustered.
    """
    if into < 0 or into == 1:
        raise InputError(f"--into is {into}; give 2 or more topics to split into.")
    with _editing(db) as (store, outline):
        topic_id = _shown(outline, _one(store, topic))
        _refuse_guided(
            outline,
            topic_id,
            "is one of your own topics; add narrower ones to its file, or look at its parts "
            "with `topicwire topics --tree`",
        )
        anchor = _anchor(store, outline, topic_id)
        if anchor.size < max(into, 2):
            raise InputError(
                f"Topic {topic_id} has {count(anchor.size, 'distinct passage')}; it cannot be "
                f"split into {max(into, 2)}."
            )
        return _apply(db, store, Edit(0, "split", (anchor,), into=into))


def pin(passage: int, topic: str, *, db: Database = "topicwire.db") -> EditReport:
    """Put a passage, and its copies, into a topic for good.

    Raises:
        InputError: No such passage or topic, or a topic not on the level shown.
        StoreError: No such database, or nothing in it has been clustered.
    """
    return _place("pin", passage, topic, db)


def exclude(passage: int, topic: str, *, db: Database = "topicwire.db") -> EditReport:
    """Keep a passage, and its copies, out of a topic for good.

    It moves to the topic that draws it next.

    Raises:
        InputError: No such passage or topic, or a topic not on the level shown.
        StoreError: No such database, or nothing in it has been clustered.
    """
    return _place("exclude", passage, topic, db)


def _place(kind: Kind, passage: int, topic: str, db: Database) -> EditReport:
    with _editing(db) as (store, outline):
        key, _ = _passage(store, passage)
        topic_id = _shown(outline, _one(store, topic))
        anchor = _anchor(store, outline, topic_id)
        return _apply(db, store, Edit(0, kind, (anchor,), (key,)))


def part(one: int, other: int, *, db: Database = "topicwire.db") -> EditReport:
    """Keep two passages in different topics (cannot-link).

    The one less firmly placed moves to the topic that draws it next.

    Raises:
        InputError: No such passage, or the two are copies of one text.
        StoreError: No such database, or nothing in it has been clustered.
    """
    with _editing(db) as (store, _):
        (key, text), (other_key, other_text) = _passage(store, one), _passage(store, other)
        if text == other_text:
            raise InputError(
                f"Passages {one} and {other} are copies of one text; name two that differ."
            )
        return _apply(db, store, Edit(0, "part", (), (key, other_key)))


def undo(number: int | None = None, *, db: Database = "topicwire.db") -> EditReport:
    """Take back an edit, by default the last.

    Raises:
        InputError: There is no such edit, or later ones are about topics that it made.
        StoreError: No such database, or nothing in it has been clustered.
    """
    with _editing(db) as (store, _):
        known = {edit.id: edit for edit in read_edits(store)}
        if not known:
            raise InputError("There is nothing to undo: no topic has been edited.")
        chosen = max(known) if number is None else number
        if chosen not in known:
            raise InputError(
                f"There is no edit {chosen}; `topicwire edit list` shows the edits and numbers."
            )
        if resting := [one for one in find_resting(store, chosen) if one in known]:
            some = " and ".join(str(one) for one in resting)
            edits = f"edits {some} are" if len(resting) > 1 else f"edit {some} is"
            raise InputError(
                f"Edit {chosen} made what {edits} about; undo that first: "
                f"topicwire edit undo {resting[-1]}."
            )
        return _apply(db, store, known[chosen], undo=True)


def list_edits(db: Database = "topicwire.db") -> list[EditLine]:
    """Return the edits made, in order.

    Raises:
        StoreError: There is no such database.
    """
    with CorpusStore.open(Path(db)) as store:
        return [
            EditLine(edit.id, edit.kind, edit.made, _in_words(store, edit))
            for edit in read_edits(store)
        ]


def _apply(
    db: Database, store: CorpusStore, edit: Edit, *, undo: bool = False, renames: int | None = None
) -> EditReport:
    """Store or drop an edit and make the topics anew, in one transaction."""
    encoder = session_of(db).encoder(store)
    embed_corpus(store, encoder)
    what = _in_words(store, edit)
    with store.transaction():
        if undo:
            number = edit.id
            drop_edit(store, number)
        else:
            number = put_edit(store, edit)
        derivation = derive(store, encoder, undone=edit if undo else None)
        # Rolled back: an edit that does nothing, or something else, is not kept.
        if number in derivation.idle:
            raise InputError(
                "This edit cannot be obeyed: it contradicts an earlier one, or its topics or "
                "passages cannot be told apart; nothing was stored. See `topicwire edit list`."
            )
        if renames is not None and read_names(store).get(renames) != edit.name:
            raise InputError(
                f"Topic {renames} cannot be told from the topics above and below it; nothing "
                "was stored. Rename one of those."
            )
        return EditReport(
            number,
            what,
            derivation.moved,
            derivation.idle,
            summarise_topics(store),
            derivation.changes,
            derivation.name_changes(read_names(store)),
        )


@contextmanager
def _editing(db: Database) -> Iterator[tuple[CorpusStore, Outline]]:
    """Open a database that is there and has topics, to change them."""
    with open_clustered(db, write=True) as store:
        yield store, read_outline(store)


def _one(store: CorpusStore, given: str) -> int:
    """Return the one topic that is meant by an id or words of its name."""
    found = find_topics(store, [given])
    if len(found) > 1:
        some = ", ".join(str(one) for one in found[:6])
        raise InputError(f"{given!r} fits several topics ({some}); give the id of one.")
    return found[0]


def _refuse_guided(outline: Outline, topic_id: int, why: str) -> None:
    if outline.kinds[topic_id] == "guided":
        raise InputError(f"Topic {topic_id} {why}.")


def _shown(outline: Outline, topic_id: int) -> int:
    """Return a topic of the level shown.

    Raises:
        InputError: It is broader or finer.
    """
    at = outline.at(outline.shown)
    above = at[topic_id]
    if above != topic_id and outline.kinds[above] == "guided":
        raise InputError(
            f"Topic {topic_id} is a part of topic {above}, which is one of your own; add narrower "
            "topics to its file."
        )
    if above != topic_id:
        raise InputError(
            f"Topic {topic_id} is a part of topic {above}; only topics of the level shown can be "
            f"changed so. `topicwire edit split {above}` makes its parts topics of that level."
        )
    held = {at[leaf] for leaf in outline.used}
    if topic_id not in held and outline.kinds[topic_id] == "discovered":
        below = [f"{one} {outline.names[one]}" for one in outline.under(topic_id) if one in held]
        more = f" and {len(below) - _NAMED} more" if len(below) > _NAMED else ""
        raise InputError(
            f"Topic {topic_id} is a broad one; edits act on those that it is made of "
            f"({'; '.join(below[:_NAMED])}{more}): name one of them."
        )
    return topic_id


def _anchor(store: CorpusStore, outline: Outline, topic_id: int) -> Anchor:
    """Describe a topic by what it holds."""
    if outline.kinds[topic_id] == "guided":
        return Anchor(outline.names[topic_id])
    keys = read_firmest(store, outline.under(topic_id))
    total = sum(row[2] for row in count_by_topic(store))
    level, finest = outline.levels[topic_id], outline.finest[topic_id]
    depth = -1 if finest < outline.shown else int(level > outline.shown)
    return Anchor("", tuple(keys[:ANCHORS]), len(keys), total, depth, topic_id)


def _passage(store: CorpusStore, passage_id: int) -> tuple[str, int]:
    """Return content hash and wording of a passage.

    Raises:
        InputError: There is none.
    """
    found = find_wording(store, passage_id)
    if found is None:
        raise InputError(
            f"There is no passage {passage_id}; `topicwire search` and `topicwire topics "
            "--passages` show their numbers."
        )
    return found


def _in_words(store: CorpusStore, edit: Edit) -> str:
    # Those of before edits say what was meant: a topic made by an edit may have the id of one.
    names = read_names(store) | read_kept_names(store) if has_kept(store) else {}
    topics = [_name(store, anchor, names) for anchor in edit.topics]
    passages = [_first_words(store, key) for key in edit.passages]
    if edit.kind == "rename":
        return f"{topics[0]} is called {edit.name!r}"
    if edit.kind == "merge":
        return f"{' and '.join(topics)} are one topic"
    if edit.kind == "split":
        return f"{topics[0]} is split" + (f" into {edit.into}" if edit.into else "")
    if edit.kind == "pin":
        return f"{passages[0]} belongs to {topics[0]}"
    if edit.kind == "exclude":
        return f"{passages[0]} does not belong to {topics[0]}"
    return f"{passages[0]} and {passages[1]} are in different topics"


def _name(store: CorpusStore, anchor: Anchor, names: Mapping[int, str]) -> str:
    """Name a topic of an edit by its own name, or by its firmest passage."""
    if name := anchor.guided or names.get(anchor.id):
        return repr(name)
    return f"the topic of {_first_words(store, anchor.members[0])}" if anchor.members else "?"


def _first_words(store: CorpusStore, key: str) -> str:
    found = find_text(store, key)
    if not found:
        return "a passage that is gone"
    words = " ".join(found[1].split())
    return f"passage {found[0]} “{words[:40]}{'…' if len(words) > 40 else ''}”"
