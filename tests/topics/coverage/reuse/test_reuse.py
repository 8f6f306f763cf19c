"""Claims about what articles of a story have from each other."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.documents import Document, Passage
from embeddings.words.copies import find_copies
from topics.coverage.articles.articles import gather_articles
from topics.coverage.relations.wordings import find_contained
from topics.coverage.reuse.corpus import Coverage
from topics.coverage.reuse.matrix import measure_outlets
from topics.coverage.reuse.origins import trace_words
from topics.coverage.reuse.reuse import measure_reuse
from topics.coverage.reuse.sources import LEAST_RUN
from topics.coverage.reuse.story_stretches import copied_stretches
from topics.coverage.reuse.word_kinds import EARLIER, QUOTE, UNORDERED

HEAD = (
    "Syrian troops pressed closer to the rebel town of Qusayr on Friday after aircraft had "
    "scattered leaflets."
)
DENIAL = "An opposition activist in the town denied that any leaflet had been seen, only shells."
OFFICER = (
    "A senior rebel officer said the army had retaken most of the villages that ring the town. "
    "He put the garrison at several thousand men, many of them from the nearby city of Homs."
)
OWN = "People who left on foot at night told this newspaper that the bakeries had closed long ago."
SPEECH = "we will not leave this town before the last shell has fallen and the last child has eaten"


class Corpus:
    """Articles of (outlet, published, paragraphs)."""

    def __init__(self, *rows):
        documents = {
            f"d{n}": Document(f"d{n}", "", "", outlet, published)
            for n, (outlet, published, _) in enumerate(rows)
        }
        self.passages = [
            Passage(f"d{n}", place, 0, 0, len(text), text)
            for n, (_, _, paragraphs) in enumerate(rows)
            for place, text in enumerate(paragraphs)
        ]
        self.articles = gather_articles(self.passages, documents)
        sources = {key: document.source for key, document in documents.items()}
        found = find_copies(self.passages, sources=sources)
        self.groups = [(one.members, one.short) for one in found]
        nodes = list(range(len(self.groups), len(self.groups) + len(self.passages)))
        for node, group in enumerate(self.groups):
            for row in group[0]:
                nodes[row] = node
        contained = find_contained(self.passages, documents, nodes)
        self.relations = [(one.kind, one.a, one.b) for one in contained]

    def coverage(self, stories, **more):
        numbered = dict(enumerate(stories))
        bodies = [passage.body for passage in self.passages]
        parts = bodies, self.articles, self.groups, self.relations
        return Coverage(*parts, stories=numbered, **more)

    def measure(self, members, stories=None, **more):
        coverage = self.coverage([members] if stories is None else stories, **more)
        return measure_reuse(self.articles, members, trace_words(coverage))


def number(item):
    """The number of an article, or of a source."""
    return int(item.article.document_id[1:])


def reuse(*rows):
    corpus = Corpus(*rows)
    found = corpus.measure(range(len(corpus.articles)))
    return corpus.articles, {number(item): item for item in found}


def test_a_later_copy_has_its_words_from_the_earlier_article():
    articles, found = reuse(
        ("A", "2013-05-10", [HEAD, DENIAL, OFFICER]),
        ("B", "2013-05-11", [HEAD, OFFICER, OWN]),
    )
    assert found[0].copied == 0
    (source,) = found[1].sources
    assert (number(source), source.earlier) == (0, True)
    assert found[1].copied == source.words == len(f"{HEAD} {OFFICER}".split())
    assert found[1].own == len(OWN.split())
    assert [articles[0].body[s.start : s.end] for s in source.cut] == [DENIAL]
    assert [articles[1].body[s.start : s.end] for s in source.added] == [OWN]
    assert all(stretch.paragraph for stretch in (*source.cut, *source.added))
    for a, b, c, d in source.spans:
        assert articles[0].body[a:b] == articles[1].body[c:d]


def test_a_sentence_cut_from_a_paragraph_is_told_from_a_whole_one():
    first, second = OFFICER.split(". ", 1)
    articles, found = reuse(
        ("A", "2013-05-10", [HEAD, OFFICER]), ("B", "2013-05-11", [HEAD, f"{first}."])
    )
    (cut,) = found[1].sources[0].cut
    assert articles[0].body[cut.start : cut.end] == second
    assert (cut.paragraph, cut.words) == (False, len(second.split()))


def test_a_sentence_of_which_little_is_left_was_cut():
    kept = " ".join(DENIAL.split()[:10])
    rest = "while soldiers at the last post on the road had orders to let no car and no one pass"
    articles, found = reuse(
        ("A", "2013-05-10", [HEAD, f"{kept} {rest}."]), ("B", "2013-05-11", [HEAD, f"{kept}."])
    )
    (source,) = found[1].sources
    assert [articles[0].body[s.start : s.end] for s in source.cut] == [f"{kept} {rest}."]
    assert source.added == ()


def test_articles_whose_order_is_not_known_have_words_from_each_other():
    _, found = reuse(("A", "2013-05-10", [HEAD, DENIAL]), ("B", "", [HEAD, OWN]))
    assert [found[n].sources[0].earlier for n in (0, 1)] == [False, False]
    assert found[0].shared == found[1].shared == len(HEAD.split())
    assert found[0].copied == found[1].copied == 0


def test_the_earliest_is_named_where_several_have_the_same_words():
    _, found = reuse(
        ("A", "2013-05-12", [HEAD, OFFICER]),
        ("B", "2013-05-10", [HEAD, OFFICER]),
        ("C", "2013-05-11", [HEAD, OFFICER]),
    )
    assert [number(source) for source in found[0].sources] == [1]


def test_an_article_put_together_from_two_names_both():
    _, found = reuse(
        ("A", "2013-05-10", [HEAD, DENIAL]),
        ("B", "2013-05-10", [OFFICER]),
        ("C", "2013-05-11", [HEAD, OFFICER, DENIAL]),
    )
    assert [number(source) for source in found[2].sources] == [1, 0]
    assert found[2].copied == found[2].words == sum(s.words for s in found[2].sources)


def test_a_speech_that_both_quote_in_frames_of_their_own_is_no_copying():
    _, found = reuse(
        ("A", "2013-05-10", [f"The mayor of the besieged town spoke on the radio: “{SPEECH}.”"]),
        ("B", "2013-05-11", [f'"{SPEECH}," he said when asked about the last offer of a truce.']),
    )
    assert (found[1].copied, found[1].quoted) == (0, len(SPEECH.split()))
    assert (found[0].copied, found[0].quoted) == (0, len(SPEECH.split()))


def test_a_speech_that_the_earlier_article_quotes_and_the_later_prints_is_no_copying():
    _, found = reuse(
        ("A", "2013-05-10", [f"The mayor of the besieged town spoke on the radio: “{SPEECH}.”"]),
        ("B", "2013-05-11", [OWN, f"{SPEECH.capitalize()}."]),
    )
    assert (found[1].copied, found[1].quoted) == (0, len(SPEECH.split()))


def test_a_source_that_adds_a_few_words_to_another_one_is_not_named():
    before, after = "told them on that very day", "and so the matter rested there"
    _, found = reuse(
        ("A", "2013-05-10", [f"{before} {DENIAL}"]),
        ("B", "2013-05-11", [f"{DENIAL} {after}"]),
        ("C", "2013-05-12", [f"{before} {DENIAL} {after}"]),
    )
    assert [number(source) for source in found[2].sources] == [0]
    assert found[2].own == len(after.split())


def test_a_speech_taken_with_its_frame_is_copied():
    frame = f"The mayor of the besieged town spoke on the radio for the first time: “{SPEECH}.”"
    _, found = reuse(("A", "2013-05-10", [frame]), ("B", "2013-05-11", [frame, OWN]))
    assert found[1].copied == len(frame.split())
    assert (found[0].own, found[0].quoted) == (len(frame.split()), 0)


def test_quotation_paragraphs_go_with_the_copied_ones_beside_them():
    frame = f"The mayor of the besieged town spoke on the radio for the first time: “{SPEECH}"
    more = "“And nobody will ever be able to say afterwards that they had not been told of it.”"
    _, found = reuse(("A", "2013-05-10", [frame, more]), ("B", "2013-05-11", [frame, more]))
    assert found[1].copied == found[1].words


def test_boilerplate_is_counted_apart():
    corpus = Corpus(
        ("A", "2013-05-10", [HEAD, DENIAL]),
        ("B", "2013-05-11", [HEAD, DENIAL]),
        ("C", "2013-05-01", [OFFICER, DENIAL]),
        ("D", "2013-05-02", [OWN, DENIAL]),
    )
    found = {number(item): item for item in corpus.measure((0, 1), stories=[(0, 1), (2,), (3,)])}
    assert (found[1].boilerplate, found[1].copied) == (len(DENIAL.split()), len(HEAD.split()))


def test_what_an_outlet_repeats_of_its_own_is_not_copied():
    _, found = reuse(("A", "2013-05-10", [HEAD]), ("A", "2013-05-11", [HEAD, OWN]))
    assert (found[1].copied, found[1].repeated) == (0, len(HEAD.split()))
    assert [source.same_outlet for source in found[1].sources] == [True]
    _, found = reuse(("", "2013-05-10", [HEAD]), ("", "2013-05-11", [HEAD, OWN]))
    assert (found[1].copied, found[1].repeated) == (len(HEAD.split()), 0)
    assert [source.same_outlet for source in found[1].sources] == [False]


def test_a_source_of_which_few_words_are_left_is_not_named():
    frame = "The old mayor said"
    _, found = reuse(
        ("A", "2013-05-10", [f"{frame} “{SPEECH}.”"]),
        ("B", "2013-05-11", [f"{frame} “{SPEECH}” and that {OWN}"]),
    )
    assert (found[1].sources, found[1].copied) == ((), 0)
    assert found[1].quoted == len(SPEECH.split())
    assert found[1].own == found[1].words - found[1].quoted


def test_own_words_on_one_event_share_no_stretch():
    _, found = reuse(("A", "2013-05-10", [HEAD]), ("B", "2013-05-11", [OWN]))
    assert (found[1].copied, found[1].sources) == (0, ())


def test_edits_do_not_end_a_stretch_and_lone_words_do_not_lengthen_it():
    run = [f"w{n}" for n in range(LEAST_RUN)]
    assert copied_stretches([*run, "x", "y", "z"], [*run, "a", "y", "b"]) == [
        (0, LEAST_RUN, 0, LEAST_RUN),
        (LEAST_RUN + 1, LEAST_RUN + 2, LEAST_RUN + 1, LEAST_RUN + 2),
    ]
    far = copied_stretches([*run, "p", "q", "r", "the"], [*run, "s", "t", "u", "the"])
    assert far == [(0, LEAST_RUN, 0, LEAST_RUN)]
    assert copied_stretches("abcdef", "abcdef") == []
    assert copied_stretches("abcdefg", "abcdefg") == [(0, 7, 0, 7)]


def test_articles_of_one_word_or_none_are_measured():
    _, found = reuse(("A", "", ["Yes."]), ("B", "", ["Yes."]), ("C", "", ["…"]))
    assert [found[n].words for n in range(3)] == [1, 1, 0]
    assert [found[n].copied for n in range(3)] == [0, 0, 0]
    assert Corpus().measure(()) == ()


paragraphs = st.lists(st.sampled_from([HEAD, DENIAL, OFFICER, OWN, f"“{SPEECH}”"]), max_size=4)
dates = st.sampled_from(["", "2013-05", "2013-05-10", "2013-05-11"])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("AB"), dates, paragraphs), min_size=1, max_size=5),
    st.randoms(use_true_random=False),
)
def test_counts_add_up_and_the_order_of_members_does_not_matter(rows, random):
    corpus = Corpus(*rows)
    members = list(range(len(corpus.articles)))
    found = corpus.measure(members)
    random.shuffle(members)
    assert corpus.measure(members) == found
    for item in found:
        shared = item.copied + item.shared + item.repeated
        assert item.words == shared + item.quoted + item.boilerplate + item.own
        assert shared == sum(source.words for source in item.sources)
        assert all(source.words >= LEAST_RUN for source in item.sources)
        assert all(0 <= source.share <= 1 and 0 < source.used <= 1 for source in item.sources)


def test_many_copies_are_measured_in_little_time():
    _, found = reuse(*((f"o{n}", "", [HEAD, DENIAL]) for n in range(300)))
    assert all(len(item.sources) == 1 for item in found.values())


def split(numbers, random):
    """Stories of some articles, each in one at most."""
    stories = [[], [], []]
    for number in numbers:
        random.choice(stories).append(number)
    return [members for members in stories[:2] if members]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["", "A", "B", "C"]), dates, paragraphs), max_size=8),
    st.randoms(use_true_random=False),
)
def test_a_story_is_a_cut_of_the_corpus(rows, random):
    corpus = Corpus(*rows)
    stories = split(range(len(corpus.articles)), random)
    trace = trace_words(corpus.coverage(stories), beyond=True)
    told = {}
    for members in stories:
        cut = trace_words(corpus.coverage(stories), members)
        found = measure_reuse(corpus.articles, members, cut)
        assert found == measure_reuse(corpus.articles, members, trace)
        told.update({item.article.document_id: item for item in found})
    story_of = {n: place for place, members in enumerate(stories) for n in members}
    expected, quoted = Counter(), Counter()
    for one, article in enumerate(corpus.articles):
        words = trace.words_of(np.array(article.rows, np.int64))
        kinds = trace.kinds[words]
        outlet, item = article.document.source, told.get(article.id)
        quoted[outlet] += item.quoted if item else int((kinds == QUOTE).sum())
        expected[outlet] += item.copied + item.shared if item else 0
        for source in trace.sources(words[np.isin(kinds, (EARLIER, UNORDERED))]).tolist():
            if not item or story_of.get(source) != story_of[one]:
                expected[outlet] += 1  # of no story, or from outside it
    shares = measure_outlets(corpus.coverage(stories)).outlets
    assert {o.outlet: o.earlier + o.unordered for o in shares if o.words} == {
        o.outlet: expected[o.outlet] for o in shares if o.words
    }
    assert all(share.quote == quoted[share.outlet] for share in shares)
