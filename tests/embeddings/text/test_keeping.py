"""Claims about what is kept of texts, and by which keys."""

from __future__ import annotations

from embeddings.text import keeping
from embeddings.text.keeping import key_of_texts


def test_texts_in_another_order_or_parted_otherwise_have_another_key():
    told = [["ab", "c"], ["a", "bc"], ["c", "ab"], ["abc"], ["abc", ""], ["", "abc"], []]
    assert len({key_of_texts(texts) for texts in told}) == len(told)
    assert key_of_texts(["ab", "c"]) == key_of_texts(("ab", "c"))


def test_texts_hashed_in_several_goes_have_keys_of_their_own(monkeypatch):
    monkeypatch.setattr(keeping, "_AT_ONCE", 2)
    told = [["a", "b", "c"], ["a", "c", "b"], ["b", "a", "c"], ["a", "b"], ["ab", "", "c"]]
    assert len({key_of_texts(texts) for texts in told}) == len(told)
