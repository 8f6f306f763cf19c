"""Which article is which: the name each is stored by, and which of its texts stands for it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterator, Mapping, Sequence

    from embeddings.corpus.store import CorpusStore
    from embeddings.documents import Document

# Two texts under one id or address that share fewer words are two articles.
_SAME_ARTICLE = 0.5
# A front page, or a stream of posts, is the address of more articles than this.
_MOST_AT_ADDRESS = 20
# Files of the same bytes that are looked at: more are of no article.
_MOST_TWINS = 100


def is_on_disk(path: str) -> bool:
    """Whether a path is that of a file or an object, not the name of what comes from none."""
    return Path(path).is_absolute() or "://" in path


def name_kind(path: str) -> str:
    """Return the kind of file a path is of, by its ending; what comes from none by its name."""
    from embeddings.articles.parsing.unfolding import drop_packing

    name = drop_packing(Path(path).name).partition("?")[0]
    return Path(name).suffix or "no ending" if is_on_disk(path) else path


def is_there(path: str) -> bool:
    """Whether a path is that of a file which is there still; an object is taken to be."""
    return "://" in path or (is_on_disk(path) and Path(path).exists())


def share_of_words(one: str, other: str) -> float:
    """Return the words that two texts have in common, as a share of the longer one's."""
    a, b = Counter(one.split()), Counter(other.split())
    return (a & b).total() / max(1, a.total(), b.total())


def share_of_runs(one: str, other: str) -> float:
    """Return the runs of three words that two texts share, as a share of the shorter one's."""
    a, b = (
        set(zip(words, words[1:], words[2:], strict=False))
        for words in map(str.split, (one, other))
    )
    return len(a & b) / max(1, min(len(a), len(b)))


def is_same_article(one: str, other: str) -> bool:
    """Whether two texts under one name are one article.

    Half of the longer one's words in common; or of the shorter one's runs of three words, which
    a text that was cut, or has grown, keeps and another of the same language has not.
    """
    return (
        one == other or max(share_of_words(one, other), share_of_runs(one, other)) >= _SAME_ARTICLE
    )


def standing_order(document: Document) -> tuple[object, ...]:
    """Return what puts the twins of an article in order; the greatest stands for it.

    The latest by its date, on one day the longest, whatever was read first. Of one text the
    one with the plainest address.
    """
    from embeddings.articles.parsing.addresses import canonical_address

    form = canonical_address(document.url).removeprefix("https://")
    plain = document.url.removeprefix("https://").removeprefix("www.") == form
    return (
        document.published[:10],
        len(document.text),
        document.published,
        document.text,
        plain,
        document.url.startswith("https://www."),
        document.url,
        document.title,
        document.source,
    )


def find_name(
    store: CorpusStore,
    document: Document,
    place: str,
    met: Container[str],
    others: Sequence[str] = (),
) -> tuple[str, str]:
    """Return the name that an article is stored by.

    Its id; else its address in its one form; else as it is written; else its file and row. The
    first that is free, or that is this article's already.

    Args:
        store: What is stored.
        document: The article, named by its id or address.
        place: Its file, and row if it is of several; of what comes from no file, the hash of
            its outlet and text.
        met: Names of the articles that this file has brought in this run.
        others: Names of those among them that had its id, or address, and got another name.

    Returns:
        The name; and the file of the article that has the id, where that is another one.
    """
    from embeddings.articles.parsing.addresses import canonical_address

    if store.document_version(place) is not None:
        return place, ""  # as in an earlier run, whoever has the id now
    named = store.rows("SELECT text FROM documents WHERE id = ?", (document.url,))
    if named and is_same_article(named[0][0], document.text):
        return document.url, ""
    taken = ""
    address = canonical_address(document.url)
    for name in filter(None, dict.fromkeys((*others, document.id, address, document.url))):
        found = store.rows("SELECT path, text FROM documents WHERE id = ?", (name,))
        if not found:
            twins = () if taken else _at_address(store, address, document.text)
            return next(iter(twins), name), taken
        path, text = found[0]
        # What comes from no file may be of another table each time.
        ours = is_on_disk(path) and (path == document.path or not is_there(path))
        if (ours and name not in met) or is_same_article(text, document.text):
            return name, taken
        taken = taken or path
    return place, taken


def name_by_twin(
    store: CorpusStore, document: Document, place: str, twins: Sequence[str]
) -> tuple[str, str] | None:
    """Return the name of the article of another file with the same bytes, ``None`` without one.

    Only where files alone name both, and outlet and date, which a folder or a file's name may
    tell, are the same: what two outlets print word for word are two articles.
    """
    if document.id != place or store.document_version(place) is not None:
        return None
    for one in store.documents([path for path in twins[:_MOST_TWINS] if path != place]):
        alike = (one.source, one.published) == (document.source, document.published)
        if alike and is_same_article(one.text, document.text) and is_there(one.path):
            return one.id, ""
    return None


def find_parted(store: CorpusStore) -> list[str]:
    """Return files that were met as the twin of one that has other bytes by now, sorted."""
    content = {path: digest.rpartition(":")[2] for path, digest in store.file_digests().items()}
    rows = store.rows(
        "SELECT a.path, d.path FROM addresses AS a JOIN documents AS d ON d.id = a.document_id "
        "WHERE a.url = '' AND d.id = d.path AND a.path != d.path ORDER BY a.path"
    )
    return [
        path
        for path, other in rows
        if path in content and content[path] != content.get(other) and is_there(path)
    ]


def _at_address(store: CorpusStore, address: str, text: str) -> Iterator[str]:
    """Yield the names of the stored articles of an address that this text is of."""
    rows = store.rows(
        "SELECT id, text FROM documents WHERE address = ? AND ?1 != '' ORDER BY id LIMIT ?",
        (address, _MOST_AT_ADDRESS + 1),
    )
    if len(rows) <= _MOST_AT_ADDRESS:
        yield from (name for name, stored in rows if is_same_article(stored, text))


def is_read_again(digest: str | None, content: str) -> bool:
    """Whether a file was read before with the content that it has, as far as is known.

    What was noted before version 7 of the database does not tell; the article is not said to
    have changed then.
    """
    before = (digest or "").rpartition(":")[2]
    return bool(digest) and (":" not in (digest or "") or before == content)


def forget_old_problems(store: CorpusStore, paths: Sequence[Path], met: Collection[str]) -> None:
    """Forget the problems of files that lay below the paths given and are there no more."""
    roots = [path.resolve() for path in paths]
    store.forget_problems(
        path
        for path in {path for path, _, _ in store.file_problems()} - set(met)
        if any(root == Path(path) or root in Path(path).parents for root in roots)
    )


def describe_names(path: str, renamed: Mapping[str, str]) -> str:
    """Say how many articles of a file bear the name of one of another, ``""`` for none."""
    if not renamed:
        return ""
    ids = "id names an article" if len(renamed) == 1 else "ids name articles"
    others = ", ".join(sorted(set(renamed.values())))
    name = "address, or file and row, name them" if is_on_disk(path) else "its text names each"
    return f"{len(renamed)} {ids} of {others} too; here {name}"
