import pytest

from embeddings.text import normalising
from embeddings.text.keeping import keeping
from embeddings.text.normalising import hash_many, hash_once, hash_text, normalise


@pytest.mark.parametrize("at_once", [1, 7, 64])
def test_a_text_that_is_hashed_in_parts_has_the_hash_of_its_normal_form(monkeypatch, at_once):
    lines = ["The  ministers met.\r", " \t ", "", "\u0301 Ge\u0301ne\u0300ve\u00a0", "again "]
    text = "\n".join(["\n", *lines * 20, "\n\n"])
    whole = hash_text(text)
    monkeypatch.setattr(normalising, "_AT_ONCE", at_once)
    assert hash_text(text) == whole == hash_text(normalise(text))


def test_many_texts_have_their_hashes_kept_and_unkept(monkeypatch):
    texts = ["Two  lines\nof one.", "Two lines of one.", "Others.", "Others."]
    told = [hash_text(text) for text in texts]
    assert hash_many(texts) == told
    with hash_once(), keeping(lambda _: None) as kept:
        assert hash_many(texts) == told
    stored = {method: (keys, rows) for method, keys, rows in kept.changed(every=True)}
    monkeypatch.setattr(normalising, "_hash", None)  # none is hashed again
    with hash_once(), keeping(stored.get):
        assert hash_many(texts[::-1]) == told[::-1]
