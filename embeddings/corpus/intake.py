"""Taking files into the store: read, clean, split; unchanged ones are passed over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from embeddings.articles.files import read_paths
from embeddings.articles.furniture.finding import find_furniture
from embeddings.articles.parsing.results import Problem, ReadFile, ReadOptions
from embeddings.articles.passages import split
from embeddings.corpus.store import CorpusStore
from embeddings.documents import Document, version_of


@dataclass
class ReadingReport:
    """What a run took in.

    Attributes:
        files: Files met.
        unchanged_files: Those of them that an earlier run had read as they are.
        added: Documents new to the store.
        updated: Documents replaced by a newer version.
        unchanged: Documents met that were stored already.
        problems: What could not be read, in files that this run read.
    """

    files: int = 0
    unchanged_files: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)


def add_paths(
    store: CorpusStore,
    paths: Sequence[Path],
    options: ReadOptions,
    progress: Callable[[ReadingReport], None] | None = None,
) -> ReadingReport:
    """Add the articles in files and folders to the store, or update them.

    Each file, or part of a large table, is one transaction: a killed run goes on with the
    first that was not finished.

    Raises:
        InputError: A path is missing, a folder holds no articles, a table no text.
    """
    report = ReadingReport()
    files: dict[str, _File] = {}
    for part in read_paths(paths, options, store.file_digests()):
        file = files.setdefault(part.path, _File())
        file.problems += part.problems
        report.problems += part.problems
        with store.transaction():
            _add_part(store, part, file, report)
        if progress:
            progress(report)
    _forget_old_problems(store, paths, files.keys())
    return report


@dataclass
class _File:
    """What the parts of one file came to so far."""

    problems: list[Problem] = field(default_factory=list)
    refused: bool = False


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
    is_file = bool(part.digest) or not part.last
    report.files += is_file and part.last
    if part.unchanged:
        report.unchanged_files += 1
        found = store.rows("SELECT count(*) FROM documents WHERE path = ?", (part.path,))
        report.unchanged += found[0][0]
        return
    for document in part.documents:
        other = _other_owner(store, document)
        if other:
            message = f"the id {document.id} is already stored from {other}; left out here"
            file.problems.append(Problem(part.path, None, message))
            report.problems.append(file.problems[-1])
            file.refused = True
        else:
            _add_document(store, document, part, report)
    # The digest comes with the last part: it says that the whole file was read. A file with
    # refused articles is read again, since the other file may be gone by then.
    if part.last:
        digest = "" if file.refused else part.digest
        store.add_file(part.path, digest, [(p.line, p.message) for p in file.problems])


def _other_owner(store: CorpusStore, document: Document) -> str | None:
    """Return the file that an id belongs to, if that is another one which is still there."""
    found = store.rows("SELECT path FROM documents WHERE id = ?", (document.id,))
    if found and found[0][0] != document.path and Path(found[0][0]).exists():
        return str(found[0][0])
    return None


def _add_document(
    store: CorpusStore, document: Document, part: ReadFile, report: ReadingReport
) -> None:
    stored = store.document_version(document.id)
    if stored == version_of(document):
        report.unchanged += 1
        return
    removals = find_furniture(document)
    passages = split(document, removals)
    store.put_document(document, removals, passages, part.dropped.get(document.id, ()))
    if stored is None:
        report.added += 1
    else:
        report.updated += 1
