"""Claims about texts that stand inside longer ones, in one stretch or in pieces."""

from __future__ import annotations

import random

import numpy as np
import pytest

from embeddings.documents import Document, Passage
from embeddings.text.keeping import keeping
from embeddings.text.stopwords import STOP_WORDS
from embeddings.text.wording import read_many
from topics.coverage.relations import wordings
from topics.coverage.relations.containment import Containment, _bounds
from topics.coverage.relations.relations import Relation
from topics.coverage.relations.shared_runs import COMMON_RUN, find_candidates
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


def corpus_of(*bodies: str) -> list[Passage]:
    return [Passage(f"d{n}", 0, 0, 0, len(body), body) for n, body in enumerate(bodies)]


def find(passages: list[Passage], *, scattered: bool = False) -> list[Relation]:
    documents = {p.document_id: Document(p.document_id, p.text) for p in passages}
    return find_contained(passages, documents, np.arange(len(passages)), scattered=scattered)


def contained(passages: list[Passage], *, scattered: bool = False) -> list[tuple[int, int]]:
    return [(relation.a, relation.b) for relation in find(passages, scattered=scattered)]


def test_paragraph_with_three_words_in_ten_changed_is_found_inside_a_longer_one() -> None:
    rng = random.Random(4)
    words = QUOTED.split()
    for place in rng.sample(range(len(words)), 7):
        words[place] = f"z{place}"
    made = corpus_of(" ".join(words), LONGER)
    assert contained(made) == [(1, 0)]


def story(paragraphs: range) -> list[str]:
    """Paragraphs of 30 words that no others have."""
    return [" ".join(f"p{n}w{word}" for word in range(30)) for n in paragraphs]


def test_article_cut_down_by_paragraphs_is_found_only_where_it_may_be_scattered() -> None:
    long, short = story(range(24)), story(range(0, 24, 4))
    made = corpus_of("\n\n".join(long), "\n\n".join(short))
    assert contained(made) == []
    assert contained(made, scattered=True) == [(0, 1)]


