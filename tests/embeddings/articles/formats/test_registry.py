from collections import Counter
from pathlib import Path

import pytest

from embeddings.articles.formats.registry import FORMATS, describe_formats, find_format

ENDINGS = [ending for each in FORMATS for ending in each.endings]


def test_no_ending_tells_two_formats_alone():
    alone = [ending for each in FORMATS if each.claims is None for ending in each.endings]
    assert [ending for ending, count in Counter(alone).items() if count > 1] == []


@pytest.mark.parametrize(
    "ending", [ending for each in FORMATS if each.claims is None for ending in each.endings]
)
def test_a_file_is_known_by_its_ending_in_any_case_and_packed(ending):
    found = find_format(Path(f"a{ending}"))
    assert found is not None
    assert find_format(Path(f"A{ending.upper()}.gz")) is found


@pytest.mark.parametrize("name", ["a.exe", "csv", ".csv", ".csv.gz", "a"])
def test_other_names_are_of_no_format(name):
    assert find_format(Path(name)) is None


def test_an_error_can_name_every_ending():
    assert all(ending in describe_formats() for ending in ENDINGS)
