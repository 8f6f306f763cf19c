"""Claims about whose text an article may be."""

from __future__ import annotations

import pytest

from embeddings.documents import Document
from topics.coverage.credit.credits import find_credits
from topics.coverage.credit.wire import find_agencies, is_handed_on, own_agency, text_bounds


@pytest.mark.parametrize(
    ("outlet", "agency"),
    [
        ("Associated Press", "associated press"),
        ("AP", "associated press"),
        ("Reuters - World", "reuters"),
        ("Levant Wire Service", "levant wire"),
        ("The Daily Wire", ""),
        ("CNN (Web News)", ""),
        ("AA Magazine", ""),
        ("Associated Press of Pakistan", ""),
        ("", ""),
    ],
)
def test_an_outlet_is_an_agency_by_its_name(outlet, agency):
    assert own_agency(outlet) == agency


def test_the_text_of_an_agency_and_of_its_clients_may_be_older_than_their_dates():
    own = Document("a", "Rain fell.", source="AP", published="2013-05-02")
    client = Document(
        "b", "Rain fell.\n\nThe AP contributed to this report.", source="Courier",
        published="2013-05-01",
    )  # fmt: skip
    carried = find_agencies(client, find_credits(client))
    assert find_agencies(own, find_credits(own)) == carried == {"associated press"}
    assert text_bounds(own.published, carried)[0] < text_bounds("1900", frozenset())[0]
    assert is_handed_on("AP", "Courier", carried)
    assert not is_handed_on("AP", "The Associated Press", carried)
    assert not is_handed_on("Courier", "AP", carried)
