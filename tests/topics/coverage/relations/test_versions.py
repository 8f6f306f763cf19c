"""Claims about versions of one wording that differ in their facts."""

from __future__ import annotations

from embeddings.documents import Document, Passage
from embeddings.words.alignment import Comparison
from embeddings.words.copies import survey_copies
from topics.coverage.relations.relations import Relation
from topics.coverage.relations.wordings import relate_versions

QUOTED = (
    "The convoy of eleven lorries crossed the border at Bab al-Hawa shortly before noon, "
    "carrying flour, blankets and medicine for the besieged town, the agency said."
)
VERSION = QUOTED.replace("eleven", "17")


def versions(*rows: tuple[str, str, str]) -> list[Relation]:
    passages = [Passage(f"d{n}", 0, 0, 0, len(body), body) for n, (body, _, _) in enumerate(rows)]
    documents = {
        f"d{n}": Document(f"d{n}", body, "", source, published)
        for n, (body, source, published) in enumerate(rows)
    }
    return relate_versions(passages, documents, survey_copies(passages))


def test_versions_of_one_wording_are_related_with_their_conflict_the_earlier_first() -> None:
    (relation,) = versions((QUOTED, "Post", "2013-05-12"), (VERSION, "Star", "2013-05-11"))
    assert (relation.kind, relation.a, relation.b, relation.across) == ("near_copy", 1, 0, True)
    assert isinstance(relation.evidence, Comparison)
    assert [(f.before, f.after) for f in relation.evidence.conflicts] == [("17", "11")]


def test_one_pair_stands_for_all_copies_of_two_versions_across_outlets_if_any_are() -> None:
    found = versions(
        (QUOTED, "Post", "2013-05-11"), (VERSION, "Post", "2013-05-12"),
        (QUOTED, "Star", "2013-05-13"), (VERSION, "Post", "2013-05-14"),
    )  # fmt: skip
    assert [(r.a, r.b, r.across) for r in found] == [(1, 2, True)]


def test_versions_in_one_article_are_related_within_it() -> None:
    rows = [Passage("d0", n, 0, 0, 9, body) for n, body in enumerate((QUOTED, VERSION))]
    documents = {"d0": Document("d0", QUOTED, "", "Post")}
    (relation,) = relate_versions(rows, documents, survey_copies(rows))
    assert (relation.a, relation.b, relation.across) == (0, 1, False)


def test_copies_without_conflict_have_no_versions() -> None:
    assert versions((QUOTED, "Post", ""), (f"{QUOTED} More soon.", "Star", "")) == []
