"""A topics file drafted from the topics that were discovered."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from embeddings.corpus.contents import refuse_source
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError, StoreError
from embeddings.writing import replace_file
from topics.answers.counting import from_outlets
from topics.answers.session import Database
from topics.answers.topics import TopicSummary, open_clustered, summarise_topics

# Example passages of each topic, and how much is kept of one: the model reads about 250
# words, and a file is to be read and edited.
EXAMPLES = 3
MOST_CHARACTERS = 600
# A sentence for the description has so many words; a shorter one is often a fragment.
SENTENCE_WORDS = (8, 45)
KEYPHRASES = 6

_HEAD = """\
# A draft made of the topics that were discovered in {db}.
# Rename topics, cut what you do not want, write descriptions in your own words, then:
#   topicwire cluster --topics THIS_FILE --db {typed}
# The keys are explained in docs/guided-topics.md.
"""
# What could steer a terminal or show text in another order than it has (directions of script,
# byte order mark); JSON leaves it as it is, and DEL too, which TOML does not allow.
_HIDDEN = "\u202a-\u202e\u2066-\u2069\ufeff"
_STEERING = re.compile(rf"[\x7f-\x9f\u2028\u2029{_HIDDEN}]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=[\"'“‘(]*[A-Z0-9])")


def suggest(db: Database = "topicwire.db", level: int | None = None) -> str:
    """Draft a topics file from the discovered topics of a database.

    Each topic gets its name, a description made of its key phrases and a typical
    sentence, and example passages; its size stands in a comment. Guided topics are left
    out: they stand in the user's own file.

    Args:
        db: The database.
        level: 0 is the broadest; by default the level that is shown first.

    Returns:
        TOML that ``topics.guiding.taxonomy.parse_topics`` reads.

    Raises:
        InputError: There is no such level.
        StoreError: There is no such database, nothing in it has been clustered, or all
            of its topics are guided.
    """
    path = Path(db)
    with open_clustered(path) as store:
        topics = summarise_topics(store, level)
    found = [topic for topic in topics if topic.kind == "discovered" and topic.passages]
    if not found:
        raise StoreError(
            f"{path} holds no discovered topic, only your own; "
            f"run `topicwire cluster --no-topics --db {path}` to discover some."
        )
    head = _HEAD.format(db=_in_comment(path), typed=_in_command(path))
    own = sum(topic.kind == "guided" for topic in topics)
    if own:
        head += f"# Your own topics ({own}) are not repeated here; add these below them.\n"
    return head + "".join(f"\n{entry}" for entry in write_entries(found))


def save_draft(draft: str, out: Path, *, force: bool = False, db: Database | None = None) -> None:
    """Write a draft to a file.

    Args:
        draft: Its text.
        out: The file.
        force: Replace it where it is there.
        db: The database that was drafted from, whose articles are not written over.

    Raises:
        InputError: The file is there and ``force`` was not given, or cannot be written.
    """
    if db is not None:
        with CorpusStore.open(Path(db)) as store:
            refuse_source(store, out)
    try:
        with replace_file(out, fresh=not force) as new:
            new.write_bytes(draft.encode())
    except FileExistsError as error:
        raise InputError(
            f"{out} is there already; name another file, or add --force to replace it."
        ) from error
    except OSError as error:
        raise InputError(
            f"{out} cannot be written ({error.strerror}); name a file in a folder that is there."
        ) from error


def write_entries(topics: Sequence[TopicSummary]) -> list[str]:
    """Return a ``[[topic]]`` table for each topic, names made distinct."""
    taken: set[str] = set()
    entries = []
    for topic in topics:
        name = plain = clean(topic.name) or f"Topic {topic.id}"
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{plain} ({number})"
        taken.add(name.casefold())
        entries.append(_write_entry(topic, name))
    return entries


def quote(text: str) -> str:
    """Return text as a basic string of TOML (v1.0.0, "String"), on one line.

    A JSON string is one, but for a few characters. Halves of characters (lone surrogates),
    which no TOML can hold, become ``?``.
    """
    quoted = json.dumps(_whole(text), ensure_ascii=False)
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04X}", quoted)


def clean(text: str) -> str:
    """Return article text on one line: no control characters, no halves of characters."""
    return " ".join(_CONTROL.sub(" ", _whole(text)).split())


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _in_comment(path: Path) -> str:
    """Return a path for a comment line, which has no escapes."""
    return clean(re.sub(f"[{_HIDDEN}]", " ", str(path)))


def _in_command(path: Path) -> str:
    """Return a path for a command in a comment, or a word where it cannot stand there."""
    return shlex.quote(str(path)) if _in_comment(path) == str(path) else "THE_DATABASE"


def _write_entry(topic: TopicSummary, name: str) -> str:
    passages = [clean(quotation.text) for quotation in topic.representatives]
    examples = [_cut(one) for one in dict.fromkeys(passages) if one][:EXAMPLES]
    size = f"{topic.passages} passage{'s' * (topic.passages != 1)}"
    lines = [
        f"# {size} ({topic.share:.0%} of the corpus){from_outlets(len(topic.outlets))}",
        "[[topic]]",
        f"name = {quote(name)}",
        f"description = {quote(_describe(topic, name, passages))}",
    ]
    if examples:
        lines += ["examples = [", *(f"  {quote(one)}," for one in examples), "]"]
    return "\n".join(lines) + "\n"


def _describe(topic: TopicSummary, name: str, passages: Sequence[str]) -> str:
    """Return the key phrases, and of the typical passages the sentence that holds most of them."""
    phrases = [phrase for phrase in map(clean, topic.keyphrases[:KEYPHRASES]) if phrase]
    sentences = [
        sentence
        for passage in passages
        for sentence in _SENTENCE_END.split(passage)
        if SENTENCE_WORDS[0] <= len(sentence.split()) <= SENTENCE_WORDS[1]
    ] or list(passages[:1])

    def held(sentence: str) -> int:
        return sum(phrase.casefold() in sentence.casefold() for phrase in phrases)

    # max() takes the first of equals: the most typical passage.
    typical = _cut(max(sentences, key=held, default=""))
    return ". ".join(filter(None, [", ".join(phrases), typical])) or name


def _cut(text: str) -> str:
    """Cut text to ``MOST_CHARACTERS``, between words where there are any."""
    if len(text) <= MOST_CHARACTERS:
        return text
    return (text[:MOST_CHARACTERS].rsplit(" ", 1)[0] or text[:MOST_CHARACTERS]) + " ..."
