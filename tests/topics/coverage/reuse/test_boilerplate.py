"""Claims about text that is repeated whatever the story."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.documents import Document, Passage
from embeddings.words.copies import find_copies
from topics.coverage.articles.articles import gather_articles
from topics.coverage.reuse.boilerplate import (
    LEAST_ARTICLES,
    LEAST_STORIES,
    find_boilerplate,
    find_recurring,
)

APPEAL = "Our reporting is made possible by readers like you, so please give what you can."
BACKGROUND = "The war on subject 0 has killed more than a hundred thousand people since it began."
# Of each text the subjects that it is on; a subject is a direction.
SUBJECTS = 30


def own(subject: int, place: int, number: int = 0) -> str:
    """A paragraph on a subject that no other article has."""
    return f"on {subject} " + " ".join(f"w{subject}x{place}y{number}z{n}" for n in range(12))


def vector(text: str) -> np.ndarray:
    """A unit vector near to the subject of a text, in a direction of its own."""
    noise = np.random.default_rng(sum(text.encode())).normal(size=SUBJECTS) * 0.05
    if text == APPEAL:
        noise[SUBJECTS - 1] += 1
    elif text == BACKGROUND:
        noise[0] += 1
    else:
        noise[int(text.split()[1])] += 1
    return (noise / np.linalg.norm(noise)).astype(np.float32)


def marked(*rows: tuple[str, Sequence[str]], order: Sequence[int] | None = None) -> dict[str, int]:
    """What is found in articles of (outlet, paragraphs): texts, and in how many articles."""
    documents, passages = {}, []
    for number in order if order is not None else range(len(rows)):
        outlet, paragraphs = rows[number]
        key = f"d{number:03}"
        documents[key] = Document(key, "", "", outlet, "2013-05-10")
        passages += [
            Passage(key, place, 0, 0, len(text), text) for place, text in enumerate(paragraphs)
        ]
    vectors = np.stack([vector(passage.body) for passage in passages])
    texts = [one.members for one in find_copies(passages)]
    found = find_boilerplate(gather_articles(passages, documents), texts, vectors)
    return {passages[row].body: articles for row, articles in found.items()}


def apart(count: int, outlets: str = "AAAAAA", last: str = APPEAL) -> list[tuple[str, list[str]]]:
    """Articles on different subjects that end alike."""
    return [(outlets[n], [own(n, 0), own(n, 1), own(n, 2), last]) for n in range(count)]


def test_what_an_outlet_repeats_under_articles_on_different_things_is_furniture():
    assert marked(*apart(LEAST_ARTICLES)) == {APPEAL: LEAST_ARTICLES}
    assert marked(*apart(6)) == {APPEAL: 6}
    assert marked(*apart(LEAST_ARTICLES - 1)) == {}


def test_articles_on_one_thing_say_nothing_of_what_they_repeat():
    assert marked(*(("A", [own(0, p, n) for p in range(3)] + [APPEAL]) for n in range(6))) == {}


def test_background_that_fits_its_articles_is_none():
    """Also where an outlet gives it under articles that are not all on one subject."""
    rows = [("A", [own(0, 0, n), own(n, 1), own(0, 2, n), BACKGROUND]) for n in range(6)]
    assert marked(*rows) == {}


def test_what_stands_in_the_middle_of_articles_is_none():
    rows = [
        ("A", [own(n, 0), own(n, 1), own(n, 2), APPEAL, *(own(n, p) for p in range(3, 7))])
        for n in range(6)
    ]
    assert marked(*rows) == {}


def test_what_another_outlet_has_too_was_handed_on():
    assert marked(*apart(6, "AAAAAB")) == {}
    assert marked(*apart(6, "ABCDEF")) == {}


def test_articles_of_no_known_outlet_are_taken_for_those_of_one():
    assert marked(*apart(6, " " * 6)) == {APPEAL: 6}


def test_versions_of_one_article_make_no_furniture():
    shared = [own(9, place) for place in range(3)]
    assert marked(*(("A", [*shared, own(9, 3, n), APPEAL]) for n in range(4))) == {}
    assert marked(*(("A", [*shared, APPEAL]) for _ in range(4))) == {}


def test_a_text_like_others_but_for_its_subject_is_an_article_s_own():
    """Notices by one form share most of their words and are on different things."""
    form = "on {} the committee approved the plan after months of talks, officials said today"
    rows = [("A", [form.format(n), own(n, 1), own(n, 2)]) for n in range(6)]
    assert marked(*rows) == {}


corpora = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", ""]),
        st.lists(st.integers(0, 6), min_size=1, max_size=4),
        st.sampled_from([[], [APPEAL], [BACKGROUND], [BACKGROUND, APPEAL]]),
    ),
    min_size=2,
    max_size=10,
)


@settings(max_examples=60, deadline=None)
@given(corpora, st.randoms(use_true_random=False))
def test_the_same_is_found_in_any_order_of_the_articles(drawn, random):
    rows = [
        (outlet, [own(subject, place, number) for place, subject in enumerate(subjects)] + end)
        for number, (outlet, subjects, end) in enumerate(drawn)
    ]
    order = list(range(len(rows)))
    random.shuffle(order)
    assert marked(*rows, order=order) == marked(*rows)


def recurring(outlets: str, stories: Sequence[set[int]]) -> list[str]:
    documents, passages = defaultdict(lambda: None), []
    for number, outlet in enumerate(outlets):
        documents[f"d{number}"] = Document(f"d{number}", "", "", outlet)
        passages.append(Passage(f"d{number}", 0, 0, 0, len(APPEAL), APPEAL))
    groups = [(one.members, one.short) for one in find_copies(passages)]
    found = find_recurring(gather_articles(passages, documents), groups, stories)
    return sorted(passages[row].document_id for row in found)


def test_what_stands_in_many_stories_is_of_none_whatever_the_outlets():
    apart = [{number} for number in range(LEAST_STORIES)]
    assert recurring("ABC", apart) == ["d0", "d1", "d2"]
    assert recurring("ABC", [{0, 1}, {2}]) == []
    assert recurring("ABC", []) == []
