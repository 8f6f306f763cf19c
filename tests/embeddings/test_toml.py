"""TOML files that users write."""

from __future__ import annotations

import pytest

from embeddings.errors import InputError
from embeddings.toml import parse_toml, read_toml


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\ny = ]", "own.toml is not valid TOML.*line 2"),
        (f"x = {'9' * 4301}", "own.toml is not valid TOML: a number in it is too long"),
        (f"x = {'[' * 5000}{']' * 5000}", "own.toml is not valid TOML: it is nested too deeply"),
    ],
)
def test_what_is_no_toml_is_said_in_a_sentence(text, message):
    with pytest.raises(InputError, match=message):
        parse_toml(text, "own.toml")


def test_a_file_that_cannot_be_read_is_said_in_a_sentence(tmp_path):
    (tmp_path / "latin.toml").write_bytes(b"x = '\xe9'")
    for name, message in [
        ("none.toml", "No such file"),
        ("latin.toml", "not UTF-8"),
        ("n" * 5000, "too long"),
        ("a\0b", "null"),
        ("", "directory"),
    ]:
        with pytest.raises(InputError, match=message):
            read_toml(tmp_path / name)
    with pytest.raises(InputError, match="larger than 10 MB"):
        read_toml((tmp_path / "..").joinpath("/dev/zero"))
