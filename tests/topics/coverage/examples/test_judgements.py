"""Answers to pairs: kept once a pair, by content, and read the same in any order."""

from __future__ import annotations

import shlex
import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError, StoreError
from embeddings.text.normalising import hash_text
from topics.coverage.examples.judgements import (
    KINDS,
    Judgement,
    drop_judgement,
    order_pair,
    put_judgement,
    read_judgements,
)

A, B, C = (hash_text(text).hex() for text in "abc")


@pytest.fixture
def store(tmp_path):
    with CorpusStore.open(tmp_path / "corpus.db", write=True) as opened:
        yield opened


def test_a_judgement_is_read_as_it_was_put(store):
    put_judgement(store, Judgement("contains", B, A, True, "2024-05-01T00:00:00+00:00"))
    assert read_judgements(store) == [
        Judgement("contains", B, A, True, "2024-05-01T00:00:00+00:00")
    ]


def test_a_judgement_without_a_time_gets_the_present_one(store):
    put_judgement(store, Judgement("near_copy", A, B, True))
    (found,) = read_judgements(store)
    assert found.made.endswith("+00:00")


def test_the_last_answer_to_a_pair_counts_whichever_side_comes_first(store):
    put_judgement(store, Judgement("near_copy", A, B, True))
    put_judgement(store, Judgement("near_copy", B, A, False))
    assert [(j.a, j.b, j.same) for j in read_judgements(store)] == [(*sorted((A, B)), False)]


def test_who_contains_whom_is_kept(store):
    put_judgement(store, Judgement("contains", A, B, True))
    put_judgement(store, Judgement("contains", B, A, False))
    assert {(j.a, j.b, j.same) for j in read_judgements(store)} == {(A, B, True), (B, A, False)}


def test_one_pair_can_be_judged_for_each_kind(store):
    for kind in KINDS:
        put_judgement(store, Judgement(kind, A, B, kind == "story"))
    assert [(j.kind, j.same) for j in read_judgements(store)] == [
        (kind, kind == "story") for kind in sorted(KINDS)
    ]


def test_a_dropped_judgement_is_gone_whichever_side_comes_first(store):
    put_judgement(store, Judgement("same_event", A, B, True))
    put_judgement(store, Judgement("same_event", A, C, True))
    assert drop_judgement(store, "same_event", *reversed(order_pair("same_event", A, B)))
    assert [{j.a, j.b} for j in read_judgements(store)] == [{A, C}]


def test_dropping_what_was_never_judged_says_so(store):
    assert not drop_judgement(store, "near_copy", A, B)


@given(order=st.permutations([(A, B), (C, A), (B, C)]))
@settings(max_examples=6, deadline=None)
def test_judgements_are_read_the_same_in_any_order(tmp_path_factory, order):
    path = tmp_path_factory.mktemp("judged") / "corpus.db"
    with CorpusStore.open(path, write=True) as opened:
        for a, b in order:
            put_judgement(opened, Judgement("near_copy", a, b, True, "2024"))
        found = read_judgements(opened)
    pairs = [order_pair("near_copy", *pair) for pair in ((A, B), (A, C), (B, C))]
    assert [(j.a, j.b) for j in found] == sorted(pairs)


@pytest.mark.parametrize(
    ("judgement", "message"),
    [
        (Judgement("near_copy", A, A, True), "expected two different texts"),
        (Judgement("near_copy", A, "12", True), "expected the hash of a passage, 32 hexadecimal"),
        (Judgement("story", "", "article", True), "'' was given .* expected a key"),
        (Judgement("copy", A, B, True), "'copy' was given .* one of near_copy, contains"),
    ],
)
def test_what_is_no_pair_is_refused_in_a_sentence(store, judgement, message):
    with pytest.raises(InputError, match=message):
        put_judgement(store, judgement)
    assert read_judgements(store) == []


@pytest.mark.parametrize(
    "row",
    [
        ("near_copy", A, "it's not a hash", 1, "2024"),
        ("near_copy", A, B, 7, "2024"),
        ("kin", A, B, 1, "2024"),
        ("story", "same", "same", 1, "2024"),
    ],
)
def test_a_damaged_judgement_is_told_with_a_cure_that_works(store, row):
    with store.transaction() as connection:
        connection.execute("INSERT INTO judgements VALUES (?, ?, ?, ?, ?, NULL)", row)
    put_judgement(store, Judgement("near_copy", B, C, True))
    with pytest.raises(StoreError, match=r"A judgement in .* is damaged; take it out") as told:
        read_judgements(store)
    cure = shell_words(str(told.value))[-1]
    with store.transaction() as connection:
        connection.execute(cure)
    assert [{j.a, j.b} for j in read_judgements(store)] == [{B, C}]


def shell_words(message: str) -> list[str]:
    words = shlex.split(message.split("`")[1])
    assert words[0] == "sqlite3"
    assert sqlite3.complete_statement(f"{words[-1]};")
    return words
