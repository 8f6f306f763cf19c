"""What of the texts compared is aligned."""

from __future__ import annotations

import random
import tracemalloc
from collections import Counter
from typing import Any

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from embeddings.text.keeping import keeping
from embeddings.text.wording import read_many
from embeddings.words import verifying
from embeddings.words.copies import CopyOptions, find_copies, find_pairs, survey_copies
from embeddings.words.minhash import BandPlan
from embeddings.words.spelling import are_one_word, find_spellable
from embeddings.words.verifying import Verifier, pair_all, verify_candidates, verify_strangers
from tests.embeddings.words.wire import WIRE, passages, reword


def test_texts_of_one_template_that_share_too_little_are_not_aligned() -> None:
    rng = random.Random(6)
    shared = " ".join(f"v{n}" for n in range(24))
    own = [" ".join(f"w{rng.randrange(4000)}" for _ in range(16)) for _ in range(800)]
    copies = [f"{shared} {text}" for text in own]
    survey = survey_copies(passages(*copies, f"{copies[5]} more", f"{copies[700]} more"))
    assert survey.candidates < 4_000
    assert {group.members for group in survey.groups} == {(5, 800), (700, 801)}


def test_texts_left_by_a_large_bucket_are_compared_with_each_other() -> None:
    rng = random.Random(8)
    shared = " ".join(f"v{n}" for n in range(24))
    rows = [
        f"{shared} " + " ".join(f"w{rng.randrange(9999)}" for _ in range(16)) for _ in range(90)
    ]
    edited = [text.replace("v3 ", "changed ") for text in rows]
    groups = {group.members for group in find_copies(passages(*rows, *edited))}
    assert groups == {(n, n + 90) for n in range(90)}
    # Of two bands alone: what their large buckets leave is found by no other.
    texts, keys = read_many([*rows, *edited]), [b"%d" % n for n in range(180)]
    assert verify_candidates(texts, keys, BandPlan(2, 1), CopyOptions()).edges.keys() == groups


def test_strangers_that_come_after_a_copy_are_compared_too() -> None:
    texts = [" ".join(f"{name}{n}" for n in range(40)) for name in "abc"]
    pairs = read_many(one for text in texts for one in (text, text.replace("3 ", "x ", 1)))
    verifier = Verifier(pairs, CopyOptions())
    verify_strangers(np.arange(6), verifier)
    assert verifier.edges.keys() == {(0, 1), (2, 3), (4, 5)}


def test_words_in_common_are_counted_without_all_words_of_all_pairs_at_once(monkeypatch) -> None:
    """Of long texts a few pairs fill memory: 10 million words here."""
    rng = random.Random(7)
    words = [[f"w{rng.randrange(5000)}" for _ in range(3000)] for _ in range(60)]
    verifier = Verifier(read_many(map(" ".join, words)), CopyOptions())
    pairs = pair_all(np.arange(60))
    whole = verifier._count_common(pairs)
    monkeypatch.setattr(verifying, "_WORDS_AT_ONCE", 100_000)
    tracemalloc.start()
    try:
        counted = verifier._count_common(pairs)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    bags = [Counter(some) for some in words]
    assert counted.tolist() == [(bags[a] & bags[b]).total() for a, b in pairs.tolist()]
    assert whole.tolist() == counted.tolist()
    assert peak < 30e6


def test_texts_of_one_template_with_few_words_for_its_places_are_hardly_aligned() -> None:
    rng = random.Random(6)
    rows = [
        " ".join(f"t{n}" if n % 5 < 3 else f"p{n}x{rng.randrange(200)}" for n in range(40))
        for _ in range(600)
    ]
    assert survey_copies(passages(*rows)).candidates < 100


def test_pairs_that_words_spelled_otherwise_bring_up_to_the_share_are_found() -> None:
    shared = " ".join(f"v{n}" for n in range(25))
    one = f"{shared} harbour minister " + " ".join(f"w{n}" for n in range(13))
    other = f"{shared} harbuor ministre " + " ".join(f"x{n}" for n in range(13))
    assert [pair[:2] for pair in find_pairs(passages(one, other))] == [(0, 1)]
    # With none spelled otherwise they share too little.
    assert find_pairs(passages(one, other.replace("harbuor ministre", "y1 y2"))) == []


