"""What a token is hangs on its text alone, so that it is kept with the text."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from importlib import resources

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from embeddings.errors import TopicwireError
from embeddings.text.stopwords import STOP_WORDS
from embeddings.text.wording import open_vocabulary, read_once
from topics.naming.spellings import WEAK_WORDS, Spellings
from topics.naming.tokens import Tokens, tokenise

WORDS = (
    *("the", "a", "to", "that", "their", "rebels", "strike", "strikes", "attack", "New", "York"),
    *("US", "Assad's", "al-Assad", "free", "killed", "cease-fire", "would", "of", "it", ".", ","),
)
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join), max_size=6)
OF_TOKENS = ("capital", "strong", "headline", "noun", "modifies", "verb", "foreign", "open_ended")


def told(tokens: Tokens, row: int) -> list[list[object]]:
    """Return what is told of the tokens of one text."""
    inside = tokens.rows == row
    spelled = [tokens.spelled[one] for one in tokens.spellings[inside].tolist()]
    words = [tokens.vocabulary[one] for one in tokens.words[inside].tolist()]
    content = tokens.content[tokens.words[inside]].tolist()
    return [
        spelled,
        words,
        content,
        *(getattr(tokens, name)[inside].tolist() for name in OF_TOKENS),
    ]


@given(TEXTS)
@example(["they would", "fight there"])
@settings(max_examples=60, deadline=None)
def test_a_token_is_the_same_whatever_texts_stand_beside_its_own(texts: list[str]) -> None:
    together = tokenise(texts)
    for row, text in enumerate(texts):
        assert told(together, row) == told(tokenise([text]), 0)


@given(TEXTS, TEXTS)
@settings(max_examples=60, deadline=None)
def test_kept_texts_give_the_tokens_of_read_ones(before: list[str], texts: list[str]) -> None:
    with read_once():
        tokenise(before)
        kept = open_vocabulary(Spellings).keep(every=True)
    with read_once(lambda _: kept):
        found = tokenise(texts)
    read = tokenise(texts)
    for one in fields(Tokens):
        assert np.array_equal(getattr(found, one.name), getattr(read, one.name)), one.name


def test_no_word_takes_the_bits_of_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Spellings, "mask", 3)
    with pytest.raises(TopicwireError, match="More than 3 different words"):
        tokenise(["one two three four five"])


def test_marks_told_by_other_lists_have_another_version() -> None:
    folder = resources.files("topics.naming")
    tables = [(folder / f"{one}.tsv").read_text("utf-8") for one in ("parts", "rules")]
    told = json.dumps([sorted(STOP_WORDS), sorted(WEAK_WORDS), *tables])
    digest = hashlib.blake2b(told.encode(), digest_size=6).hexdigest()
    # What was kept of texts is read anew where the version is another: raise it with the digest.
    assert (Spellings.kind, digest) == ("marked tokens 1", "7eab780dc0f2")
