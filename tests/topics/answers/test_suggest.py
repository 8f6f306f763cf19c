"""A topics file drafted from discovered topics."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.corpus.citations import Quotation
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError, StoreError
from tests.running import run
from topics.answers.suggest import (
    EXAMPLES,
    MOST_CHARACTERS,
    clean,
    quote,
    save_draft,
    suggest,
    write_entries,
)
from topics.answers.topics import TopicSummary
from topics.guiding.taxonomy import parse_topics

HOSTILE = 'He said "stop" \\ """ \'\'\' \x1b[31mred\x00 # [[topic]]\nname = "x"\u2028'


def summary(number: int = 1, **changes: object) -> TopicSummary:
    texts = changes.pop("texts", ("A ship carried arms to the port of Tartus last week.",))
    assert isinstance(texts, tuple)
    return TopicSummary(
        **{
            "id": number,
            "name": "Arms, ships",
            "kind": "discovered",
            "keyphrases": ("arms", "ships", "Tartus"),
            "passages": 12,
            "distinct": 10,
            "share": 0.25,
            "strength": 0.9,
            "outlets": (("Post", 7), ("Courier", 5)),
            "representatives": tuple(Quotation(i, t, "", "", "", "") for i, t in enumerate(texts)),
            "level": 0,
            "parent": None,
            "parts": (),
            "stability": None,
            "unstable": False,
            "mixed": 0,
            "strangers": 0,
            "named_by": "keyphrases",
            "near": "",
            "near_score": 0.0,
            **changes,
        }  # type: ignore[arg-type]
    )


def store_topics(path: Path, put, topics: dict[str, tuple[str, tuple[str, ...]]]) -> Path:
    """Store one article for each topic: name to kind and paragraphs."""
    with CorpusStore.open(path, write=True) as store, store.transaction() as connection:
        for number, (name, (kind, paragraphs)) in enumerate(topics.items(), 1):
            put(store, f"{number}", paragraphs, source="Post")
            ids = store.rows("SELECT id FROM passages WHERE document_id = ?", (f"{number}",))
            representatives = json.dumps([i for (i,) in ids])
            connection.execute(
                "INSERT INTO topics (id, name, kind, keyphrases, representatives) "
                "VALUES (?, ?, ?, ?, ?)",
                (number, name, kind, json.dumps(["arms", "ships"]), representatives),
            )
            for (passage,) in ids:
                connection.execute(
                    "INSERT INTO assignments (passage_id, node, topic_id, strength) "
                    "VALUES (?, ?, ?, 1.0)",
                    (passage, passage, number),
                )
    return path


@pytest.fixture
def db(tmp_path: Path, put) -> Path:
    return store_topics(
        tmp_path / "news.db",
        put,
        {
            "diplomacy": ("guided", ("The ministers met in Geneva.",)),
            "Arms": ("discovered", (HOSTILE, "Ships carried arms. They came at night.")),
            "Floods": ("discovered", ("The river rose after weeks of rain in the hills.",)),
        },
    )


# Text as scraping leaves it: quotes, breaks, halves of characters, and TOML of its own.
NASTY = st.lists(
    st.sampled_from(['"""', "'''", "\\", '"', "\n", "\r", "\t", "\x00", "\x7f", "\x85", "\u2028"])
    | st.sampled_from(
        ["\ud800", "\udfff", "\u202e", "\ufeff", "#", "[[topic]]", 'name = "x"', " ", "é"]
    )
    | st.characters(categories=None),
    max_size=12,
).map("".join)


@given(NASTY)
def test_a_quoted_text_is_one_line_and_comes_back(text):
    quoted = quote(text)
    assert len(quoted.splitlines()) == 1
    whole = "".join("?" if "\ud800" <= one <= "\udfff" else one for one in text)
    assert tomllib.loads(f"text = {quoted}")["text"] == whole


@given(st.text())
def test_any_text_comes_back_from_its_toml_string(text):
    assert tomllib.loads(f"text = {quote(text)}")["text"] == text


@given(st.text(st.characters(categories=None), max_size=40))
def test_cleaned_text_is_one_printable_line_and_comes_back(text):
    line = clean(text)
    assert tomllib.loads(f"text = {quote(line)}")["text"] == line
    assert not any(character in line for character in "\n\r\t\x00\x1b\x85\u2028")
    assert line == line.strip()
    line.encode()


@given(
    st.lists(st.tuples(NASTY, NASTY | st.text(max_size=80)), min_size=1, max_size=4),
    st.lists(NASTY, max_size=3),
)
def test_a_draft_of_any_article_text_reads_back(pairs, phrases):
    topics = [
        summary(number, name=name, texts=(text,), keyphrases=tuple(phrases))
        for number, (name, text) in enumerate(pairs)
    ]
    read = parse_topics("\n".join(write_entries(topics)))
    assert len(read) == len(pairs)
    assert read[0].name == (clean(pairs[0][0]) or "Topic 0")
    for number, (topic, (name, text)) in enumerate(zip(read, pairs, strict=True)):
        assert topic.name.startswith(clean(name) or f"Topic {number}")
        assert topic.examples == ((clean(text),) if clean(text) else ())


