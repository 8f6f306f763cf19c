"""Taking files into the store: read, clean, split; unchanged ones are passed over."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from types import MappingProxyType

from embeddings.articles.files import read_given, read_paths
from embeddings.articles.furniture.finding import find_furniture
from embeddings.articles.given import Given
from embeddings.articles.parsing.addresses import canonical_address
from embeddings.articles.parsing.results import Problem, ReadFile, ReadOptions
from embeddings.articles.passages import split
from embeddings.corpus.identity import (
    describe_names,
    find_name,
    find_parted,
    forget_old_problems,
    is_on_disk,
    is_read_again,
    is_same_article,
    is_there,
    name_by_twin,
    name_kind,
    standing_order,
)
from embeddings.corpus.outlets import name_outlet, read_aliases
from embeddings.corpus.store import CorpusStore
from embeddings.corpus.versions import (
    Reading,
    drop_versions,
    forget_address,
    forget_articles,
    keep_version,
    note_address,
    now,
    read_texts,
    read_times,
)
from embeddings.documents import Document, version_of
from embeddings.text.languages import find_change, find_language
from embeddings.text.normalising import normalise

# Seconds after which a file is named for the time it took.
SLOW_FILE = 10.0
# Articles of which languages are found between two commits.
_AT_ONCE = 500


@dataclass
class ReadingReport:
    """What a run took in.

    Attributes:
        files: Files met, and articles given without one.
        unchanged_files: Those of them that an earlier run had read as they are.
        added: Documents new to the store.
        updated: Documents replaced by a newer version.
        unchanged: Documents met that were stored already.
        repeated: Documents counted once with one that another file or row brought, perhaps
            under another address.
        problems: What could not be read, in files that this run read.
        notes: How files of tables were understood, and which took long, by path.
        kinds: Files met, by their ending; what comes from none by its name.
        without: Documents added or replaced that have no ``title``, ``source`` or
            ``published``, by that.
        guessed: Articles read that name no outlet, by the name of the folder that is taken
            for it, where that or the file was given.
        changing: Documents added or replaced that change their language half-way, by id: the
            language of either half.
    """

    files: int = 0
    unchanged_files: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    repeated: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    without: Counter[str] = field(default_factory=Counter)
    guessed: Counter[str] = field(default_factory=Counter)
    changing: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def met(self) -> int:
        """Documents met: new, replaced, as they were, or counted with another."""
        return self.added + self.updated + self.unchanged + self.repeated

    def note_file(self, part: ReadFile) -> None:
        """Count a file with its last part, and what was guessed in each."""
        if part.guessed:
            self.guessed[Path(part.path).parent.name] += part.guessed
        # A folder has no digest of its own, only what was passed over in it.
        if part.last and (part.digest or not is_on_disk(part.path)):
            self.files += 1
            self.kinds[name_kind(part.path)] += 1


def add_paths(
    store: CorpusStore,
    paths: Sequence[Path],
    options: ReadOptions,
    progress: Callable[[int, int, str], None] = lambda _done, _total, _name: None,
    given: Sequence[Given] = (),
    time_read: str = "",
) -> ReadingReport:
    """Add the articles in files and folders, or given without one, to the store or update them.

    Each file, or part of a large table, is one transaction: a killed run goes on with the
    first that was not finished.

    Args:
        store: Open for writing.
        paths: Files and folders.
        options: How they are read.
        progress: Told, before a file is read, how many were, how many there are, and its name.
        given: Articles that come from no file.
        time_read: When this is, ISO 8601 in UTC; ``""`` for now.

    Raises:
        InputError: A path is missing, a folder holds no articles, a table no text.
    """
    report = ReadingReport()
    began, time_read = time.monotonic(), time_read or now()
    known = store.file_digests()
    read = read_paths(paths, options, known, progress)
    files: dict[str, TakenFile] = {}
    for part in take_parts(
        store,
        chain(read, *(read_given(each, options) for each in given)),
        report,
        files,
        time_read,
        known,
    ):
        if part.last:
            seconds, began = time.monotonic() - began, time.monotonic()
            slow = (f"took {seconds:.0f} s",) if seconds > SLOW_FILE else ()
            report.notes.update({part.path: part.notes + slow} if part.notes + slow else {})
    _read_parted(store, paths, options, report, files, time_read)
    forget_old_problems(store, paths, files.keys())
    return report


def _read_parted(
    store: CorpusStore,
    paths: Sequence[Path],
    options: ReadOptions,
    report: ReadingReport,
    files: dict[str, TakenFile],
    time_read: str,
) -> None:
    """Read what was passed over as another file's twin, and is one no more: that has changed."""
    parted = {path for path in find_parted(store) if path in files}
    if not parted:
        return
    for path in parted:
        del files[path]
        report.kinds[name_kind(path)] -= 1
    report.files -= len(parted)
    report.unchanged_files -= len(parted)
    known = store.file_digests()
    others = {path: digest for path, digest in known.items() if path not in parted}
    # From the folders that were given: they say how a file is read, and of what outlet it is.
    found = read_paths(paths, options, others)
    read = (part for part in found if part.path in parted)
    # All or nothing: what is forgotten alone would never be read.
    with store.transaction():
        for path in parted:
            forget_address(store, path)
        for _ in take_parts(store, read, report, files, time_read, known):
            pass


