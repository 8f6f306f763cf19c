"""Claims about what is weighed of two articles to tell whether they report one event."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from embeddings.documents import Document
from embeddings.text.wording import read_many
from embeddings.vectors.neighbours import find_neighbours
from topics.coverage.articles.articles import Article
from topics.coverage.likeness.articles import (
    LEAD_CHARACTERS,
    WEIGHTS,
    Affinity,
    headline,
    story_text,
)
from topics.coverage.likeness.weighing import Likeness

TOLD = [
    ("Earthquake kills dozens in Aceh", "A magnitude 6.1 earthquake struck the Indonesian "
     "province of Aceh on Tuesday, killing 35 people and destroying mosques and homes."),
    ("Aceh quake leaves dozens dead", "Rescuers in Aceh dug through collapsed mosques after an "
     "earthquake of magnitude 6.1 killed 35 people in the Indonesian province on Tuesday."),
    ("Nine dead as quake hits Qeshm", "Nine fishermen were killed on the Iranian island of Qeshm "
     "when an earthquake of magnitude 5.5 cracked harbour walls on Sunday."),
]  # fmt: skip


PARTS = [field.name for field in fields(Likeness) if field.name != "weights"]


@pytest.mark.parametrize("part", PARTS)
def test_each_part_of_a_likeness_counts_for_or_against(part):
    plain = Likeness(WEIGHTS, **{one: np.full(1, 0.5) for one in PARTS})
    more = replace(plain, **{part: np.full(1, 0.7)})
    sign = 1 if part in ("cosines", "words", "headlines") else -1
    assert sign * (more.evidence[0] - plain.evidence[0]) > 0.05


def test_pairs_are_compared_by_words_headlines_and_facts():
    texts = read_many([*[f"{title}\n{body}" for title, body in TOLD], *[t for t, _ in TOLD]])
    vectors = np.eye(3, dtype=np.float32)
    found = Affinity(texts, vectors, find_neighbours(vectors)).measure(np.array([[0, 1], [0, 2]]))
    assert found.cosines.tolist() == [0.0, 0.0]
    assert found.words[0] > found.words[1] > 0
    assert found.headlines[0] > found.headlines[1]
    assert found.figures.tolist() == [0.0, 1.0]
    assert found.dates.tolist() == [0.0, 1.0]


def article(title, body):
    return Article(Document("a", body, title, "", ""), (), body, (0,))


def test_the_text_of_a_story_has_the_headline_once_and_only_the_beginning():
    body = "Headline here\n" + "word " * 1000
    text = story_text(article("Headline here", body))
    assert text.count("Headline") == 1
    assert len(text) <= LEAD_CHARACTERS + len("Headline here\n")
    assert headline(article("", body)).startswith("Headline here word")


def test_english_texts_that_name_no_weekday_are_timeless():
    texts = read_many([*[body for _, body in TOLD[:2]], "What the quake teaches", *[""] * 3])
    vectors = np.eye(3, dtype=np.float32)
    graph = find_neighbours(vectors)
    assert Affinity(texts, vectors, graph).timeless.tolist() == [False, False, True]
    german = Affinity(texts, vectors, graph, languages=["en", "de", "de"])
    assert german.timeless.tolist() == [False, False, False]