def test_article_cut_down_edited_and_put_in_another_order_is_found_with_its_share() -> None:
    rng = random.Random(1)
    short = story(range(6, 9)) + story(range(3))
    words = "\n\n".join(short).split(" ")
    for place in rng.sample(range(len(words)), len(words) // 20):
        words[place] = f"z{place}"
    made = corpus_of("\n\n".join(story(range(12))), " ".join(words))
    (relation,) = find(made, scattered=True)
    assert isinstance(relation.evidence, Containment)
    assert relation.evidence.share_contained > 0.8
    assert relation.evidence.share_container == pytest.approx(
        relation.evidence.share_contained / 2, abs=0.01
    )


def test_articles_that_share_background_paragraphs_are_not_contained() -> None:
    background = story(range(20, 23))
    made = corpus_of(
        "\n\n".join(story(range(6)) + background),
        "\n\n".join(story(range(6, 10)) + background),
    )
    assert contained(made, scattered=True) == []


def test_stock_words_in_order_all_over_an_article_are_no_containment() -> None:
    rng = random.Random(3)
    common = sorted(STOP_WORDS)[:5]
    texts = [
        " ".join(
            rng.choice(common) if rng.random() < 0.9 else f"t{n}w{word}" for word in range(400)
        )
        for n in range(2)
    ]
    shared = " ".join(f"quote{word}" for word in range(60))
    made = corpus_of(f"{texts[0]} {texts[0]} {shared}", texts[1] + shared)
    assert contained(made, scattered=True) == []


def test_words_in_common_order_without_runs_are_no_containment() -> None:
    words = [f"w{n}" for n in range(40)]
    every_third = [word if n < 8 or n % 3 else f"z{n}" for n, word in enumerate(words)]
    longer = " ".join(every_third + [f"more{n}" for n in range(20)])
    assert contained(corpus_of(" ".join(words), longer)) == []


def test_short_runs_near_each_other_in_one_text_only_are_no_passage() -> None:
    opening = [f"open{n}" for n in range(20)]
    runs = [[f"r{n}w{word}" for word in range(3)] for n in range(30)]
    inner = opening + [word for n, run in enumerate(runs) for word in (*run, f"own{n}")]
    outer = opening + [
        word for n, run in enumerate(runs) for word in (*run, f"x{n}", f"y{n}", f"z{n}")
    ]
    made = corpus_of(" ".join(inner), " ".join(outer))
    assert contained(made, scattered=True) == []


def quoting(count: int) -> list[str]:
    """Texts that quote one paragraph each, and the paragraph itself."""
    quotes = [
        f"{' '.join(story(range(n, n + 1)))} {QUOTED} {story(range(n + 500, n + 501))[0]}"
        for n in range(count)
    ]
    return [*quotes, QUOTED]


@pytest.mark.parametrize("count", [COMMON_RUN - 1, COMMON_RUN, COMMON_RUN + 6])
def test_a_text_quoted_by_many_is_found_in_as_many_as_a_run_may_have(count: int) -> None:
    found = contained(corpus_of(*quoting(count)))
    assert len(found) == min(count, COMMON_RUN)
    assert {b for _, b in found} == {count}
    assert find_candidates(read_many(quoting(count)), 12, np.arange(count + 1)).left_out == max(
        0, count - COMMON_RUN
    )


def test_of_too_many_quotes_the_same_are_found_in_any_order() -> None:
    made = corpus_of(*quoting(COMMON_RUN + 6))
    found = {made[a].body for a, _ in contained(made)}
    assert {made[::-1][a].body for a, _ in contained(made[::-1])} == found


def test_stock_phrases_that_all_texts_share_are_no_quotes() -> None:
    phrases = [" ".join(f"s{n}w{word}" for word in range(20)) for n in range(12)]
    rng = random.Random(5)
    texts = [" ".join(rng.sample(phrases, 3 + n % 7)) for n in range(400)]
    found = find_candidates(read_many(texts), 12, np.arange(len(texts)))
    assert found.common_runs > 0
    for longer, shorter in found.pairs.tolist():
        outer = texts[longer]
        inside = [phrase for phrase in phrases if phrase in texts[shorter]]
        assert sum(phrase in outer for phrase in inside) >= 2


def test_a_run_or_two_of_many_make_no_candidate() -> None:
    words = " ".join(story(range(2))).split()
    others = [" ".join([*words[:size], *story(range(size, size + 4))]) for size in (5, 12)]
    texts = read_many([" ".join(words), *others])
    assert find_candidates(texts, 12, np.arange(3)).pairs.tolist() == [[2, 0]]


def test_the_longest_of_copies_is_a_container_as_the_shortest_is_contained() -> None:
    short, middle, long = QUOTED, f"{QUOTED} {story(range(1))[0]}", f"{LONGER} {LONGER}"
    found = find_candidates(read_many([short, long, middle]), 12, np.array([0, 0, 1]))
    assert sorted(found.pairs.tolist()) == [[1, 2], [2, 0]]


def test_a_word_matched_far_off_is_given_up_for_the_same_word_next_to_the_rest() -> None:
    inner = ["the", "rebels", "took", "a", "town", "the"]
    outer = ["the", "x", "x", "the", "rebels", "took", "a", "town", "the", "y", "y", "the"]
    blocks = [(0, 1, 0, 1), (1, 5, 4, 8), (5, 6, 11, 12)]
    assert _bounds(inner, outer, 0, blocks) == (3, 9)


def test_what_stands_where_is_found_again_where_texts_and_nodes_are_as_they_were(
    monkeypatch,
) -> None:
    made = corpus_of(QUOTED, LONGER, *story(range(3)))
    documents = {p.document_id: Document(p.document_id, p.text) for p in made}

    def find_among(nodes: list[int]) -> list[Relation]:
        return find_contained(made, documents, np.array(nodes))

    with keeping(lambda _: None) as kept:
        first = find_among([0, 1, 2, 3, 4])
    stored = {method: (keys, rows) for method, keys, rows in kept.changed(every=True)}
    with keeping(stored.get):
        assert find_among([0, 0, 2, 3, 4]) == []
        monkeypatch.setattr(wordings, "find_candidates", None)  # nothing is sought again
        assert find_among([0, 1, 2, 3, 4]) == first == find(made) != []
