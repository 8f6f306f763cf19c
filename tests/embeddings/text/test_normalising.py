import pytest

from embeddings.text import normalising
from embeddings.text.normalising import hash_text, normalise


@pytest.mark.parametrize("at_once", [1, 7, 64])
def test_a_text_that_is_hashed_in_parts_has_the_hash_of_its_normal_form(monkeypatch, at_once):
    lines = ["The  ministers met.\r", " \t ", "", "\u0301 Ge\u0301ne\u0300ve\u00a0", "again "]
    text = "\n".join(["\n", *lines * 20, "\n\n"])
    whole = hash_text(text)
    monkeypatch.setattr(normalising, "_AT_ONCE", at_once)
    assert hash_text(text) == whole == hash_text(normalise(text))
