"""Words are found alike by the plain pattern and the whole one, and counted as they are read."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from embeddings.text import wording
from embeddings.text.scripts import MARKS, UNSPACED
from embeddings.text.wording import count_many, read_many

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
