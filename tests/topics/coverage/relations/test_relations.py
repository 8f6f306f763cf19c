"""Claims about passages that are related but no copies."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.documents import Document, Passage
from embeddings.text.keeping import keeping
from embeddings.text.wording import read_many
from embeddings.vectors.neighbours import NeighbourGraph, find_neighbours
from topics.coverage.likeness.passages import (
    WEIGHTS,
    WORD_LACKING,
    SameEvent,
    candidate_pairs,
    measure_likeness,
    read_stated,
    split_score,
    weigh,
    weigh_days,
)
from topics.coverage.likeness.weighing import Likeness
from topics.coverage.relations.containment import Containment
from topics.coverage.relations.events import check_same_event, find_same_event
from topics.coverage.relations.relating import find_relations
from topics.coverage.relations.relations import Relation
from topics.coverage.relations.wordings import find_contained

QUOTED = (
    "The convoy of eleven lorries crossed the border at Bab al-Hawa shortly before noon, "
    "carrying flour, blankets and medicine for the besieged town, the agency said."
)
LONGER = (
    "Aid has begun to move again after weeks of talks between the two governments. "
    f"{QUOTED} It was the first delivery since March, and aid workers warned that it would feed "
    "the town for no more than nine days. A second convoy is waiting for its papers."
)
REPORT_A = "Rebels shot down an army helicopter near Idlib on Sunday, killing its crew of four."
REPORT_B = "An army helicopter was shot down by rebels near Idlib on Sunday; its crew of 4 died."
REPORT_C = "Rebels shot down an army helicopter near Hama in June, killing all nine aboard it."
OWN_WORDS_A = (
    "Ministers of the two powers left Geneva on Friday having settled how the stockpile is to be "
    "counted, moved and destroyed."
)
OWN_WORDS_B = (
    "After three days of talks in Geneva, diplomats agreed a timetable under which all of the "
    "poison gas must be gone by summer."
)
OTHER = "The central bank raised its main interest rate by half a point, as analysts had expected."


class Corpus:
    """Bodies with an outlet and a date each; vectors are bags of letters of the words."""

    def __init__(self, *rows: tuple[str, str, str]) -> None:
        self.passages = [
            Passage(f"d{n}", 0, 0, 0, len(body), body) for n, (body, _, _) in enumerate(rows)
        ]
        self.documents = {
            f"d{n}": Document(f"d{n}", body, "", source, published)
            for n, (body, source, published) in enumerate(rows)
        }
        self.nodes = np.arange(len(rows))

    def graph(self, k: int = 5) -> NeighbourGraph:
        texts = read_many(passage.body for passage in self.passages)
        counts = np.zeros((len(texts), len(texts.vocabulary)), np.float32)
        for row in range(len(texts)):
            np.add.at(counts[row], texts.row(row), 1)
        by_letters = np.argsort(np.array(texts.vocabulary.words(), dtype=str), kind="stable")
        return find_neighbours(counts[:, by_letters], k)

    def relations(self) -> list[Relation]:
        return find_relations(self.passages, self.documents, self.nodes, self.graph())

    def contained(self) -> list[Relation]:
        return find_contained(self.passages, self.documents, self.nodes)


def events(corpus: Corpus) -> list[tuple[int, int]]:
    return [(r.a, r.b) for r in corpus.relations() if r.kind == "same_event"]


def test_kept_events_are_those_found_and_other_dates_are_looked_at_anew() -> None:
    kept: dict[str, tuple[np.ndarray, np.ndarray]] = {}

    def find(corpus: Corpus) -> list[Relation]:
        with keeping(kept.get) as values:
            found = find_same_event(corpus.passages, corpus.documents, corpus.nodes, corpus.graph())
        kept.update({name: (keys, rows) for name, keys, rows in values.changed(every=True)})
        return found

    near, far = (
        Corpus(
            (REPORT_A, "Post", "2013-05-11"),
            (REPORT_B, "Herald", date),
            (REPORT_C, "Echo", "2013-06-30"),
            *((f"{OTHER} {n}", f"Daily {n}", "2013-05-11") for n in range(6)),
        )
        for date in ("2013-05-12", "2013-05-30")
    )
    with_none = find_same_event(near.passages, near.documents, near.nodes, near.graph())
    assert with_none
    assert find(near) == find(near) == with_none
    assert (0, 1) not in [(one.a, one.b) for one in find(far)]


def test_paragraph_inside_a_longer_one_is_found_with_its_place() -> None:
    corpus = Corpus((QUOTED, "Post", ""), (OTHER, "Post", ""), (LONGER, "Herald", ""))
    (relation,) = corpus.contained()
    assert (relation.kind, relation.a, relation.b, relation.across) == ("contains", 2, 0, True)
    assert isinstance(relation.evidence, Containment)
    stretch = LONGER[relation.evidence.start : relation.evidence.end]
    assert stretch == QUOTED.removesuffix(".")
    assert relation.evidence.share_contained == 1.0


def test_change_inside_the_quotation_is_shown_with_places_in_both_bodies() -> None:
    corpus = Corpus((QUOTED, "Post", ""), (LONGER.replace("eleven", "17"), "Herald", ""))
    (relation,) = corpus.contained()
    assert isinstance(relation.evidence, Containment)
    (change,) = relation.evidence.changes
    container = corpus.passages[1].body
    assert QUOTED[change.before_start : change.before_end] == "eleven"
    assert container[change.after_start : change.after_end] == "17"
    for start, end, inner_start, inner_end in relation.evidence.spans:
        assert container[start:end] == QUOTED[inner_start:inner_end]


def test_words_scattered_over_a_long_text_are_no_containment() -> None:
    filler = random.Random(2)
    scattered = " ".join(
        f"{' '.join(QUOTED.split()[n : n + 6])} "
        + " ".join(f"x{filler.random()}" for _ in range(20))
        for n in range(0, 24, 6)
    )
    corpus = Corpus((QUOTED, "Post", ""), (scattered, "Herald", ""))
    assert corpus.contained() == []


def test_quotation_in_the_same_article_is_not_reported() -> None:
    corpus = Corpus((QUOTED, "Post", ""), (LONGER, "Post", ""))
    rows = [Passage("d0", n, 0, 0, 9, p.body) for n, p in enumerate(corpus.passages)]
    assert find_contained(rows, corpus.documents, [0, 1]) == []


def test_quotation_in_the_same_outlet_is_told_apart() -> None:
    corpus = Corpus((QUOTED, "Post", ""), (LONGER, "Post", ""))
    assert [relation.across for relation in corpus.contained()] == [False]


def test_copies_stand_in_one_relation_only() -> None:
    corpus = Corpus((QUOTED, "Post", ""), (LONGER, "Herald", ""), (QUOTED, "Star", ""))
    corpus.nodes = np.array([0, 1, 0])
    assert [(r.a, r.b) for r in corpus.contained()] == [(1, 0)]


def test_passages_of_one_node_are_not_related() -> None:
    corpus = Corpus((QUOTED, "Post", ""), (LONGER, "Herald", ""))
    corpus.nodes = np.array([0, 0])
    assert corpus.contained() == []


def test_one_event_in_two_wordings_is_found_with_what_both_state() -> None:
    corpus = Corpus(
        (REPORT_A, "Post", "2013-05-13"), (OTHER, "Star", ""), (REPORT_B, "Herald", "2013-05-12")
    )
    (relation,) = corpus.relations()
    assert (relation.kind, relation.a, relation.b) == ("same_event", 2, 0)
    assert isinstance(relation.evidence, SameEvent)
    assert relation.evidence.shared_figures == ("4",)
    assert relation.evidence.shared_dates == ("sunday",)
    assert relation.evidence.shared_names == ("idlib",)
    assert relation.evidence.differing == ()


@pytest.mark.parametrize(("stated", "changed"), [("4", "9"), ("sunday", "monday")])
def test_conflicting_figures_and_dates_count_against_one_event(stated: str, changed: str) -> None:
    text = REPORT_B.replace("Sunday", "sunday").replace(stated, changed)
    text = text.replace("sunday", "Sunday").replace("monday", "Monday")
    (same,) = Corpus((REPORT_A, "Post", ""), (REPORT_B, "Herald", "")).relations()
    (other,) = Corpus((REPORT_A, "Post", ""), (text, "Herald", "")).relations()
    assert isinstance(same.evidence, SameEvent)
    assert isinstance(other.evidence, SameEvent)
    assert [(f.before, f.after) for f in other.evidence.differing] == [(stated, changed)]
    conflict = f"{other.evidence.differing[0].kind}s conflict"
    odds = {name: added for name, _, added in split_score(other.evidence)}
    assert odds[conflict] < 0
    assert (conflict, 0.0, 0.0) in split_score(same.evidence)


@pytest.mark.parametrize(
    ("other", "shared", "lacking"),
    [
        ("The Kremlin denied that Putin had met Tillerson in Moscow.", 0, 2),
        ("Putin stayed for hours at the Kremlin; Tillerson sounded glad.", 2, 1),
        ("Putin heard him for hours at the Kremlin; Tillerson sounded hopeful.", 4, 0),
    ],
)
def test_names_in_common_are_no_words_in_common(other: str, shared: int, lacking: int) -> None:
    told = "In Moscow Putin heard Tillerson over tea for two hours, who sounded hopeful later."
    said = [read_stated(text) for text in (told, other)]
    evidence = weigh(*said, Likeness(WEIGHTS, *(np.ones(1) for _ in range(4))), 0)
    assert evidence.common_words == shared
    assert ("words lacking", lacking, WORD_LACKING * lacking) in split_score(evidence)


def test_names_are_told_apart_in_english_alone() -> None:
    told = "Die Minister verhandelten in Genf mit dem Gesandten."
    assert read_stated(told, "de").names == frozenset()
    assert {"minis", "genf", "gesan"} <= read_stated(told, "de").stems
    assert "die" not in read_stated(told, "de").stems


def test_words_with_signs_of_vowels_are_words() -> None:
    assert len(read_stated("मंत्री ने जिनेवा में युद्धविराम की घोषणा की", "hi").stems) >= 3
    assert read_stated("der 5te von 1980", "de").stems == frozenset()


def own_words(
    around: float, first: str = "2013-09-14", second: str = "2013-09-14"
) -> list[Relation]:
    """Find the relation of two reports at cosine .72, with 40 other texts ``around`` them."""
    bodies = [OWN_WORDS_A, OWN_WORDS_B] + [f"text{n}" for n in range(40)]
    corpus = Corpus(*((body, f"outlet {n}", first) for n, body in enumerate(bodies)))
    corpus.documents["d1"] = Document("d1", OWN_WORDS_B, "", "Herald", second)
    others = np.arange(2, 41, dtype=np.int32)
    indices = np.tile(np.concatenate(([0], others)).astype(np.int32), (42, 1))
    indices[0, 0] = 1
    indices[2:] = (np.arange(2, 42)[:, None] + np.arange(1, 41)) % 42
    similarities = np.full((42, 40), around, np.float32)
    similarities[:2, 0] = 0.72
    graph = NeighbourGraph(indices, similarities, 1.0)
    return find_same_event(corpus.passages, corpus.documents, corpus.nodes, graph)


def test_report_in_words_of_its_own_is_found_where_little_else_is_as_near() -> None:
    (relation,) = own_words(around=0.35)
    assert isinstance(relation.evidence, SameEvent)
    assert relation.evidence.words < 0.2
    assert relation.evidence.typical_cosine == pytest.approx(0.35)
    assert relation.evidence.days == 0


def test_report_as_near_to_all_around_it_is_not_the_same_event() -> None:
    assert own_words(around=0.65) == []


def test_reports_without_dates_need_more_likeness() -> None:
    assert own_words(0.35, first="", second="") == []


def test_each_day_between_two_reports_lowers_the_score() -> None:
    (same_day,), (next_day,) = own_words(0.35), own_words(0.35, second="2013-09-15")
    assert isinstance(same_day.evidence, SameEvent)
    assert isinstance(next_day.evidence, SameEvent)
    assert next_day.evidence.days == 1
    assert next_day.evidence.score < same_day.evidence.score


def test_date_known_to_the_month_is_no_evidence() -> None:
    (relation,) = Corpus(
        (REPORT_A, "Post", "2013-05"), (REPORT_B, "Herald", "2013-05-28")
    ).relations()
    assert isinstance(relation.evidence, SameEvent)
    assert relation.evidence.days is None


def test_copies_published_closest_stand_for_the_event() -> None:
    corpus = Corpus(
        (REPORT_A, "Post", "2013-05-11"),
        (REPORT_A, "Star", "2013-05-13"),
        (REPORT_B, "Herald", "2013-05-13"),
    )
    graph = Corpus((REPORT_A, "", ""), (REPORT_B, "", "")).graph()
    (relation,) = find_same_event(corpus.passages, corpus.documents, [0, 0, 1], graph)
    assert (relation.a, relation.b) == (1, 2)


def test_words_of_one_stem_count_as_one() -> None:
    texts = read_many(["rebels attacked villages", "the rebel attacks the village"])
    graph = NeighbourGraph(np.array([[1], [0]], np.int32), np.full((2, 1), 0.5, np.float32), 1.0)
    measured = measure_likeness(texts, graph, *candidate_pairs(graph))
    assert measured.words == pytest.approx([1.0])


def test_alike_event_of_another_day_place_and_toll_is_not_the_same() -> None:
    assert events(Corpus((REPORT_A, "Post", ""), (REPORT_C, "Herald", ""))) == []


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("2013-05-11", "2013-05-14", True),
        ("2013-05-11", "2013-05-15", False),
        ("2013-05-11T23:59", "2013-05-14T00:01", True),
        ("2013-05", "2013-05-28", True),
        ("2013-12", "2014-01-03", True),
        ("2013", "2014-02", False),
        ("", "2014-02-03", True),
    ],
)
def test_dates_too_far_apart_rule_one_event_out(first: str, second: str, found: bool) -> None:
    corpus = Corpus((REPORT_A, "Post", first), (REPORT_B, "Herald", second))
    assert bool(events(corpus)) is found


def test_two_reports_of_one_outlet_are_not_reported() -> None:
    assert events(Corpus((REPORT_A, "Post", ""), (REPORT_B, "Post", ""))) == []


def test_copy_in_another_outlet_lets_a_node_be_reported() -> None:
    corpus = Corpus((REPORT_A, "Post", ""), (REPORT_B, "Post", ""), (REPORT_B, "Herald", ""))
    graph = Corpus((REPORT_A, "", ""), (REPORT_B, "", "")).graph()
    found = find_same_event(corpus.passages, corpus.documents, [0, 1, 1], graph)
    assert [{r.a, r.b} for r in found] == [{0, 2}]


def test_contained_paragraph_is_not_reported_as_one_event_too() -> None:
    corpus = Corpus((QUOTED, "Post", ""), (f"{QUOTED} It was the first one.", "Herald", ""))
    assert [relation.kind for relation in corpus.relations()] == ["contains"]


@pytest.mark.parametrize("bodies", [(), ("",), ("war", "war"), ("war", "")])
def test_corpus_without_words_to_compare_has_no_relations(bodies: tuple[str, ...]) -> None:
    assert Corpus(*((body, "", "") for body in bodies)).relations() == []


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(7)))
def test_relations_are_the_same_in_any_order(order: list[int]) -> None:
    bodies = (REPORT_A, REPORT_B, REPORT_C, OTHER, QUOTED, LONGER, LONGER.replace("nine", "ten"))
    whole = Corpus(*((body, f"outlet {n}", "") for n, body in enumerate(bodies)))
    shuffled = Corpus()
    shuffled.passages = [whole.passages[n] for n in order]
    shuffled.documents = whole.documents
    shuffled.nodes = np.arange(7)

    def told(corpus: Corpus) -> list[tuple[str, str, str, object]]:
        return [
            (r.kind, corpus.passages[r.a].body, corpus.passages[r.b].body, r.evidence)
            for r in corpus.relations()
        ]

    assert told(shuffled) == told(whole)


@pytest.mark.parametrize(("least", "most"), [(0, 30), (0, 365), (2, 40), (850, 1300)])
def test_dates_left_open_take_off_in_proportion(least: int, most: int) -> None:
    assert weigh_days(least, most) <= weigh_days(least, (least + most) // 2) <= 0
    assert weigh_days(least, most) < weigh_days(least, least)
    assert weigh_days(0, 365) < weigh_days(0, 30)


def test_a_date_that_is_missing_never_speaks_for_a_pair() -> None:
    corpus = Corpus((REPORT_A, "Post", "2013-05-05"), (REPORT_B, "Herald", ""))
    given = corpus.passages, corpus.documents, corpus.nodes, corpus.graph()
    _, evidence = check_same_event(*given, (0, 1), cosine=1.0)
    assert evidence is not None
    assert (evidence.days, evidence.dated) == (None, 0.0)
