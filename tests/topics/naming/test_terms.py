from __future__ import annotations

import numpy as np
import pytest

from embeddings.vectors.embedding import embed_corpus, note_encoder
from topics.naming.terms import Terms, count_terms
from topics.pipeline.run import derive

TEXTS = [
    "The camp was full. They fled to the camp, and guards of the camp would shell the road.",
    "He would choose quickly; they shelled the town. The refugees of the camp were asked.",
    "A school for refugees was opened. He asked the refugees, who had asked twice.",
    "They choose the school. Near Castello Road they choose to hold the final line.",
]


def fitness(terms: Terms, *words: str) -> float:
    return float(terms.fitness[terms.words.index(words)])


@pytest.mark.parametrize("noun", ["camp", "refugees", "school"])
@pytest.mark.parametrize("verb", ["choose", "asked", "shelled", "quickly"])
def test_nouns_are_fitter_to_name_than_verbs_and_adverbs(noun: str, verb: str) -> None:
    terms = count_terms(TEXTS, 1)
    assert fitness(terms, noun) > 2 * fitness(terms, verb)


ADVERBS = [
    "They sought a solution together. A solution, together with the war, in time.",
    "He took the long road abroad. The road ahead of us is long, and a fight ahead.",
    "It is for the fiscal year. By the end of the fiscal year, in a fiscal year, we met in spring.",
]


@pytest.mark.parametrize("other", ["together", "abroad", "ahead", "fiscal"])
def test_adverbs_and_what_stands_before_weak_nouns_are_no_nouns(other: str) -> None:
    terms = count_terms(ADVERBS, 1)
    assert fitness(terms, "solution") > 0.9
    assert fitness(terms, other) < 0.7 * fitness(terms, "spring")


@pytest.mark.parametrize("texts", [[], [""], ["the of"], ["\n", "!"]])
def test_texts_without_words_hold_no_terms(texts: list[str]) -> None:
    terms = count_terms(texts, 1)
    assert terms.words == terms.surfaces == ()
    assert terms.stands.nnz == len(terms.fitness) == 0


def test_a_name_is_as_fit_as_can_be() -> None:
    terms = count_terms(TEXTS, 1)
    assert fitness(terms, "castello", "road") == 1.0
    assert terms.named[terms.words.index(("castello", "road"))]


GERMAN = """
Am Abend gewinnt der Verein, so heißt es, Champions League, und im Stadion feiern sie laut.
Am Morgen zahlt der Verein, so heißt es, neue Spieler, und im Stadion regnet es.
"""


def test_names_are_fitter_than_other_words_of_another_language_than_english() -> None:
    terms = count_terms([GERMAN] * 5, 1)
    assert fitness(terms, "champions", "league") > 1.5 * fitness(terms, "neue", "spieler")


def test_a_piece_of_a_longer_name_is_not_fit() -> None:
    terms = count_terms(["He saw Treasury Secretary Henry Paulson there."] * 2, 1)
    assert fitness(terms, "henry", "paulson") < 0.2
    assert fitness(terms, "secretary", "henry", "paulson") < 0.2


def test_the_end_of_a_name_after_a_small_word_is_not_fit() -> None:
    texts = ["He sued the Securities and Exchange Commission.", "The Exchange Commission said no."]
    terms = count_terms([texts[0]] * 3 + [texts[1]], 2)
    fit = dict(zip(terms.words, terms.fitness.tolist(), strict=True))
    assert fit["exchange", "commission"] < 0.1


def test_a_piece_of_a_name_between_commas_is_not_fit() -> None:
    texts = ["He saw, on Monday, Russian President Vladimir Putin, who was ill."] * 2
    assert fitness(count_terms(texts, 1), "president", "vladimir") < 0.2


@pytest.mark.parametrize("word", [("syrian",), ("barrels", "of", "oil")])
def test_adjectives_in_capitals_and_amounts_are_not_fit(word: tuple[str, ...]) -> None:
    texts = ["He asked a Syrian, and of barrels of oil he spoke to the Syrian in Homs."] * 3
    terms = count_terms(texts, 2)
    assert fitness(terms, *word) < 0.2 < fitness(terms, "homs")


def test_an_article_within_a_name_does_not_end_it() -> None:
    terms = count_terms(["They met President Bashar al-Assad there again."] * 2, 1)
    assert fitness(terms, "president", "bashar") < 0.2


def test_without_known_words_around_all_words_are_alike() -> None:
    terms = count_terms(["переговоры войска города"], 1)
    assert len(np.unique(terms.fitness[[len(words) == 1 for words in terms.words]])) == 1


def test_a_corpus_that_has_become_empty_keeps_its_guided_topics(store, put, encoder) -> None:
    store.set_setting("guided", [{"name": "Arms", "description": "missiles and rockets"}])
    put(store, "a", ["Missiles and rockets came.", "Ministers met in Geneva."])
    note_encoder(store, encoder)
    embed_corpus(store, encoder)
    derive(store, encoder)
    store.remove_documents(["a"])
    derive(store, encoder)
    assert store.rows("SELECT name, kind FROM topics") == [("Arms", "guided")]


def test_the_beginning_of_a_longer_name_and_a_label_are_fit_for_nothing() -> None:
    texts = [
        "The Securities and Exchange Commission met. Coordinates: north of Homs.",
        "He told the Securities and Exchange Commission. Coordinates: south of Hama.",
        "It is the Securities and Exchange Commission that asks. See Homs and Hama.",
    ]
    terms = count_terms(texts, 1)
    assert fitness(terms, "securities") < 0.1
    assert fitness(terms, "coordinates") < 0.1
    assert fitness(terms, "homs") == fitness(terms, "hama") == 1.0
