"""Words are found alike by the plain pattern and the whole one, and counted as they are read."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.text import wording
from embeddings.text.scripts import MARKS, UNSPACED
from embeddings.text.wording import Vocabulary, count_many, read_many, read_once

TEXTS = st.text(st.sampled_from("aZé9_.,:'’ʼ -–—“…\n\u0301ß中ไ\u0335"), max_size=40) | st.text()


@given(TEXTS)
def test_the_plain_pattern_finds_the_words_that_the_whole_one_does(text):
    assert wording._find_words(text) == wording._compile_word().findall(text)


def test_no_mark_and_no_letter_written_without_spaces_is_plain():
    special = re.findall(f"[{UNSPACED}{MARKS}]", "".join(map(chr, range(0x110000))))
    assert len(special) > 1000
    assert all(wording._NOT_PLAIN.match(one) for one in special)


@given(st.lists(st.tuples(TEXTS, st.booleans()), max_size=6))
def test_words_that_are_not_wanted_are_counted(texts):
    counted, read = count_many(texts), read_many(text for text, _ in texts)
    assert counted.lengths.tolist() == read.lengths.tolist()
    for place, (_, wanted) in enumerate(texts):
        assert wanted or not any(counted.row(place))


@given(st.lists(st.lists(st.sampled_from(["a", "bb", "ccc"]), max_size=6)), st.integers(1, 9))
def test_runs_stay_within_their_text_and_are_told_by_their_words(texts, at_once):
    found = read_many(" ".join(words) for words in texts)
    hashes, offsets = found.shingles(3)
    runs = [tuple(words[n : n + 3]) for words in texts for n in range(len(words) - 2)]
    assert np.diff(offsets).tolist() == [max(len(words) - 2, 0) for words in texts]
    assert len(set(zip(runs, hashes.tolist(), strict=True))) == len(set(runs))
    parts = [part.shingles(3)[0] for part in found.parts(at_once)]
    assert np.concatenate([np.empty(0, np.uint64), *parts]).tolist() == hashes.tolist()
    sizes = [part.lengths for part in found.parts(at_once)]
    assert all(len(one) == 1 or one.sum() <= at_once for one in sizes)


@pytest.mark.parametrize("every", [True, False])
def test_kept_words_are_those_of_the_texts_asked_for(every):
    texts = ["The army said so.", "Protests in Cairo.", "A new text, the army said."]
    with read_once() as vocabularies:
        read_many(texts[:2]).shingles(2)
    kept = vocabularies[Vocabulary.kind].keep(every=True)
    with read_once(lambda _: kept) as vocabularies:
        told = read_many(texts[1:])
        hashes = told.shingles(2)[0].tolist()
    again = vocabularies[Vocabulary.kind].keep(every=every)
    assert len(again.keys) == len(again.lengths) == (2 if every else 3)
    with read_once(lambda _: again):
        known = read_many(texts[1:])
        assert [known.vocabulary.words()[n] for n in known.numbers] == [
            told.vocabulary.words()[n] for n in told.numbers
        ]
        assert known.shingles(2)[0].tolist() == hashes
    assert ("cairo" in known.vocabulary.words(), "so" in known.vocabulary.words()) == (
        True,
        not every,
    )
