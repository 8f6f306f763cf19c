"""How terms read as names, and which persons are told apart."""

from __future__ import annotations

import numpy as np

from topics.naming.readability import Reading
from topics.naming.terms import count_terms

HOME = ["Senator John McCain spoke, and John McCain voted."] * 8 + ["So did McCain himself."] * 2
ABROAD = ["Police said Douglas McCain died, and Douglas McCain was a fighter."] * 4
OTHERS = ["Few knew Douglas Smith then, and of him McCain said no word."] * 2
TEXTS = HOME + ABROAD + OTHERS


def test_a_last_name_of_two_persons_is_told_by_the_first_name_meant() -> None:
    terms = count_terms(TEXTS, 2)
    reading, mccain = Reading(terms), terms.words.index(("mccain",))
    assert reading.tell(mccain, np.arange(10, 14)) == "Douglas McCain"
    assert reading.tell(mccain, np.arange(10)) == "John McCain"
    assert reading.tell(mccain, np.arange(14, 16)) == "McCain"


def test_a_last_name_of_one_person_is_enough() -> None:
    terms = count_terms(HOME, 2)
    assert Reading(terms).tell(terms.words.index(("mccain",)), np.arange(10)) == "McCain"


def test_a_general_noun_reads_worse_than_a_noun_and_that_worse_than_a_name() -> None:
    terms = count_terms(["The plan for refugees of Kobani was read."] * 3, 2)
    ease = dict(zip(terms.words, Reading(terms).ease.tolist(), strict=True))
    assert ease["plan",] < ease["refugees",] < ease["kobani",]


def test_a_name_that_is_often_heard_reads_worse_than_one_that_is_spoken_of() -> None:
    terms = count_terms(["For peace in Kobani came John Kerry."] * 3, 2)
    reading = Reading(terms, {"kerry", "kobani"})
    for worth in (reading.ease, reading.beside):
        ease = dict(zip(terms.words, worth.tolist(), strict=True))
        assert ease["kerry",] == ease["john", "kerry"] < ease["kobani",]


def test_two_terms_make_a_phrase_where_the_texts_have_it() -> None:
    texts = ["The chemical weapons attack was denied.", "A chemical weapons attack came."] * 3
    terms = count_terms(texts, 2)
    weapons, attack = terms.words.index(("chemical", "weapons")), terms.words.index(("attack",))
    rows = np.arange(6)
    assert Reading(terms).join(weapons, attack, 6, rows) == "chemical weapons attack"
    assert Reading(terms).join(attack, weapons, 6, rows) == ""


def test_two_terms_that_mostly_stand_apart_make_no_phrase() -> None:
    apart = ["Of the chemical weapons and of the attack he spoke."] * 30
    terms = count_terms(["The chemical weapons attack was denied."] * 4 + apart, 2)
    weapons, attack = terms.words.index(("chemical", "weapons")), terms.words.index(("attack",))
    assert Reading(terms).join(weapons, attack, 4, np.arange(4)) == "chemical weapons attack"
    assert Reading(terms).join(weapons, attack, 34, np.arange(34)) == ""


def test_a_word_is_said_as_the_phrase_or_whole_name_that_it_ends() -> None:
    texts = ["He spoke of Syrian refugees, and of Chuck Hagel.", "For the refugees Hagel came."] * 4
    terms = count_terms(texts, 2)
    ranked = list(range(len(terms.words)))
    reading = Reading(terms)

    def say(word: str) -> str:
        place = reading.lengthen(terms.words.index((word,)), ranked, terms.counts)
        return terms.surfaces[place] if place >= 0 else ""

    assert (say("refugees"), say("hagel"), say("chuck")) == ("Syrian refugees", "Chuck Hagel", "")


def test_a_word_seldom_in_a_phrase_is_said_alone() -> None:
    texts = ["Of Syrian refugees he spoke."] * 3 + ["For the refugees he did much."] * 30
    terms = count_terms(texts, 2)
    ranked = list(range(len(terms.words)))
    assert Reading(terms).lengthen(terms.words.index(("refugees",)), ranked, terms.counts) == -1


def test_who_reports_reads_worse_than_what_is_reported() -> None:
    terms = count_terms(["Of the war in Kobani read Fox News, and the New York Times."] * 3, 2)
    reading = Reading(terms, outlets={("fox", "news")})
    ease = dict(zip(terms.words, reading.ease.tolist(), strict=True))
    assert ease["fox", "news"] < ease["kobani",]
    assert reading.beside[terms.words.index(("fox", "news"))] == 0.0
