"""From files to topics: what ``topicwire cluster`` does."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, ParamSpec

from embeddings.articles.given import part_given
from embeddings.articles.listing import find_path
from embeddings.corpus.contents import count_languages, count_outlets, count_rows
from embeddings.corpus.database import check_place
from embeddings.corpus.intake import ReadingReport, add_paths, find_missing_languages
from embeddings.corpus.outlets import put_aliases
from embeddings.corpus.store import CorpusStore
from embeddings.encoders.protocol import Encoder
from embeddings.errors import InputError
from embeddings.progress import listen
from embeddings.text.languages import let_go_of_model
from embeddings.vectors.embedding import EmbeddingReport, embed_corpus
from topics.answers.anew import Anew, preview_anew
from topics.answers.cluster_options import ClusterOptions
from topics.answers.counting import describe_nothing
from topics.answers.encoder import choose_encoder
from topics.answers.levels import LevelCounts, count_levels
from topics.answers.topics import TopicSummary, summarise_topics
from topics.coverage.credit.owners import OWNERS, read_owners
from topics.guiding.taxonomy import GuidedTopic, read_topics
from topics.hierarchy.lineage import Change
from topics.naming.model_names import NamingReport, ask_names
from topics.pipeline.coverage_tables import count_wide_stories
from topics.pipeline.kept_tables import has_kept, read_kept
from topics.pipeline.run import derive
from topics.pipeline.sharing import CopyCount, count_copies
from topics.pipeline.topic_tables import read_names
from topics.pipeline.work import Derivation

_P = ParamSpec("_P")

# Passages beyond which memory counts for more than half a second.
_MANY = 20_000


@dataclass(frozen=True)
class ClusterReport:
    """What a run did, and what the database holds after it.

    Attributes:
        db: The database.
        reading: Files and articles met by this run, and what could not be read.
        documents: Articles stored.
        passages: Passages stored.
        outlets: Outlets of the stored articles.
        languages: Languages of the stored articles and number of articles, as in ``info``.
        removed: Lines left out as page furniture.
        furniture: Passages that an outlet repeats under its articles, whatever these are on:
            stored, and left out of topics and search.
        encoder: The model's name.
        embedding: Distinct texts embedded by this run and before.
        embedding_seconds: Time that took, loading the model included.
        copies: Groups of copies and related pairs by what they are, as in ``info``.
        stories: Stories of two outlets or more.
        previous_topics: Topics before this run.
        moved: Share of passages, 0 to 1, whose topic changed with this run.
        changes: What became of the topics of before: which grew, were born, merged, split
            or ended.
        topic_names: Names, by id, of the topics that ``changes`` is about.
        idle_edits: Numbers of edits made by hand that found nothing to act on.
        topics: The topics, guided ones first, then by size.
        levels: Topics on each level, and passages out of place.
        anew: What finding topics anew would change, where that was asked.
        naming: What an endpoint was asked for, ``None`` where none was.
        notes: What the user should know, such as a slower encoder being used.
        seconds: Time of the whole run.
    """

    db: str
    reading: ReadingReport
    documents: int
    passages: int
    outlets: int
    languages: tuple[tuple[str, int], ...]
    removed: int
    furniture: int
    encoder: str
    embedding: EmbeddingReport
    embedding_seconds: float
    copies: tuple[CopyCount, ...]
    stories: int
    previous_topics: int
    moved: float
    changes: tuple[Change, ...]
    topic_names: dict[int, str]
    idle_edits: tuple[int, ...]
    topics: list[TopicSummary]
    levels: LevelCounts
    anew: Anew | None
    naming: NamingReport | None
    notes: tuple[str, ...]
    seconds: float


def _with_fields_of(
    options: Callable[_P, ClusterOptions],
) -> Callable[[Callable[[ClusterOptions], ClusterReport]], Callable[_P, ClusterReport]]:
    """Give a function of options their fields for arguments, so that these are declared once."""

    def decorate(run: Callable[[ClusterOptions], ClusterReport]) -> Callable[_P, ClusterReport]:
        @functools.wraps(run)
        def call(*args: _P.args, **given: _P.kwargs) -> ClusterReport:
            return run(options(*args, **given))

        call.__signature__ = inspect.signature(options)  # type: ignore[attr-defined]
        return call

    return decorate


@_with_fields_of(ClusterOptions)
def cluster(options: ClusterOptions) -> ClusterReport:
    """Add articles to a database and bring its topics, copies and relations up to date.

    Its arguments are the fields of ``ClusterOptions``: ``cluster("articles", db="news.db")``.
    What is stored already is not read, embedded or computed again. Nothing is deleted.

    Raises:
        InputError: A path, option or file is not what it must be.
        ModelError: The model is missing or not the one it claims to be.
        StoreError: The database cannot be used, or holds vectors of another model.
    """
    began = time.perf_counter()
    if options.guided is not None and options.forget_guided:
        raise InputError("--topics and --no-topics were given together; use one of them.")
    path = Path(options.db)
    check_place(path)
    # What can be seen to be wrong is said before a database is made.
    key = _check_endpoint(*options.name_with) if options.name_with is not None else ""
    paths, given = part_given(options.paths)
    _check_paths(paths, path, or_given=bool(given))
    owners = read_owners(Path(options.owners)) if options.owners is not None else None
    taxonomy = read_topics(Path(options.guided)) if options.guided is not None else None
    tell = options.progress or _tell_nobody
    with CorpusStore.open(path, write=True) as store:
        encoder = choose_encoder(store, options)
        own = () if options.forget_guided else store.setting("guided") or ()
        _check_count(options.topics_count, len(own if taxonomy is None else taxonomy))
        _check_kept(store, options)
        if options.every and not (own if taxonomy is None else taxonomy):
            raise InputError(
                "--every puts every passage under a topic of your own, and there is none; "
                "give some with --topics FILE."
            )
        if owners is not None:
            store.set_setting(OWNERS, dict(owners.by_outlet) or None)
            put_aliases(store, owners.aliases)
        reading = ReadingReport()
        if paths or given:
            reading = add_paths(
                store,
                paths,
                options.reading(),
                lambda done, total, name: tell("reading", done, total, name),
                given,
            )
            if not reading.met:
                raise InputError(describe_nothing(reading))
        find_missing_languages(store)
        if store.count_passages() > _MANY:
            let_go_of_model()
        preview = options.anew and not options.take_anew and has_kept(store)
        _remember(store, options, taxonomy, with_count=not preview)
        started = time.perf_counter()
        embedding = embed_corpus(store, encoder, lambda done, total: tell("embedding", done, total))
        embedding_seconds = time.perf_counter() - started
        with listen(tell):
            derivation = derive(
                store, encoder, anew=options.take_anew, measure=options.stability is True
            )
        anew = naming = None
        if preview:
            with listen(lambda stage, done, total: tell(f"{stage} anew", done, total)):
                anew = preview_anew(store, encoder, lambda: _remember_count(store, options))
        if options.name_with is not None:
            tell("asking for names", 0, None)
            naming = ask_names(store, *options.name_with, key=key)
        return ClusterReport(
            **describe_run(store, encoder, derivation),
            reading=reading,
            embedding=embedding,
            embedding_seconds=embedding_seconds,
            anew=anew,
            naming=naming,
            seconds=time.perf_counter() - began,
        )


def _tell_nobody(stage: str, done: int, total: int | None, at: str = "") -> None:
    pass


def _check_paths(paths: Sequence[Path], db: Path, or_given: bool) -> None:
    """Refuse a path that leads to nothing, and no articles where there is nothing to go over."""
    for path in paths:
        find_path(path)
    if not paths and not or_given and not db.exists():
        raise InputError(
            "No articles were named and there is no database yet; "
            "type: topicwire cluster FOLDER_OF_ARTICLES"
        )


def _remember(
    store: CorpusStore,
    options: ClusterOptions,
    taxonomy: Sequence[GuidedTopic] | None,
    *,
    with_count: bool,
) -> None:
    """Store what later runs go by."""
    if taxonomy is not None:
        store.set_setting("guided", [dataclasses.asdict(topic) for topic in taxonomy])
    elif options.forget_guided:
        store.set_setting("guided", None)
    if options.every is not None:
        store.set_setting("every", options.every or None)
    if with_count:
        _remember_count(store, options)
    if options.stability is not None:
        store.set_setting("stability", options.stability)


def _remember_count(store: CorpusStore, options: ClusterOptions) -> None:
    count = options.topics_count
    if count is not None:
        store.set_setting("topics_count", None if count == "auto" else count)


def _check_kept(store: CorpusStore, options: ClusterOptions) -> None:
    """Refuse another number of topics where that would move what is kept."""
    wanted, anew = options.topics_count, options.anew or options.take_anew
    kept = None if wanted is None or anew else read_kept(store)
    if kept and (None if wanted == "auto" else wanted) != kept.count:
        raise InputError(
            f"--topics-count {wanted} takes finding topics anew, which moves passages; add --anew "
            "to see what would move, and --anew --yes to take it."
        )


def _check_endpoint(url: str, model: str) -> str:
    """Check an endpoint's address; returns the key to ask it with."""
    from topics.naming.chat import open_endpoint, read_key

    open_endpoint(url, model)
    return read_key()


def _check_count(count: int | Literal["auto"] | None, guided: int) -> None:
    if isinstance(count, int) and count < max(guided, 1):
        own = f", and {guided} of them are your own" if guided else ""
        raise InputError(f"--topics-count is {count}{own}; give {max(guided, 1)} or more, or auto.")


def describe_run(store: CorpusStore, encoder: Encoder, derivation: Derivation) -> dict[str, Any]:
    """Return the fields of a report that tell what is stored now, and what became of topics."""
    return {
        "db": str(store.path),
        "documents": count_rows(store, "documents"),
        "passages": count_rows(store, "passages"),
        "outlets": len(count_outlets(store)),
        "languages": tuple(count_languages(store)),
        "removed": count_rows(store, "removals"),
        "furniture": count_rows(store, "furniture"),
        "encoder": encoder.name,
        "previous_topics": derivation.previous_topics,
        "moved": derivation.moved,
        "changes": derivation.changes,
        "topic_names": derivation.name_changes(read_names(store)),
        "idle_edits": derivation.idle,
        "topics": summarise_topics(store),
        "levels": count_levels(store),
        "notes": (*encoder.notes, *derivation.notes),
        "copies": count_copies(store),
        "stories": count_wide_stories(store),
    }
