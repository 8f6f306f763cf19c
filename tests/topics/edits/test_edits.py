"""An edit is given back as it was stored, or said to be damaged."""

from __future__ import annotations

import pytest

from embeddings.errors import StoreError
from topics.edits.edits import Anchor, Edit, drop_edit, list_answers, put_edit, read_edits

EDITS = [
    Edit(1, "rename", (Anchor("", ("0a", "0b"), 2, 9, -1, 4),), name="Straße", made="2013-05-11"),
    Edit(2, "split", (Anchor("War"),), into=3, made="2013-05-12"),
    Edit(3, "part", (), ("0a", "0b"), made="2013-05-13"),
]


def test_edits_come_back_as_they_were_stored_and_one_taken_out_does_not(store):
    numbers = [put_edit(store, edit) for edit in EDITS]
    assert numbers == [1, 2, 3]
    assert read_edits(store) == EDITS
    drop_edit(store, 2)
    assert read_edits(store) == [EDITS[0], EDITS[2]]


def test_of_what_was_said_of_a_passage_and_ones_own_topic_the_last_word_counts():
    war, found = Anchor("War"), EDITS[0].topics[0]
    said = [
        Edit(1, "pin", (war,), ("0a",)),
        Edit(2, "exclude", (war,), ("0b",)),
        Edit(3, "exclude", (Anchor("Talks"),), ("0a",)),
        Edit(4, "exclude", (war,), ("0a",)),
        Edit(5, "pin", (found,), ("0c",)),  # a topic that was found is no topic of one's own
        *EDITS,
    ]
    answers = list_answers(said)
    assert answers == {"War": {"0a": False, "0b": False}, "Talks": {"0a": False}}
    assert list(answers["War"]) == ["0b", "0a"]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE edits SET content = replace(content, 'Straße', 'Strasse')",
        "UPDATE edits SET kind = 'split'",
        "UPDATE edits SET made = '2014-05-11'",
        "UPDATE edits SET kind = 'blend', crc = NULL",
        "UPDATE edits SET content = '{}', crc = NULL",
    ],
)
def test_an_edit_that_was_changed_behind_its_checksum_or_is_none_is_damaged(store, sql):
    put_edit(store, EDITS[0])
    with store.transaction() as connection:
        connection.execute(sql)
    with pytest.raises(StoreError, match=r"Edit 1 .* is damaged"):
        read_edits(store)
