"""How each stage is made and kept: copies and graph, stories, topics, names, layout."""

from __future__ import annotations

import dataclasses
import functools
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.corpus.contents import list_titles
from embeddings.corpus.store import CorpusStore
from embeddings.errors import StoreError
from embeddings.progress import begin, share
from embeddings.search.index import ARRAYS, INDEX, VERSION, SearchIndex, fits_vectors
from embeddings.search.making import keep_index, make_index
from embeddings.vectors.graph import gather_nodes
from embeddings.vectors.growing import Lists, find_lists
from topics.coverage.relations.articles import ArticleRelation
from topics.coverage.reuse.matrix import OutletReport, measure_outlets
from topics.coverage.reuse.origins import find_quoted
from topics.coverage.stories.stories import StorySurvey
from topics.discovery.weights import MOST_NEIGHBOURS
from topics.edits.edits import Edit, read_edits
from topics.edits.renaming import apply_names
from topics.hierarchy.identity import count_moved
from topics.hierarchy.lineage import compare_topics
from topics.hierarchy.outline import SHOWN_LEVEL
from topics.keeping.kept import KEPT_FROM
from topics.pipeline.coverage import embed_leads, find_copied, find_coverage, find_related
from topics.pipeline.coverage_tables import (
    LAST_STORY_ID,
    STORY_COUNTS,
    store_article_relations,
    store_copies,
    store_relations,
    store_stories,
)
from topics.pipeline.covered import take_coverage
from topics.pipeline.furniture import FURNITURE as FURNITURE_TABLE
from topics.pipeline.furniture import find_repeated, store_furniture
from topics.pipeline.keeping import (
    Places,
    keep_marks,
    keep_places,
    make_places,
    note_events,
    read_places,
    recall_edits,
)
from topics.pipeline.kept_tables import has_kept
from topics.pipeline.layouts import ARRAYS as LAYOUT_ARRAYS
from topics.pipeline.layouts import POINTS, keep_layout, make_layout
from topics.pipeline.neighbours import (
    GRAPH,
    NEAR,
    keep_near,
    put_lists,
    read_lists,
    stored_graph,
)
from topics.pipeline.outlets import OUTLETS as OUTLETS_NAME
from topics.pipeline.quotations import QUOTED, by_passage
from topics.pipeline.recognising import read_last
from topics.pipeline.sharing import SHARING, Told, store_told, tell_all
from topics.pipeline.stages import Stage, Work, stored_notes
from topics.pipeline.topic_tables import (
    DESCRIBED,
    LAST_TOPIC_ID,
    SET_ASIDE,
    count_nodes,
    count_placed,
    read_members,
    read_names,
    store_topics,
)
from topics.pipeline.topics import FITS, Found, find_topics
from topics.pipeline.work import GRAPH_DIGEST, UNREAD, CorpusWork, Derivation, Relations

if TYPE_CHECKING:
    from numpy.typing import NDArray


# Raised when a method changes, so that stored results are replaced, but for topics and the map.
METHODS = 18


def _index_for_search(work: CorpusWork) -> tuple[SearchIndex, float]:
    begin("indexing for searches")
    return make_index(work.store, work.encoder.fingerprint)


def _renames(store: CorpusStore) -> list[Edit]:
    return [edit for edit in read_edits(store) if edit.kind == "rename"]


# Copies, graph and relations of passages


def _relate(work: CorpusWork) -> Relations:
    passages, documents = work.passages, work.documents
    begin("finding copies")
    survey = find_copied(passages, documents, work.thresholds, work.judgements, work.wordings)
    nodes = gather_nodes(passages, survey.wordings)
    begin("finding neighbours")
    known = _known_lists(work.store)
    lists = find_lists(work.vectors_of(nodes), nodes.keys, MOST_NEIGHBOURS, known)
    begin("relating passages")
    relations = find_related(
        passages,
        documents,
        survey,
        nodes.of_passage,
        lists.graph(MOST_NEIGHBOURS),
        thresholds=work.thresholds,
        judgements=work.judgements,
        unread=work.unread,
    )
    return Relations(survey, nodes, lists, relations)


def _known_lists(store: CorpusStore) -> Lists | None:
    """Return the neighbours that are stored; what is damaged is searched anew."""
    with suppress(StoreError):
        return read_lists(store)
    return None


def _keep_relations(work: CorpusWork, found: Relations) -> None:
    store_copies(work.store, work.passages, found.survey)
    store_relations(work.store, work.passages, found.relations)
    put_lists(work.store, found.lists)
    work.store.set_setting(UNREAD, sorted(work.unread))
    work.store.set_setting(GRAPH_DIGEST, work.graph_digest)


