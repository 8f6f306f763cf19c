from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from topics.hierarchy.tree import TopicTree, TreeTopic
from topics.naming.describing import Topic, describe_topics, describe_tree
from topics.naming.saying import Keyphrases
from topics.naming.terms import count_terms
from topics.naming.titles import name_tree
from topics.naming.wordforms import alike, is_part

WEAPONS = [
    "Russia will deliver the S-300 air defence system to Syria, officials said.",
    "Moscow said the S-300 contract with Syria was signed years ago.",
    "Missiles of the S-300 type worry Israel, which watches Syria.",
    "Syria awaits surface-to-air missiles from Russia.",
    "Israel said missiles from Russia would change the war in Syria.",
    "Russia's missiles have not left port for Syria.",
]
TALKS = [
    "The White House backed peace talks on Syria in Geneva on Monday.",
    "Peace talks in Geneva may start in June, the White House said of Syria.",
    "Opposition leaders refused peace talks while al-Assad stays in Syria.",
    "Envoys prepare peace talks in Geneva; Syria has not answered.",
    "President Bashar al-Assad would send a team to peace talks, Syria said.",
    "Nobody at the White House expects al-Assad to leave Syria.",
]
TEXTS = WEAPONS + TALKS
LABELS = np.array([0] * 6 + [1] * 6)


def vectors(labels: NDArray[np.int64], seed: int = 0) -> NDArray[np.float32]:
    random = np.random.default_rng(seed)
    rows = random.standard_normal((len(labels), 16)) * 0.8
    rows[np.arange(len(labels)), labels] += 1.0
    return rows.astype(np.float32)


def describe(
    texts: list[str],
    labels: NDArray[np.int64],
    sources: list[str] | None = None,
    guided: tuple[str, ...] = (),
) -> list[Topic]:
    strengths = np.ones(len(texts), np.float32)
    return describe_topics(texts, labels, strengths, vectors(labels), sources, guided)


def name_topics(phrases: list[list[str]], guided_names: tuple[str, ...] = ()) -> list[str]:
    """Name the topics of one level, the first of which are guided."""
    fixed = [*guided_names, *[""] * (len(phrases) - len(guided_names))]
    topics = [TreeTopic(0, 0, label, -1) for label in range(len(phrases))]
    return name_tree(topics, [weighed(*own) for own in phrases], 0, fixed)


def weighed(*phrases: str, weights: Sequence[float] = (), apart: float = 0.0) -> Keyphrases:
    """Return keyphrases that are no other topic's, and each in passages of its own."""
    count = len(phrases)
    worth = tuple(weights or [0.0] * count)
    joint = tuple(tuple(0.3 * (row == column) for column in range(count)) for row in range(count))
    return Keyphrases(phrases, worth, (apart,) * count, worth, joint, worth)


def test_names_say_what_sets_topics_apart() -> None:
    weapons, talks = describe(TEXTS, LABELS)
    assert {"missiles", "S-300"} & set(weapons.keyphrases[:2])
    assert talks.name.startswith("Peace talks")


def test_a_word_common_to_the_whole_corpus_names_nothing() -> None:
    phrases = [phrase for topic in describe(TEXTS, LABELS) for phrase in topic.keyphrases]
    assert not any("Syria" in phrase for phrase in phrases)


def test_spelling_is_kept() -> None:
    phrases = {phrase for topic in describe(TEXTS, LABELS) for phrase in topic.keyphrases}
    assert {"S-300", "al-Assad", "White House"} <= phrases


def test_the_spelling_within_sentences_wins_over_that_at_their_start() -> None:
    texts = ["Missiles came.", "Missiles went.", "Many missiles fell.", "Missiles again."]
    terms = count_terms(texts, 2)
    assert terms.surfaces[terms.words.index(("missiles",))] == "missiles"


def test_no_keyphrase_is_a_part_of_another_of_its_topic() -> None:
    for topic in describe(TEXTS, LABELS):
        words = [tuple(phrase.casefold().split()) for phrase in topic.keyphrases]
        assert not any(is_part(a, b) for a in words for b in words if a != b)


