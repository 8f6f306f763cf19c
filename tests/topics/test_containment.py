"""Claims about texts that stand inside longer ones, in one stretch or in pieces."""

from __future__ import annotations

import random

import numpy as np
import pytest

from embeddings.documents import Document, Passage
from embeddings.stopwords import STOP_WORDS
from topics.coverage.containment import Containment
from topics.coverage.relations import Relation
from topics.coverage.wordings import find_contained

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
