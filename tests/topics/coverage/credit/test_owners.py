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


ALIASES = """
[aliases]
"AJE" = "Al Jazeera English"
"Al Jazeera English" = "Al Jazeera"
"al jazeera" = "Al Jazeera"

[owners]
"AJE" = "Lantern Media"
"""


def test_other_names_stand_for_the_outlet_that_they_lead_to():
    owners = parse_owners(ALIASES)
    assert owners.aliases == {
        "AJE": "Al Jazeera",
        "Al Jazeera English": "Al Jazeera",
        "al jazeera": "Al Jazeera",
    }
    assert owners.of("Al Jazeera") == owners.of("aje") == "Lantern Media"
    assert owners.strangers(["Al Jazeera"]) == ()
    only = parse_owners('[aliases]\n"AJE" = "Al Jazeera"')
    assert only.of("AJE") == only.of("Al Jazeera") == "Al Jazeera"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('"A" = "B"\n"B" = "A"', 'makes "A" and "B" other names of each other; keep one'),
        ('"A" = "B"\n"B" = "C"\n"c" = "a"', '"A" and "B" and "C" other names of each other'),
        ('"A" = "B"\n"a" = "C"', 'says of "a" that it is "B" and "C"; keep one'),
        ('"A" = 3', 'says of "A" no outlet'),
        ('"A" = " "', 'says of "A" no outlet'),
        ('"A" = "B"\n[owners]\n"A" = "X"\n"B" = "Y"', 'under two owners, "Y" and "X"'),
    ],
)
def test_names_that_cannot_be_are_refused_in_one_sentence(text, says):
    with pytest.raises(InputError) as error:
        parse_owners(f"[aliases]\n{text}", "o.toml")
    assert says in str(error.value)
    assert str(error.value).startswith("o.toml")