def test_terms_cross_no_punctuation_and_have_no_weak_words_at_their_ends() -> None:
    terms = count_terms(["The rebels, officials said, took of the town on Monday 13 May 2013."], 1)
    assert set(terms.words) == {("rebels",), ("town",), ("took",)} - {("took",)}


def test_a_phrase_may_hold_of_but_not_end_there() -> None:
    words = count_terms(["He left the Bank of England of old"], 1).words
    assert ("bank", "of", "england") in words
    assert not any(word[-1] == "of" for word in words)


def test_titles_are_terms_only_beside_a_name() -> None:
    words = count_terms(["President Assad met the prime minister"], 1).words
    assert ("president", "assad") in words
    assert ("president",) not in words
    assert ("prime", "minister") not in words


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("weapon", "weapons", True),
        ("syria", "syrian", True),
        ("turkey", "turkish", True),
        ("iran", "iraq", False),
        ("un", "us", False),
        ("russia", "rebels", False),
    ],
)
def test_forms_of_one_word_are_known(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is alike(other, one) is same


def test_a_possessive_is_no_word_of_its_own() -> None:
    words = count_terms(["Russia's fleet and Russia’s army and Russia"], 1).words
    assert words.count(("russia",)) == 1
    assert not any("'" in part for word in words for part in word)


def test_names_are_distinct_even_where_keyphrases_are_not() -> None:
    names = name_topics([["war", "oil"], ["war", "oil"], ["war"], ["war"], [], []], ("War",))
    assert len({name.casefold() for name in names}) == 6
    assert names[0] == "War"


def test_a_guided_topic_keeps_its_name_and_gets_keyphrases() -> None:
    weapons, talks = describe(TEXTS, LABELS, guided=("Arms, and who sends them",))
    assert (weapons.name, weapons.kind) == ("Arms, and who sends them", "guided")
    assert weapons.keyphrases
    assert talks.kind == "discovered"


def test_a_guided_topic_without_passages_is_described() -> None:
    topics = describe(TEXTS, LABELS, guided=("A", "B", "Nothing"))
    assert (topics[2].size, topics[2].share, topics[2].representatives) == (0, 0.0, ())


def test_outlets_are_counted_most_first() -> None:
    sources = ["b", "a", "a", "", "b", "c"] + ["d"] * 6
    assert describe(TEXTS, LABELS, sources)[0].outlets == (("a", 2), ("b", 2), ("c", 1))


def test_shares_add_up_to_one() -> None:
    assert sum(topic.share for topic in describe(TEXTS, LABELS)) == pytest.approx(1.0)


def test_representatives_come_from_different_outlets() -> None:
    sources = ["a", "a", "a", "a", "b", "c"] + ["d"] * 6
    chosen = describe(TEXTS, LABELS, sources)[0].representatives
    assert {sources[row] for row in chosen} == {"a", "b", "c"}


def test_representatives_are_no_copies_of_each_other() -> None:
    labels = np.zeros(6, np.int64)
    rows = vectors(labels)
    rows[1:5] = rows[0] + 0.001
    topic = describe_topics(WEAPONS, labels, np.ones(6, np.float32), rows)[0]
    assert len(topic.representatives) == 2


def test_texts_without_words_or_in_other_scripts_do_not_matter() -> None:
    texts = ["", "...", "123 456", "Сирия и Россия ведут переговоры", "叙利亚 战争", "🙂"]
    topics = describe(texts, np.array([0, 1, 2, 3, 4, 5]))
    assert len({topic.name for topic in topics}) == 6
    assert topics[3].keyphrases


def test_no_passages_are_no_topics() -> None:
    assert describe([], np.empty(0, np.int64)) == []


@given(seed=st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_the_order_of_passages_changes_no_name(seed: int) -> None:
    order = np.random.default_rng(seed).permutation(12)
    rows, strengths = vectors(LABELS), np.linspace(0.5, 1, 12, dtype=np.float32)
    one = describe_topics(TEXTS, LABELS, strengths, rows)
    shuffled = [TEXTS[i] for i in order]
    other = describe_topics(shuffled, LABELS[order], strengths[order], rows[order])
    for a, b in zip(one, other, strict=True):
        assert (a.name, a.keyphrases) == (b.name, b.keyphrases)
        assert [TEXTS[i] for i in a.representatives] == [shuffled[i] for i in b.representatives]


@given(texts=st.lists(st.text(max_size=60), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_any_text_is_named_without_error(texts: list[str]) -> None:
    labels = np.arange(len(texts)) % 3
    topics = describe(texts, labels)
    assert len({topic.name.casefold() for topic in topics}) == len(topics)


def test_sizes_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="one of each a passage"):
        describe_topics(
            ["a"], np.array([0, 1]), np.ones(1, np.float32), np.ones((1, 2), np.float32)
        )


def test_passages_without_a_topic_are_refused() -> None:
    with pytest.raises(ValueError, match="below 0"):
        describe_topics(["a"], np.array([-1]), np.ones(1, np.float32), np.ones((1, 2), np.float32))


SCATTERED = [
    "They would choose the clinic. It had closed.",
    "Nobody asked. He fled to Bekaa, they said.",
    "The harvest of wheat failed; she worried.",
]


def test_a_topic_in_which_no_word_recurs_is_named_by_its_nouns() -> None:
    labels = np.array([0] * 12 + [1] * 12 + [2] * 3)
    texts = [*TEXTS, *TEXTS, *SCATTERED]
    topic = describe(texts, labels)[2]
    assert {"clinic", "Bekaa", "harvest", "wheat"} & set(topic.keyphrases)
    assert not {"choose", "asked", "fled", "worried"} & set(topic.keyphrases)


def test_only_a_text_without_words_leaves_a_topic_untitled() -> None:
    topics = describe(["...", "123", "wheat"], np.array([0, 0, 1]))
    assert [topic.name for topic in topics] == ["Untitled topic", "Wheat"]


def test_terms_of_several_documents_come_before_those_one_repeats() -> None:
    texts = ["The dam and the mill."] * 3 + ["The dam of stone."] * 2 + ["A mill of stone."]
    texts += ["The sea and the wind."] * 6
    labels = np.array([0] * 6 + [1] * 6)
    documents = ["a", "a", "a", "a", "a", "b"] + ["d"] * 6
    strengths, rows = np.ones(12, np.float32), vectors(labels)
    topic = describe_topics(texts, labels, strengths, rows, documents=documents)[0]
    assert topic.keyphrases.index("mill") < topic.keyphrases.index("dam")


FRONTS = [
    "The offensive on Idlib by troops of the Syria war went on, and Idlib was shelled.",
    "An offensive on Idlib in the Syria war drove families north of Idlib.",
    "Idlib fears an offensive; the Syria war has come to Idlib.",
    "Families of Idlib wait for the offensive as the Syria war goes on.",
]
SIEGES = [
    "The siege of Aleppo in the Syria war cut bread, and Aleppo starved.",
    "A siege of Aleppo is the worst of the Syria war, doctors of Aleppo warn.",
    "Aleppo and the siege: the Syria war has closed the road to Aleppo.",
    "Bread is gone in Aleppo since the siege; the Syria war goes on.",
]
MATCHES = [
    "The striker scored twice in the final of the cup.",
    "A striker left the club before the final of the cup.",
    "The cup was won by a club without a striker.",
    "A goal in the final gave the club the cup.",
]
NESTED = FRONTS + SIEGES + MATCHES


def tree(default: int = 0, fixed: int = 0) -> TopicTree:
    """War and sport; below, the war's two parts, and sport found again."""
    broad, fine = np.repeat([0, 1], [8, 4]), np.repeat([0, 1, 2], 4)
    return TopicTree((broad, fine), default, fixed)


def describe_nested(one: TopicTree, guided: tuple[str, ...] = ()) -> list[Topic]:
    rows = vectors(one.levels[-1])
    strengths = np.ones(len(NESTED), np.float32)
    return describe_tree(NESTED, one, strengths, rows, guided_names=guided)


def test_each_topic_of_a_tree_is_described_once_in_order() -> None:
    found = describe_nested(tree())
    assert [topic.id for topic in found] == [0, 1, 2, 3]
    assert [topic.size for topic in found] == [8, 4, 4, 4]


def test_a_subtopic_is_named_by_what_sets_it_apart_from_its_siblings() -> None:
    war, _, fronts, sieges = describe_nested(tree())
    assert "Syria war" in war.name
    assert fronts.name == "Offensive on Idlib"
    assert "Aleppo" in sieges.name
    assert "Syria war" not in fronts.name + sieges.name


def test_a_broad_topic_is_not_named_as_one_child() -> None:
    war, _, fronts, sieges = describe_nested(tree(default=1))
    phrases = {phrase.casefold() for phrase in war.name.split(", ")}
    for child in (fronts, sieges):
        assert not phrases <= {phrase.casefold() for phrase in child.name.split(", ")}


def test_names_of_a_tree_are_distinct_and_guided_ones_kept() -> None:
    found = describe_nested(tree(fixed=2), guided=("War, and all that", "Sport"))
    names = [topic.name for topic in found]
    assert names[:2] == ["War, and all that", "Sport"]
    assert [topic.kind for topic in found] == ["guided", "guided", "discovered", "discovered"]
    assert len({name.casefold() for name in names}) == 4


def test_guided_names_of_another_number_are_refused() -> None:
    with pytest.raises(ValueError, match="1 names for 2 guided topics"):
        describe_nested(tree(fixed=2), guided=("War",))


@given(seed=st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_the_order_of_passages_changes_no_name_of_a_tree(seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(NESTED))
    one, rows = tree(), vectors(tree().levels[-1])
    levels = tuple(labels[order] for labels in one.levels)
    strengths = np.ones(len(NESTED), np.float32)
    first = describe_tree(NESTED, one, strengths, rows)
    shuffled = [NESTED[row] for row in order]
    second = describe_tree(shuffled, TopicTree(levels, 0), strengths, rows[order])
    assert [(a.name, a.keyphrases) for a in first] == [(b.name, b.keyphrases) for b in second]


def test_a_name_repeats_its_parents_phrase_only_where_it_needs_to() -> None:
    parent = weighed("war", "oil")
    rich = weighed("war", "bread", "siege", weights=[2.0, 1.8, 1.0])
    poor = weighed("war", "thing", "matter", weights=[2.0, 0.5, 0.4])
    own = weighed("oil", "field", weights=[2.0, 1.8], apart=3.0)
    topics = [TreeTopic(0, 0, 0, -1), *(TreeTopic(1, 1, label, 0) for label in range(3))]
    names = name_tree(topics, [parent, rich, poor, own], 0, [""] * 4)
    assert names[1] == "Bread, siege"
    assert "War" in names[2]
    assert names[3] == "Oil, field"


def test_the_same_phrases_in_another_order_are_no_other_name() -> None:
    names = name_topics([["oil", "war"], ["war", "oil", "peace"]])
    assert names == ["Oil, war", "War, peace"]


def test_two_names_and_two_plurals_are_joined_by_and() -> None:
    names = [["al Qaeda", "Kurds"], ["migrants", "refugees"]]
    pairs = [*names, ["tax", "Congress"], ["iPod", "music"]]
    assert name_topics(pairs) == [
        "Al Qaeda and Kurds",
        "Migrants and refugees",
        "Tax, Congress",
        "IPod, music",
    ]


def test_a_name_says_no_word_twice() -> None:
    assert name_topics([["chemical weapons", "chemical agents", "sarin"]]) == [
        "Chemical weapons, sarin"
    ]


def test_a_phrase_is_not_joined_by_what_stands_in_the_same_passages() -> None:
    always = ((0.4, 0.4), (0.4, 0.4))
    one = replace(weighed("oil prices", "barrel", weights=[2.0, 1.9]), joint=always)
    assert name_tree([TreeTopic(0, 0, 0, -1)], [one], 0, [""]) == ["Oil prices"]


def test_one_word_is_not_left_alone_where_a_phrase_is() -> None:
    topic, weights = [TreeTopic(0, 0, 0, -1)], [2.0, 0.5]
    word = weighed("Trump", "withdrawal", weights=weights)
    phrase = weighed("red line", "withdrawal", weights=weights)
    assert name_tree(topic, [word], 0, [""]) == ["Trump, withdrawal"]
    assert name_tree(topic, [phrase], 0, [""]) == ["Red line"]


def test_two_phrases_that_stand_one_after_the_other_are_one() -> None:
    one = replace(weighed("chemical weapons", "attack"), joined={(0, 1): "chemical weapons attack"})
    names = name_tree([TreeTopic(0, 0, 0, -1)], [one], 0, [""])
    assert names == ["Chemical weapons attack"]


def test_a_word_is_said_longer_in_a_name() -> None:
    one = replace(weighed("refugees", "migrants"), longer={0: "Syrian refugees"})
    assert name_tree([TreeTopic(0, 0, 0, -1)], [one], 0, [""]) == ["Syrian refugees and migrants"]


def test_what_a_name_is_about_stands_beside_it() -> None:
    one = weighed("Haiti", "Cuba", "earthquake", weights=[3.0, 2.0, 1.5])
    told = replace(one, subjects=(3.0, 2.0, 2.5))
    topic = [TreeTopic(0, 0, 0, -1)]
    assert name_tree(topic, [one], 0, [""]) == ["Haiti and Cuba"]
    assert name_tree(topic, [told], 0, [""]) == ["Haiti, earthquake"]
    more = ((0.3, 0.0, 0.1), (0.0, 0.3, 0.0), (0.1, 0.0, 0.6))
    assert name_tree(topic, [replace(told, joint=more)], 0, [""]) == ["Earthquake, Haiti"]


def test_a_phrase_says_what_a_name_is_about_in_fewer_of_its_passages_than_a_word() -> None:
    for said, name in (("earthquake", "Haiti and Cuba"), ("earthquake relief", None)):
        one = weighed("Haiti", "Cuba", said, weights=[3.0, 2.0, 1.5])
        joint = ((0.5, 0.0, 0.2), (0.0, 0.3, 0.0), (0.2, 0.0, 0.2))
        told = replace(one, subjects=(3.0, 2.0, 2.5), joint=joint)
        assert name_tree([TreeTopic(0, 0, 0, -1)], [told], 0, [""]) == [name or f"Haiti, {said}"]


HOSTAGES = ("hostages", "Iraq", "release of hostages")


def test_a_linked_phrase_is_a_name_with_whom_or_where_it_is_said_of() -> None:
    topic = [TreeTopic(0, 0, 0, -1)]
    for weights, name in (
        ([1.0, 0.2, 2.0], "Release of hostages"),
        ([1.0, 1.5, 2.0], "Iraq, release of hostages"),
        ([1.0, 2.0, 1.5], "Iraq, release of hostages"),
        ([2.0, 0.02, 0.5], "Hostages"),
    ):
        one = replace(weighed(*HOSTAGES, weights=weights), linked=2)
        assert name_tree(topic, [one], 0, [""]) == [name]


def test_a_word_is_said_with_what_it_is_about() -> None:
    one = weighed("sanctions", "Ukraine", "sanctions against Russia", weights=[2.0, 0.5, 1.5])
    topic = [TreeTopic(0, 0, 0, -1)]
    assert name_tree(topic, [replace(one, linked=2)], 0, [""]) == ["Sanctions against Russia"]


def test_two_phrases_that_a_preposition_links_are_said_with_it() -> None:
    topic = [TreeTopic(0, 0, 0, -1)]
    for linked, name in (
        ("referendum in Crimea", "Referendum in Crimea"),
        ("status of Crimea", "Referendum, Crimea"),
        ("referendum in the east of Crimea", "Referendum, Crimea"),
    ):
        one = weighed("referendum", "Crimea", linked, weights=[2.0, 1.0, 0.1])
        assert name_tree(topic, [replace(one, linked=2)], 0, [""]) == [name]


@pytest.mark.parametrize(("share", "name"), [(0.05, "NBA"), (0.15, "NBA and Toronto")])
def test_a_name_stands_beside_its_equal_alone(share: float, name: str) -> None:
    one = weighed("NBA", "Toronto", weights=[2.0, 1.8])
    joint = ((0.3, 0.0), (0.0, share))
    assert name_tree([TreeTopic(0, 0, 0, -1)], [replace(one, joint=joint)], 0, [""]) == [name]


def test_a_city_says_little_beside_its_country() -> None:
    one = weighed("Iraq", "Baghdad", "Kurds", weights=[3.0, 2.0, 1.5])
    assert name_tree([TreeTopic(0, 0, 0, -1)], [one], 0, [""]) == ["Iraq and Kurds"]


def test_keyphrases_that_are_shown_hold_no_linked_phrase() -> None:
    for topic in describe_nested(tree()):
        assert not {"offensive on Idlib", "siege of Aleppo"} & set(topic.keyphrases)


def rarer(one: Keyphrases, *shares: float) -> Keyphrases:
    """Return phrases that stand in such shares of their topic, each in passages of its own."""
    joint = tuple(
        tuple(share * (row == column) for column in range(len(shares)))
        for row, share in enumerate(shares)
    )
    return replace(one, joint=joint)


def test_names_that_stand_apart_are_examples_of_which_three_are_said() -> None:
    topic = [TreeTopic(0, 0, 0, -1)]
    one = weighed("Turkey", "China", "India", "talks", weights=[1.0, 0.9, 0.8, 0.1])
    apart = rarer(one, 0.2, 0.2, 0.2, 0.05)
    assert name_tree(topic, [apart], 0, [""]) == ["Turkey, China, India"]
    beside = [list(row) for row in apart.joint]
    beside[0][2] = beside[2][0] = 0.1
    joint = tuple(map(tuple, beside))
    assert name_tree(topic, [replace(apart, joint=joint)], 0, [""]) == ["Turkey and China"]
    assert name_tree(topic, [rarer(one, 0.35, 0.3, 0.3, 0.05)], 0, [""]) == ["Turkey and China"]


@pytest.mark.parametrize(("share", "name"), [(0.07, "NFL"), (0.09, "NFL, knee")])
def test_what_stands_in_little_of_a_topic_is_a_detail(share: float, name: str) -> None:
    one = weighed("NFL", "knee", weights=[1.0, 0.5])
    assert name_tree([TreeTopic(0, 0, 0, -1)], [rarer(one, 0.16, share)], 0, [""]) == [name]


@pytest.mark.parametrize(("share", "name"), [(0.2, "John Kerry and Bush"), (0.3, "John Kerry")])
def test_a_phrase_that_stands_in_little_takes_a_lesser_second(share: float, name: str) -> None:
    one = weighed("John Kerry", "Bush", weights=[1.0, 0.3])
    assert name_tree([TreeTopic(0, 0, 0, -1)], [rarer(one, share, 0.2)], 0, [""]) == [name]


def test_a_common_noun_is_said_as_several_where_several_are_spoken_of() -> None:
    texts = ["An airstrike hit it."] * 4 + ["Airstrikes hit it."] * 3 + ["Wheat grew."] * 7
    topics = describe(texts, np.repeat([0, 1], 7))
    assert topics[0].name == "Airstrikes"
    few = ["An airstrike hit it."] * 6 + ["Airstrikes hit it."] + ["Wheat grew."] * 7
    assert describe(few, np.repeat([0, 1], 7))[0].name == "Airstrike"


def test_what_one_article_of_several_speaks_of_names_none_of_the_others() -> None:
    texts = [f"{name} came on day {day}." for day in range(20) for name in ("Karim", "Baghdad")]
    texts = texts[:8:2] + texts[1:8:2] + ["Snow fell."] * 10 + ["Wheat grew."] * 20
    one, several = ["a"] * 4, ["b", "c", "d", "e"]
    labels = np.repeat([0, 1], (18, 20))
    rest = [str(number) for number in range(30)]
    found = [
        describe_topics(
            *(texts, labels, np.ones(38, np.float32), vectors(labels)),
            documents=[*documents, *rest],
        )[0].name
        for documents in ([*one, *several], [*several, *one])
    ]
    assert [("Karim" in name, "Baghdad" in name) for name in found] == [(0, 1), (1, 0)]


def test_what_another_name_begins_with_counts_less_beside_it() -> None:
    topics = [TreeTopic(0, 0, 0, -1), TreeTopic(0, 0, 1, -1)]
    sister = weighed("oil", weights=[1.0])
    one = weighed("Iraq", "oil", "troops", weights=[3.0, 2.0, 1.5])
    assert name_tree(topics, [sister, one], 0, ["", ""]) == ["Oil", "Iraq, troops"]
    assert name_tree(topics, [weighed("gold"), one], 0, ["", ""]) == ["Gold", "Iraq, oil"]


def test_a_name_that_is_taken_gets_another_second_phrase() -> None:
    phrases = [["Iraq", "troops"], ["Iraq", "troops", "Fallujah"]]
    assert name_topics(phrases) == ["Iraq, troops", "Iraq and Fallujah"]


def test_a_name_is_numbered_only_where_no_phrase_is_left() -> None:
    assert name_topics([["war"], ["war"], ["war", "oil"]]) == ["War", "War (2)", "War, oil"]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("He flew to New York again", "New York"),
        ("Pilots of US Airways met", "US Airways"),
        ("Shares of Marks & Spencer rose", "Marks & Spencer"),
        ("He beat the St. Louis Cardinals", "St. Louis Cardinals"),
        ("It was in the Financial Times again", "Financial Times"),
    ],
)
def test_names_with_small_words_are_whole(text: str, term: str) -> None:
    assert term in count_terms([text], 1).surfaces


def test_a_new_thing_is_no_name() -> None:
    assert ("new", "rules") not in count_terms(["They wrote new rules. New rules came."], 1).words


def test_a_headlines_capitals_make_no_names() -> None:
    headline = "Rise In Jobless Claims Worries Plants"
    terms = count_terms([f"{headline}.", f"{headline}.", "The jobless claims were many."], 1)
    assert "jobless claims" in terms.surfaces


def test_an_office_alone_is_no_term() -> None:
    words = count_terms(
        ["The secretary of state met the foreign minister, US President Obama"], 1
    ).words
    offices = {("secretary", "of", "state"), ("foreign", "minister"), ("u.s.", "president")}
    assert not offices & set(words)


def test_what_siblings_share_comes_after_what_is_a_topics_own() -> None:
    texts = ["The Syria war and Idlib.", "The Syria war near Idlib."] + ["The Syria war."] * 6
    texts += MATCHES * 3
    broad, fine = np.repeat([0, 1], [8, 12]), np.repeat([0, 1, 2], [4, 4, 12])
    rows = np.repeat(np.eye(2, dtype=np.float32), [8, 12], axis=0)
    found = describe_tree(texts, TopicTree((broad, fine), 0), np.ones(20, np.float32), rows)
    assert found[0].keyphrases[0] == "Syria war"
    assert found[2].keyphrases[0] == "Idlib"


def test_guided_topics_without_any_texts_are_described() -> None:
    tree = TopicTree((np.empty(0, np.int64),), 0, 2)
    none = np.zeros((0, 1), np.float32)
    names = ["Arms", "Talks"]
    found = describe_tree([], tree, np.ones(0, np.float32), none, guided_names=names)
    assert [(topic.name, topic.kind, topic.size, topic.share) for topic in found] == [
        ("Arms", "guided", 0, 0.0),
        ("Talks", "guided", 0, 0.0),
    ]


def test_a_topic_without_words_is_named_by_a_beginning() -> None:
    texts = [*TEXTS, "7:05 p.m.", "5:05 p.m.", "4:40 p.m."]
    labels = np.append(LABELS, [2, 2, 2])
    tree = TopicTree((labels,), 0)
    rows = np.concatenate([vectors(LABELS), -np.ones((3, vectors(LABELS).shape[1]), np.float32)])
    found = describe_tree(texts, tree, np.ones(len(texts), np.float32), rows)
    assert found[2].name in texts[-3:]
