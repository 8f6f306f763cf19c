"""Claims about what kind of sharing it is that articles have one text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.documents import Document, Passage
from embeddings.text.keeping import keeping
from embeddings.words.copies import find_copies
from topics.coverage.articles.articles import gather_articles
from topics.coverage.reuse import sharing
from topics.coverage.reuse.sharing import find_quoted_events, tell_sharing

TEXT = (
    "The convoy of eleven lorries crossed the border shortly before noon, carrying flour and "
    "blankets for the besieged town."
)
SPEECH = "we will not leave this town before the last shell has fallen and the last child has eaten"
QUOTED = f"“{SPEECH},” the mayor said."
AGAIN = f'"{SPEECH}," said Mayor Haddad in a statement.'
FRAMED = (
    f"“{SPEECH},” he told the Courier by telephone from the cellar of the town hall, referring to "
    "the time it took the lorries to arrive."
)
NOTE = "Lena Haddad is a columnist for the Courier and the author of a book on the river towns."


class Corpus:
    """Articles of (outlet, paragraphs)."""

    def __init__(self, *rows):
        self.documents = {
            f"d{n}": Document(f"d{n}", "", "", outlet) for n, (outlet, _) in enumerate(rows)
        }
        self.passages = [
            Passage(f"d{n}", place, 0, 0, len(text), text)
            for n, (_, paragraphs) in enumerate(rows)
            for place, text in enumerate(paragraphs)
        ]

    def tell(self, **more):
        """Return what each group is told to be, by its first text."""
        sources = {key: document.source for key, document in self.documents.items()}
        groups = [(one.members, one.short) for one in find_copies(self.passages, sources=sources)]
        articles = gather_articles(self.passages, self.documents)
        told, _ = tell_sharing(self.passages, articles, groups, **more)
        return {
            self.passages[rows[0]].body: one for (rows, _), one in zip(groups, told, strict=True)
        }


def test_reporting_is_copied_across_outlets_an_update_in_one_and_a_repeat_in_an_article():
    assert Corpus(("A", [TEXT]), ("B", [TEXT])).tell() == {TEXT: "copied"}
    assert Corpus(("A", [TEXT]), ("A", [TEXT])).tell() == {TEXT: "update"}
    assert Corpus(("A", [TEXT, "And then it rained.", TEXT])).tell() == {TEXT: "repeat"}
    assert Corpus(("", [TEXT]), ("", [TEXT])).tell() == {TEXT: "copied"}


@pytest.mark.parametrize(
    "other",
    [
        AGAIN,
        QUOTED,
        f"{SPEECH} — Mayor Haddad (@haddad) May 10, 2013",
        f"HADDAD: {SPEECH}.",
    ],
)
def test_words_of_one_speaker_are_a_quotation(other):
    assert Corpus(("A", [QUOTED]), ("B", [other])).tell() == {QUOTED: "quotation"}


@pytest.mark.parametrize(
    "start", ["BEIRUT: ", "WASHINGTON (Reuters): ", "UPDATE: ", "CORRECTION: "]
)
def test_where_a_text_was_written_is_no_speaker(start):
    told = Corpus(("A", [start + TEXT]), ("B", [TEXT])).tell()
    assert "quotation" not in told.values()
    assert set(Corpus(("A", [f"HADDAD: {TEXT}"]), ("B", [TEXT])).tell().values()) == {"quotation"}


@pytest.mark.parametrize(
    ("other", "quoted"),
    [
        (f"Asked about the siege, Haddad told the radio that “{SPEECH}”, and hung up.", True),
        ("The mayor said they would not leave the town before the last shell has fallen.", False),
        ("“We cannot leave,” the mayor of the town said before the last convoy left.", False),
    ],
)
def test_reports_of_one_event_that_quote_one_speaker_alike_are_told_from_others(other, quoted):
    corpus = Corpus(("A", [QUOTED]), ("B", [other]))
    articles = gather_articles(corpus.passages, corpus.documents)
    assert find_quoted_events(corpus.passages, articles, [(0, 1)]) == [quoted]


def test_texts_with_no_word_in_common_are_no_quotation():
    corpus = Corpus(("A", [TEXT]), ("B", ["Rain fell all night."]))
    articles = gather_articles(corpus.passages, corpus.documents)
    assert tell_sharing(corpus.passages, articles, [], [(0, 1)]) == ([], ["copied"])


def test_a_report_that_contains_a_note_is_none_and_a_note_contained_is():
    corpus = Corpus(("A", [f"{TEXT} {NOTE}"]), ("B", [NOTE]), ("C", [TEXT]))
    articles = gather_articles(corpus.passages, corpus.documents)
    pairs = [(0, 1), (0, 2)]
    _, told = tell_sharing(corpus.passages, articles, [], pairs, {0}, pairs)
    assert told == ["boilerplate", "copied"]


def test_a_text_set_off_after_a_colon_is_a_quotation_without_marks():
    paragraphs = ["The mayor wrote to the council:", TEXT]
    assert Corpus(("A", paragraphs), ("B", [TEXT])).tell() == {TEXT: "quotation"}


def test_two_texts_are_laid_side_by_side_once_until_what_introduces_them_changes(monkeypatch):
    laid, match = [], sharing.match_words
    monkeypatch.setattr(sharing, "match_words", lambda *sides: laid.append(1) or match(*sides))
    plain = Corpus(("A", ["The mayor wrote to the council.", TEXT]), ("B", [TEXT]))
    set_off = Corpus(("A", ["The mayor wrote to the council:", TEXT]), ("B", [TEXT]))
    with keeping(lambda _: None):
        assert plain.tell() == plain.tell() == {TEXT: "copied"}
        assert laid == [1]
        assert set_off.tell() == {TEXT: "quotation"}
        assert laid == [1, 1]


def test_a_quotation_with_its_frame_is_copied():
    assert Corpus(("A", [FRAMED]), ("B", [FRAMED])).tell() == {FRAMED: "copied"}


def test_a_quotation_beside_copied_text_was_copied_with_it():
    told = Corpus(("A", [TEXT, QUOTED]), ("B", [TEXT, AGAIN])).tell()
    assert told == {TEXT: "copied", QUOTED: "copied"}
    far = ["One.", "Two.", "Three.", "Four."]
    told = Corpus(("A", [TEXT, *far, QUOTED]), ("B", [TEXT, AGAIN])).tell()
    assert told[QUOTED] == "quotation"


def test_notes_and_what_is_marked_as_repeated_whatever_the_story_are_boilerplate():
    apart = "Rain is expected in the hills.", "The price of flour rose again."
    assert Corpus(("A", [apart[0], NOTE]), ("B", [apart[1], NOTE])).tell() == {NOTE: "boilerplate"}
    assert Corpus(("A", [TEXT]), ("B", [TEXT])).tell(rote={0, 1}) == {TEXT: "boilerplate"}
    assert Corpus(("A", ["He said."]), ("B", ["He said."])).tell() == {"He said.": "boilerplate"}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "A", "B", "C"]),
            st.lists(st.sampled_from([TEXT, QUOTED, AGAIN, FRAMED, NOTE]), min_size=1, max_size=3),
        ),
        min_size=2,
        max_size=5,
    ),
    st.randoms(use_true_random=False),
)
@settings(max_examples=30)
def test_kinds_hang_on_no_order_of_the_passages_and_fit_the_outlets(rows, random):
    corpus = Corpus(*rows)
    told = corpus.tell()
    outlets = {outlet for outlet, _ in rows}
    assert "copied" not in told.values() or len(outlets) > 1 or outlets == {""}
    random.shuffle(corpus.passages)
    shuffled = corpus.tell()
    assert sorted(shuffled.values()) == sorted(told.values())