def take_parts(
    store: CorpusStore,
    parts: Iterable[ReadFile],
    report: ReadingReport,
    files: dict[str, TakenFile],
    time_read: str,
    known: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[ReadFile]:
    """Add the articles of files as they are read to the store, and yield each part that was.

    What an article's name or address says of others is looked up in the store, so that all
    articles of one name or address belong in one store.

    Args:
        store: Open for writing.
        parts: Of files, in the order of their paths.
        report: What is taken in is added to it.
        files: What each file came to is added to it, by path.
        time_read: When this is, ISO 8601 in UTC.
        known: Digests of files that were read before.
    """
    aliases = read_aliases(store)
    same_bytes: dict[str, list[str]] = defaultdict(list)
    for path, digest in sorted(known.items()):
        same_bytes[digest.rpartition(":")[2]].append(path)
    for part in parts:
        twins = same_bytes[part.content] if part.content else []
        file = files.setdefault(
            part.path,
            TakenFile(time_read, is_read_again(known.get(part.path), part.content), twins),
        )
        named = tuple(name_outlet(document, aliases) for document in part.documents)
        told = len(file.problems)
        file.problems += part.problems
        with store.transaction():
            _add_part(store, replace(part, documents=named), file, report)
        report.problems += file.problems[told:]
        if part.content and part.path not in twins:
            twins.append(part.path)
        yield part


@dataclass
class TakenFile:
    """What the parts of one file came to so far.

    Attributes:
        time_read: When this is.
        read_again: Whether it is as it was, and only how it is read has changed.
        twins: The files of the same bytes that were read before it.
        problems: What could not be read in it.
        met: Names of the articles that it brought.
        renamed: Place of each article whose id or address is another's, to that one's file.
        others: Names that these got, by that id or address.
    """

    time_read: str
    read_again: bool
    twins: Sequence[str]
    problems: list[Problem] = field(default_factory=list)
    met: set[str] = field(default_factory=set)
    renamed: dict[str, str] = field(default_factory=dict)
    others: dict[str, list[str]] = field(default_factory=dict)


def _add_part(
    store: CorpusStore,
    part: ReadFile,
    file: TakenFile,
    report: ReadingReport,
) -> None:
    report.note_file(part)
    if part.unchanged:
        report.unchanged_files += 1
        found = store.rows("SELECT count(*) FROM documents WHERE path = ?", (part.path,))
        report.unchanged += found[0][0]
        return
    several = part.documents and part.path not in part.places
    if several and is_on_disk(part.path) and store.document_version(part.path) is not None:
        # The file was taken for one article before.
        store.remove_documents([part.path])
    for document, place in _order_twins(part):
        dropped = [(part.rules[place], line) for line in part.dropped.get(place, ())]
        _take(store, document, place, dropped, file, report)
    if part.last:
        if said := describe_names(part.path, file.renamed):
            file.problems.append(Problem(part.path, None, said))
        # The digest comes with the last part: it says that the whole file was read.
        store.add_file(part.path, part.digest, [(p.line, p.message) for p in file.problems])


def _order_twins(part: ReadFile) -> Iterator[tuple[Document, str]]:
    """Yield the articles of a part with their places, those of one address the best first."""
    groups: dict[str, list[tuple[Document, str]]] = {}
    for document, place in zip(part.documents, part.places, strict=True):
        groups.setdefault(canonical_address(document.url) or document.id, []).append(
            (document, place)
        )
    for twins in groups.values():
        yield from sorted(twins, key=lambda one: standing_order(one[0]), reverse=True)


def _take(
    store: CorpusStore,
    document: Document,
    place: str,
    dropped: Sequence[tuple[str, str]],
    file: TakenFile,
    report: ReadingReport,
) -> None:
    """Store an article that is new or has changed; count one that was met before."""
    others = file.others.get(document.id, ())
    name, taken = name_by_twin(store, document, place, file.twins) or find_name(
        store, document, place, file.met, others
    )
    if taken and name not in others:
        file.renamed[place] = taken
        file.others.setdefault(document.id, []).append(name)
    known = next(iter(store.documents([name])), None)
    again = name in file.met
    file.met.add(name)
    document = replace(document, id=name)
    if known is None:
        if name == document.path:
            forget_address(store, name)
        _put(store, document, dropped, Reading(file.time_read, file.time_read), report)
        report.added += 1
    elif again or (known.path != document.path and is_there(known.path)):
        _join(store, known, document, dropped, file, report)
    elif store.document_version(name) == version_of(document):
        report.unchanged += 1
    else:
        _replace(store, known, document, dropped, file, report, is_row=place != document.path)
        report.updated += 1


def _join(
    store: CorpusStore,
    known: Document,
    document: Document,
    dropped: Sequence[tuple[str, str]],
    file: TakenFile,
    report: ReadingReport,
) -> None:
    """Count an article once that comes from another row or file too; its better text stands."""
    report.repeated += 1
    texts = set(map(normalise, read_texts(store, known.id)))
    text, standing = normalise(document.text), normalise(known.text)
    stands = standing_order(document) > standing_order(known)
    if stands and text not in texts:
        reading = read_times(store, known.id)
        if text != standing:
            keep_version(store, known, reading.changed)
            reading = Reading(reading.first, file.time_read)
        note_address(store, known.id, known.url, known.path)
        _put(store, document, dropped, reading, report)
        return
    if text not in {standing, *texts}:
        keep_version(store, document, file.time_read)
    note_address(store, known.id, document.url, document.path)


def _replace(
    store: CorpusStore,
    known: Document,
    document: Document,
    dropped: Sequence[tuple[str, str]],
    file: TakenFile,
    report: ReadingReport,
    *,
    is_row: bool,
) -> None:
    """Put what a file says now in the place of what it said, which is kept as a version."""
    reading = read_times(store, known.id)
    if is_row and not is_same_article(known.text, document.text):
        # Another article has the row, or the number, now.
        forget_articles(store, [known.id])
        reading = Reading(file.time_read, file.time_read)
    elif not file.read_again and _says(known) != _says(document):
        keep_version(store, known, reading.changed)
        drop_versions(store, known.id, document.text)
        reading = Reading(reading.first, file.time_read)
    _put(store, document, dropped, reading, report)


def _says(document: Document) -> tuple[str, str]:
    return normalise(document.title), normalise(document.text)


def _put(
    store: CorpusStore,
    document: Document,
    dropped: Sequence[tuple[str, str]],
    reading: Reading,
    report: ReadingReport,
) -> None:
    document = replace(document, language=find_language(_told(document)))
    if change := find_change(document.text):
        report.changing[document.id] = change
    removals = find_furniture(document)
    store.put_document(document, removals, split(document, removals), dropped, reading)
    report.without.update(
        name for name in ("title", "source", "published") if not getattr(document, name)
    )


def find_missing_languages(store: CorpusStore) -> None:
    """Find the languages of articles that were stored before languages were."""
    rows = store.rows("SELECT id FROM documents WHERE language = ''")
    for start in range(0, len(rows), _AT_ONCE):
        documents = store.documents([one for (one,) in rows[start : start + _AT_ONCE]])
        store.put_languages([(one.id, find_language(_told(one))) for one in documents])


def _told(document: Document) -> str:
    """Return what tells a document's language."""
    return f"{document.title}\n{document.text}"
