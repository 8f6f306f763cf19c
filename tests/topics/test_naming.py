from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from topics.keyphrases import alike, is_part
from topics.naming import Topic, describe_topics, name_topics
from topics.terms import count_terms

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
    names = name_topics([["war", "oil"], ["war", "oil"], ["war"], ["war"], [], []], ["War"])
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
