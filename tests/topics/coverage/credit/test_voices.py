"""Claims about independent voices in a story."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents import Document
from topics.coverage.articles.articles import Article
from topics.coverage.credit.owners import parse_owners
from topics.coverage.credit.voices import Join, count_voices
from topics.coverage.reuse.reuse import ArticleReuse, Source

OWNERS = parse_owners('[[owner]]\nname = "Lantern Media"\noutlets = ["A", "C"]')


def corpus(outlets):
    return [
        Article(Document(f"d{n}", "", "", outlet), (), "", ()) for n, outlet in enumerate(outlets)
    ]


def taken(number, words=100, quoted=0, **sources):
    """Reuse of an article with words from others: ``d0=60``."""
    found = tuple(
        Source(int(name[1:]), True, count, count / words, 1.0, (), (), ())
        for name, count in sources.items()
    )
    copied = sum(source.words for source in found)
    return ArticleReuse(number, words, copied, quoted, 0, words - copied - quoted, found)


def outlets(voices):
    return [voice.outlets for voice in voices]


def test_outlets_with_words_of_their_own_are_a_voice_each():
    voices = count_voices(corpus("AB"), [taken(0), taken(1, d0=49)])
    assert outlets(voices) == [("A",), ("B",)]
    assert [voice.joins for voice in voices] == [(), ()]


def test_half_the_words_from_another_outlet_make_one_voice():
    (voice,) = count_voices(corpus("AB"), [taken(0), taken(1, d0=50)])
    assert voice.outlets == ("A", "B")
    assert voice.articles == (0, 1)
    assert voice.joins == (Join("copied", "A", "B", "", 0.5),)


def test_copies_in_no_known_order_are_joined_once():
    number = {"A": 1, "B": 0}
    reuse = [
        ArticleReuse(
            number[name], 100, words, 0, 0, 100 - words,
            (Source(number[other], False, words, words / 100, 1.0, (), (), ()),),
        )
        for name, other, words in (("A", "B", 60), ("B", "A", 55))
    ]  # fmt: skip
    (voice,) = count_voices(corpus("BA"), reuse)
    assert voice.joins == (Join("copied", "B", "A", "", 0.6, 0.55, False),)
    articles = [
        Article(Document("d0", "", "", "B", ""), (), "", ()),
        Article(Document("d1", "", "", "A", "2013"), (), "", ()),
    ]
    (voice,) = count_voices(articles, reuse)
    assert voice.joins == (Join("copied", "A", "B", "", 0.55, 0.6, False),)


def test_what_an_outlet_repeats_of_itself_does_not_thin_what_it_copied():
    again = ArticleReuse(
        2, 100, 0, 0, 0, 0, (Source(1, True, 100, 1.0, 1.0, (), (), (), True),), 100
    )
    (voice,) = count_voices(corpus("ABB"), [taken(0), taken(1, d0=60), again])
    assert voice.joins == (Join("copied", "A", "B", "", 0.6),)


def test_quotations_count_neither_way():
    (voice,) = count_voices(corpus("AB"), [taken(0), taken(1, quoted=60, d0=20)])
    assert voice.joins[0].share == 0.5
    assert len(count_voices(corpus("AB"), [taken(0), taken(1, quoted=95, d0=5)])) == 2


def test_a_copied_article_beside_an_own_one_leaves_the_outlet_its_voice():
    voices = count_voices(corpus("ABB"), [taken(0), taken(1, d0=90), taken(2)])
    assert outlets(voices) == [("A",), ("B",)]


def test_outlets_of_one_owner_are_one_voice():
    voices = count_voices(corpus("ABC"), [taken(0), taken(1), taken(2)], owners=OWNERS)
    assert outlets(voices) == [("A", "C"), ("B",)]
    assert voices[0].joins == (Join("owner", "A", "C", "Lantern Media", 1.0),)


def test_outlets_that_credit_one_agency_alone_are_one_voice_with_it():
    articles = corpus(["A", "B", "Reuters (Web)", "C"])
    reuse = [taken(n) for n in range(4)]
    voices = count_voices(articles, reuse, agencies={0: "Reuters", 1: "Reuters", 3: "AFP"})
    assert outlets(voices) == [("A", "B", "Reuters (Web)"), ("C",)]
    assert {join.reason for join in voices[0].joins} == {"agency"}


def test_an_outlet_that_also_reports_itself_is_not_the_agency():
    voices = count_voices(
        corpus("AAB"), [taken(n) for n in range(3)], agencies={0: "AFP", 2: "AFP"}
    )
    assert outlets(voices) == [("A",), ("B",)]
    both = count_voices(
        corpus("AABC"),
        [taken(n) for n in range(4)],
        agencies={0: "AFP", 1: "Reuters", 2: "AFP", 3: "Reuters"},
    )
    assert outlets(both) == [("A",), ("B",), ("C",)]


def test_articles_of_unknown_outlet_are_a_voice_each_unless_joined():
    voices = count_voices(corpus(["", "", ""]), [taken(0), taken(1), taken(2, d0=80)])
    assert outlets(voices) == [("", ""), ("",)]
    assert voices[0].joins == (Join("copied", "d0", "d2", "", 0.8),)


def test_no_article_has_no_voice():
    assert count_voices([], []) == ()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "A", "B", "C", "D"]), st.integers(0, 5), st.integers(0, 100)
        ),
        min_size=1,
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)
def test_voices_are_a_partition_whatever_the_order(rows, random):
    articles = corpus([outlet for outlet, _, _ in rows])
    reuse = [
        taken(n, **({f"d{source}": words} if source != n and source < len(rows) else {}))
        for n, (_, source, words) in enumerate(rows)
    ]
    voices = count_voices(articles, reuse, owners=OWNERS)
    assert sorted(n for voice in voices for n in voice.articles) == list(range(len(rows)))
    of_outlet = {}
    for place, voice in enumerate(voices):
        for number in voice.articles:
            if rows[number][0]:
                assert of_outlet.setdefault(rows[number][0], place) == place
    random.shuffle(reuse)
    again = count_voices(articles, reuse, owners=OWNERS)
    assert {frozenset(v.articles) for v in again} == {frozenset(v.articles) for v in voices}
    assert {frozenset(v.joins) for v in again} == {frozenset(v.joins) for v in voices}
