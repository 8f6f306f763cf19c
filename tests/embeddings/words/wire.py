"""Texts of an agency, and what tests of copies ask of them."""

from __future__ import annotations

import random

from embeddings.documents import Passage
from embeddings.text.normalising import hash_text
from embeddings.words.copies import find_copies

WIRE = (
    "At least twelve people were killed and thirty wounded when a car bomb exploded near the "
    "central bank in Damascus on Tuesday, state television said, blaming terrorists for it."
)


EDITED = (
    "At least 21 people were killed and thirty wounded when a car bomb exploded near the "
    "central bank in the Syrian capital on Tuesday, state TV said, blaming terrorists for it."
)


SAME_FACTS = EDITED.replace("21", "12")


SAME_EVENT = (
    "A blast outside the headquarters of Syria's central bank left a dozen dead on Tuesday, "
    "according to state media, which accused armed groups of having planted the device there."
)


OTHER = (
    "Negotiators meeting in Geneva agreed to extend their talks by a week, diplomats said, "
    "though neither side would say whether the opposition would return to the table at all."
)


def passages(*bodies: str) -> list[Passage]:
    return [Passage(f"d{n:05}", 0, 0, 0, len(body), body) for n, body in enumerate(bodies)]


def as_texts(rows: list[Passage], **options: object) -> set[tuple[str, tuple[str, ...]]]:
    return {
        (group.kind, tuple(sorted(rows[m].document_id for m in group.members)))
        for group in find_copies(rows, **options)  # type: ignore[arg-type]
    }


def reword(text: str, share: float, rng: random.Random) -> str:
    words = text.split()
    for place in rng.sample(range(len(words)), round(share * len(words))):
        words[place] = f"w{rng.randrange(10**6)}"
    return " ".join(words)


def key(body: str) -> str:
    return hash_text(body).hex()
