"""Claims about who owns which outlet."""

from __future__ import annotations

import pytest

from embeddings.errors import InputError
from topics.coverage.credit.owners import parse_owners, read_owners

BOTH = """
[owners]
"Global Lantern" = "Lantern Media"

[[owner]]
name = "Lantern media"
outlets = ["Daily Lantern", "GLOBAL LANTERN"]
"""


def test_both_forms_are_read_whatever_the_case():
    owners = parse_owners(BOTH)
    assert owners.of("global lantern") == owners.of("Daily  Lantern") == "Lantern Media"
    assert owners.of("Harbour Courier") == "Harbour Courier"


def test_outlets_that_are_not_in_the_corpus_can_be_listed():
    assert parse_owners(BOTH).strangers(["global lantern", "x"]) == ("Daily Lantern",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[owners", "not valid TOML"),
        ("", "holds no owner"),
        ("owners = 3", "no table"),
        ('[owners]\n"A" = 3', 'gives "A" an owner that is no text'),
        ('[owners]\n"A" = "X"\n"a" = "Y"', 'under two owners, "X" and "Y"'),
        ('[owner]\nname = "X"', "two brackets"),
        ('[[owner]]\nname = "X"', "lacks a name or a list"),
        ('[[owner]]\nname = "X"\noutlets = [3]', "outlet that is no text"),
        ('[[owner]]\nname = "X"\noutlets = ["A"]\nsince = 3', 'key "since"'),
        ('[owners]\n"A" = " "', "empty name"),
        ('title = "A"', '"title" at the top'),
    ],
)
def test_a_wrong_file_is_named_in_one_sentence(text, says):
    with pytest.raises(InputError) as error:
        parse_owners(text, "o.toml")
    assert says in str(error.value)
    assert str(error.value).startswith("o.toml")
    assert str(error.value).count("\n") == 0


def test_a_missing_file_or_one_of_another_encoding_is_named(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_owners(tmp_path / "none.toml")
    (tmp_path / "odd.toml").write_bytes(b'[owners]\n"\xff" = "x"')
    with pytest.raises(InputError, match="not UTF-8"):
        read_owners(tmp_path / "odd.toml")
