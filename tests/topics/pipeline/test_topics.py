"""Topics of a database are a function of what is in it, not of the order in which it came."""

from __future__ import annotations

import random

from embeddings.corpus.store import CorpusStore
from embeddings.vectors.embedding import embed_corpus, note_encoder
from topics.guiding.taxonomy import GuidedTopic
from topics.pipeline.run import derive

SUBJECTS = {
    "flood": "river water boats bank rain homes school families dam bridge",
    "football": "goal striker referee match club cup league pitch coach penalty",
    "bank": "rate interest money loan inflation currency bond central prices savers",
}
GUIDED = (
    GuidedTopic("Sport", "goal match club cup league"),
    GuidedTopic("Referees", "referee penalty pitch", parent="Sport"),
)


def articles() -> dict[str, list[str]]:
    """Articles of three paragraphs, two on one subject, the last on another."""
    deal = random.Random(5)
    every = list(SUBJECTS.values())
    return {
        f"{name}-{number}": [
            " ".join(deal.choices(words.split() if place < 2 else deal.choice(every).split(), k=12))
            for place in range(3)
        ]
        for name, words in SUBJECTS.items()
        for number in range(12)
    }


def found(path, put, encoder, names) -> tuple[object, object]:
    written = articles()
    with CorpusStore.open(path, write=True) as store:
        # Passages are read by the names of their articles: another order gives other names.
        for place, name in enumerate(names):
            put(store, f"{place:02}", paragraphs=written[name])
        store.set_setting("guided", [vars(topic) for topic in GUIDED])
        note_encoder(store, encoder)
        embed_corpus(store, encoder)
        derive(store, encoder)
        placed = store.rows(
            "SELECT hex(p.hash), t.name, l.name, a.strength, a.mixed FROM assignments AS a "
            "JOIN passages AS p ON p.id = a.passage_id JOIN topics AS t ON t.id = a.topic_id "
            "JOIN topics AS l ON l.id = a.leaf_id ORDER BY 1"
        )
        topics = store.rows("SELECT name, level, finest, keyphrases, stability FROM topics")
    return placed, sorted(topics)


def test_articles_in_any_order_give_the_same_topics(tmp_path, put, encoder):
    names = sorted(articles())
    one = found(tmp_path / "one.db", put, encoder, names)
    random.Random(3).shuffle(names)
    assert found(tmp_path / "other.db", put, encoder, names) == one
    assert {"Sport", "Referees"} < {name for name, *_ in one[1]}
    assert {"Sport", "Referees"} & {name for _, name, *_ in one[0]}
