"""Claims about what is kept of texts, and by which keys."""

from __future__ import annotations

from embeddings.text.keeping import key_of_texts


def test_texts_in_another_order_or_parted_otherwise_have_another_key():
    told = [["ab", "c"], ["a", "bc"], ["c", "ab"], ["abc"], ["abc", ""], ["", "abc"], []]
    assert len({key_of_texts(texts) for texts in told}) == len(told)
    assert key_of_texts(["ab", "c"]) == key_of_texts(("ab", "c"))