# Relations of articles, and stories


def _cover(work: CorpusWork) -> tuple[list[ArticleRelation], StorySurvey]:
    """Find relations of articles, and stories.

    Headlines are embedded for minutes, in commits of their own, which survive a kill.
    """
    begin("finding stories")
    with share(0.5):
        leads = embed_leads(work.store, work.encoder, work.passages, work.articles, work.furniture)
    return find_coverage(work.articles, leads, work.thresholds, work.judgements, work.unread)


def _keep_coverage(work: CorpusWork, found: tuple[list[ArticleRelation], StorySurvey]) -> None:
    relations, survey = found
    store_article_relations(work.store, work.articles, relations)
    store_stories(work.store, work.articles, survey)


# What kind of sharing copies and relations are


def _tell_sharing(work: CorpusWork) -> Told:
    return tell_all(
        work.passages, work.articles, work.copies, work.pairs, work.furniture, work.stories
    )


def _measure_outlets(work: CorpusWork) -> OutletReport:
    begin("measuring outlets")
    return measure_outlets(take_coverage(work))


# Quotations


def _find_quoted(work: CorpusWork) -> NDArray[np.int64]:
    begin("finding quotations")
    found = find_quoted([one.body for one in work.passages], work.copies, work.pairs)
    return by_passage(found, work.passages)


# Topics


def _place(work: CorpusWork) -> Places:
    begin("finding topics")
    with share(0.5):
        return make_places(work, METHODS)


def _find_topics(work: CorpusWork) -> tuple[Places, Found]:
    places: Places | None = work.runner.made.get(PLACES.name)
    if places is None:
        places = read_places(work, stored_notes(work.store, PLACES.name) or ())
        begin("finding topics")
    guided = [topic.name for topic in work.wishes.guided]
    kept = places.kept
    memory = recall_edits(work, places)
    last = functools.partial(
        read_last,
        work.store,
        work.nodes,
        work.passage_ids,
        guided=guided,
        undone=work.undone,
        kept=kept,
        stays=memory is not None,
    )
    found = find_topics(
        work.corpus,
        work.wishes,
        places.placed,
        last,
        memory=memory,
        # Of kept topics it is measured when they are found, or when it is asked for.
        measure=work.measure or (work.wishes.stability and memory is None),
    )
    return places, found


def _keep_topics(work: CorpusWork, made: tuple[Places, Found]) -> dict[str, Any]:
    """Store the topics, and say what became of those of before."""
    places, found = made
    begin("storing")
    store = work.store
    names, before = read_names(store), read_members(store)
    if "reading" in vars(work.corpus):
        keep_near(store, work.corpus.reading)
    store_topics(store, work.passage_ids, work.nodes, found)
    # Where texts have come, gone or been placed, an undone edit gives other topics back.
    store.set_setting(SET_ASIDE, None if PLACES.name in work.runner.made else found.aside)
    keep_marks(work, places, found)
    after = read_members(store)
    if places.kept or places.growth:
        note_events(work, work.runner.made.get(PLACES.name), before, after, names)
    work.changed = Derivation(
        fresh=True,
        previous_topics=len(set(before.values())),
        moved=count_moved(before, after) / max(len(before.keys() & after.keys()), 1),
        changes=tuple(compare_topics(before, after)) if before else (),
        names_before=names,
    )
    rests = [[edit, *sorted(makers)] for edit, makers in found.edited.rests.items()]
    return {"idle": found.edited.idle, "rests": rests, "notes": found.placed.notes}


def _list_judged(work: CorpusWork, *kinds: str) -> list[list[object]]:
    return sorted(
        [one.kind, one.a, one.b, one.same] for one in work.judgements if one.kind in kinds
    )


def _corpus(work: CorpusWork) -> list[object]:
    return [METHODS, work.encoder.fingerprint, work.corpus_fingerprint]


def _all_but_edits(work: CorpusWork) -> list[object]:
    # But for answers that are learnt from.
    return [dataclasses.asdict(dataclasses.replace(work.wishes, edits=())), work.wishes.taught]