def test_topics_are_described_by_key_phrases_and_the_sentence_that_holds_most_of_them():
    texts = (
        "Nobody would say on Friday what it had cost them. Short one.",
        "The ships unloaded arms at Tartus before dawn on Sunday. Nobody else saw it.",
    )
    (read,) = parse_topics(write_entries([summary(texts=texts)])[0])
    assert read.name == "Arms, ships"
    assert read.description == (
        "arms, ships, Tartus. The ships unloaded arms at Tartus before dawn on Sunday."
    )
    assert read.examples == texts


def test_sizes_stand_in_a_comment():
    (entry,) = write_entries([summary()])
    assert entry.splitlines()[0] == "# 12 passages (25% of the corpus) from 2 outlets"
    (entry,) = write_entries([summary(passages=1, outlets=(("Post", 1),))])
    assert entry.splitlines()[0] == "# 1 passage (25% of the corpus) from 1 outlet"


def test_examples_are_few_distinct_and_cut_between_words():
    texts = ("Copied text.", "Copied  text.", "word " * 300, "Third.", "Fourth.")
    (read,) = parse_topics(write_entries([summary(texts=texts)])[0])
    assert len(read.examples) == EXAMPLES
    assert read.examples[0] == "Copied text."
    assert len(read.examples[1]) <= MOST_CHARACTERS + 4
    assert read.examples[1].endswith("word ...")


def test_names_that_differ_only_in_case_or_control_characters_are_told_apart():
    names = ["Arms", "arms", "ar\x00ms", "Arms\x1b", ""]
    entries = write_entries([summary(i, name=name) for i, name in enumerate(names)])
    read = parse_topics("\n".join(entries))
    assert [topic.name for topic in read] == ["Arms", "arms (2)", "ar ms", "Arms (3)", "Topic 4"]


def test_a_draft_holds_the_discovered_topics_and_no_character_that_steers_a_terminal(db):
    draft = suggest(db)
    assert sorted(topic.name for topic in parse_topics(draft)) == ["Arms", "Floods"]
    assert "Your own topics (1) are not repeated" in draft
    assert all(character == "\n" or character.isprintable() for character in draft)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("it's {db} $HOME.db", "'it'\"'\"'s {db} $HOME.db'"),
        ("a\nname = 1.db", "THE_DATABASE"),
        ("two  spaces.db", "THE_DATABASE"),
        ("\x1b[31m\u202e\x85.db", "THE_DATABASE"),
        (b"\xff.db", "THE_DATABASE"),
    ],
)
def test_a_database_of_any_name_keeps_the_draft_whole(db, tmp_path, monkeypatch, name, typed):
    monkeypatch.chdir(tmp_path)
    path = Path(os.fsdecode(name))
    db.rename(path)
    draft = suggest(path)
    assert len(parse_topics(draft)) == 2
    assert f"--db {typed}\n" in draft
    assert all(one == "\n" or one.isprintable() for one in draft)


def test_a_database_with_guided_topics_alone_says_what_to_type(tmp_path, put):
    path = store_topics(tmp_path / "own.db", put, {"arms": ("guided", ("Ships came.",))})
    with pytest.raises(StoreError, match="cluster --no-topics --db"):
        suggest(path)


def test_a_database_without_topics_says_what_to_type(tmp_path):
    with CorpusStore.open(tmp_path / "new.db", write=True):
        pass
    with pytest.raises(StoreError, match="topicwire cluster"):
        suggest(tmp_path / "new.db")


def test_a_file_that_is_there_is_replaced_only_by_force(tmp_path):
    out = tmp_path / "draft.toml"
    save_draft("one", out)
    with pytest.raises(InputError, match=r"draft\.toml is there already.*--force"):
        save_draft("two", out)
    assert out.read_text() == "one"
    save_draft("two", out, force=True)
    assert out.read_text() == "two"


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        save_draft("one", tmp_path / "missing" / "draft.toml")


def suggest_command(*args: object) -> tuple[int, str, str]:
    return run("topics", "suggest", *args)


def test_the_command_prints_or_writes_the_same_draft(db, tmp_path):
    out = tmp_path / "draft.toml"
    code, printed, _ = suggest_command("--db", db)
    assert code == 0
    assert suggest_command("--db", db, "--output", out)[:2] == (0, f"Wrote 2 topics to {out}.\n")
    assert out.read_text(encoding="utf-8") == printed


def test_the_command_says_in_a_sentence_that_the_file_is_there(db, tmp_path):
    out = tmp_path / "draft.toml"
    out.write_text("mine")
    code, _, err = suggest_command("--db", db, "--output", out)
    assert code == 2
    assert "--force" in err
    assert suggest_command("--db", db, "--output", out, "--force")[0] == 0