@example("a" * 40, 0, "a", 2)
@given(st.text("abcde", min_size=4), st.integers(0, 9), st.sampled_from("abcde"), st.integers(0, 3))
def test_words_that_are_one_but_for_their_spelling_are_told(
    word: str, at: int, letter: str, edit: int
) -> None:
    at %= len(word)
    rest = word[at + 1 :]
    swapped = word[:at] + rest[:1] + word[at] + rest[1:]
    other = (word[:at] + letter + rest, word[:at] + rest, word[:at] + letter + word[at:], swapped)[
        edit
    ]
    if other != word and are_one_word(word, other):
        assert find_spellable([word, "stranger", other]) == {word, other}


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1), min_size=2, max_size=5))
def test_words_in_common_are_counted_as_often_as_both_texts_have_them(
    bags: list[list[str]],
) -> None:
    verifier = Verifier(read_many([" ".join(words) for words in bags]), CopyOptions())
    tokens, owners = verifier.count_bags(np.arange(len(bags)))
    found = [set(tokens[owners == place].tolist()) for place in range(len(bags))]
    for words, numbers in zip(bags, found, strict=True):
        assert len(numbers) == len(words)
        common = (Counter(words) & Counter(bags[0])).total()
        assert len(numbers & found[0]) == common


def test_texts_of_a_large_bucket_that_are_near_to_few_make_pairs_with_others_alone() -> None:
    rng = random.Random(8)
    shared = " ".join(f"v{n}" for n in range(24))
    own = [" ".join(f"w{rng.randrange(9999)}" for _ in range(16)) for _ in range(20)]
    rows = [f"{shared} {text}" for text in own]
    edited = [text.replace("v3 ", "changed ") for text in rows]
    many = [f"{shared} {own[0]} x{n} more than all others" for n in range(70)]
    pairs = {(a, b) for a, b, _ in find_pairs(passages(*rows, *edited, *many))}
    assert all(a != b for a, b in pairs)
    found = {tuple(sorted(pair)) for pair in pairs}
    assert found >= {(n, n + 20) for n in range(1, 20)}
    # The first two are near to all 70, any of which stands for both.
    assert {row for pair in found for row in pair} == set(range(len(rows) * 2 + len(many)))


def test_near_copies_in_small_buckets_are_compared_with_those_that_stand_for_them() -> None:
    """Of forty texts all are near to each other, which makes 780 pairs."""
    rows = passages(*(WIRE.replace("twelve", str(n)) for n in range(40)))
    survey = survey_copies(rows)
    assert [len(members) for _, members in survey.wordings] == [40]
    assert survey.candidates < 4 * len(rows)


def test_pairs_that_cannot_share_enough_change_nothing_but_how_often_texts_are_in_pairs() -> None:
    rng = random.Random(4)
    first = " ".join(f"w{n}" for n in range(30))
    texts = read_many([first] + [reword(first, rng.random() * 0.6, rng) for _ in range(60)])
    pairs = np.sort(pair_all(np.arange(len(texts))), axis=1)
    whole, some = (Verifier(texts, CopyOptions()) for _ in range(2))
    whole.verify(pairs)
    hopeful = some.hopeful_pairs(pairs)
    often = np.bincount(some.long_enough(pairs).ravel(), minlength=len(texts))
    some.verify(hopeful, often)
    assert len(hopeful) < len(pairs)
    assert whole.edges == some.edges
    assert whole.tried == some.tried


def test_nothing_is_kept_of_pairs_that_cannot_share_enough() -> None:
    """In a large corpus there are many times as many as texts."""
    texts = [" ".join(f"{name}{n}" for n in range(40)) for name in "abc"]
    worded = read_many([*texts, texts[0].replace("a3 ", "x ")])
    verifier = Verifier(worded, CopyOptions(), [b"%d" % row for row in range(4)])
    with keeping(lambda _: None) as kept:
        verifier.verify(pair_all(np.arange(3)))
        assert not kept.methods
        verifier.verify(np.array([[0, 3]]))
    assert verifier.edges.keys() == {(0, 3)}
    assert kept.methods == {"shared 1"}


def test_only_pairs_of_new_texts_are_aligned_where_others_were_kept(monkeypatch) -> None:
    aligned: list[int] = []
    count = verifying.count_shared
    monkeypatch.setattr(
        verifying, "count_shared", lambda *given: aligned.append(1) or count(*given)
    )
    texts = [f"{WIRE} {name}" for name in ("One.", "Two.", "Three.")]
    stored: dict[str, tuple[NDArray[np.uint8], NDArray[Any]]] = {}
    found = []
    for number, expected in ((2, 1), (2, 0), (3, 2)):
        aligned.clear()
        with keeping(stored.get) as kept:
            found.append(survey_copies(passages(*texts[:number])))
        assert len(aligned) == expected
        assert found[-1] == survey_copies(passages(*texts[:number]))
        assert found[-1].candidates == number * (number - 1) / 2
        stored |= {method: (keys, rows) for method, keys, rows in kept.changed(every=False)}
    assert found[0] == found[1]


def test_of_texts_of_one_template_no_pairs_are_kept() -> None:
    rng = random.Random(6)
    shared = " ".join(f"v{n}" for n in range(24))
    texts = [
        f"{shared} " + " ".join(f"w{rng.randrange(4000)}" for _ in range(16)) for _ in range(200)
    ]
    with keeping(lambda _: None) as kept:
        survey_copies(passages(*texts))
    assert "shared 1" not in kept.methods
