"""Taking files into the store: read, clean, split; unchanged ones are passed over."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from embeddings.articles.files import read_given, read_paths
from embeddings.articles.furniture.finding import find_furniture
from embeddings.articles.given import Given
from embeddings.articles.parsing.results import Problem, ReadFile, ReadOptions
from embeddings.articles.parsing.unfolding import drop_packing
from embeddings.articles.passages import split
from embeddings.corpus.store import CorpusStore
from embeddings.documents import Document, version_of

# Seconds after which a file is named for the time it took.
SLOW_FILE = 10.0
# Two texts under one id that share fewer words are two articles.
_SAME_ARTICLE = 0.5


@dataclass
class ReadingReport:
    """What a run took in.

    Attributes:
        files: Files met, and articles given without one.
        unchanged_files: Those of them that an earlier run had read as they are.
        added: Documents new to the store.
        updated: Documents replaced by a newer version.
        unchanged: Documents met that were stored already.
        repeated: Documents left out, since another file or row brought them.
        problems: What could not be read, in files that this run read.
        notes: How files of tables were understood, and which took long, by path.
        kinds: Files met, by their ending; what comes from none by its name.
        without: Documents added or replaced that have no ``title``, ``source`` or
            ``published``, by that.
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

    @property
    def met(self) -> int:
        """Documents met: new, replaced, as they were, or left out as repeated."""
        return self.added + self.updated + self.unchanged + self.repeated


def add_paths(
    store: CorpusStore,
    paths: Sequence[Path],
    options: ReadOptions,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    given: Sequence[Given] = (),
) -> ReadingReport:
    """Add the articles in files and folders, or given without one, to the store or update them.

    Each file, or part of a large table, is one transaction: a killed run goes on with the
    first that was not finished.

    Args:
        store: Open for writing.
        paths: Files and folders.
        options: How they are read.
        progress: Told, before a file is read, how many were and how many there are.
        given: Articles that come from no file.

    Raises:
        InputError: A path is missing, a folder holds no articles, a table no text.
    """
    report = ReadingReport()
    files: dict[str, _File] = {}
    began = time.monotonic()
    read = read_paths(paths, options, store.file_digests(), progress)
    for part in chain(read, *(read_given(each, options) for each in given)):
        file = files.setdefault(part.path, _File())
        told = len(file.problems)
        file.problems += part.problems
        with store.transaction():
            _add_part(store, part, file, report)
        report.problems += file.problems[told:]
        if part.last:
            seconds, began = time.monotonic() - began, time.monotonic()
            slow = (f"took {seconds:.0f} s",) if seconds > SLOW_FILE else ()
            report.notes.update({part.path: part.notes + slow} if part.notes + slow else {})
    _forget_old_problems(store, paths, files.keys())
    return report


@dataclass
class _File:
    """What the parts of one file came to so far."""

    problems: list[Problem] = field(default_factory=list)
    refused: bool = False
    met: set[str] = field(default_factory=set)  # ids that the file states
    renamed: dict[str, str] = field(default_factory=dict)  # place to the id's other file


def _forget_old_problems(store: CorpusStore, paths: Sequence[Path], met: Collection[str]) -> None:
    """Forget the problems of files that lay below the paths given and are there no more."""
    roots = [path.resolve() for path in paths]
    store.forget_problems(
        path
        for path in {path for path, _, _ in store.file_problems()} - set(met)
        if any(root == Path(path) or root in Path(path).parents for root in roots)
    )


def _add_part(
    store: CorpusStore,
    part: ReadFile,
    file: _File,
    report: ReadingReport,
) -> None:
    # A folder has no digest of its own, only what was passed over in it.
    is_counted = bool(part.digest) or not _is_on_disk(part.path)
    if is_counted and part.last:
        report.files += 1
        name = drop_packing(Path(part.path).name).partition("?")[0]
        kind = Path(name).suffix or "no ending"
        report.kinds[kind if _is_on_disk(part.path) else part.path] += 1
    if part.unchanged:
        report.unchanged_files += 1
        found = store.rows("SELECT count(*) FROM documents WHERE path = ?", (part.path,))
        report.unchanged += found[0][0]
        return
    several = part.documents and part.path not in part.places
    if several and _is_on_disk(part.path) and store.document_version(part.path) is not None:
        # The file was taken for one article before.
        store.remove_documents([part.path])
    for document, place in zip(part.documents, part.places, strict=True):
        settled = _settle(store, document, place, file)
        if isinstance(settled, Document):
            _add_document(store, settled, part.dropped.get(document.id, ()), report)
        else:
            report.repeated += 1
            file.problems.append(Problem(part.path, None, settled))
    if part.last and file.renamed:
        ids = "id names an article" if len(file.renamed) == 1 else "ids name articles"
        others = ", ".join(sorted(set(file.renamed.values())))
        name = "file and row name them" if _is_on_disk(part.path) else "its text names each"
        message = f"{len(file.renamed)} {ids} of {others} too; here {name}"
        file.problems.append(Problem(part.path, None, message))
    # The digest comes with the last part: it says that the whole file was read. A file with
    # refused articles is read again, since the other file may be gone by then.
    if part.last:
        digest = "" if file.refused else part.digest
        store.add_file(part.path, digest, [(p.line, p.message) for p in file.problems])


def _settle(store: CorpusStore, document: Document, place: str, file: _File) -> Document | str:
    """Return the article under the name it is stored by, or why it is left out.

    An id names one article. Met again with a text that has less than half of its words in
    common, it is a number of the file's own, and file and row name the article, or its text
    where it comes from no file.
    """
    here = _is_on_disk(document.path)
    if document.id == place and here:
        return document
    if document.id != place and store.document_version(place) is not None:
        return replace(document, id=place)  # as in an earlier run, whoever has the id now
    found = store.rows("SELECT path, text FROM documents WHERE id = ?", (document.id,))
    again = document.id in file.met
    file.met.add(document.id)
    if not found:
        return document
    path, text = found[0]
    # What comes from no file may be of another table each time.
    ours = path == document.path or not Path(path).exists()
    if ours and not again and _is_on_disk(path):
        return document
    if share_of_words(text, document.text) < _SAME_ARTICLE:
        file.renamed[place] = path
        return replace(document, id=place)
    if again:
        how = "the same text" if text == document.text else "another text"
        return f"an article with the id {document.id!r} and {how} came from {path}; left out"
    if not _is_on_disk(path):
        return document
    file.refused = True
    return f"the id {document.id} is already stored from {path}; left out here"


def _is_on_disk(path: str) -> bool:
    """Whether a path is that of a file, not the name of what comes from none."""
    return Path(path).is_absolute()


def share_of_words(one: str, other: str) -> float:
    """Return the words that two texts have in common, as a share of the longer one's."""
    a, b = Counter(one.split()), Counter(other.split())
    return (a & b).total() / max(1, a.total(), b.total())


def _add_document(
    store: CorpusStore, document: Document, dropped: Sequence[str], report: ReadingReport
) -> None:
    stored = store.document_version(document.id)
    if stored == version_of(document):
        report.unchanged += 1
        return
    removals = find_furniture(document)
    passages = split(document, removals)
    store.put_document(document, removals, passages, dropped)
    report.without.update(
        name for name in ("title", "source", "published") if not getattr(document, name)
    )
    if stored is None:
        report.added += 1
    else:
        report.updated += 1
