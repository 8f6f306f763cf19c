"""A day's news of four invented outlets, with the copies and stories a reader finds in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from embeddings.corpus.store import CorpusStore
from embeddings.vectors.embedding import embed_corpus, note_encoder
from topics.pipeline.run import derive

CONVOY = (
    "The convoy of eleven lorries crossed the border at Bab al-Hawa shortly before noon on "
    "Friday, carrying flour, blankets and medicine for the besieged town, the agency said."
)
WITNESS = (
    "Witnesses in the border town counted the lorries one by one as they passed the customs "
    "house, and said that none had been searched by the soldiers who stood beside the road."
)
FLOOD = (
    "The river Aune burst its banks on Saturday night after a week of rain, and two hundred "
    "families were taken to the school at Marsh End in boats, the county council said."
)
BRIEF = (
    "In other news, the county show has been called off for the first time since the war, and "
    "the bridge at Lower Tarn will stay closed to heavy traffic until after the summer."
)
NEWS: dict[str, dict[str, object]] = {
    "wire-1": {
        "title": "Aid convoy reaches besieged town",
        "source": "levant-wire",
        "published": "2013-05-10T12:30",
        "paragraphs": [CONVOY, WITNESS],
    },
    "post-1": {
        "title": "Convoy of aid reaches besieged town",
        "source": "post",
        "published": "2013-05-10T18:00",
        "paragraphs": [CONVOY, WITNESS],
    },
    "courier-1": {
        "title": "Aid convoy crosses the border to besieged town",
        "source": "courier",
        "published": "2013-05-11",
        "paragraphs": [
            CONVOY.replace("eleven", "twelve"),
            "It is the first to reach the town since March, when snow closed the mountain road.",
        ],
    },
    "courier-2": {
        "title": "Families leave homes by boat as river Aune floods",
        "source": "courier",
        "published": "2013-06-02",
        "paragraphs": [FLOOD],
    },
    "ledger-1": {
        "title": "River Aune floods; families leave their homes in boats",
        "source": "ledger",
        "published": "2013-06-03",
        "paragraphs": [f"{FLOOD} {BRIEF}"],
    },
    "ledger-2": {
        "title": "Central bank raises its rate",
        "source": "ledger",
        "published": "",
        "paragraphs": [
            "The central bank raised its main interest rate by half a point on Tuesday, as most "
            "analysts had expected, and said that prices were rising faster than forecast."
        ],
    },
}


@pytest.fixture
def fill_news(put, encoder) -> Callable[[Path, Sequence[str]], None]:
    """Store articles of ``NEWS``, and derive all that is derived."""

    def fill(path: Path, names: Sequence[str]) -> None:
        with CorpusStore.open(path, write=True) as store:
            for name in names:
                put(store, name, **NEWS[name])
            note_encoder(store, encoder)
            embed_corpus(store, encoder)
            derive(store, encoder)

    return fill


@pytest.fixture
def news(tmp_path, fill_news) -> Path:
    """The database of all articles of ``NEWS``."""
    path = tmp_path / "news.db"
    fill_news(path, list(NEWS))
    return path
