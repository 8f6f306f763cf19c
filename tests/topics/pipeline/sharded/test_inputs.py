"""What a run over files reads: objects of a store, and who owns which outlet."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from embeddings.errors import InputError
from embeddings.shards.inputs import find_inputs
from embeddings.shards.place import Place
from tests.topics.pipeline.sharded.tables import TABLES, read
from topics.answers.cluster import cluster
from topics.answers.cluster_files import cluster_files
from topics.answers.import_files import import_files
from topics.answers.info import info
from topics.pipeline.sharded.plan import Here

TEXT = "The ministers met in Geneva on day {} to talk about a ceasefire in the whole of the north."


@pytest.fixture
def articles(tmp_path) -> Path:
    """Two outlets, a table, a file that is none, a hidden one, and a name with all that is odd."""
    folder = tmp_path / "articles"
    for outlet in ("Post", "post of the north"):
        (folder / outlet).mkdir(parents=True)
        for number in range(2):
            (folder / outlet / f"a {number}?%20#.txt").write_text(
                f"Talks\n\n{TEXT.format(number)}\n"
            )
    rows = [{"text": TEXT.format(number), "outlet": "Wire"} for number in range(3, 6)]
    (folder / "t.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "bad.jsonl").write_text("{\n")
    (folder / "photo.png").write_bytes(b"\x89PNG")
    (folder / ".hidden.txt").write_text(TEXT)
    return folder


def put(folder: Path, place: Place) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            place.write(path.relative_to(folder).as_posix(), path.read_bytes())


def as_one_run(tables: dict[str, list[str]], root: str, folder: Path) -> dict[str, list[str]]:
    return {name: [row.replace(root, str(folder)) for row in tables[name]] for name in TABLES}


def check(articles: Path, root: str, query: str, tmp_path: Path) -> None:
    alone = cluster([articles], db=tmp_path / "one.db")
    report = cluster_files(f"{root}/{query}", tmp_path / "out", engine=Here(), shards=2)
    assert report.documents == 7
    assert report.reading.files == 6
    assert report.reading.kinds == alone.reading.kinds
    import_files(tmp_path / "out", db=tmp_path / "many.db")
    one, many = read(tmp_path / "one.db"), read(tmp_path / "many.db")
    many = as_one_run(many, root, articles)
    # A version hangs on the path, and with it what the stages were made of.
    assert info(tmp_path / "many.db").kinds == info(tmp_path / "one.db").kinds
    same = sorted(set(TABLES) - {"documents", "stages"})
    assert [name for name in same if sorted(one[name]) != sorted(many[name])] == []
    # Nothing new is nothing to do; one that has changed is read again.
    again = cluster_files((), tmp_path / "out", engine=Here())
    assert not any(stage.spent for stage in again.stages)


def test_objects_are_read_as_files_are(articles, tmp_path) -> None:
    check(articles, f"file://{articles}", "", tmp_path)
    (articles / "Post" / "new.txt").write_text("New\n\nRain fell on the town at noon.\n")
    assert cluster_files((), tmp_path / "out", engine=Here()).documents == 8


@pytest.mark.skipif("TOPICWIRE_STORE" not in os.environ, reason="see test_store.py of shards")
def test_objects_of_a_store_are_read_as_files_are(articles, tmp_path, monkeypatch) -> None:
    parts = urlsplit(os.environ["TOPICWIRE_STORE"])
    keys, _, host = parts.netloc.rpartition("@")
    user, _, secret = keys.partition(":")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", user or os.environ.get("AWS_ACCESS_KEY_ID", ""))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    root = f"{parts.scheme}://{host}/{uuid.uuid4().hex}"
    address = urlunsplit((*urlsplit(root)[:3], parts.query, ""))
    put(articles, Place.at(address))
    check(articles, root, f"?{parts.query}", tmp_path)
    listed, _, _ = find_inputs([address.replace("?", "/*.jsonl?")], False)
    assert [one.object for one in listed] == ["bad.jsonl", "t.jsonl"]


def test_a_star_stands_for_names_in_one_folder(articles) -> None:
    root = f"file://{articles}"
    for pattern, names in {
        "*.jsonl": ["bad.jsonl", "t.jsonl"],
        "P*/a*.txt": ["Post/a 0?%20#.txt", "Post/a 1?%20#.txt"],
        "t.jsonl": ["t.jsonl"],
    }.items():
        inputs, _, _ = find_inputs([f"{root}/{pattern}"], False)
        assert [one.path for one in inputs] == [f"{root}/{name}" for name in names]
        assert all(one.named for one in inputs)
    inputs, _, passed_over = find_inputs([root], False)
    assert len(inputs) == 6
    assert [one.message for one in passed_over] == [
        "1 file of another kind was passed over (1 .png)"
    ]


def test_an_address_without_articles_is_told(articles, tmp_path) -> None:
    for address, said in {
        f"file://{articles}/none": "none holds no articles",
        f"file://{articles}/*.png": r"\*.png holds no articles",
        "s3://key:secret@bucket/a": "s3://bucket was given with keys",
        "ftp://example/a": "such as s3://bucket/folder",
        "s3://key:secret@[x": "such as s3://bucket/folder",
        f"file://{articles}#2.jsonl": "in an address type %23",
    }.items():
        with pytest.raises(InputError, match=said) as told:
            cluster_files(address, tmp_path / "out", engine=Here())
        assert "secret" not in str(told.value)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.txt").write_text(TEXT)
    with pytest.raises(InputError, match="where no articles are read"):
        cluster_files(f"file://{tmp_path}/out/a.txt", f"file://{tmp_path}/out", engine=Here())


def test_results_among_the_articles_are_no_articles_however_both_are_named(articles) -> None:
    spelled = (str(articles), f"file://{articles}")
    for given, out in (spelled, spelled[::-1]):
        shutil.rmtree(articles / "out", ignore_errors=True)
        for _ in range(2):
            assert cluster_files(given, f"{out}/out", engine=Here(), shards=1).documents == 7
    # Where the articles have gone, and results alone are left.
    (articles / "t.jsonl").rename(articles.parent / "t.jsonl")
    for path in (*articles.glob("*.jsonl"), *articles.glob("*/*.txt"), *articles.glob("*.*")):
        path.unlink(missing_ok=True)
    with pytest.raises(InputError, match="No article was found"):
        cluster_files(str(articles), articles / "out", engine=Here())


def test_owners_and_other_names_are_those_of_one_run(articles, tmp_path) -> None:
    owners = tmp_path / "owners.toml"
    owners.write_text('[owners]\nPost = "News Ltd"\n[aliases]\n"post of the north" = "Post"\n')
    cluster([articles], db=tmp_path / "one.db", owners=owners)
    cluster_files(articles, tmp_path / "out", engine=Here(), shards=2, owners=owners)
    owners.write_text("[owners]\n")
    cluster_files((), tmp_path / "out", engine=Here())
    import_files(tmp_path / "out", db=tmp_path / "many.db")
    one, many = read(tmp_path / "one.db"), read(tmp_path / "many.db")
    assert [name for name in TABLES if one[name] != many[name]] == []
    told = [info(tmp_path / f"{name}.db") for name in ("one", "many")]
    assert told[0].aliases == told[1].aliases == {"post of the north": "Post"}
    assert told[0].owners == told[1].owners
    with pytest.raises(InputError, match="--owners is not as the run"):
        cluster_files((), tmp_path / "out", engine=Here(), owners=tmp_path / "others.toml")
