"""Changing topics from the page: only with ``--edit``, only from its own forms, one at a time."""

from __future__ import annotations

import re

import pytest

import topics
from embeddings.corpus.database import one_writer

HOME = {"Origin": "http://127.0.0.1:8765"}


@pytest.fixture
def editor(own_file, open_client):
    return open_client(own_file, edit=True)


def token_of(client) -> str:
    return re.search(r'name="token" value="([^"]+)"', client.get("/edits").text)[1]


def post(client, address: str, **fields):
    return client.post(
        address,
        data={"token": token_of(client), **fields},
        headers=HOME,
        follow_redirects=False,
    )


def a_topic(db):
    return next(one for one in topics.topics(db) if one.kind == "discovered")


def test_without_edit_there_is_no_form_and_nothing_to_send_one_to(client, news_file):
    for page in ("/", f"/topics/{a_topic(news_file).id}", "/passages/1"):
        assert 'method="post"' not in client.get(page).text
    for address in ("/edit/rename", "/edit/undo", "/answer", "/answer/apply"):
        assert client.post(address, data={"topic": "1"}, headers=HOME).status_code in (404, 405)
    assert client.get("/edits").status_code == 404


def test_a_topic_is_renamed_and_the_edit_is_undone(editor, own_file):
    one = a_topic(own_file)
    answer = post(editor, "/edit/rename", topic=one.id, name="Aid for the besieged")
    assert answer.status_code == 303
    page = editor.get(answer.headers["location"]).text
    assert "<h1><bdi>Aid for the besieged</bdi></h1>" in page
    (edit,) = topics.list_edits(own_file)
    assert f"Edit {edit.id} is made" in page
    undone = post(editor, "/edit/undo", edit=edit.id)
    assert topics.list_edits(own_file) == []
    assert f"Edit {edit.id} is undone" in editor.get(undone.headers["location"]).text
    assert one.name in editor.get("/").text


def test_a_passage_is_pinned_to_another_topic(editor, own_file):
    first, second = topics.topics(own_file)[:2]
    passage = first.representatives[0].passage_id
    answer = post(editor, "/edit/pin", passage=passage, topic=second.id)
    assert answer.headers["location"].startswith(f"/passages/{passage}?edit=")
    assert f'<a href="/topics/{second.id}">' in editor.get(f"/passages/{passage}").text


def test_topics_are_merged(editor, own_file):
    before = topics.topics(own_file)
    answer = post(editor, "/edit/merge", topic=[one.id for one in before[:2]])
    assert answer.status_code == 303
    assert len(topics.topics(own_file)) == len(before) - 1


def test_a_pair_is_answered_and_the_threshold_follows(editor, own_file):
    page = editor.get("/pairs?kind=story").text
    key = re.search(r'name="a" value="([^"]+)"><input type="hidden" name="b" value="([^"]+)"', page)
    answer = post(editor, "/answer", kind="story", a=key[1], b=key[2], same="no")
    assert answer.status_code == 303
    page = editor.get(answer.headers["location"]).text
    assert "1 answer so far" in page
    applied = post(editor, "/answer/apply", kind="story")
    assert "The threshold is" in editor.get(applied.headers["location"]).text


def test_a_form_without_the_token_is_refused(editor, own_file):
    one = a_topic(own_file)
    for token in ({}, {"token": "other"}, {"token": ""}):
        fields = {"topic": one.id, "name": "Taken over", **token}
        answer = editor.post("/edit/rename", data=fields, headers=HOME)
        assert answer.status_code == 403
        assert "form is not of this server" in answer.text
    assert topics.list_edits(own_file) == []


def test_a_form_from_elsewhere_is_refused_whatever_it_holds(editor, own_file):
    fields = {"token": token_of(editor), "topic": a_topic(own_file).id, "name": "Taken over"}
    for headers in ({}, {"Origin": "http://evil.example"}, {"Origin": "null"}):
        assert editor.post("/edit/rename", data=fields, headers=headers).status_code == 403
    assert topics.list_edits(own_file) == []


def test_while_another_run_changes_the_database_a_form_is_answered_with_a_sentence(
    editor, own_file
):
    one = a_topic(own_file)
    token = token_of(editor)
    with one_writer(own_file):
        answer = editor.post(
            "/edit/rename", data={"token": token, "topic": one.id, "name": "New"}, headers=HOME
        )
        assert answer.status_code == 409
        assert "Another Topicwire run is changing" in answer.text
        assert editor.get("/").status_code == 200


@pytest.mark.parametrize(
    ("address", "fields", "said"),
    [
        ("/edit/rename", {"topic": "1", "name": ""}, "0 characters"),
        ("/edit/rename", {"topic": "999", "name": "New"}, "999"),
        ("/edit/merge", {"topic": "1"}, "two topics or more"),
        ("/edit/split", {"topic": "1", "into": "1"}, "2 or more"),
        ("/edit/split", {"topic": "1", "into": "many"}, "type a whole number"),
        ("/edit/pin", {"passage": "x", "topic": "1"}, "type a whole number"),
        ("/edit/undo", {"edit": "77"}, "nothing to undo"),
        ("/answer", {"kind": "none", "a": "0", "b": "1", "same": "yes"}, "no pairs of kind"),
        ("/answer", {"kind": "story", "a": "0", "b": "1", "same": "maybe"}, "answer yes, no"),
        ("/answer", {"kind": "near_copy", "a": "zz", "b": "1", "same": "yes"}, ""),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(editor, address, fields, said):
    answer = post(editor, address, **fields)
    assert answer.status_code == 400
    assert said in answer.text


def test_what_is_no_form_or_too_long_is_refused(editor):
    token = token_of(editor)
    json = editor.post("/edit/undo", json={"edit": 1, "token": token}, headers=HOME)
    assert json.status_code == 415
    long = editor.post("/edit/undo", data={"token": token, "edit": "1" * 20_000}, headers=HOME)
    assert long.status_code == 413
    raw = editor.post(
        "/edit/undo",
        content=b"token=\xff\xfe",
        headers={**HOME, "Content-Type": "application/x-www-form-urlencoded"},
    )
    assert raw.status_code == 400
