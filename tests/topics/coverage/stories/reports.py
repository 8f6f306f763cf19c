"""Made-up reports of three events and of none, and what stories are found of them."""

from __future__ import annotations

import hashlib

import numpy as np

from embeddings.documents import Document
from embeddings.text.stopwords import STOP_WORDS
from embeddings.text.wording import read_words
from topics.coverage.articles.articles import Article
from topics.coverage.stories.stories import Links, find_stories, story_text

QUAKE = [
    ("Earthquake kills dozens in Aceh", "A magnitude 6.1 earthquake struck the Indonesian "
     "province of Aceh on Tuesday, killing 35 people and destroying mosques and homes."),
    ("Aceh quake leaves dozens dead", "Rescuers in Aceh dug through collapsed mosques after an "
     "earthquake of magnitude 6.1 killed 35 people in the Indonesian province on Tuesday."),
    ("Indonesia: deaths in Aceh earthquake", "Dozens died when an earthquake destroyed homes and "
     "mosques in Aceh, Indonesia, on Tuesday; officials counted 35 dead in the province."),
]  # fmt: skip
OTHER_QUAKE = [
    ("Earthquake shakes southern Iran", "A magnitude 5.5 earthquake hit the Iranian island of "
     "Qeshm on Sunday, killing nine fishermen and cracking the walls of its harbour."),
    ("Nine dead as quake hits Qeshm", "Nine fishermen were killed on the Iranian island of Qeshm "
     "when an earthquake of magnitude 5.5 cracked harbour walls on Sunday."),
]  # fmt: skip
BUDGET = [
    ("Parliament passes the budget", "Lawmakers in Ottawa approved a budget with deeper cuts to "
     "pensions after a debate that lasted fourteen hours, ending weeks of strikes."),
    ("Budget approved after long debate", "After fourteen hours the Ottawa lawmakers approved the "
     "budget and its cuts to pensions, against which unions had gone on strikes for weeks."),
]  # fmt: skip
# Two steps of one affair: most of their words are its background.
TALKS = [
    ("Minister meets rebel envoy in Oslo", "The foreign minister of Freedonia met an envoy of the "
     "rebels in Oslo, his first talks with them. Freedonia arms the government of Sylvania, and "
     "the war there has killed thousands of people."),
    ("Premier presses Freedonia on missiles", "The premier flew to Freedonia on Friday to ask that "
     "no missiles be sold to Sylvania, whose government it arms against the rebels. Neither side "
     "spoke of a breakthrough in the war, which has killed thousands."),
]  # fmt: skip
FILLERS = [
    ("Old bridge reopens", "Engineers reopened the iron bridge over the Danube, repaired at last."),
    ("Star enters clinic", "The actress checked into a clinic in Malibu, her publicist confirmed."),
    ("Team wins the cup", "A late goal gave the visitors from Turin the cup at a full stadium."),
    ("Wheat prices climb", "Traders in Chicago paid more for wheat as drought withered harvests."),
    ("Comet passes by", "Astronomers photographed a green comet that will not return for ages."),
    ("Museum buys sketch", "The museum paid three collectors for a sketch by an unknown pupil."),
]  # fmt: skip
EVERYTHING = [*QUAKE, *OTHER_QUAKE, *BUDGET, *FILLERS]
EVENTS = [frozenset({0, 1, 2}), frozenset({3, 4}), frozenset({5, 6})]


def article(number, title, body, published="", source=""):
    name = f"a{number:05d}"
    return Article(Document(name, body, title, source, published), (), body, (0,))


def vector(text):
    """Words as random directions, so that texts with words in common lie near each other."""
    total = np.zeros(96)
    for word in set(read_words(text).words) - STOP_WORDS:
        seed = int.from_bytes(hashlib.blake2b(word[:5].encode(), digest_size=4).digest(), "big")
        total += np.random.default_rng(seed).normal(size=96)
    return total / max(float(np.linalg.norm(total)), 1e-9)


def embed(articles):
    rows = [vector(story_text(one)) for one in articles]
    return np.array(rows, np.float32).reshape(-1, 96)


def corpus(dates=()):
    dated = [*dates, *[""] * (len(EVERYTHING) - len(dates))]
    return [
        article(number, title, body, day)
        for number, ((title, body), day) in enumerate(zip(EVERYTHING, dated, strict=True))
    ]


def strangers(dates):
    """Articles of 30 words that no others have."""
    bodies = [" ".join(f"n{n}w{word}" for word in range(30)) for n in range(len(dates))]
    return [article(n, f"t{n}a t{n}b", bodies[n], day) for n, day in enumerate(dates)]


def groups(survey):
    return {frozenset(story.members) for story in survey.stories}


def find(articles, **known):
    links = {name: known.pop(name) for name in list(known) if name in Links.__annotations__}
    return find_stories(articles, embed(articles), Links(**links), **known)
