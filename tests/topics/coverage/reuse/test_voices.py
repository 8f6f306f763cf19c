"""Claims about independent voices in a story."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from embeddings.corpus.citations import ArticleLine
from topics.coverage.credit.owners import parse_owners
from topics.coverage.reuse.reuse import StoryArticle, TextSource
from topics.coverage.reuse.voices import Join, count_voices

OWNERS = parse_owners('[[owner]]\nname = "Lantern Media"\noutlets = ["A", "C"]')


def line(number, outlet, published=""):
    return ArticleLine(f"d{number}", "", outlet, published, "")


def taken(article, words=100, quoted=0, repeated=0, earlier=True, sources=()):
    """Reuse of an article with words from others: pairs of an article and a count."""
    found = tuple(
        TextSource(one, earlier, False, False, count, count / words, 1.0, (), (), (), ())
        for one, count in sources
    )
    copied = sum(source.words for source in found) - repeated
    own = words - copied - quoted - repeated
    return StoryArticle(article, "", words, copied, 0, repeated, quoted, 0, own, found)


def story(outlets, **of):
    """Articles ``d0``, ``d1`` ... of these outlets, of some what ``taken`` is told, by ``d1=``.

    Sources are told by their numbers.
    """
    lines = [line(number, outlet) for number, outlet in enumerate(outlets)]
    return [
        taken(
            one,
            **{
                key: [(lines[n], count) for n, count in told.items()] if key == "sources" else told
                for key, told in of.get(f"d{number}", {}).items()
            },
        )
        for number, one in enumerate(lines)
    ]


def outlets(voices):
    return [voice.outlets for voice in voices]


def ids(voice):
    return tuple(article.document_id for article in voice.articles)


def copied(**sources):
    return {"sources": {int(name[1:]): count for name, count in sources.items()}}


def test_outlets_with_words_of_their_own_are_a_voice_each():
    voices = count_voices(story("AB", d1=copied(d0=49)))
    assert outlets(voices) == [("A",), ("B",)]
    assert [voice.joins for voice in voices] == [(), ()]


def test_half_the_words_from_another_outlet_make_one_voice():
    (voice,) = count_voices(story("AB", d1=copied(d0=50)))
    assert voice.outlets == ("A", "B")
    assert ids(voice) == ("d0", "d1")
    assert voice.joins == (Join("copied", "A", "B", "", 0.5),)


def test_copies_in_no_known_order_are_joined_once():
    for date, join in (
        ("", Join("copied", "B", "A", "", 0.6, 0.55, False)),
        ("2013", Join("copied", "A", "B", "", 0.55, 0.6, False)),
    ):
        b, a = line(0, "B"), line(1, "A", date)
        (voice,) = count_voices(
            [
                taken(a, sources=[(b, 60)], earlier=False),
                taken(b, sources=[(a, 55)], earlier=False),
            ]
        )
        assert voice.joins == (join,)


def test_what_an_outlet_repeats_of_itself_does_not_thin_what_it_copied():
    again = {**copied(d1=100), "repeated": 100}
    (voice,) = count_voices(story("ABB", d1=copied(d0=60), d2=again))
    assert voice.joins == (Join("copied", "A", "B", "", 0.6),)


def test_quotations_count_neither_way():
    (voice,) = count_voices(story("AB", d1={"quoted": 60, **copied(d0=20)}))
    assert voice.joins[0].share == 0.5
    assert len(count_voices(story("AB", d1={"quoted": 95, **copied(d0=5)}))) == 2


def test_a_copied_article_beside_an_own_one_leaves_the_outlet_its_voice():
    voices = count_voices(story("ABB", d1=copied(d0=90)))
    assert outlets(voices) == [("A",), ("B",)]


def test_outlets_of_one_owner_are_one_voice():
    voices = count_voices(story("ABC"), owners=OWNERS)
    assert outlets(voices) == [("A", "C"), ("B",)]
    assert voices[0].joins == (Join("owner", "A", "C", "Lantern Media", 1.0),)


def test_outlets_that_credit_one_agency_alone_are_one_voice_with_it():
    reuse = story(["A", "B", "Reuters (Web)", "C"])
    voices = count_voices(reuse, agencies={"d0": "Reuters", "d1": "Reuters", "d3": "AFP"})
    assert outlets(voices) == [("A", "B", "Reuters (Web)"), ("C",)]
    assert {join.reason for join in voices[0].joins} == {"agency"}


def test_an_outlet_that_also_reports_itself_is_not_the_agency():
    voices = count_voices(story("AAB"), agencies={"d0": "AFP", "d2": "AFP"})
    assert outlets(voices) == [("A",), ("B",)]
    both = count_voices(
        story("AABC"), agencies={"d0": "AFP", "d1": "Reuters", "d2": "AFP", "d3": "Reuters"}
    )
    assert outlets(both) == [("A",), ("B",), ("C",)]


def test_articles_of_unknown_outlet_are_a_voice_each_unless_joined():
    voices = count_voices(story(["", "", ""], d2=copied(d0=80)))
    assert outlets(voices) == [("", ""), ("",)]
    assert voices[0].joins == (Join("copied", "d0", "d2", "", 0.8),)


def test_no_article_has_no_voice():
    assert count_voices([]) == ()


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
    reuse = story(
        [outlet for outlet, _, _ in rows],
        **{
            f"d{n}": copied(**{f"d{source}": words})
            for n, (_, source, words) in enumerate(rows)
            if source != n and source < len(rows)
        },
    )
    voices = count_voices(reuse, owners=OWNERS)
    told = [article for voice in voices for article in voice.articles]
    assert sorted(article.document_id for article in told) == [f"d{n}" for n in range(len(rows))]
    of_outlet = {}
    for place, voice in enumerate(voices):
        for article in voice.articles:
            if article.source:
                assert of_outlet.setdefault(article.source, place) == place
    random.shuffle(reuse)
    again = count_voices(reuse, owners=OWNERS)
    assert {frozenset(v.articles) for v in again} == {frozenset(v.articles) for v in voices}
    assert {frozenset(v.joins) for v in again} == {frozenset(v.joins) for v in voices}