RELATIONS: Stage[CorpusWork] = Stage(
    name="relations",
    after=(),
    hangs_on=lambda work: [
        *_corpus(work),
        [
            {k: v for k, v in dataclasses.asdict(work.thresholds).items() if k != "story"},
            *_list_judged(work, "near_copy", "contains", "same_event"),
        ],
    ],
    make=_relate,
    keep=_keep_relations,
    is_whole=lambda work: stored_graph(work.store) is not None,
    tables=("copy_groups", "copy_members", "wordings", "relations"),
    values=(*GRAPH, "recall", UNREAD, GRAPH_DIGEST),
)
# What an outlet repeats whatever its articles are on.
FURNITURE: Stage[CorpusWork] = Stage(
    name=FURNITURE_TABLE,
    after=("relations",),
    hangs_on=lambda _: [],
    make=lambda work: find_repeated(work.articles, work.all_nodes, work.vectors),
    keep=lambda work, found: store_furniture(work.store, work.passages, found),
    tables=(FURNITURE_TABLE,),
)
STORIES: Stage[CorpusWork] = Stage(
    name="stories",
    # Of passages they know only which are furniture: an answer to a pair of these touches none.
    after=(),
    # Titles are left out of the fingerprint of the corpus.
    hangs_on=lambda work: [
        *_corpus(work),
        [dataclasses.asdict(work.thresholds), *_list_judged(work, "story")],
        list_titles(work.store),
        *work.marked,
    ],
    make=_cover,
    keep=_keep_coverage,
    tables=("article_relations", "stories", "story_members", "story_memory"),
    values=(STORY_COUNTS, LAST_STORY_ID),
)
SHARED: Stage[CorpusWork] = Stage(
    name=SHARING,
    after=("relations", FURNITURE_TABLE, "stories"),
    hangs_on=lambda _: [],
    make=_tell_sharing,
    keep=lambda work, told: store_told(work.store, work.passages, told),
    tables=("copy_groups", "relations"),
)
# Made when those before it are stored, of which it is read.
OUTLETS: Stage[CorpusWork] = Stage(
    name=OUTLETS_NAME,
    after=(SHARING,),
    hangs_on=lambda _: [],
    make=_measure_outlets,
    keep=lambda _, report: dataclasses.asdict(report),
)
QUOTATIONS: Stage[CorpusWork] = Stage(
    name=QUOTED,
    after=("relations",),
    hangs_on=lambda _: [],
    make=_find_quoted,
    keep=lambda work, quoted: work.store.put_array(QUOTED, quoted),
    is_whole=lambda work: work.store.array(QUOTED) is not None,
    values=(QUOTED,),
)
# The partition before edits: an edit needs no second discovery.
PLACES: Stage[CorpusWork] = Stage(
    name="places",
    # Of relations they know only the graph, which most answers to a pair leave as it is.
    after=(),
    hangs_on=lambda work: [
        *_corpus(work),
        work.graph_digest,
        *_all_but_edits(work),
        *work.left_out,
    ],
    make=_place,
    keep=keep_places,
    is_whole=lambda work: (
        not work.anew
        and work.store.array("placed") is not None
        and (has_kept(work.store) or count_nodes(work.store) < KEPT_FROM)
    ),
    values=("placed", FITS),
)
TOPICS: Stage[CorpusWork] = Stage(
    name="topics",
    after=("places",),
    hangs_on=lambda work: [dataclasses.asdict(work.wishes), *work.left_out],
    make=_find_topics,
    keep=_keep_topics,
    is_whole=lambda work: not work.measure and count_placed(work.store) == work.with_topics,
    tables=("topics", "assignments", "members"),
    values=(LAST_TOPIC_ID, SHOWN_LEVEL, DESCRIBED, SET_ASIDE, *NEAR),
)
NAMES: Stage[CorpusWork] = Stage(
    name="names",
    after=("topics",),
    hangs_on=lambda work: [[dataclasses.asdict(one) for one in _renames(work.store)]],
    make=lambda work: _renames(work.store),
    keep=lambda work, renames: apply_names(work.store, renames),
    tables=("topics",),
)
LAYOUT: Stage[Work] = Stage(
    name=POINTS,
    after=("relations",),
    hangs_on=lambda _: [],
    make=lambda work: make_layout(work.store),
    keep=lambda work, made: keep_layout(work.store, made),
    values=LAYOUT_ARRAYS,
)
SEARCH: Stage[CorpusWork] = Stage(
    name=INDEX,
    after=(),
    # A change of articles takes the row of the stage away.
    hangs_on=lambda work: [METHODS, VERSION, work.encoder.fingerprint],
    make=_index_for_search,
    keep=lambda work, made: keep_index(work.store, work.encoder.fingerprint, *made),
    is_whole=lambda work: fits_vectors(work.store),
    values=(INDEX, *ARRAYS),
)
STAGES: tuple[Stage[Any], ...] = (
    RELATIONS,
    FURNITURE,
    STORIES,
    SHARED,
    OUTLETS,
    QUOTATIONS,
    PLACES,
    TOPICS,
    NAMES,
    LAYOUT,
    SEARCH,
)
