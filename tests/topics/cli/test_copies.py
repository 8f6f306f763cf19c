"""``topicwire copies``: what is said of who had a text first."""

from __future__ import annotations

import pytest

from embeddings.corpus.citations import Quotation
from topics.answers.copies import CopyListing, CopyMember
from topics.cli.copies import _print_group

DAY, NEXT = "2013-05-11", "2013-05-12"


@pytest.mark.parametrize(
    ("members", "certain", "sharing", "said"),
    [
        ([("Post", DAY), ("Echo", NEXT)], True, "copied", "first seen"),
        ([("Post", "2013-05"), ("Echo", DAY)], False, "copied", "first seen, uncertain"),
        ([("Post", DAY), ("Echo", DAY)], False, "copied", "order unknown"),
        ([("Post", ""), ("Echo", "")], False, "quotation", "order unknown"),
        ([("Levant Wire", DAY), ("Echo", DAY)], True, "copied", "first seen"),  # credited
        ([("Post", DAY), ("Post", NEXT)], True, "update", ""),
        ([("", DAY), ("", DAY)], False, "repeat", ""),
    ],
)
def test_first_seen_is_said_where_dates_or_credit_tell(capsys, members, certain, sharing, said):
    passages = [Quotation(n, "One text.", "", *who, "") for n, who in enumerate(members, 1)]
    outlets = tuple({source for source, _ in members} - {""})
    _print_group(
        CopyListing(
            id=1,
            kind="exact",
            first=passages[0],
            first_is_certain=certain,
            outlets=outlets,
            sharing=sharing,
            across=len(outlets) != 1,
            members=tuple(CopyMember(one, 1.0, ()) for one in passages),
        )
    )
    (line,) = (one for one in capsys.readouterr().out.splitlines() if "passage 1" in one)
    assert line.partition("passage 1")[2].strip() == said
