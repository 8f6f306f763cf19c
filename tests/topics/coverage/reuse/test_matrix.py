"""Claims about who repeats whom, outlet by outlet."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.documents import Document, Passage
from embeddings.words.copies import find_copies
from topics.coverage.articles.articles import gather_articles
from topics.coverage.credit.agencies import Credit
from topics.coverage.relations.wordings import find_contained
from topics.coverage.reuse.corpus import Coverage
from topics.coverage.reuse.matrix import measure_outlets
from topics.coverage.reuse.word_kinds import KINDS

TEXT = (
    "The convoy of eleven lorries crossed the border shortly before noon, carrying flour and "
    "blankets for the besieged town, the agency said."
)
LONGER = (
    f"Aid has begun to move again after weeks of talks between both governments. {TEXT} It was "
    "the first delivery since March, and it would feed the town for no more than nine days."
)
OTHER = "The central bank raised its main interest rate by half a point, as analysts had expected."
SPEECH = "we will not leave this town before the last shell has fallen and the last child has eaten"
WORDS = len(TEXT.split())


class Corpus:
    """Articles of (outlet, published, paragraphs)."""

    def __init__(self, *rows):
        self.documents = {
            f"d{n}": Document(f"d{n}", "", "", outlet, published)
            for n, (outlet, published, _) in enumerate(rows)
        }
        self.passages = [
            Passage(f"d{n}", place, 0, 0, len(text), text)
            for n, (_, _, paragraphs) in enumerate(rows)
            for place, text in enumerate(paragraphs)
        ]

    @property
    def bodies(self):
        return [passage.body for passage in self.passages]

    def measure(self, **more):
        sources = {key: document.source for key, document in self.documents.items()}
        found = find_copies(self.passages, sources=sources)
        groups = [(one.members, one.short) for one in found]
        nodes = list(range(len(groups), len(groups) + len(self.passages)))
        for node, group in enumerate(groups):
            for row in group[0]:
                nodes[row] = node
        contained = find_contained(self.passages, self.documents, nodes)
        relations = [(one.kind, one.a, one.b) for one in contained]
        articles = gather_articles(self.passages, self.documents)
        more["stories"] = dict(enumerate(more.get("stories", ())))
        return measure_outlets(Coverage(self.bodies, articles, groups, relations, **more))


def cells(matrix):
    return {(c.outlet, c.source): (c.directed, c.words) for c in matrix.reuse}


def credit(agency, shared=False):
    return (Credit(agency, "dateline", "", -1, -1, shared, False),)


def row(matrix, outlet):
    return next(row for row in matrix.outlets if row.outlet == outlet)


def test_words_go_from_the_earliest_outlet_to_all_later_ones():
    matrix = Corpus(
        ("A", "2013-05-01", [TEXT]), ("B", "2013-05-02", [TEXT, OTHER]), ("C", "2013-05-03", [TEXT])
    ).measure()
    assert cells(matrix) == {("B", "A"): (True, WORDS), ("C", "A"): (True, WORDS)}
    assert (row(matrix, "A").original, row(matrix, "B").original) == (WORDS, len(OTHER.split()))
    assert row(matrix, "C").earlier == row(matrix, "C").words
    assert [(c.passages, c.articles) for c in matrix.reuse] == [(1, 1), (1, 1)]


def test_an_order_that_is_not_known_gives_no_direction():
    matrix = Corpus(("A", "2013-05-01", [TEXT]), ("B", "2013-05-01", [TEXT])).measure()
    assert cells(matrix) == {("A", "B"): (False, WORDS)}
    assert [(c.source_words, c.passages, c.articles) for c in matrix.reuse] == [(WORDS, 2, 2)]
    assert row(matrix, "A").unordered == WORDS


def test_a_pair_in_no_known_order_is_given_once_with_what_either_side_has():
    matrix = Corpus(
        ("A", "", [TEXT]), ("B", "2013-05-02", [TEXT]), ("C", "2013-05-01", [TEXT])
    ).measure()
    assert [(c.outlet, c.source, c.directed) for c in matrix.reuse] == [
        ("A", "C", False),
        ("B", "C", True),
        ("A", "B", False),
    ]
    either = {c.source: (c.words, c.source_words) for c in matrix.reuse if not c.directed}
    assert either == {"B": (WORDS // 2, 0), "C": (WORDS // 2, WORDS)}


def test_articles_with_a_few_such_words_are_counted():
    matrix = Corpus(("A", "2013-05-01", [TEXT]), ("B", "2013-05-02", [LONGER])).measure()
    assert [(c.words, c.passages, c.articles) for c in matrix.reuse] == [(WORDS, 0, 1)]


def test_words_of_tied_sources_are_shared_out_and_counted_once():
    matrix = Corpus(
        ("A", "2013-05-01", [TEXT]), ("B", "2013-05-01", [TEXT]), ("C", "2013-05-03", [TEXT])
    ).measure()
    found = {c.source: c for c in matrix.reuse if c.outlet == "C"}
    assert sorted(found) == ["A", "B"]
    assert found["A"].words + found["B"].words == WORDS
    assert found["A"].uncertain_words == found["A"].words
    assert row(matrix, "C").earlier == WORDS


def test_what_cannot_be_shared_out_is_one_word_of_all_not_of_each_passage():
    texts = [" ".join(f"{letter}{n}" for n in range(13)) for letter in "abcdefgh"]
    matrix = Corpus(
        ("A", "2013-05-01", texts), ("B", "2013-05-01", texts), ("C", "2013-05-03", texts)
    ).measure()
    found = [c.words for c in matrix.reuse if c.outlet == "C"]
    assert found == [13 * 8 // 2] * 2


def test_a_paragraph_inside_a_longer_one_is_reused_either_way():
    later = Corpus(("A", "2013-05-01", [TEXT]), ("B", "2013-05-02", [LONGER])).measure()
    assert cells(later) == {("B", "A"): (True, WORDS)}
    assert row(later, "B").original == len(LONGER.split()) - WORDS
    cut = Corpus(("A", "2013-05-01", [LONGER]), ("B", "2013-05-02", [TEXT])).measure()
    assert cells(cut) == {("B", "A"): (True, WORDS)}


def test_a_wording_whose_facts_changed_is_reused_but_for_the_facts():
    changed = TEXT.replace("eleven", "twelve")
    corpus = Corpus(("A", "2013-05-01", [TEXT]), ("B", "2013-05-02", [changed]))
    articles = gather_articles(corpus.passages, corpus.documents)
    matrix = measure_outlets(Coverage(corpus.bodies, articles, [], [("near_copy", 1, 0)]))
    assert cells(matrix) == {("B", "A"): (True, WORDS - 1)}


def test_a_relation_without_common_words_is_no_reuse():
    corpus = Corpus(("A", "2013-05-01", [TEXT]), ("B", "2013-05-02", [OTHER]))
    articles = gather_articles(corpus.passages, corpus.documents)
    matrix = measure_outlets(Coverage(corpus.bodies, articles, [], [("same_event", 1, 0)]))
    assert matrix.reuse == ()


def test_of_several_texts_that_have_the_words_the_earliest_counts():
    matrix = Corpus(
        ("C", "2013-05-05", [TEXT]), ("A", "2013-05-01", [LONGER]), ("B", "2013-05-09", [TEXT])
    ).measure()
    assert cells(matrix) == {("B", "A"): (True, WORDS), ("C", "A"): (True, WORDS)}


def test_a_text_of_few_words_is_nobodys_reuse():
    short = "He would not say."
    matrix = Corpus(("A", "2013-05-01", [short]), ("B", "2013-05-02", [short])).measure()
    assert matrix.reuse == ()


def test_an_outlet_that_repeats_itself_reuses_nobody():
    matrix = Corpus(("A", "2013-05-01", [TEXT]), ("A", "2013-05-02", [TEXT])).measure()
    assert matrix.reuse == ()
    assert (row(matrix, "A").self, row(matrix, "A").original) == (WORDS, WORDS)


def test_a_refrain_inside_one_article_is_no_reuse():
    matrix = Corpus(("A", "2013-05-01", [TEXT, OTHER, TEXT])).measure()
    assert matrix.reuse == ()
    assert row(matrix, "A").original == row(matrix, "A").words


def test_words_credited_to_an_agency_are_not_original():
    corpus = Corpus(("A", "2013-05-01", [OTHER]), ("B", "2013-05-02", [TEXT, OTHER]))
    matrix = corpus.measure(stated={1: credit("Levant Wire Service")})
    assert (row(matrix, "B").wire, row(matrix, "B").original) == (WORDS, 0)
    assert matrix.reuse[0].credited_words == matrix.reuse[0].words == len(OTHER.split())
    assert corpus.measure().reuse[0].credited_words == 0


def test_an_agency_copies_no_client_whatever_the_dates():
    rows = ("A", "2013-05-01", [TEXT, OTHER]), ("Associated Press", "2013-05-02", [TEXT])
    matrix = Corpus(*rows).measure()
    assert cells(matrix) == {("A", "Associated Press"): (False, WORDS)}
    matrix = Corpus(*rows).measure(stated={0: credit("Associated Press", shared=True)})
    assert cells(matrix) == {("A", "Associated Press"): (True, WORDS)}
    assert row(matrix, "Associated Press").original == WORDS


def test_clients_of_one_agency_are_in_no_order():
    rows = ("A", "2013-05-01", [TEXT]), ("B", "2013-05-09", [TEXT])
    said = credit("Reuters")
    assert cells(Corpus(*rows).measure(stated={0: said, 1: said})) == {("A", "B"): (False, WORDS)}
    assert cells(Corpus(*rows).measure(stated={1: said})) == {("A", "B"): (False, WORDS)}
    assert cells(Corpus(*rows).measure(stated={0: said})) == {("B", "A"): (True, WORDS)}


def test_a_speech_that_both_quote_is_a_shared_quotation():
    matrix = Corpus(
        ("A", "2013-05-01", [f"The mayor spoke on the radio at noon: “{SPEECH}.”"]),
        ("B", "2013-05-02", [f'"{SPEECH}," he said when asked of the truce.']),
    ).measure()
    assert matrix.reuse == ()
    assert row(matrix, "B").quote == len(SPEECH.split())


@pytest.mark.parametrize("turned", [False, True])
def test_a_statement_that_one_prints_and_the_other_quotes_is_a_quotation_of_both(turned):
    said = [f"{SPEECH}.", f"Asked of the truce at noon on the radio, he said: “{SPEECH}.”"]
    first, second = reversed(said) if turned else said
    matrix = Corpus(("A", "2013-05-01", [first]), ("B", "2013-05-01", [second])).measure()
    assert matrix.reuse == ()


def test_an_attribution_alone_does_not_make_a_quotation_a_copy():
    said = f"“{SPEECH},” the mayor said in a statement."
    matrix = Corpus(("A", "2013-05-01", [said]), ("B", "2013-05-02", [said])).measure()
    assert row(matrix, "B").quote == len(SPEECH.split())


def test_a_speech_copied_with_its_frame_is_reuse_and_the_first_ones_own():
    frame = f"The mayor spoke on the radio at noon for the first time: “{SPEECH}.”"
    matrix = Corpus(("A", "2013-05-01", [frame]), ("B", "2013-05-02", [frame])).measure()
    assert (row(matrix, "A").original, row(matrix, "B").earlier) == (len(frame.split()),) * 2


def test_a_copied_speech_stays_a_copy_when_others_quote_it_too():
    frame = f"The mayor spoke on the radio at noon for the first time: “{SPEECH}.”"
    matrix = Corpus(
        ("A", "2013-05-01", [frame]),
        ("B", "2013-05-02", [frame]),
        (
            "C",
            "2013-05-03",
            [f"Asked whether there would be a truce at last, he said: “{SPEECH}.”"],
        ),
    ).measure()
    assert row(matrix, "B").earlier == len(frame.split())
    assert (row(matrix, "A").quote, row(matrix, "C").quote) == (len(SPEECH.split()),) * 2


def test_a_paragraph_that_is_all_quotation_goes_with_the_copied_one_beside_it():
    frame = f"The mayor spoke on the radio at noon for the first time: “{SPEECH}"
    more = "“And nobody will ever be able to say afterwards that they had not been told of it.”"
    for paragraphs in ([frame, more], [more, frame]):
        matrix = Corpus(("A", "2013-05-01", paragraphs), ("B", "2013-05-02", paragraphs)).measure()
        assert row(matrix, "B").earlier == row(matrix, "B").words


def around(letter, text=TEXT):
    """A paragraph that has TEXT in the middle of fifty words of its own."""
    before, after = (" ".join(f"{letter}{n}{side}" for n in range(25)) for side in "xy")
    return f"{before}. {text} {after}."


@pytest.mark.parametrize("stories", [(), [{0}, {1}], [{0, 1}]])
def test_a_sentence_inside_a_paragraph_of_ones_own_is_found(stories):
    corpus = Corpus(("A", "2013-05-01", [around("a"), OTHER]), ("B", "2013-05-02", [around("b")]))
    assert cells(corpus.measure(stories=stories)) == {("B", "A"): (True, WORDS)}


def test_a_stock_phrase_is_found_in_a_story_alone():
    phrase = " ".join(TEXT.split()[:12])
    first, second = around("a", phrase), around("b", phrase)
    corpus = Corpus(("A", "2013-05-01", [first]), ("B", "2013-05-02", [second]))
    assert corpus.measure(stories=[{0}, {1}]).reuse == ()
    assert cells(corpus.measure(stories=[{0, 1}])) == {("B", "A"): (True, 12)}


def test_words_in_a_story_are_laid_to_it_though_they_stood_elsewhere_before():
    dates = {"A": "2013-05-01", "B": "2013-05-02", "C": "2013-05-03"}
    corpus = Corpus(*((outlet, date, [around(outlet)]) for outlet, date in dates.items()))
    assert ("C", "B") in cells(corpus.measure(stories=[{1, 2}]))
    assert ("C", "A") in cells(corpus.measure())


def test_tied_sources_of_such_a_sentence_share_it():
    dates = {"A": "2013-05-01", "B": "2013-05-01", "C": "2013-05-02"}
    corpus = Corpus(*((outlet, date, [around(outlet)]) for outlet, date in dates.items()))
    matrix = corpus.measure(stories=[{0, 1, 2}])
    found = {c.source: (c.words, c.uncertain_words) for c in matrix.reuse if c.directed}
    assert found == {"A": (WORDS // 2, WORDS // 2), "B": (WORDS // 2, WORDS // 2)}
    assert row(matrix, "C").earlier == WORDS


def test_stretches_of_a_story_are_cut_at_the_paragraphs_of_both():
    first, second = TEXT.split(", ", 1)
    corpus = Corpus(
        ("A", "2013-05-01", [OTHER, f"{first}.", f"{second} {OTHER}"]),
        ("B", "2013-05-02", [f"Quite another thing: {TEXT}", OTHER]),
    )
    matrix = corpus.measure(stories=[{0, 1}])
    assert row(matrix, "B").original == 3
    assert row(matrix, "B").earlier == WORDS + len(OTHER.split())


def test_furniture_is_neither_original_nor_reuse():
    own = [" ".join(f"{letter}{n}" for n in range(12)) for letter in "abcdef"]
    corpus = Corpus(
        *(("A", f"2013-05-0{n + 1}", [own[2 * n], own[2 * n + 1], TEXT]) for n in range(3)),
        ("B", "2013-06-01", [TEXT]),
    )
    matrix = corpus.measure(rote=[2, 5, 8, 9])
    assert matrix.reuse == ()
    assert (row(matrix, "A").boilerplate, row(matrix, "B").boilerplate) == (3 * WORDS, WORDS)


def test_unknown_outlets_are_one_row_and_not_taken_for_one_outlet():
    matrix = Corpus(("", "2013-05-01", [TEXT]), ("", "2013-05-02", [TEXT])).measure()
    assert cells(matrix) == {("", ""): (True, WORDS)}
    assert [(r.outlet, r.articles) for r in matrix.outlets] == [("", 2)]


@pytest.mark.parametrize("rows", [(), (("A", "", [TEXT]),), (("", "", ["Yes."]),)])
def test_next_to_nothing_is_measured(rows):
    matrix = Corpus(*rows).measure()
    assert (matrix.reuse, matrix.unnamed_words) == ((), 0)
    assert sum(r.original for r in matrix.outlets) == sum(r.words for r in matrix.outlets)


def test_ten_thousand_copies_in_as_many_outlets_name_none():
    corpus = Corpus(*((f"o{n}", "", [TEXT]) for n in range(10_000)))
    articles = gather_articles(corpus.passages, corpus.documents)
    rows = tuple(range(10_000))
    matrix = measure_outlets(Coverage(corpus.bodies, articles, [(rows, False)]))
    assert (matrix.reuse, matrix.unnamed_words) == ((), 10_000 * WORDS)


paragraphs = st.lists(
    st.sampled_from([TEXT, LONGER, OTHER, f"“{SPEECH}”", f"Asked of it he said: “{SPEECH}”"]),
    max_size=3,
)
rows = st.lists(
    st.tuples(
        st.sampled_from(["", "A", "B"]),
        st.sampled_from(["", "2013-05", "2013-05-01", "2013-05-02"]),
        paragraphs,
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=40, deadline=None)
@given(rows, st.randoms(use_true_random=False))
def test_shares_add_up_and_the_order_of_passages_does_not_matter(rows, random):
    corpus = Corpus(*rows)
    matrix = corpus.measure()
    for share in matrix.outlets:
        assert sum(getattr(share, kind) for kind in KINDS) == share.words
        if share.words:
            assert share.original_share == pytest.approx(share.original / share.words, abs=1e-4)
        into = [c for c in matrix.reuse if c.outlet == share.outlet]
        other = sum(c.source_words for c in matrix.reuse if c.source == share.outlet)
        assert sum(c.words for c in into if c.directed) == share.earlier
        assert sum(c.words for c in into if not c.directed) + other == share.unordered
    random.shuffle(corpus.passages)
    assert corpus.measure() == matrix
    # Articles come by id, so that a story means the same in any order of the passages.
    with_words = sum(1 for _, _, paragraphs in rows if paragraphs)
    told = corpus.measure(stories=[set(range(with_words))])
    for share in told.outlets:
        assert sum(getattr(share, kind) for kind in KINDS) == share.words
    random.shuffle(corpus.passages)
    assert corpus.measure(stories=[set(range(with_words))]) == told
