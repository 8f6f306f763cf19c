"""What became of topics between two runs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from topics.hierarchy.lineage import compare_topics


def topics(**members: str) -> dict[bytes, int]:
    return {text.encode(): int(name[1:]) for name, texts in members.items() for text in texts}


def kinds(before, after):
    return [(change.kind, change.topic, change.others) for change in compare_topics(before, after)]


def test_nothing_changed_is_nothing_told():
    assert compare_topics(topics(t1="abc", t2="de"), topics(t1="abc", t2="de")) == []


def test_a_topic_of_new_texts_is_born_and_one_with_more_has_grown():
    changes = compare_topics(topics(t1="abc"), topics(t1="abcd", t2="xyz"))
    assert [(c.kind, c.topic, c.before, c.after) for c in changes] == [
        ("born", 2, 0, 3),
        ("grew", 1, 3, 4),
    ]


def test_two_topics_in_one_have_merged():
    assert kinds(topics(t1="abcd", t2="efg"), topics(t1="abcdefg")) == [
        ("grew", 1, ()),
        ("merged", 1, (1, 2)),
    ]


def test_a_topic_in_two_has_split():
    assert kinds(topics(t1="abcdef"), topics(t1="abc", t2="def")) == [
        ("shrank", 1, ()),
        ("split", 1, (1, 2)),
    ]


def test_a_topic_that_is_gone_was_split_into_what_is_mostly_of_it_however_small():
    before = topics(t1="abcdefghij", t2="xyz")
    assert kinds(before, topics(t2="xyz", t3="abcdefgh", t4="ij")) == [("split", 1, (3, 4))]
    # One that is still there has lost two texts to a new one.
    told = kinds(before, topics(t1="abcdefgh", t2="xyz", t4="ij"))
    assert told == [("born", 4, ()), ("shrank", 1, ())]


def test_a_topic_made_of_several_is_merged_and_not_born():
    assert kinds(topics(t1="abcd", t2="efg"), topics(t3="abcdefg")) == [("merged", 3, (1, 2))]


def test_a_topic_whose_articles_were_removed_has_ended_and_went_nowhere():
    assert kinds(topics(t1="abc", t2="de"), topics(t1="abc")) == [("ended", 2, ())]


def test_one_text_that_moved_is_no_split():
    assert kinds(topics(t1="abc", t2="defg"), topics(t1="ab", t2="cdefg")) == [
        ("shrank", 1, ()),
        ("grew", 2, ()),
    ]


@given(st.dictionaries(st.binary(min_size=1, max_size=2), st.tuples(*[st.integers(0, 4)] * 2)))
def test_sizes_told_are_the_sizes_there_are(pairs):
    before = {text: old for text, (old, _) in pairs.items() if old}
    after = {text: new for text, (_, new) in pairs.items() if new}
    for change in compare_topics(before, after):
        assert change.before == sum(topic == change.topic for topic in before.values())
        assert change.after == sum(topic == change.topic for topic in after.values())
